"""Of a deleted workout its recordings, claims and photos go too."""

from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutDeleted
from workouts.deletions import service

handler = Consumer()


@handler.on(WorkoutDeleted)
def forget_recordings(envelope: Envelope[WorkoutDeleted]) -> Consumed:
    deleted = service.forget(envelope.user_id, envelope.data.workout_id)
    return Consumed("forgotten" if deleted else "nothing_to_do", {"objects": deleted})
