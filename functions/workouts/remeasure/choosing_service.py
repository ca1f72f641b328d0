"""The step that turns workouts into batches; done again, it goes on where the run stands."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from workouts.remeasure import batch_store, store
from workouts.remeasure.domain import LISTED, Planned, RemeasureState, Run

BATCH: Final = 50
PAGE: Final = 200
"""Workouts of one look: a megabyte at most."""
WORK_S: Final = 40.0
"""Of one step."""


@dataclass
class _Found:
    planned: list[Planned] = field(default_factory=list)
    cursor: str | None = None
    is_all: bool = False


def choose(run: Run, now: datetime) -> Run:
    """For some time, or to the end. Files are written before the run says that they are there."""
    until = time.monotonic() + WORK_S
    while run.state is RemeasureState.CHOOSING:
        found = _gather(run, until)
        numbers = range(run.batches, run.batches + -(-len(found.planned) // BATCH))
        for place, number in enumerate(numbers):
            batch_store.write(run.run_id, number, found.planned[place * BATCH : (place + 1) * BATCH])
        new = run.changed(
            now,
            cursor=found.cursor,
            chosen=run.chosen + len(found.planned),
            batches=numbers.stop,
            state=RemeasureState.MEASURING if found.is_all else run.state,
        )
        store.revise(run, new)
        run = new
        if time.monotonic() > until:
            break
    return run


def _gather(run: Run, until: float) -> _Found:
    """A batch or a little more; less at the end, or when the time is over."""
    found = _Found(cursor=run.cursor)
    while len(found.planned) < BATCH:
        planned, found.cursor = _of_diaries(run, found.cursor) if run.is_dry else _of_list(run, found.cursor)
        found.planned += planned
        found.is_all = found.cursor is None
        if found.is_all or time.monotonic() > until:
            break
    return found


def _of_diaries(run: Run, cursor: str | None) -> tuple[list[Planned], str | None]:
    page = store.some_workouts(run.which.user_id, limit=PAGE, cursor=cursor)
    chosen = [one for one in page.items if one in run.which]
    return [Planned(user_id=one.user_id, workout_id=one.workout_id) for one in chosen], page.next_cursor


def _of_list(run: Run, cursor: str | None) -> tuple[list[Planned], str | None]:
    """What the dry run listed as changed; what had failed is tried again."""
    page = store.batch_page(run.dry_run_id or "", limit=1, cursor=cursor)
    listed = [seen for batch in page.items for seen in batch.listed if seen.outcome in LISTED]
    return [Planned.model_validate(seen.model_dump()) for seen in listed], page.next_cursor
