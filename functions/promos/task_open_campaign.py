"""The first step of a run, as a step of a campaign."""

from promos.campaigns import steps
from promos.campaigns.steps import Opened, Opening
from stadion import clock
from stadion.tasks import task


def do(asked: Opening) -> Opened:
    return steps.open_run(asked, clock.now())


handler = task(do, takes=Opening)
