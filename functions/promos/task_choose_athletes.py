"""One batch of the audience, as a step of a campaign."""

from promos.campaigns import steps
from promos.campaigns.steps import Choosing, RunStep
from stadion import clock
from stadion.tasks import task


def do(asked: RunStep) -> Choosing:
    return steps.choose(asked, clock.now())


handler = task(do, takes=RunStep)
