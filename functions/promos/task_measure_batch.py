"""What became of the athletes of a batch, as a step of a campaign."""

from promos.campaigns import steps
from promos.campaigns.steps import MeasuredBatch, MeasuringBatch
from stadion import clock
from stadion.tasks import task


def do(asked: MeasuringBatch) -> MeasuredBatch:
    return steps.measure(asked, clock.now())


handler = task(do, takes=MeasuringBatch)
