"""Use case: keep a copy of what accounts says of an athlete, and find out what a change of it touches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stadion import copies
from stadion.events.accounts import PhysicalDataChanged, ProfileUpdated, UserRegistered
from stadion.events.envelope import Envelope
from stadion.retry import retry_on_conflict
from telemetry.metrics.athletes import store
from telemetry.metrics.athletes.domain import Touched, touched_by

ESTIMATED_FROM: Final = ("birth_date", "gender")
"""Fields of the profile that metrics rest on."""


@dataclass(frozen=True)
class Known:
    """`touched`: the workouts that may have other metrics now; None: none has."""

    is_news: bool
    touched: Touched | None = None


def know_person(envelope: Envelope[UserRegistered | ProfileUpdated], now: datetime) -> Known:
    merged = copies.keep(store.HEADS.at(envelope.user_id), envelope, now)
    event = envelope.data
    named = isinstance(event, ProfileUpdated) and any(name in event.changed for name in ESTIMATED_FROM)
    differs = any(getattr(merged.before, name) != getattr(merged.after, name) for name in ESTIMATED_FROM)
    return Known(merged.is_news, Touched() if named or differs else None)


def know_day(user_id: str, event: PhysicalDataChanged, now: datetime) -> Known:
    kept, is_news = retry_on_conflict(lambda: store.know_day(user_id, event, now))
    athlete, _ = store.read(user_id)
    return Known(is_news, touched_by(athlete, kept))
