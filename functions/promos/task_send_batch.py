"""The offers and messages of a batch, as a step of a campaign."""

from promos.campaigns import steps
from promos.campaigns.steps import SendingBatch, SentBatch
from stadion import clock
from stadion.tasks import task


def do(asked: SendingBatch) -> SentBatch:
    return steps.send(asked, clock.now())


handler = task(do, takes=SendingBatch)
