"""Workouts move XP, levels and records."""

from typing import Any

from gamification import service
from gamification.service import Moved, Source
from stadion import clock
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded
from stadion.observability import count


def reward(envelope: Envelope[Any]) -> Consumed:
    source = _source(envelope)
    xp, records = service.move_xp(source), service.move_records(source)
    count("XpGranted", xp.xp)
    count("PersonalRecords", len(records.records))
    return _consumed(xp, records)


def _source(envelope: Envelope[Any]) -> Source:
    event = envelope.data
    deleted = isinstance(event, WorkoutDeleted)
    return Source(
        user_id=envelope.user_id,
        workout_id=event.workout_id if deleted else event.workout.workout_id,
        revision=event.revision if deleted else event.workout.revision,
        workout=None if deleted else event.workout,
        correlation_id=envelope.correlation_id,
        now=clock.now(),
    )


def _consumed(xp: Moved, records: Moved) -> Consumed:
    return Consumed(
        xp.outcome.value,
        {"xp": xp.xp, "level": xp.level, "records": list(records.records), "records_outcome": records.outcome.value},
    )


handler = consumer(reward, events=(WorkoutRecorded, WorkoutCorrected, WorkoutDeleted))
