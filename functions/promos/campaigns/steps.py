"""What the state machine's steps are asked and answer. Each may be done again, by whichever execution.

The step that judges is apart (`judging`): it alone needs SciPy.
"""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, Field

from promos.campaigns.experiment import measures
from promos.campaigns.run import issuance, selection, store
from promos.campaigns.run import service as lifecycle
from promos.campaigns.run.domain import Phase, Run, RunState
from promos.offers.domain import Switch
from stadion.tasks import TaskInput


class RunStep(TaskInput):
    campaign_id: str
    run_id: str


class Opening(RunStep):
    begins_at: AwareDatetime
    execution: str
    given: TaskInput = Field(default=TaskInput(), description="the execution's own input")


class Opened(BaseModel):
    goes_on: bool
    reason: str | None = Field(default=None, description="why not")


class Choosing(BaseModel):
    goes_on: bool
    is_done: bool
    is_empty: bool = Field(description="done, and nobody is in it")


class SendingBatch(RunStep):
    phase: Phase
    key: str


class SentBatch(BaseModel):
    wait_s: int


class FinishingPhase(RunStep):
    phase: Phase


class MeasuringBatch(RunStep):
    key: str
    look: int
    until: AwareDatetime


class MeasuredBatch(BaseModel):
    athletes: int


class Judging(RunStep):
    look: int
    until: AwareDatetime


class Ahead(BaseModel):
    """What comes next of the run."""

    goes_on: bool
    next: str = Field(description="send, look, roll_out or close")
    at: AwareDatetime | None = Field(default=None, description="of a look")
    look: int | None = None


class Failing(RunStep):
    execution: str | None = None
    error: str = "Unknown"
    cause: str = ""


class Ended(BaseModel):
    outcome: str | None


def open_run(asked: Opening, now: datetime) -> Opened:
    reason = lifecycle.open_run(
        asked.campaign_id, asked.run_id, begins_at=asked.begins_at, execution=asked.execution, now=now
    )
    return Opened(goes_on=reason is None, reason=reason)


def choose(asked: RunStep, now: datetime) -> Choosing:
    if not _goes_on(asked.campaign_id, asked.run_id):
        return Choosing(goes_on=False, is_done=False, is_empty=False)
    run = selection.choose_batch(store.get_run(asked.campaign_id, asked.run_id), now)
    is_done = run.state is not RunState.CHOOSING
    return Choosing(goes_on=True, is_done=is_done, is_empty=is_done and not run.chosen.batches)


def send(asked: SendingBatch, now: datetime) -> SentBatch:
    if not _goes_on(asked.campaign_id, asked.run_id):
        return SentBatch(wait_s=0)
    run = store.get_run(asked.campaign_id, asked.run_id)
    return SentBatch(wait_s=issuance.send_batch(run, asked.phase, asked.key, now))


def finish(asked: FinishingPhase, now: datetime) -> Ahead:
    run = store.get_run(asked.campaign_id, asked.run_id)
    if len(store.sent_batches(run.run_id, asked.phase)) < run.chosen.batches:
        if run.failure is not None:
            raise issuance.BatchesMissingError(run.failure.cause)
        # Passed over while it was paused: once more over all, if it goes on again.
        return Ahead(
            goes_on=_goes_on(asked.campaign_id, asked.run_id), next="send" if asked.phase is Phase.TEST else "roll_out"
        )
    return ahead(issuance.finish(run, asked.phase, now))


def measure(asked: MeasuringBatch, now: datetime) -> MeasuredBatch:
    run = store.get_run(asked.campaign_id, asked.run_id)
    return MeasuredBatch(athletes=measures.measure_batch(run, asked.key, asked.look, asked.until, now))


def close(asked: RunStep, now: datetime) -> Ended:
    outcome = lifecycle.end_run(asked.campaign_id, asked.run_id, now)
    return Ended(outcome=outcome.value if outcome else None)


def note_failure(asked: Failing, now: datetime) -> Ended:
    failed = asked.campaign_id, asked.run_id, asked.error, asked.cause
    lifecycle.note_failure(*failed, now, execution=asked.execution)
    return Ended(outcome=None)


def _goes_on(campaign_id: str, run_id: str) -> bool:
    campaign = store.find(campaign_id)
    return campaign is not None and campaign.switch is Switch.ON and campaign.run_id == run_id


def ahead(run: Run) -> Ahead:
    goes_on = _goes_on(run.campaign_id, run.run_id)
    if run.outcome is not None:
        return Ahead(goes_on=goes_on, next="close")
    if run.state is RunState.ROLLING_OUT:
        return Ahead(goes_on=goes_on, next="roll_out")
    return Ahead(goes_on=goes_on, next="look", at=run.next_look_at, look=run.looks + 1)
