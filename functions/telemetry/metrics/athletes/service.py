"""Use case: keep a copy of what accounts says of an athlete, and have measured anew what a change of it touches."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final

from stadion import copies
from stadion.events.accounts import ConsentChanged, PhysicalDataChanged, ProfileUpdated, UserRegistered
from stadion.events.envelope import Envelope
from stadion.retry import retry_on_conflict
from stadion.settings import load, settings
from stadion.work import Work, enqueue
from telemetry.athletes import store as people
from telemetry.athletes.domain import Person
from telemetry.metrics.athletes import store
from telemetry.metrics.athletes.domain import Touched, touched_by
from telemetry.metrics.athletes.settings import TouchedDaysSettings

ESTIMATED_FROM: Final = ("birth_date", "gender")
"""Fields of the profile that metrics rest on."""
QUIET_S: Final = 5
"""Without another change; then the workouts of all changes before are asked for."""
EACH_S: Final = 60
"""Between two times that an athlete's workouts are asked for: one change of a birthday touches them all."""


class TouchedDays(Work):
    """Left for `on_touched_days` by each change."""

    user_id: str


@dataclass(frozen=True)
class Known:
    """`touched`: the workouts that may have other metrics now; None: none has."""

    is_news: bool
    touched: Touched | None = None


def know_person(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged], now: datetime) -> Known:
    """A grant touches all workouts; a withdrawal none: what was measured is shown no more, and deleted on request."""
    merged = copies.keep(people.place_of(envelope.user_id), envelope, now)
    event = envelope.data
    if isinstance(event, ConsentChanged):
        is_granted = event.kind in Person.kinds and event.granted and merged.after.agrees
        return Known(merged.is_news, Touched() if is_granted else None)
    named = isinstance(event, ProfileUpdated) and any(name in event.changed for name in ESTIMATED_FROM)
    differs = any(getattr(merged.before, name) != getattr(merged.after, name) for name in ESTIMATED_FROM)
    return Known(merged.is_news, Touched() if named or differs else None)


def know_day(user_id: str, event: PhysicalDataChanged, now: datetime) -> Known:
    kept, is_news = retry_on_conflict(lambda: store.know_day(user_id, event, now))
    athlete, _ = store.read(user_id)
    return Known(is_news, touched_by(athlete, kept))


def ask_for(user_id: str, touched: Touched, *, correlation_id: str, now: datetime) -> None:
    """Once it is quiet, together with what other changes touch.

    `NotQueuedError` when the queue does not take it; to be asked again then, as often as need be.
    """
    before = retry_on_conflict(lambda: store.touch(user_id, touched, now))
    later = TouchedDays(correlation_id=correlation_id, asked_at=now, user_id=user_id)
    enqueue(load(TouchedDaysSettings).touched_days_queue, [later], delay_s=_delay_s(before, now))


def _delay_s(before: datetime | None, now: datetime) -> int:
    """On the laptop the minute is as short as its allowance is large."""
    if before is None:
        return QUIET_S
    return max(QUIET_S, ceil(EACH_S / settings().allowance - (now - before).total_seconds()))
