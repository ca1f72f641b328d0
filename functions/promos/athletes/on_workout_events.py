"""Counts activity by the athlete's days."""

from typing import Any

from promos.athletes import store as athletes
from stadion import clock
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded
from stadion.retry import retry_on_conflict


def count_activity(envelope: Envelope[Any]) -> Consumed:
    event, user_id, now = envelope.data, envelope.user_id, clock.now()
    if isinstance(event, WorkoutDeleted):
        outcome = retry_on_conflict(lambda: athletes.uncount_workout(user_id, event.workout_id, event.revision, now))
    else:
        outcome = retry_on_conflict(lambda: athletes.count_workout(user_id, event.workout, now))
    return Consumed(outcome.value)


handler = consumer(count_activity, events=(WorkoutRecorded, WorkoutCorrected, WorkoutDeleted))
