"""What a look at a run says, as a step of a campaign."""

from promos.campaigns import judging, store
from promos.campaigns.steps import Ahead, Judging, ahead
from stadion import clock
from stadion.tasks import task


def do(asked: Judging) -> Ahead:
    run = store.get_run(asked.campaign_id, asked.run_id)
    return ahead(judging.judge(run, asked.look, asked.until, clock.now()))


handler = task(do, takes=Judging)
