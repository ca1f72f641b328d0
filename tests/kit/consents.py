"""What athletes of the tests agree to: on moto written into the copy of the service under test, on a stack granted over
the API (`local.demo.client.Athlete.agree`)."""

from datetime import UTC, datetime
from typing import Any, Final

from stadion import writes
from stadion.athletes import Consent
from stadion.events.accounts import OF_A_PARTNER, ConsentKind
from stadion.records import Place
from tests.kit.events import entry
from tests.kit.services import ATHLETE

UNTOLD: Final = "45c48cce-2e2d-4bda-a1b2-3c4d5e6f7a80"
"""An athlete of whom no service was told anything: nothing is granted."""
_LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)


def agreed(place: Place[Any], *kinds: ConsentKind) -> None:
    """The copy there knows the consents, as of before any news that a test may tell of them."""
    known = place.read().value or place.records.model()
    consents = {kind: Consent(granted=True, revision=0) for kind in kinds}
    writes.put(place, known.model_copy(update={"consents": {**known.consents, **consents}}), _LONG_AGO, revision=1)


def consent(
    kind: ConsentKind = ConsentKind.HEALTH_DATA, *, granted: bool = True, revision: int = 1, user: str = ATHLETE
) -> dict[str, Any]:
    """The news of one, as `tests.kit.services.sqs_event` takes it."""
    data = {
        "kind": kind.value,
        "partner_id": "store" if kind in OF_A_PARTNER else None,
        "granted": granted,
        "revision": revision,
        "text_version": "2026-10",
        "changed_at": "2026-11-21T06:30:00Z",
    }
    return entry("ConsentChanged", data, user=user, source="accounts")


def withdrawn(kind: ConsentKind = ConsentKind.HEALTH_DATA, *, revision: int = 2, user: str = ATHLETE) -> dict[str, Any]:
    return consent(kind, granted=False, revision=revision, user=user)
