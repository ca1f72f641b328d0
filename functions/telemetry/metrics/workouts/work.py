"""What is left for `on_measuring`: a workout whose metrics may not be what they should be."""

from collections.abc import Iterable
from datetime import datetime

from stadion.settings import load
from stadion.work import Work, enqueue
from telemetry.metrics.athletes.domain import Touched
from telemetry.metrics.workouts.settings import MeasuringSettings
from telemetry.streams import store


class Measuring(Work):
    user_id: str
    workout_id: str


def ask(user_id: str, workout_ids: Iterable[str], *, correlation_id: str, now: datetime) -> int:
    """`NotQueuedError` when the queue does not take them; to be asked again then, as often as need be."""
    work = [
        Measuring(correlation_id=correlation_id, asked_at=now, user_id=user_id, workout_id=workout_id)
        for workout_id in workout_ids
    ]
    enqueue(load(MeasuringSettings).measuring_queue, work)
    return len(work)


def ask_for(user_id: str, touched: Touched, *, correlation_id: str, now: datetime) -> int:
    """Of all workouts of these days; how many they are."""
    found = [
        kept.workout_id for kept in store.all_kept(user_id) if kept.facts is not None and kept.facts.day in touched
    ]
    return ask(user_id, found, correlation_id=correlation_id, now=now)
