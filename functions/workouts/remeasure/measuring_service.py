"""The step that measures the workouts of a batch one by one, for some time."""

import time
from datetime import datetime
from typing import Final

from stadion.observability import logger
from workouts.errors import WorkoutNotFoundError
from workouts.measuring.service import measured_anew
from workouts.remeasure import batch_store, store
from workouts.remeasure.domain import MAX_TRIES, Batch, Planned, Run, Seen, failed, gone, judged

WORK_S: Final = 40.0
"""Of one step, and the workout that it is at."""


def measure_batch(run: Run, key: str, now: datetime) -> bool:
    """Whether the batch is done. After each workout its outcome is written with the position after it."""
    until = time.monotonic() + WORK_S
    planned = batch_store.read(key)
    number = batch_store.number_of(key)
    stored = store.batch(run.run_id, number)
    batch = stored.value or Batch(run_id=run.run_id, number=number, size=len(planned))
    if batch.is_done:
        return True
    batch = batch.tried()
    stored = store.keep(stored, batch, now)
    while not batch.is_done:
        seen = _look(run, planned[batch.position], batch.tries, now)
        goes_on = time.monotonic() < until
        batch = batch.after(seen, goes_on=goes_on)
        stored = store.keep(stored, batch, now)
        if not goes_on:
            break
    return batch.is_done


def _look(run: Run, planned: Planned, tries: int, now: datetime) -> Seen:
    if tries > MAX_TRIES:
        return failed(planned, "EndsItsFunction")
    try:
        found = measured_anew(planned.user_id, planned.workout_id, now, write=not run.is_dry)
    except WorkoutNotFoundError:
        return gone(planned)
    except Exception as error:  # noqa: BLE001 - it is listed, and the others go on
        logger.exception("not measured anew", extra={"workout_id": planned.workout_id})
        return failed(planned, type(error).__name__)
    return judged(planned, found.before, found.after)
