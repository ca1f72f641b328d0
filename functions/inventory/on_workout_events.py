"""Workouts wear the gear."""

from inventory.wear_service import Worn, give_back, wear_gear
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded
from stadion.observability import count

handler = Consumer()


@handler.on(WorkoutRecorded, WorkoutCorrected)
def move_mileage(envelope: Envelope[WorkoutRecorded | WorkoutCorrected]) -> Consumed:
    return _consumed(wear_gear(envelope.user_id, envelope.data.workout, now=clock.now()))


@handler.on(WorkoutDeleted)
def give_mileage_back(envelope: Envelope[WorkoutDeleted]) -> Consumed:
    event = envelope.data
    return _consumed(give_back(envelope.user_id, event.workout_id, event.revision, now=clock.now()))


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
