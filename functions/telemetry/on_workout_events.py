"""Keeps the streams and the facts of recorded workouts, and has their metrics measured."""

from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded
from telemetry.metrics.workouts import work
from telemetry.streams import service

handler = Consumer()


@handler.on(WorkoutRecorded, WorkoutCorrected, WorkoutDeleted)
def keep(envelope: Envelope[WorkoutRecorded | WorkoutCorrected | WorkoutDeleted]) -> Consumed:
    """Whatever became of it, the metrics are asked for: a crash in between is mended by the next delivery."""
    event, now = envelope.data, clock.now()
    if isinstance(event, WorkoutDeleted):
        workout_id, samples = event.workout_id, 0
        outcome = service.forget_streams(envelope.user_id, workout_id, event.revision, now)
    else:
        workout_id, streams = event.workout.workout_id, event.workout.streams
        samples = streams.samples if streams is not None else 0
        outcome = service.keep_streams(envelope.user_id, event.workout, now)
    work.ask(envelope.user_id, [workout_id], correlation_id=envelope.correlation_id, now=now)
    return Consumed(outcome, {"samples": samples})
