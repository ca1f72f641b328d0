"""Privacy zones in the accounts table."""

from collections.abc import Callable
from datetime import datetime

from accounts.privacy_zones.domain import PrivacyZones
from stadion.change import Change
from stadion.events.envelope import Event
from stadion.records import Records, Stored

ZONES = Records(PrivacyZones, kind="privacy_zones", pk="USER#{user_id}", sk="PRIVACY_ZONES", nulls=True)
"""The whole list on its revision, with its event."""


def zones(user_id: str) -> tuple[PrivacyZones, Stored[PrivacyZones]]:
    stored = ZONES.read(user_id)
    return stored.value or PrivacyZones(), stored


def change(
    user_id: str, zones: PrivacyZones, event: Callable[[int], Event], stored: Stored[PrivacyZones], now: datetime
) -> None:
    """`WriteConflictError` when the list is not `stored` any more; `event` is made of the new revision."""
    with Change(user_id, now) as change:
        change.replace(stored, zones)
        change.publish(event(stored.next_revision))
