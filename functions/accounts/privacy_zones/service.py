"""Use cases of privacy zones: where nobody but the athlete is seen."""

import secrets
from datetime import datetime

from accounts.errors import TooManyZonesError
from accounts.privacy_zones import store
from accounts.privacy_zones.circles import hidden_circle, with_places
from accounts.privacy_zones.domain import MAX_ZONES, PrivacyZones, Zone
from stadion.events.accounts import PrivacyZonesChanged
from stadion.retry import retry_on_conflict


def zones(user_id: str) -> list[Zone]:
    return store.zones(user_id)[0].zones


def put(user_id: str, zone: Zone, now: datetime) -> None:
    def change() -> None:
        known, stored = store.zones(user_id)
        others = [other for other in known.zones if other.zone_id != zone.zone_id]
        if len(others) >= MAX_ZONES:
            raise TooManyZonesError
        if zone not in known.zones:
            wanted = known.model_copy(update={"zones": [*others, zone]})
            changed = with_places(wanted, secrets.SystemRandom().random)
            store.change(user_id, changed, lambda revision: _told(changed, revision), stored, now)

    retry_on_conflict(change)


def remove(user_id: str, zone_id: str, now: datetime) -> None:
    def change() -> None:
        known, stored = store.zones(user_id)
        left = [zone for zone in known.zones if zone.zone_id != zone_id]
        if len(left) < len(known.zones):
            changed = with_places(known.model_copy(update={"zones": left}), secrets.SystemRandom().random)
            store.change(user_id, changed, lambda revision: _told(changed, revision), stored, now)

    retry_on_conflict(change)


def _told(known: PrivacyZones, revision: int) -> PrivacyZonesChanged:
    return PrivacyZonesChanged(revision=revision, zones=[hidden_circle(zone, known) for zone in known.zones])
