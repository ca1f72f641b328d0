"""Workouts wear the gear."""

from inventory.wear_service import Worn, give_back, wear_gear
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded, is_news
from stadion.observability import count

handler = Consumer()


@handler.on(WorkoutRecorded, WorkoutCorrected)
def move_mileage(envelope: Envelope[WorkoutRecorded | WorkoutCorrected]) -> Consumed:
    workout, now = envelope.data.workout, clock.now()
    return _consumed(wear_gear(envelope.user_id, workout, is_news=is_news(workout, envelope.occurred_at), now=now))


@handler.on(WorkoutDeleted)
def give_mileage_back(envelope: Envelope[WorkoutDeleted]) -> Consumed:
    event = envelope.data
    told = is_news(event, envelope.occurred_at)
    return _consumed(give_back(envelope.user_id, event.workout_id, event.revision, is_news=told, now=clock.now()))


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
