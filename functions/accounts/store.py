"""The accounts table. Its keys stand in README.md; nothing outside this module knows them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from pydantic import AwareDatetime

from accounts.domain import PhysicalData, Profile
from accounts.errors import UserNotFoundError
from stadion import writes
from stadion.change import Change
from stadion.errors import StaleVersionError
from stadion.events.envelope import Event
from stadion.records import Records
from stadion.retry import retry_on_conflict
from stadion.units import KnownReader, Reader
from stadion.values import Value


class ProfileExistsError(Exception):
    """The profile was created before."""


class _Day(Value):
    """What was measured on a day; None: it was taken back, and its revision stays for whoever keeps a copy."""

    entry: PhysicalData | None = None

    def body(self) -> dict[str, Any]:
        return self.entry.model_dump(mode="json", exclude_none=True) if self.entry is not None else {}


class _RoleChange(Value):
    role: str
    granted: bool
    by: str
    at: AwareDatetime


PROFILES = Records(
    Profile, kind="profile", pk="USER#{user_id}", sk="PROFILE", own_revision=True, missing=UserNotFoundError
)
"""Written at the first confirmation or sign-in (with `UserRegistered` and the welcome), then by `PATCH` on its
revision; read by `/v1/me`, `/v1/users`."""
DAYS = Records(
    _Day,
    kind="physical",
    pk="USER#{user_id}",
    sk="PHYSICAL#{measured_on}",
    dump=_Day.body,
    load=lambda item: _Day(entry=PhysicalData.model_validate(item.body) if item.body else None),
)
"""Measurements of a day: `PUT`, `DELETE` (which leaves the revision), with their event; one query."""
ROLE_CHANGES = Records(_RoleChange, kind="role_change", pk="USER#{user_id}", sk="ROLE#{at}#{role}")
"""With the group in Cognito (not in one transaction: Cognito has none)."""


# --- profiles -------------------------------------------------------------------------------------------------------


def reader_of(user_id: str) -> Reader:
    found = profile(user_id)
    return KnownReader(found.language, found.settings.units)


def profile(user_id: str) -> Profile:
    return PROFILES.get(user_id)


def find_profile(user_id: str) -> Profile | None:
    return PROFILES.find(user_id)


def create_profile(new: Profile, events: list[Event], now: datetime) -> None:
    with Change(new.user_id, now) as change:
        change.put(PROFILES, new, refused=ProfileExistsError)
        change.publish(*events)


def revise_profile(
    old: Profile, new: Profile, events: list[Event], now: datetime, also: Callable[[Change], None] = lambda _: None
) -> None:
    with Change(new.user_id, now) as change:
        change.replace(PROFILES.seen(old), new, refused=StaleVersionError)
        change.publish(*events)
        also(change)


def put_revised(change: Change, old: Profile, new: Profile, changed: list[str]) -> None:
    """With its events, where messages go from now on among them; `WriteConflictError` when it is not `old` any more."""
    change.replace(PROFILES.seen(old), new)
    change.publish(new.facts(changed), new.contact())


def move(change: Change, user_id: str, email: str) -> None:
    """To another address, unless it is there."""
    old = profile(user_id)
    if old.email != email:
        put_revised(change, old, old.revised(change.now, email=email), ["email"])


def note_role_change(user_id: str, *, role: str, granted: bool, by: str, now: datetime) -> None:
    noted = _RoleChange(role=role, granted=granted, by=by, at=now)
    writes.put(ROLE_CHANGES.of(noted, user_id), noted, now)


# --- physical data --------------------------------------------------------------------------------------------------


def physical(user_id: str) -> list[PhysicalData]:
    """Oldest first."""
    return [day.entry for day in DAYS.every(user_id) if day.entry is not None]


Also = Callable[[Change], None]
"""What must hold in the same transaction."""


def change_physical(
    user_id: str, measured_on: date, entry: PhysicalData | None, now: datetime, *, also: Also = lambda _: None
) -> None:
    """A day's entry with its event in one transaction; None takes it back. What holds already changes nothing."""
    stored = DAYS.read(user_id, measured_on)
    day = _Day(entry=entry)
    if (stored.value or _Day()) == day:
        return
    with Change(user_id, now) as change:
        also(change)
        change.replace(stored, day)
        change.publish((entry or PhysicalData(measured_on=measured_on)).facts(stored.next_revision))


def forget_physical(user_id: str, measured_on: date, now: datetime) -> None:
    retry_on_conflict(lambda: change_physical(user_id, measured_on, None, now))
