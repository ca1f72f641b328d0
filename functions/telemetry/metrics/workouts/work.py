"""What is left for `on_measuring`: a workout whose metrics may not be what they should be."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from stadion.retry import WriteConflictError
from stadion.settings import load
from stadion.work import Work, enqueue
from telemetry.metrics.athletes import store as athlete_store
from telemetry.metrics.athletes.service import TouchedDays
from telemetry.metrics.workouts.settings import MeasuringSettings
from telemetry.streams import store

LONGEST: Final = timedelta(minutes=1)
"""Workouts that changes touch are asked for after that, though changes go on."""


class Measuring(Work):
    user_id: str
    workout_id: str
    only_if_changed: bool = False
    """Not because of an event of the workout's: series that were told are not told again."""


def ask(
    user_id: str, workout_ids: Iterable[str], *, correlation_id: str, now: datetime, only_if_changed: bool = False
) -> int:
    """`NotQueuedError` when the queue does not take them; to be asked again then, as often as need be."""
    work = [
        Measuring(
            correlation_id=correlation_id,
            asked_at=now,
            user_id=user_id,
            workout_id=workout_id,
            only_if_changed=only_if_changed,
        )
        for workout_id in workout_ids
    ]
    enqueue(load(MeasuringSettings).measuring_queue, work)
    return len(work)


def ask_once_quiet(asked: TouchedDays, now: datetime) -> tuple[str, int]:
    """Each change left such a message: the last one asks for the workouts of all, the others find nothing to do."""
    stored = athlete_store.TO_MEASURE.read(asked.user_id)
    waiting = stored.value
    if waiting is None or waiting.touched is None:
        return "asked_before", 0
    if asked.asked_at < waiting.last_at and now - waiting.first_at < LONGEST:
        return "left_to_the_last", 0
    found = [one.workout_id for one in store.all_kept(asked.user_id) if one.facts and one.facts.day in waiting.touched]
    number = ask(asked.user_id, found, correlation_id=asked.correlation_id, now=now, only_if_changed=True)
    try:
        athlete_store.settle(stored, now)
    except WriteConflictError:
        return "touched_meanwhile", number  # whose own message comes
    return "asked", number
