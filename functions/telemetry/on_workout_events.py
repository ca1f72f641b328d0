"""Keeps the streams of recorded workouts."""

from typing import Any

from stadion.events.catalogue import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from telemetry import keeping


def keep(envelope: Envelope[Any]) -> Consumed:
    event = envelope.data
    if isinstance(event, WorkoutDeleted):
        return Consumed(keeping.forget_streams(envelope.user_id, event.workout_id, event.revision))
    streams = event.workout.streams
    outcome = keeping.keep_streams(envelope.user_id, event.workout)
    return Consumed(outcome, {"samples": streams.samples if streams is not None else 0})


handler = consumer(keep, events=(WorkoutRecorded, WorkoutCorrected, WorkoutDeleted))
