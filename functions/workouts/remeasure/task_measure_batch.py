"""The step that measures a batch, with the packages that decode recordings."""

from datetime import datetime

from stadion.tasks import task
from workouts.remeasure.batch_store import number_of
from workouts.remeasure.measuring_service import measure_batch
from workouts.remeasure.steps import MeasuredBatch, MeasuringBatch, driven


def measure(asked: MeasuringBatch, now: datetime) -> MeasuredBatch:
    run = driven(asked)
    if run is None or number_of(asked.key) >= run.batches:  # of a step that was killed before it said so
        return MeasuredBatch(is_done=True)
    return MeasuredBatch(is_done=measure_batch(run, asked.key, now))


handler = task(measure, takes=MeasuringBatch)
