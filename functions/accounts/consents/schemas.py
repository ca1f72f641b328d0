"""Requests and responses of consents and their texts."""

from datetime import datetime
from typing import Annotated, Self

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import AwareDatetime, BaseModel, Field, Strict

from accounts.consents.domain import Consent, ConsentText, ConsentTexts
from stadion.events.accounts import ConsentKind
from stadion.fields import Moment
from stadion.http import RequestModel
from stadion.i18n import Language
from stadion.identifiers import PartnerId

VERSION = r"^[\w.-]+$"
TextVersion = Annotated[str, Path(min_length=1, max_length=40, pattern=VERSION, examples=["2026-12"])]
Wording = Annotated[str, Field(min_length=1, max_length=4000)]


class ConsentPut(RequestModel):
    partner_id: PartnerId | None = Field(default=None, description="of `purchases`, and of nothing else: whose")
    granted: Annotated[bool, Strict()] = Field(description="true or false, and nothing that could be taken for it")
    text_version: str | None = Field(
        default=None,
        min_length=1,
        max_length=40,
        pattern=VERSION,
        examples=["2026-10"],
        description="of a grant, the current text's; a withdrawal needs none",
    )


class CurrentConsentText(BaseModel):
    """What an app shows before it asks."""

    version: str = Field(examples=["2026-10"], description="to be named by a grant")
    current_from: AwareDatetime
    texts: dict[Language, str] = Field(examples=[{"en": "Others may see …", "ru": "Другие могут видеть …"}])

    @classmethod
    def of(cls, text: ConsentText) -> Self:
        return cls(version=text.version, current_from=text.current_from, texts=text.texts)


class ConsentResponse(BaseModel):
    kind: ConsentKind
    partner_id: str | None = Field(
        description="of `purchases`: whose; the line without one shows the text to an athlete who has granted nothing"
    )
    granted: bool
    text_version: str | None = Field(description="that was agreed to, or named by the withdrawal")
    changed_at: AwareDatetime | None
    current: CurrentConsentText = Field(description="the text as it is now, in every language")

    @classmethod
    def of(cls, consent: Consent, text: ConsentText) -> Self:
        return cls.model_validate({**consent.model_dump(), "current": CurrentConsentText.of(text)})


class HealthDataDeletion(BaseModel):
    """It is done within minutes; original recordings stay, and can be fetched."""

    asked_at: AwareDatetime

    @classmethod
    def at(cls, moment: datetime) -> Self:
        return cls(asked_at=moment)


# --- admins ---------------------------------------------------------------------------------------------------------


class LocalizedConsentText(RequestModel):
    en: Wording
    ru: Wording


class ConsentTextPut(RequestModel):
    texts: LocalizedConsentText = Field(examples=[{"en": "Others may see …", "ru": "Другие могут видеть …"}])
    current_from: Moment | None = Field(default=None, description="now when left out")

    def wordings(self) -> dict[Language, str]:
        return {Language(name): text for name, text in self.texts.model_dump().items()}


class ConsentTextVersion(CurrentConsentText):
    is_current: bool
    set_by: str | None = Field(description="who signed; null: it came with the code")


class ConsentTextsResponse(BaseModel):
    kind: ConsentKind
    versions: list[ConsentTextVersion] = Field(description="oldest first")

    @classmethod
    def of(cls, texts: ConsentTexts, now: datetime) -> Self:
        current = texts.current(now).version
        versions = [
            ConsentTextVersion(**text.model_dump(), is_current=text.version == current) for text in texts.versions
        ]
        return cls(kind=texts.kind, versions=versions)
