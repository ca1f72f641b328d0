"""Codes as people type and paste them: at the till, in an order's message, on the command line, in a file.

Which letters look like which: Unicode Technical Standard #39, as far as A-Z go. 0 and O, 1 and I stay apart.
"""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

from stadion.errors import UnacceptableValueError
from stadion.i18n import Text

MAX_CODE = 40
MAX_TYPED = 200
_CYRILLIC = str.maketrans("АВЕКМНОРСТУХІЈЅԚԜҮҺӀ", "ABEKMHOPCTYXIJSQWYHI")
_GREEK = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
_DASHES = frozenset("\u2212\u2043\u02d7\u30fc")
"""Besides those that Unicode calls dashes: minus, hyphen bullet, modifier minus, and what a Japanese keyboard makes."""
_CODE = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
_NO_CODE = Text(
    en="This is no code: codes have letters A-Z, digits and hyphens.",
    ru="Это не промокод: в кодах латинские буквы, цифры и дефисы.",
)


def normal(typed: str) -> str:
    """`tst–cw3m–qwe6.` -> `TST-CW3M-QWE6`: what people see as the same is the same."""
    plain = unicodedata.normalize("NFKC", typed).upper().translate(_CYRILLIC).translate(_GREEK)
    shown = "".join(_shown(character) for character in plain)
    return re.sub(r"^[^A-Z0-9]+|[^A-Z0-9]+$", "", re.sub(r"-{2,}", "-", shown))


def key(code: str) -> str:
    """What codes are told apart by: with or without their hyphens they are the same."""
    return normal(code).replace("-", "")


def is_code(normalized: str) -> bool:
    return len(normalized) <= MAX_CODE and _CODE.fullmatch(normalized) is not None


def _shown(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Pd" or character in _DASHES:
        return "-"
    return "" if kind in {"Cc", "Cf", "Mn"} or character.isspace() else character


def _checked(typed: str) -> str:
    code = normal(typed)
    if not is_code(code):
        raise UnacceptableValueError(_NO_CODE)
    return code


PromoCode = Annotated[str, Field(max_length=MAX_TYPED, examples=["RUN-7F3K-9QXD"]), AfterValidator(_checked)]
ClaimedCode = Annotated[
    str,
    Field(min_length=1, max_length=MAX_TYPED, examples=["RUN-7F3K-9QXD"]),
    AfterValidator(lambda typed: normal(typed)[:MAX_TYPED] or "-"),
]
"""Of what is sold already: what is no code is kept as it came, and books nothing."""
