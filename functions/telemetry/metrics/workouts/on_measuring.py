"""Measures workouts that other functions of the service left in this one's queue."""

from stadion import clock
from stadion.events.consumer import Consumed
from stadion.observability import count
from stadion.work import worker
from telemetry.metrics.workouts import service
from telemetry.metrics.workouts.work import Measuring


def measure(asked: Measuring) -> Consumed:
    outcome = service.measure(asked.user_id, asked.workout_id, clock.now(), only_if_changed=asked.only_if_changed)
    if outcome == "measured":
        count("WorkoutsMeasured")
    return Consumed(outcome, {"workout_id": asked.workout_id})


handler = worker(measure, kind=Measuring)
