"""A recording did not say its sport: the inbox asks, once for each workout however often this is told."""

from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutRecorded
from workouts.guesses import service

handler = Consumer()


@handler.on(WorkoutRecorded, WorkoutCorrected)
def ask(envelope: Envelope[WorkoutRecorded | WorkoutCorrected]) -> Consumed:
    workout_id = envelope.data.workout.workout_id
    return Consumed("asked" if service.ask(envelope.user_id, workout_id, clock.now()) else "nothing_to_ask")
