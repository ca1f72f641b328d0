"""Why a file, or a line of it, was not taken, or not wholly, in words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stadion.i18n import Language, Text

MAX_LINES: Final = 50_000
NO_NAME: Final = "?"
"""In place of a column's empty name."""
SEPARATORS: Final = {
    ";": Text(en="semicolons", ru="точками с запятой"),
    "\t": Text(en="tabs", ru="табуляцией"),
}


class FileProblem(StrEnum):
    WORKBOOK = "file_is_a_workbook"
    UTF16 = "file_is_utf16"
    NOT_UTF8 = "file_is_not_utf8"
    ZERO_BYTES = "file_has_zero_bytes"
    EMPTY = "file_is_empty"
    HEADER_ONLY = "file_has_a_header_only"
    COLUMNS_MISSING = "columns_are_missing"
    COLUMN_TWICE = "column_stands_twice"
    COLUMN_UNKNOWN = "column_is_unknown"
    SEPARATOR_LINE = "separator_line_is_first"
    SEPARATOR = "separator_is_no_comma"
    TOO_MANY_LINES = "too_many_lines"
    TOO_MANY_REFUSED = "too_many_refused_to_end_the_rest"
    BROKEN_LINES = "broken_lines_so_nothing_ended"
    DISABLED = "partner_is_disabled"
    MAY_NOT = "partner_may_not"


_SAID: Final = {
    FileProblem.WORKBOOK: Text(
        en="This is a workbook of a spreadsheet. Save the sheet as “CSV UTF-8” and send that.",
        ru="Это книга электронных таблиц. Сохраните лист как «CSV UTF-8» и отправьте его.",
    ),
    FileProblem.UTF16: Text(
        en="The file is UTF-16 (“Unicode text”). Save it as UTF-8; in a spreadsheet: “CSV UTF-8”.",
        ru="Файл в UTF-16 («текст Юникод»). Сохраните его в UTF-8; в таблицах это «CSV UTF-8».",
    ),
    FileProblem.NOT_UTF8: Text(
        en="The file is not UTF-8, seen in line {about}: Windows-1251 or Latin-1, perhaps. Save it as UTF-8; in a"
        " spreadsheet: “CSV UTF-8”.",
        ru="Файл не в UTF-8, видно в строке {about}: возможно, это Windows-1251 или Latin-1. Сохраните его в UTF-8;"
        " в таблицах это «CSV UTF-8».",
    ),
    FileProblem.ZERO_BYTES: Text(
        en="The file has a zero byte, which no text has: it is damaged, or UTF-16. Export it anew as UTF-8.",
        ru="В файле есть нулевой байт, в тексте таких не бывает: он повреждён или в UTF-16."
        " Выгрузите его заново в UTF-8.",
    ),
    FileProblem.EMPTY: Text(en="There is nothing in the file.", ru="Файл пуст."),
    FileProblem.HEADER_ONLY: Text(
        en="The file has a header and no products.", ru="В файле есть заголовок и нет ни одного товара."
    ),
    FileProblem.COLUMNS_MISSING: Text(
        en="The header in the first line does not name: {about}. Its names are in small letters: sku,name,brand,"
        "deeplink,wear_category,price_minor,currency,is_sold.",
        ru="В заголовке (первая строка) нет: {about}. Имена в нём строчные: sku,name,brand,deeplink,wear_category,"
        "price_minor,currency,is_sold.",
    ),
    FileProblem.COLUMN_TWICE: Text(
        en="The header names {about} twice. Remove one of the two columns.",
        ru="В заголовке дважды стоит {about}. Уберите один из столбцов.",
    ),
    FileProblem.COLUMN_UNKNOWN: Text(
        en="The header names a column that is not known: {about}. There are sku, name, brand, deeplink, wear_category,"
        " price_minor, currency and is_sold.",
        ru="В заголовке незнакомый столбец: {about}. Бывают sku, name, brand, deeplink, wear_category, price_minor,"
        " currency и is_sold.",
    ),
    FileProblem.SEPARATOR_LINE: Text(
        en="The first line is no header but tells a spreadsheet the separator (sep=). Remove it.",
        ru="Первая строка — не заголовок, а подсказка таблицам о разделителе (sep=). Уберите её.",
    ),
    FileProblem.SEPARATOR: Text(
        en="The columns are separated by {about}. Export the file with commas.",
        ru="Столбцы разделены {about}. Выгрузите файл с запятыми.",
    ),
    FileProblem.TOO_MANY_LINES: Text(
        en=f"The file has more than {MAX_LINES} lines. Split it.",
        ru=f"В файле больше {MAX_LINES} строк. Разделите его.",
    ),
    FileProblem.TOO_MANY_REFUSED: Text(
        en="More than a tenth of the lines was refused, so whatever the file does not have stays on sale. Mend them and"
        " send the file again.",
        ru="Отклонено больше десятой части строк, поэтому всё, чего нет в файле, осталось в продаже. Исправьте их и"
        " отправьте файл снова.",
    ),
    FileProblem.BROKEN_LINES: Text(
        en="Lines that cannot be read: {about}. Nobody knows which products they name, so whatever the file does not"
        " have stays on sale. Mend them and send the file again.",
        ru="Не читается строк: {about}. Какие в них товары, неизвестно, поэтому всё, чего нет в файле, осталось в"
        " продаже. Исправьте их и отправьте файл снова.",
    ),
    FileProblem.DISABLED: Text(
        en="The partner has been disabled, so nothing more of the file is taken. Enable it and send the file again.",
        ru="Доступ партнёра отключён, поэтому из файла больше ничего не взято. Включите его и отправьте файл снова.",
    ),
    FileProblem.MAY_NOT: Text(
        en="The partner was not given the ability 'catalogue', so nothing more of the file is taken.",
        ru="Партнёру не дано право «catalogue», поэтому из файла больше ничего не взято.",
    ),
}
_UNNAMED: Final = Text(en="one without a name", ru="один без имени")


@dataclass(frozen=True)
class Fault:
    """Of a line that nobody can read: its code and a sentence, `about` a name that stands in it."""

    code: str
    text: Text
    about: str = ""

    def say(self, language: Language) -> str:
        return self.text.say(language, about=self.about)


class UnreadableFileError(Exception):
    """Nothing of the file can be read; `problem` says why, and `about` which line or column."""

    def __init__(self, problem: FileProblem, about: str | None = None) -> None:
        self.problem = problem
        self.about = about
        super().__init__(problem.value)


def said(code: str | None, about: str | None, language: Language) -> str | None:
    """The sentence of a problem; None if there is none, or one of before."""
    if code not in _SAID:
        return None
    found = SEPARATORS.get(about or "") or (_UNNAMED if about == NO_NAME else None)
    return _SAID[FileProblem(code)].say(language, about=found.say(language) if found else about or "")
