"""Counts activity by the athlete's days."""

from typing import Any

from promos.athletes import store as athletes
from stadion.dynamo import look_again
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded


def count_activity(envelope: Envelope[Any]) -> Consumed:
    event, user_id = envelope.data, envelope.user_id
    if isinstance(event, WorkoutDeleted):
        outcome = look_again(lambda: athletes.uncount_workout(user_id, event.workout_id, event.revision))
    else:
        outcome = look_again(lambda: athletes.count_workout(user_id, event.workout))
    return Consumed(outcome.value)


handler = consumer(count_activity, events=(WorkoutRecorded, WorkoutCorrected, WorkoutDeleted))
