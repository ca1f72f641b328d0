"""What the state machine's steps are asked and answer. Each may be done again, by whichever execution.

The step that measures is apart (`task_measure_batch`): it alone decodes recordings.
"""

from datetime import datetime

from pydantic import BaseModel, Field

from stadion.tasks import TaskInput
from workouts.remeasure import choosing_service, store
from workouts.remeasure.domain import RemeasureFailure, RemeasureState, Run

MAX_CAUSE = 2000


class BatchesMissingError(Exception):
    """The map ended, and not all batches are done: to be seen by a person, and resumed."""


class RemeasureStep(TaskInput):
    run_id: str
    attempt: int


class Chosen(BaseModel):
    goes_on: bool = Field(description="false: stopped, ended, or driven by a later execution")
    is_done: bool
    is_empty: bool = Field(description="done, and no workout is in it")


class MeasuringBatch(RemeasureStep):
    key: str


class MeasuredBatch(BaseModel):
    is_done: bool = Field(description="or passed over: the run does not go on")


class Failing(RemeasureStep):
    error: str = "Unknown"
    cause: str = ""


class Ended(BaseModel):
    state: RemeasureState


def driven(asked: RemeasureStep) -> Run | None:
    """None: the run is not this execution's to go on with."""
    run = store.RUNS.get(asked.run_id)
    return run if run.is_driven_by(asked.attempt) else None


def choose(asked: RemeasureStep, now: datetime) -> Chosen:
    run = driven(asked)
    if run is None:
        return Chosen(goes_on=False, is_done=False, is_empty=False)
    run = choosing_service.choose(run, now)
    is_done = run.state is not RemeasureState.CHOOSING
    return Chosen(goes_on=True, is_done=is_done, is_empty=is_done and not run.batches)


def close(asked: RemeasureStep, now: datetime) -> Ended:
    run = driven(asked)
    if run is None:
        return Ended(state=store.RUNS.get(asked.run_id).state)
    done = sum(batch.is_done for batch in store.batches(run.run_id))
    if done < run.batches:
        raise BatchesMissingError(f"{done} of {run.batches} batches are done")
    ended = run.changed(now, state=RemeasureState.ENDED, ended_at=now, failure=None)
    store.revise(run, ended)
    return Ended(state=ended.state)


def note_failure(asked: Failing, now: datetime) -> Ended:
    """For whoever looks at the run: it stands where it was, and `resume` goes on from there."""
    failure = RemeasureFailure(error=asked.error, cause=asked.cause[:MAX_CAUSE], failed_at=now)

    def note(stored: Run) -> Run:
        return stored.changed(now, failure=failure) if stored.is_driven_by(asked.attempt) else stored

    return Ended(state=store.note(asked.run_id, note, now).state)
