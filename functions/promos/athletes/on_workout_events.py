"""Counts activity by the athlete's days."""

from promos.athletes import store as athletes
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded
from stadion.retry import retry_on_conflict

handler = Consumer()


@handler.on(WorkoutRecorded, WorkoutCorrected)
def count_activity(envelope: Envelope[WorkoutRecorded | WorkoutCorrected]) -> Consumed:
    user_id, workout, now = envelope.user_id, envelope.data.workout, clock.now()
    return Consumed(retry_on_conflict(lambda: athletes.count_workout(user_id, workout, now)).value)


@handler.on(WorkoutDeleted)
def uncount_activity(envelope: Envelope[WorkoutDeleted]) -> Consumed:
    event, user_id, now = envelope.data, envelope.user_id, clock.now()
    outcome = retry_on_conflict(lambda: athletes.uncount_workout(user_id, event.workout_id, event.revision, now))
    return Consumed(outcome.value)
