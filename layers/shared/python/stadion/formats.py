"""Formats of request fields in words: by the pattern that refused."""

from typing import Final

from stadion.fields import LINE, TEXT
from stadion.i18n import Text
from stadion.rewards import OFFER_CODE, OFFERED

_NAME: Final = Text(
    en="Send a name of small letters a-z, digits and hyphens, {least} to {most} characters, such as winter-2026.",
    ru="Нужно имя из строчных латинских букв, цифр и дефисов, от {least} до {most} символов, например winter-2026.",
)
_ID: Final = Text(
    en="Send letters A-Z, digits and the signs {signs}, {most} characters at most.",
    ru="Нужны латинские буквы, цифры и знаки {signs}, не больше {most} символов.",
)
_CATEGORY: Final = Text(
    en="Send small letters a-z and underscores, such as running_shoes.",
    ru="Нужны строчные латинские буквы и подчёркивания, например running_shoes.",
)
_HOUR: Final = Text(
    en="Send an hour of the day as text, such as 08:00 or 22:30.",
    ru="Нужно время суток строкой, например 08:00 или 22:30.",
)


def _with(text: Text, **values: object) -> Text:
    return Text(en=text.en.format(**values), ru=text.ru.format(**values))


FORMATS: Final[dict[str, Text]] = {
    LINE: Text(
        en="Send one line of text, without line breaks and control characters.",
        ru="Нужна одна строка текста, без переносов и управляющих символов.",
    ),
    TEXT: Text(
        en="Send text without control characters; line breaks may be in it.",
        ru="Нужен текст без управляющих символов; переносы строк допустимы.",
    ),
    r"^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$": _with(_NAME, least=2, most=64),
    r"^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$": _with(_NAME, least=2, most=60),
    r"^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$": _with(_NAME, least=2, most=40),
    r"^[a-z0-9][a-z0-9-]{0,19}$": _with(_NAME, least=1, most=20),
    r"^[a-z][a-z0-9-]{1,29}$": _with(_NAME, least=2, most=30),
    r"^[a-z]{1,30}$": Text(en="Send small letters a-z.", ru="Нужны строчные латинские буквы."),
    r"^[a-z_]{1,40}$": _CATEGORY,
    r"^[a-z][a-z_]{1,39}$": _CATEGORY,
    r"^[A-Za-z0-9._-]{1,64}$": _with(_ID, signs=". _ -", most=64),
    r"^[A-Za-z0-9._:-]{1,64}$": _with(_ID, signs=". _ : -", most=64),
    r"^[A-Za-z0-9._:-]{1,80}$": _with(_ID, signs=". _ : -", most=80),
    r"^[A-Za-z0-9_-]{1,64}$": _with(_ID, signs="_ -", most=64),
    r"^[A-Za-z0-9-]{1,64}$": _with(_ID, signs="-", most=64),
    r"^[a-z][a-z0-9_]{1,38}[a-z0-9]$": Text(
        en="Send a name of small letters a-z, digits and underscores, 3 to 40 characters, such as early_bird.",
        ru="Нужно имя из строчных латинских букв, цифр и подчёркиваний, от 3 до 40 символов, например early_bird.",
    ),
    r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$|^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$": Text(
        en="Send a day of every year, such as 12-01 (month, day), or a date, such as 2026-12-01.",
        ru="Нужен день любого года, например 12-01 (месяц, день), или дата, например 2026-12-01.",
    ),
    r"^[0-9A-Za-z½×+]{1,5}$": Text(
        en="Send one to five of: letters A-Z, digits, ½, × and +, such as 10k.",
        ru="Нужно от одного до пяти знаков: латинские буквы, цифры, ½, × и +, например 10k.",
    ),
    r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[1-8][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$": Text(
        en="Send a UUID, such as 01a22f08-1515-7e11-8a54-6b0c7d5e3a01; UUIDv7 is advised.",
        ru="Нужен UUID, например 01a22f08-1515-7e11-8a54-6b0c7d5e3a01; лучше UUIDv7.",
    ),
    r"^at_[a-z2-7]{26}$": Text(
        en="Send the athlete_id that POST /partner/v1/links answered: at_ and 26 characters. An id of Stadion is none.",
        ru="Передайте athlete_id из ответа POST /partner/v1/links: at_ и 26 знаков. Идентификатор Stadion не подходит.",
    ),
    OFFER_CODE: Text(
        en="Send the reward of an offer: {codes}.".format(codes=", ".join(sorted(OFFERED))),
        ru="Нужна награда, за которой стоит предложение: {codes}.".format(codes=", ".join(sorted(OFFERED))),
    ),
    r"^[a-z0-9_]{1,40}$": Text(
        en="Send small letters a-z, digits and underscores, such as free_delivery.",
        ru="Нужны строчные латинские буквы, цифры и подчёркивания, например free_delivery.",
    ),
    r"^[0-9]{1,5}(\.[0-9]{1,5}){0,3}$": Text(
        en="Send a version of one to four numbers with dots, such as 2.6.0.",
        ru="Нужна версия из одного-четырёх чисел через точку, например 2.6.0.",
    ),
    r"^[A-Z]{3}$": Text(
        en="Send a currency of ISO 4217 in capital letters, such as RUB or EUR.",
        ru="Нужна валюта по ISO 4217 заглавными буквами, например RUB или EUR.",
    ),
    r"^[A-Z]{2}$": Text(
        en="Send a country of ISO 3166 in two capital letters, such as RU.",
        ru="Нужна страна по ISO 3166 двумя заглавными буквами, например RU.",
    ),
    r"^[A-Z]{2}-[A-Z0-9]{1,3}$": Text(
        en="Send a region of ISO 3166 in capital letters, such as RU-MOW.",
        ru="Нужен регион по ISO 3166 заглавными буквами, например RU-MOW.",
    ),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": _HOUR,
    r"^[0-9]{4,8}$": Text(
        en="Send the digits of the code, such as 48151623.", ru="Нужны цифры кода, например 48151623."
    ),
}
"""Pattern -> what it wants. What is not among them is told as "not right" alone."""
