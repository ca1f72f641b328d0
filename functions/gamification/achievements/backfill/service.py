"""Use cases of who added a rule: count all diaries, stop it, go on, look how far it is."""

import json
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from gamification.achievements.backfill import store
from gamification.achievements.backfill.domain import Backfill, BackfillState
from gamification.achievements.backfill.errors import BackfillEndedError
from gamification.achievements.backfill.settings import BackfillSettings
from stadion.clients import Client
from stadion.settings import load

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class BackfillAction(StrEnum):
    STOP = "stop"
    RESUME = "resume"


def begin(run_id: str, now: datetime) -> Backfill:
    """A run that is there already is told as it stands."""
    if (known := store.RUNS.find(run_id)) is not None:
        return known
    run = Backfill(run_id=run_id, created_at=now, updated_at=now)
    store.open_run(run, now)
    _drive(run)
    return run


def act(run_id: str, action: BackfillAction, now: datetime) -> Backfill:
    """A stopped run ends after the athletes that it is at; resumed, another execution goes on where it stands."""

    def acted(stored: Backfill) -> Backfill:
        if stored.state is BackfillState.ENDED:
            raise BackfillEndedError(action=action.value)
        if action is BackfillAction.STOP:
            return stored if stored.is_stopped else stored.changed(now, is_stopped=True)
        return stored.changed(now, is_stopped=False, failure=None, attempt=stored.attempt + 1)

    run = store.note(run_id, acted, now)
    if action is BackfillAction.RESUME:
        _drive(run)
    return run


def _drive(run: Backfill) -> None:
    """By the execution of this attempt; those of earlier ones end at their next step."""
    asked = {"run_id": run.run_id, "attempt": run.attempt, "correlation_id": run.run_id}
    _machines().start_execution(
        stateMachineArn=load(BackfillSettings).achievement_backfill_workflow,
        name=f"{run.run_id}-{run.attempt}",
        input=json.dumps(asked),
    )


_machines: "Client[SFNClient]" = Client("stepfunctions")
