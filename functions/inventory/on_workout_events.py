"""Workouts wear the gear."""

from typing import Any

from inventory.wear_service import Worn, give_back, wear_gear
from stadion import clock
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded
from stadion.observability import count


def move_mileage(envelope: Envelope[Any]) -> Consumed:
    event, user_id, now = envelope.data, envelope.user_id, clock.now()
    if isinstance(event, WorkoutDeleted):
        return _consumed(give_back(user_id, event.workout_id, event.revision, now=now))
    return _consumed(wear_gear(user_id, event.workout, now=now))


def _consumed(worn: Worn) -> Consumed:
    if worn.reached:
        count("GearWearReached", len(worn.reached))
    return Consumed(
        worn.outcome.value,
        {
            "gear_moved_m": worn.moved_m,
            "reached": [f"{news.gear_id}:{news.threshold_percent}" for news in worn.reached],
        },
    )


handler = consumer(move_mileage, events=(WorkoutRecorded, WorkoutCorrected, WorkoutDeleted))
