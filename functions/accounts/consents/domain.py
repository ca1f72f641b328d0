"""Values and rules of consents: what holds, how it came to be, and the texts that are agreed to."""

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, Field

from stadion.events.accounts import ConsentKind
from stadion.i18n import Language
from stadion.values import Value


class Consent(Value):
    kind: ConsentKind
    partner_id: str | None = None
    """Of `purchases`: whose."""
    granted: bool = False
    revision: int = 0
    text_version: str | None = None
    changed_at: AwareDatetime | None = None


class ConsentJournalEntry(Value):
    """One change of a consent: what was agreed to or withdrawn, when, from which address. Never edited."""

    kind: ConsentKind
    partner_id: str | None = Field(default=None, description="of `purchases`: whose; null until 2026-12")
    granted: bool
    revision: int
    text_version: str
    changed_at: AwareDatetime
    address: str = Field(description="the client's, or `partner-links` where it ended with the link to the partner")

    @property
    def what(self) -> str:
        """Of one moment, what tells two entries apart beside their revisions."""
        return f"{self.kind.value}:{self.partner_id}" if self.partner_id else self.kind.value


class ConsentText(Value):
    """What an athlete agrees to, as it is shown, from a moment on."""

    version: str
    current_from: AwareDatetime
    texts: dict[Language, str] = Field(description="in every language")
    set_by: str | None = Field(default=None, description="who signed; null: it came with the code")


class ConsentTexts(Value):
    """All versions for one kind, oldest first: by when they are current, and of one moment by when they were set."""

    kind: ConsentKind
    versions: list[ConsentText] = Field(default_factory=list)

    def current(self, now: datetime) -> ConsentText:
        """Before the first one is current, that one."""
        begun = [text for text in self.versions if text.current_from <= now]
        return begun[-1] if begun else self.versions[0]

    def of_version(self, version: str) -> ConsentText | None:
        return next((text for text in self.versions if text.version == version), None)

    def with_text(self, new: ConsentText) -> Self:
        """Beside the others, or in the place of the one with its version."""
        others = [text for text in self.versions if text.version != new.version]
        ordered = sorted([*others, new], key=lambda text: text.current_from)
        return self.model_copy(update={"versions": ordered})
