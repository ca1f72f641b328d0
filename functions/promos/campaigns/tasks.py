"""The steps of a campaign's run, but for the one that judges (`task_judge_campaign`): it alone needs SciPy."""

from promos.campaigns import steps
from promos.campaigns.steps import Failing, FinishingPhase, MeasuringBatch, Opening, RunStep, SendingBatch
from stadion.tasks import task

open_campaign = task(steps.open_run, takes=Opening)
choose_athletes = task(steps.choose, takes=RunStep)
send_batch = task(steps.send, takes=SendingBatch)
finish_phase = task(steps.finish, takes=FinishingPhase)
measure_batch = task(steps.measure, takes=MeasuringBatch)
close_campaign = task(steps.close, takes=RunStep)
note_failure = task(steps.note_failure, takes=Failing)
