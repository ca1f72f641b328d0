"""The run ends, as a step of a campaign."""

from promos.campaigns import steps
from promos.campaigns.steps import Ended, RunStep
from stadion import clock
from stadion.tasks import task


def do(asked: RunStep) -> Ended:
    return steps.close(asked, clock.now())


handler = task(do, takes=RunStep)
