"""How an athlete is on boards, as asked and answered."""

import unicodedata
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, field_validator

from gamification.boards.people.domain import Player, Shown
from stadion.errors import UnacceptableValueError
from stadion.fields import LINE
from stadion.http import RequestModel
from stadion.i18n import Text
from stadion.links import LinkFree

MOST_OF_A_NAME = 40
MOST_MARKS = 3
"""On one letter: Hebrew with its points, Vietnamese, Thai."""
_JOINERS = frozenset("\u200c\u200d")
"""Of emoji, and of letters in Persian and Hindi."""
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by their category, and blank all the same."""
_NOT_SEEN = frozenset({"Cf", "Cc", "Cn", "Co", "Cs", "Zl", "Zp"})
_NAME_GOES_WITH_NAMED = Text(
    en="Send a name with “named”, and with nothing else.", ru="Имя нужно при «named» и только при нём."
)
_UNREADABLE = Text(
    en="Everybody reads this name: leave out signs that are not seen, and heaps of accents.",
    ru="Это имя читают все: уберите невидимые знаки и нагромождения надстрочных.",
)


def _readable(text: str) -> str:
    """What looks like another athlete's name by signs that nobody sees, or runs over the lines beside it, is none."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    kinds = [unicodedata.category(one) for one in name]
    if any(kind in _NOT_SEEN and one not in _JOINERS for one, kind in zip(name, kinds, strict=True)):
        raise UnacceptableValueError(_UNREADABLE)
    marks = "".join("m" if kind in {"Mn", "Me"} else "-" for kind in kinds)
    seen = [one for one, kind in zip(name, kinds, strict=True) if kind[0] in "LNPS" and one not in _FILLERS]
    if "m" * (MOST_MARKS + 1) in marks or not seen or _FILLERS.intersection(name) or "\u200d\u200d" in name:
        raise UnacceptableValueError(_UNREADABLE)
    return name


BoardName = Annotated[
    str,
    Field(min_length=1, max_length=MOST_OF_A_NAME, pattern=LINE, examples=["Anna"]),
    AfterValidator(_readable),
    LinkFree,
]


class BoardPresence(RequestModel):
    """The athlete's answer to the question that is asked once."""

    shown: Shown = Field(
        description="named: by `name`; anonymous: counted, a line without a name; off: neither counted nor shown"
    )
    name: BoardName | None = Field(default=None, description="for `named`", validate_default=True)

    @field_validator("name")
    @classmethod
    def _goes_with_named(cls, name: str | None, so_far: ValidationInfo) -> str | None:
        """At its place: an app shows what is wrong beside the field."""
        shown = so_far.data.get("shown")
        if shown is not None and (shown is Shown.NAMED) != (name is not None):
            raise UnacceptableValueError(_NAME_GOES_WITH_NAMED)
        return name


class BoardPresenceResponse(BaseModel):
    shown: Shown | None = Field(description="null: not asked yet; counted without a name", examples=["named"])
    name: str | None = Field(examples=["Anna"])
    may_be_named: bool = Field(description="false: under 18, or the birth date is not known; then nobody sees the name")

    @classmethod
    def of(cls, player: Player, *, may_be_named: bool) -> Self:
        return cls(shown=player.shown, name=player.name, may_be_named=may_be_named)
