"""Why a run stopped, for whoever looks at it, as a step of a campaign."""

from promos.campaigns import steps
from promos.campaigns.steps import Ended, Failing
from stadion import clock
from stadion.tasks import task


def do(asked: Failing) -> Ended:
    return steps.note_failure(asked, clock.now())


handler = task(do, takes=Failing)
