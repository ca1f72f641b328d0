"""What the state machine's steps are asked and answer. Each may be done again, by whichever execution: an athlete who
was counted is counted again, to the same end."""

import time
from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field

from gamification.achievements import service
from gamification.achievements.backfill import store
from gamification.achievements.backfill.domain import MOST_FAILED, Backfill, BackfillFailure, BackfillState
from gamification.achievements.base.counters import RuleBook
from gamification.achievements.rules import service as rules
from stadion.observability import logger
from stadion.tasks import TaskInput

MAX_CAUSE: Final = 2000
PORTION: Final = 25
"""Athletes of one look; after them the run remembers how far it is."""
WORK_S: Final = 60.0
"""Of one step."""


class BackfillStep(TaskInput):
    run_id: str
    attempt: int


class CountedAthletes(BaseModel):
    goes_on: bool = Field(description="false: done, stopped, or driven by a later execution")


class FailingBackfill(BackfillStep):
    error: str = "Unknown"
    cause: str = ""


class BackfillStands(BaseModel):
    state: BackfillState


def count_athletes(asked: BackfillStep, now: datetime) -> CountedAthletes:
    """For some time, by the rules as they are at its beginning."""
    run = store.RUNS.get(asked.run_id)
    rules.forget()
    book, until = rules.book(), time.monotonic() + WORK_S
    while run.is_driven_by(asked.attempt):
        run = _counted(run, book, now)
        if time.monotonic() > until:
            break
    return CountedAthletes(goes_on=run.is_driven_by(asked.attempt))


def _counted(run: Backfill, book: RuleBook, now: datetime) -> Backfill:
    """A portion of athletes more, or the end."""
    shards = store.shards()
    if run.shard >= len(shards):
        new = run.changed(now, state=BackfillState.ENDED, ended_at=now, failure=None)
    else:
        user_ids, position = store.some_athletes(shards[run.shard], run.after, limit=PORTION)
        new = _with(run, user_ids, book, now)
        new = new.model_copy(update={"after": position, "shard": run.shard + (position is None)})
    store.revise(run, new)
    return new


def _with(run: Backfill, user_ids: list[str], book: RuleBook, now: datetime) -> Backfill:
    """One whose diary cannot be counted keeps none of the others: the run names them."""
    unlocked, revoked, failed = 0, 0, []
    for user_id in user_ids:
        try:
            done = service.settle(user_id, now, book)
        except Exception:  # noqa: BLE001 - whatever it is, it is named in the run
            logger.exception("an athlete's achievements are not counted")
            failed.append(user_id)
        else:
            unlocked, revoked = unlocked + len(done.unlocked), revoked + len(done.revoked)
    return run.changed(
        now,
        athletes=run.athletes + len(user_ids),
        unlocked=run.unlocked + unlocked,
        revoked=run.revoked + revoked,
        failed=run.failed + len(failed),
        failed_user_ids=[*run.failed_user_ids, *failed][:MOST_FAILED],
    )


def note_failure(asked: FailingBackfill, now: datetime) -> BackfillStands:
    """For whoever looks at the run: it stands where it was, and `resume` goes on from there."""
    failure = BackfillFailure(error=asked.error, cause=asked.cause[:MAX_CAUSE], failed_at=now)

    def note(stored: Backfill) -> Backfill:
        return stored.changed(now, failure=failure) if stored.is_driven_by(asked.attempt) else stored

    return BackfillStands(state=store.note(asked.run_id, note, now).state)
