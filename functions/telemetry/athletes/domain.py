"""What this service knows of an athlete: what estimates rest on, and what they agree to."""

from typing import ClassVar, Final

from stadion.athletes import WithBody, WithConsents, WithReader, WithZone
from stadion.consents import may_use_health
from stadion.errors import ConsentRequiredError
from stadion.events.accounts import ConsentKind

CONSENT_MISSING: Final = "consent_health_data"
"""What a number would take, when the athlete does not agree to it."""


class Person(WithReader, WithZone, WithBody, WithConsents):
    """Of whom nobody told: who agrees to nothing."""

    kinds: ClassVar = frozenset({ConsentKind.HEALTH_DATA})

    @property
    def agrees(self) -> bool:
        """To health data being taken, measured and shown."""
        return may_use_health(self.granted)

    def check_agrees(self) -> None:
        if not self.agrees:
            raise ConsentRequiredError(extensions={"consent": ConsentKind.HEALTH_DATA.value})

    @property
    def consent_revision(self) -> int:
        """Of the newest word on health data that was heard; 0: none."""
        known = self.consents.get(ConsentKind.HEALTH_DATA)
        return known.revision if known is not None else 0
