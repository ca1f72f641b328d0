"""Workouts move XP, levels and records."""

from gamification import service
from gamification.service import Source
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded, is_news
from stadion.observability import count

handler = Consumer()


@handler.on(WorkoutRecorded, WorkoutCorrected)
def reward(envelope: Envelope[WorkoutRecorded | WorkoutCorrected]) -> Consumed:
    workout = envelope.data.workout
    told = is_news(workout, envelope.occurred_at)
    return _moved(Source(envelope.user_id, workout.workout_id, workout.revision, workout, clock.now(), is_news=told))


@handler.on(WorkoutDeleted)
def take_back(envelope: Envelope[WorkoutDeleted]) -> Consumed:
    event = envelope.data
    return _moved(Source(envelope.user_id, event.workout_id, event.revision, None, clock.now()))


def _moved(source: Source) -> Consumed:
    xp, records = service.move_xp(source), service.move_records(source)
    count("XpGranted", xp.xp)
    count("PersonalRecords", len(records.records))
    return Consumed(
        xp.outcome.value,
        {"xp": xp.xp, "level": xp.level, "records": list(records.records), "records_outcome": records.outcome.value},
    )
