"""How an athlete is on boards, as asked and answered."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from gamification.boards.people.domain import Player, Shown
from stadion.errors import UnacceptableValueError
from stadion.fields import LINE
from stadion.http import RequestModel
from stadion.i18n import Text

MOST_OF_A_NAME = 40
BoardName = Annotated[str, Field(min_length=1, max_length=MOST_OF_A_NAME, pattern=LINE, examples=["Anna"])]
_NAME_GOES_WITH_NAMED = Text(
    en="Send a name with “named”, and with nothing else.", ru="Имя нужно при «named», и только при нём."
)


class BoardPresence(RequestModel):
    """The athlete's answer to the question that is asked once."""

    shown: Shown = Field(
        description="named: by `name`; anonymous: counted, a line without a name; off: neither counted nor shown"
    )
    name: BoardName | None = Field(default=None, description="for `named`")

    @model_validator(mode="after")
    def _has_its_name(self) -> Self:
        if (self.shown is Shown.NAMED) != (self.name is not None):
            raise UnacceptableValueError(
                Text(
                    en="Send a name with “named”, and with nothing else.", ru="Имя нужно при «named» и только при нём."
                )
            )
        return self


class BoardPresenceResponse(BaseModel):
    shown: Shown | None = Field(description="null: not asked yet; counted without a name", examples=["named"])
    name: str | None = Field(examples=["Anna"])
    may_be_named: bool = Field(description="false: under 18, or the birth date is not known; then nobody sees the name")

    @classmethod
    def of(cls, player: Player, *, may_be_named: bool) -> Self:
        return cls(shown=player.shown, name=player.name, may_be_named=may_be_named)
