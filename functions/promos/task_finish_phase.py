"""Every batch was sent, as a step of a campaign."""

from promos.campaigns import steps
from promos.campaigns.steps import Ahead, FinishingPhase
from stadion import clock
from stadion.tasks import task


def do(asked: FinishingPhase) -> Ahead:
    return steps.finish(asked, clock.now())


handler = task(do, takes=FinishingPhase)
