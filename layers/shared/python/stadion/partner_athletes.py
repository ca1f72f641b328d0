"""By which id a partner names an athlete: one that belongs to the two of them, and that no other partner is shown."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

from stadion.errors import UnprocessableError
from stadion.i18n import Language, Text

UNLINKED: Final = Text(
    en="The athlete ended the link with you: the order is taken as a guest's.",
    ru="Спортсмен разорвал связь с вами: заказ принят как заказ гостя.",
)
AthleteId = Annotated[str, Field(pattern=r"^at_[a-z2-7]{26}$", examples=["at_mfzwk3tqonxw42lom4qhg5dp2a"])]


class AthleteNotLinkedError(UnprocessableError):
    code = "athlete_not_linked"
    title = Text(en="Not linked", ru="Нет связи")
    explanation = Text(
        en="No athlete has this athlete_id with you. One that was linked a moment ago may need some seconds. Leave it "
        "out for a guest.",
        ru="У вас нет спортсмена с таким athlete_id. Только что созданная связь может занять несколько секунд. Для "
        "гостя не передавайте его.",
    )


class IgnoredPart(BaseModel):
    """What was sent is taken; this part of it does nothing."""

    pointer: str = Field(examples=["#/data/code"])
    code: str = Field(examples=["code_not_issued_by_then"])
    detail: str = Field(examples=["The code was issued after this order was completed."])

    @classmethod
    def unlinked(cls, pointer: str, language: Language) -> "IgnoredPart":
        return cls(pointer=pointer, code="athlete_was_unlinked", detail=UNLINKED.say(language))
