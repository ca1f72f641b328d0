"""What a look at a run says, as a step of a campaign."""

from datetime import datetime

from promos.campaigns.experiment import service as experiment
from promos.campaigns.run import store
from promos.campaigns.steps import Ahead, Judging, ahead
from stadion.tasks import task


def judge(asked: Judging, now: datetime) -> Ahead:
    run = store.get_run(asked.campaign_id, asked.run_id)
    return ahead(experiment.judge(run, asked.look, asked.until, now))


handler = task(judge, takes=Judging)
