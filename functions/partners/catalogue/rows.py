"""The lines of a file of products, each with its number as an editor shows it: CSV and JSON Lines."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from partners.catalogue.problems import NO_NAME, SEPARATORS, Fault, FileProblem, UnreadableFileError
from stadion.i18n import Text

Fields = dict[str, Any]

NEEDED: Final = frozenset({"sku", "name", "deeplink", "price_minor", "currency"})
COLUMNS: Final = NEEDED | {"brand", "wear_category", "is_sold"}
NUMBERS: Final = frozenset({"price_minor"})
TRUTHS: Final = {"is_sold": {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}}
UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
WORKBOOK: Final = b"PK\x03\x04"
MOST_LINES_OF_A_ROW: Final = 20
"""No cell of a product has a line break: a quote that is not closed by then was left open."""
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
NOT_JSON: Final = Fault("json_invalid", Text(en="This line is not JSON.", ru="Эта строка — не JSON."))
NO_OBJECT: Final = Fault("model_type", Text(en="This line is not an object.", ru="Эта строка — не объект JSON."))
NAME_TWICE: Final = Text(en="This line says {about} twice.", ru="В этой строке дважды стоит {about}.")
TOO_MANY_CELLS: Final = Fault(
    "csv_too_many_cells",
    Text(en="This line has more cells than the header.", ru="В этой строке больше ячеек, чем в заголовке."),
)
CUT_OFF: Final = Fault(
    "csv_cut_off",
    Text(en="The file ends in the middle of this line.", ru="Файл обрывается посреди этой строки."),
)
OPEN_QUOTE: Final = Fault(
    "csv_invalid",
    Text(en="A quote is opened in this line and not closed.", ru="В этой строке открыта кавычка, и она не закрыта."),
)
NO_CSV: Final = Fault(
    "csv_invalid",
    Text(
        en="This line is not CSV: behind a closing quote there is more than a comma.",
        ru="Эта строка — не CSV: за закрывающей кавычкой стоит не только запятая.",
    ),
)


@dataclass(frozen=True)
class Row:
    """What a line says, or the fault for which nobody can tell."""

    number: int
    fields: Fields | None = None
    fault: Fault | None = None


def rows(data: bytes, fmt: str) -> Iterator[Row]:
    """UnreadableFileError."""
    text = _text(data)
    return _csv(text) if fmt == "csv" else _jsonl(text)


def _text(data: bytes) -> str:
    if data.startswith(WORKBOOK):
        raise UnreadableFileError(FileProblem.WORKBOOK)
    if data.startswith(UTF16):
        raise UnreadableFileError(FileProblem.UTF16)
    if b"\0" in data:
        raise UnreadableFileError(FileProblem.ZERO_BYTES)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(FileProblem.NOT_UTF8, about=str(line)) from error


# --- JSON Lines -----------------------------------------------------------------------------------------------------


def _jsonl(text: str) -> Iterator[Row]:
    for number, raw in enumerate(_LINE_END.split(text), start=1):  # JSON may have other line separators inside
        if not raw.strip():
            continue
        try:
            fields = json.loads(raw, object_pairs_hook=_object)
        except _KeyTwiceError as error:
            yield Row(number, fault=Fault(NOT_JSON.code, NAME_TWICE, str(error)))
        except (ValueError, RecursionError):
            yield Row(number, fault=NOT_JSON)
        else:
            yield Row(number, fields) if isinstance(fields, dict) else Row(number, fault=NO_OBJECT)


class _KeyTwiceError(ValueError):
    """Speaks the name."""


def _object(pairs: list[tuple[str, Any]]) -> Fields:
    found: Fields = {}
    for name, value in pairs:
        if name in found:
            raise _KeyTwiceError(name[:64])
        found[name] = value
    return found


# --- CSV ------------------------------------------------------------------------------------------------------------


def _csv(text: str) -> Iterator[Row]:
    """With a header line that names the columns; an empty cell is no value."""
    lines = list(io.StringIO(text, newline=""))
    at = next((number for number, line in enumerate(lines) if line.strip()), None)
    if at is None:
        return
    columns = _columns(lines[at])
    at += 1
    if not any(line.strip() for line in lines[at:]):
        raise UnreadableFileError(FileProblem.HEADER_ONLY)
    while at < len(lines):
        row, taken = _row(lines, at, columns)
        if row is not None:
            yield row
        at += taken


def _columns(header: str) -> list[str]:
    try:
        columns = [name.strip() for name in _cells([header])[0]]
    except csv.Error as error:
        raise UnreadableFileError(FileProblem.COLUMNS_MISSING, about=_listed(NEEDED)) from error
    missing = NEEDED - set(columns)
    if missing and _separator_line(header) == ",":
        raise UnreadableFileError(FileProblem.SEPARATOR_LINE)
    if missing and (separator := _other_separator(header)) is not None:
        raise UnreadableFileError(FileProblem.SEPARATOR, about=separator)
    if missing:
        raise UnreadableFileError(FileProblem.COLUMNS_MISSING, about=_listed(missing))
    for number, name in enumerate(columns):
        if name in columns[:number]:
            raise UnreadableFileError(FileProblem.COLUMN_TWICE, about=name)
        if name not in COLUMNS:
            raise UnreadableFileError(FileProblem.COLUMN_UNKNOWN, about=name[:64] or NO_NAME)
    return columns


def _other_separator(header: str) -> str | None:
    if (told := _separator_line(header)) is not None:
        return told
    return next((mark for mark in SEPARATORS if mark in header), None)


def _separator_line(header: str) -> str | None:
    """What Excel's `sep=;` names, which is no header."""
    return header.strip("\r\n")[4:5] or None if header.lower().startswith("sep=") else None


def _listed(names: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(names))


def _row(lines: Sequence[str], at: int, columns: Sequence[str]) -> tuple[Row | None, int]:
    """The row that begins there, None if it is blank, and over how many lines it goes.

    What a stray quote swallows is read: only the line with the quote is lost.
    """
    number = at + 1
    try:
        cells, taken = _cells(lines[at : at + MOST_LINES_OF_A_ROW])
    except csv.Error:
        return Row(number, fault=_fault_of(lines[at])), 1
    if any(_is_whole(line, len(columns)) for line in lines[number : at + taken]):
        return Row(number, fault=_fault_of(lines[at])), 1
    if not any(cell.strip() for cell in cells):
        return None, taken
    if len(cells) > len(columns):
        return Row(number, fault=TOO_MANY_CELLS), taken
    if len(cells) < len(columns) and at + taken == len(lines) and not lines[-1].endswith(("\n", "\r")):
        return Row(number, fault=CUT_OFF), taken
    named = zip(columns, cells, strict=False)
    return Row(number, {name: _typed(name, cell) for name, cell in named if cell}), taken


def _cells(lines: Sequence[str]) -> tuple[list[str], int]:
    """csv.Error, also for a quote that is still open behind the last of the lines."""
    reader = csv.reader(lines, strict=True)
    return next(reader, []), reader.line_num


def _is_whole(line: str, cells: int) -> bool:
    try:
        return len(_cells([line])[0]) == cells
    except csv.Error:
        return False


def _fault_of(line: str) -> Fault:
    return OPEN_QUOTE if line.count('"') % 2 else NO_CSV


def _typed(name: str, cell: str) -> Any:
    cell = cell.strip()
    if name in NUMBERS and cell.isascii() and cell.isdigit() and len(cell) < 20:
        return int(cell)
    return TRUTHS.get(name, {}).get(cell.lower(), cell)
