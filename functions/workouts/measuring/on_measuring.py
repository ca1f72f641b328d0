"""Measures anew what the athlete corrected: a sport, a stretch."""

from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutMeasuringAsked
from stadion.observability import count
from workouts.errors import WorkoutNotFoundError
from workouts.measuring import service

handler = Consumer()


@handler.on(WorkoutMeasuringAsked)
def measure(envelope: Envelope[WorkoutMeasuringAsked]) -> Consumed:
    """Told twice, the second time there is nothing left to do."""
    asked = envelope.data
    try:
        outcome = service.finish(envelope.user_id, asked.workout_id, clock.now(), asked.because)
    except WorkoutNotFoundError:
        return Consumed("deleted")
    if outcome == "failed":
        count("MeasuringFailed")
    return Consumed(outcome)
