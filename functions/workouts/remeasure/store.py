"""Runs and their batches in the workouts table, and the walk over all workouts. The keys stand in the README."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from stadion import change, pagination
from stadion.change import Change
from stadion.records import Records, Stored
from workouts.domain import Workout
from workouts.remeasure.domain import Batch, RemeasureOutcome, Run
from workouts.remeasure.errors import RemeasureRunNotFoundError, RemeasureRunTakenError
from workouts.store import DIARY, WORKOUTS

KEPT_FOR: Final = timedelta(days=90)
RUNS = Records(
    Run, kind="remeasure", pk="REMEASURE", sk="RUN#{run_id}", own_revision=True, missing=RemeasureRunNotFoundError
)
"""Runs that measured workouts anew: admins, and each step, on the revision."""
BATCHES = Records(
    Batch, kind="remeasure_batch", pk="REMEASURE#{run_id}", sk="BATCH#{number:06}", kept_for=KEPT_FOR, nulls=True
)
"""How far a batch of a run is, and what changed: `measure_batch` after each workout, on the revision."""
SCOPE: Final = "remeasure"


def open_run(run: Run, now: datetime, *, applies: Run | None = None) -> None:
    """`applies`: the dry run, which remembers it."""
    with Change(None, now) as change:
        change.put(RUNS, run, refused=RemeasureRunTakenError)
        if applies is not None:
            change.replace(RUNS.seen(applies), applies.changed(now, applied_by=run.run_id))


def runs() -> list[Run]:
    """Newest first, if their names begin with a time, as those of the command do."""
    return list(RUNS.every(newest_first=True))


def revise(old: Run, new: Run) -> None:
    """`WriteConflictError` when somebody came between."""
    with Change(None, new.updated_at) as change:
        change.replace(RUNS.seen(old), new)


def note(run_id: str, how: Callable[[Run], Run], now: datetime) -> Run:
    return change.revise(RUNS.at(run_id), how, now)


# --- batches --------------------------------------------------------------------------------------------------------


def batch(run_id: str, number: int) -> Stored[Batch]:
    return BATCHES.read(run_id, number)


def keep(stored: Stored[Batch], new: Batch, now: datetime) -> Stored[Batch]:
    """What is stored now; `WriteConflictError` when another execution is at the batch."""
    with Change(None, now) as change:
        change.replace(stored, new)
    return Stored(stored.place, new, stored.next_revision)


def batches(run_id: str) -> Iterator[Batch]:
    return BATCHES.every(run_id)


def batch_page(run_id: str, *, limit: int, cursor: str | None) -> pagination.Page[Batch]:
    return BATCHES.page(run_id, scope=(SCOPE, run_id), limit=limit, cursor=cursor)


def counts(run_id: str) -> dict[RemeasureOutcome, int]:
    found = dict.fromkeys(RemeasureOutcome, 0)
    for one in batches(run_id):
        for outcome, number in one.counts.items():
            found[outcome] += number
    return found


# --- all workouts ---------------------------------------------------------------------------------------------------


def some_workouts(user_id: str | None, *, limit: int, cursor: str | None) -> pagination.Page[Workout]:
    """A portion of an athlete's diary, or of all diaries in no order: each workout that stands still comes once."""
    scope = pagination.fingerprint(SCOPE, user_id)
    if user_id is None:
        stored, position = WORKOUTS.walk(position=pagination.decode(cursor, scope), limit=limit)
    else:
        (partition,) = DIARY.partitions(user_id=user_id)
        position = pagination.decode(cursor, scope, gsi1pk=partition)
        stored, position = WORKOUTS.portion(partition, position=position, limit=limit)
    found = [one.value for one in stored if one.value is not None]
    return pagination.Page(found, pagination.encode(position, scope) if position else None)
