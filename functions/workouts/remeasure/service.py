"""Use cases of who is on call: begin a run, stop it, go on, look what it changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from stadion import pagination
from stadion.clients import Client
from stadion.retry import retry_on_conflict
from stadion.settings import load
from workouts.remeasure import store
from workouts.remeasure.domain import DRY_RUN_HOLDS, RemeasureOutcome, RemeasureState, Run, Seen, Which
from workouts.remeasure.errors import (
    RemeasureAppliedError,
    RemeasureDryRunError,
    RemeasureRunEndedError,
    RemeasureRunTakenError,
)
from workouts.remeasure.settings import RemeasureWorkflowSettings

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class RemeasureAction(StrEnum):
    STOP = "stop"
    RESUME = "resume"


@dataclass(frozen=True)
class Progress:
    run: Run
    counts: Mapping[RemeasureOutcome, int]


def begin(run_id: str, which: Which, dry_run_id: str | None, now: datetime) -> Run:
    """A run that is there already, and is the same, is told as it stands."""
    if (known := store.RUNS.find(run_id)) is not None:
        if (known.dry_run_id, known.which) != (dry_run_id, which):
            raise RemeasureRunTakenError
        return known
    run = Run(run_id=run_id, dry_run_id=dry_run_id, which=which, created_at=now, updated_at=now)
    if dry_run_id is None:
        store.open_run(run, now)
    else:
        run = retry_on_conflict(lambda: _apply(run, dry_run_id, now))
    _drive(run)
    return run


def _apply(run: Run, dry_run_id: str, now: datetime) -> Run:
    """Once: a second run over the same list would tell the first one's changes as its own."""
    dry_run = store.RUNS.get(dry_run_id)
    if not dry_run.is_to_be_applied(now):
        raise RemeasureDryRunError(days=DRY_RUN_HOLDS.days)
    if dry_run.applied_by is not None:
        raise RemeasureAppliedError(run_id=dry_run.applied_by)
    run = run.model_copy(update={"which": dry_run.which})
    store.open_run(run, now, applies=dry_run)
    return run


def act(run_id: str, action: RemeasureAction, now: datetime) -> Run:
    """A stopped run ends after the step that it is at; resumed, another execution goes on where it stands."""

    def acted(stored: Run) -> Run:
        if stored.state is RemeasureState.ENDED:
            raise RemeasureRunEndedError(action=action.value)
        if action is RemeasureAction.STOP:
            return stored if stored.is_stopped else stored.changed(now, is_stopped=True)
        return stored.changed(now, is_stopped=False, failure=None, attempt=stored.attempt + 1)

    run = store.note(run_id, acted, now)
    if action is RemeasureAction.RESUME:
        _drive(run)
    return run


def _drive(run: Run) -> None:
    """By the execution of this attempt; those of earlier ones end at their next step."""
    asked = {"run_id": run.run_id, "attempt": run.attempt, "correlation_id": run.run_id}
    _machines().start_execution(
        stateMachineArn=load(RemeasureWorkflowSettings).workout_remeasure_workflow,
        name=f"{run.run_id}-{run.attempt}",
        input=json.dumps(asked),
    )


def show(run_id: str) -> Progress:
    return Progress(store.RUNS.get(run_id), store.counts(run_id))


def listed(run_id: str, *, limit: int, cursor: str | None) -> pagination.Page[Seen]:
    """What changed, and what failed; `limit` counts batches of workouts."""
    store.RUNS.get(run_id)
    page = store.batch_page(run_id, limit=limit, cursor=cursor)
    return pagination.Page([seen for batch in page.items for seen in batch.listed], page.next_cursor)


_machines: "Client[SFNClient]" = Client("stepfunctions")
