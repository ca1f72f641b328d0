"""Use cases of privacy zones: where nobody but the athlete sees a position."""

import secrets
from datetime import datetime

from accounts import store
from accounts.domain import MAX_ZONES, PrivacyZones, Zone, hidden_circle
from accounts.errors import TooManyZonesError
from stadion.events.accounts import PrivacyZonesChanged
from stadion.retry import retry_on_conflict


def zones(user_id: str) -> list[Zone]:
    return store.privacy_zones(user_id)[0].zones


def put(user_id: str, zone: Zone, now: datetime) -> None:
    def change() -> None:
        known, stored = store.privacy_zones(user_id)
        others = [other for other in known.zones if other.zone_id != zone.zone_id]
        if len(others) >= MAX_ZONES:
            raise TooManyZonesError
        if zone not in known.zones:
            changed = PrivacyZones(salt=known.salt or secrets.token_hex(16), zones=[*others, zone])
            store.change_privacy_zones(user_id, changed, lambda revision: _told(changed, revision), stored, now)

    retry_on_conflict(change)


def remove(user_id: str, zone_id: str, now: datetime) -> None:
    def change() -> None:
        known, stored = store.privacy_zones(user_id)
        left = [zone for zone in known.zones if zone.zone_id != zone_id]
        if len(left) < len(known.zones):
            changed = known.model_copy(update={"zones": left})
            store.change_privacy_zones(user_id, changed, lambda revision: _told(changed, revision), stored, now)

    retry_on_conflict(change)


def _told(known: PrivacyZones, revision: int) -> PrivacyZonesChanged:
    return PrivacyZonesChanged(revision=revision, zones=[hidden_circle(zone, known.salt) for zone in known.zones])
