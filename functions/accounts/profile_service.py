"""Use cases of the athlete's own profile, and of what others see of it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from accounts import store
from accounts.avatars import store as avatars
from accounts.consents import service as consents
from accounts.contacts import store as numbers
from accounts.domain import PhysicalData, Profile, Relation, visible_to
from accounts.errors import NotMeasuredYetError
from stadion.change import Change
from stadion.errors import FieldRequiredError
from stadion.events.envelope import Event
from stadion.retry import retry_on_conflict

EARLIEST_MEASUREMENT = date(1900, 1, 1)
REQUIRED = {"language", "settings", "privacy"}


def change(old: Profile, changes: Mapping[str, Any], now: datetime) -> Profile:
    """A merge patch, by field: None removes; of `settings` and `privacy`, what is given replaces its like."""
    fields = dict(changes)
    for name in REQUIRED & fields.keys():
        if fields[name] is None:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
    if "settings" in fields:
        fields["settings"] = _merged_settings(old, fields["settings"])
    if "privacy" in fields:
        fields["privacy"] = {**old.privacy, **fields["privacy"]}
    if "phone" in fields:  # which a patch can only remove
        fields["phone_verified"] = False
    new = old.revised(now, **fields)
    events: list[Event] = [new.facts(sorted(changes))]
    if (new.email, new.phone) != (old.email, old.phone):
        events.append(new.contact())
    store.revise_profile(old, new, events, now, also=lambda change: _let_go(change, old, new))
    if old.avatar is not None and new.avatar is None:
        avatars.discard(old.avatar)
    return new


def _let_go(change: Change, old: Profile, new: Profile) -> None:
    """Of a number that the profile does not have any more."""
    if old.phone_verified and old.phone is not None and new.phone is None:
        numbers.release(change, old.phone, old.user_id)


def _merged_settings(old: Profile, fields: dict[str, Any]) -> dict[str, Any]:
    for name, value in fields.items():
        if value is None:
            raise FieldRequiredError(pointer=f"#/settings/{name}", field=name)
    return {**old.settings.model_dump(), **fields}


def public(viewer_id: str, user_id: str) -> dict[str, Any]:
    """The fields that the viewer may see. Followers are known once there is a social service; until then everyone else
    is a stranger."""
    profile = store.profile(user_id)
    relation = Relation.SELF if viewer_id == user_id else Relation.STRANGER
    return visible_to(relation, profile)


def put_physical(user_id: str, entry: PhysicalData, now: datetime) -> list[PhysicalData]:
    """All that is known afterwards."""
    tomorrow = now.date() + timedelta(days=1)  # it has begun east of Greenwich
    if not EARLIEST_MEASUREMENT <= entry.measured_on <= tomorrow:
        raise NotMeasuredYetError

    def put() -> None:
        agreed = consents.check_health(user_id)
        store.change_physical(user_id, entry.measured_on, entry, now, also=agreed)

    retry_on_conflict(put)
    return store.physical(user_id)


def physical(user_id: str) -> list[PhysicalData]:
    """Shown to nobody without the consent to hold them."""
    consents.check_health(user_id)
    return store.physical(user_id)


def delete_physical(user_id: str, measured_on: date, now: datetime) -> None:
    store.forget_physical(user_id, measured_on, now)
