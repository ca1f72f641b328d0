"""A deleted workout's recordings go too."""

from typing import Any

from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutDeleted
from workouts import file_store


def forget_recordings(envelope: Envelope[Any]) -> Consumed:
    deleted = file_store.forget(envelope.user_id, envelope.data.workout_id)
    return Consumed("forgotten" if deleted else "nothing_to_do", {"files": deleted})


handler = consumer(forget_recordings, events=(WorkoutDeleted,))
