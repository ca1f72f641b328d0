"""Use case: keep a copy of what accounts says of an athlete. Older and repeated news change nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stadion.events.accounts import PhysicalDataChanged, ProfileUpdated, UserRegistered
from stadion.retry import retry_on_conflict
from telemetry.metrics.athletes import store
from telemetry.metrics.athletes.domain import Entry, Measurement, Profile, Touched, touched_by

ESTIMATED_FROM: Final = ("birth_date", "gender")
"""Fields of the profile that metrics rest on."""
Told = UserRegistered | ProfileUpdated | PhysicalDataChanged


@dataclass(frozen=True)
class Known:
    """`touched`: the workouts that may have other metrics now; None: none has."""

    is_news: bool
    touched: Touched | None = None


def know(user_id: str, event: Told, now: datetime) -> Known:
    if isinstance(event, PhysicalDataChanged):
        return _know_day(user_id, event, now)
    before, after = retry_on_conflict(lambda: store.know_profile(user_id, lambda known: updated(known, event), now))
    named = isinstance(event, ProfileUpdated) and any(name in event.changed for name in ESTIMATED_FROM)
    differs = any(getattr(before, name) != getattr(after, name) for name in ESTIMATED_FROM)
    return Known(before != after, Touched() if named or differs else None)


def updated(known: Profile, event: UserRegistered | ProfileUpdated) -> Profile:
    """The copy after an event."""
    if isinstance(event, UserRegistered):
        return known if known.revision else known.model_copy(update={"revision": 1, "time_zone": event.time_zone})
    if event.revision <= known.revision:
        return known
    return known.model_copy(
        update={
            "revision": event.revision,
            "time_zone": event.time_zone,
            "birth_date": event.birth_date,
            "gender": event.gender,
        }
    )


def _know_day(user_id: str, event: PhysicalDataChanged, now: datetime) -> Known:
    named = {what: getattr(event, what.value) for what in Measurement}
    values = {what: float(value) for what, value in named.items() if value is not None}
    entry = Entry(day=event.measured_on, revision=event.revision, values=values)
    kept, is_news = retry_on_conflict(lambda: store.know_entry(user_id, entry, now))
    athlete, _ = store.read(user_id)
    return Known(is_news, touched_by(athlete, kept))
