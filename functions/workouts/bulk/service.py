"""Use cases: many workouts deleted or given gear in one request, each in a transaction of its own."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from stadion.change import Change
from stadion.errors import StadionError, StaleVersionError
from stadion.idempotency import IdempotencyKey, recall
from stadion.retry import Policy, retry_on_conflict
from workouts import service, store
from workouts.domain import Person, Track, Workout
from workouts.errors import WorkoutNotFoundError

ENOUGH_S: Final = 8.0
"""Then no other workout is begun, since the function has 15 s: what was not reached is told."""
TRIES: Final = Policy(attempts=4, base_s=0.05)
"""At a workout that others write at the same time."""


class _OtherRevisionError(Exception):
    """Than the one that was named: no other look changes that."""


class BulkStatus(StrEnum):
    DONE = "done"
    FAILED = "failed"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True)
class Named:
    workout_id: str
    revision: int | None = None
    """None: whichever it has."""


@dataclass(frozen=True)
class Result:
    workout_id: str
    status: BulkStatus
    error: StadionError | None = None


Deed = Callable[[Workout | store.Deleted | None, int | None], None]
"""Does it to what is stored, if it is of the revision; nothing, if it is done already."""
Answer = Callable[[Sequence[Result]], Mapping[str, Any]]


def delete(
    user_id: str, named: Sequence[Named], *, key: IdempotencyKey | None, answer: Answer, now: datetime
) -> list[Result]:
    """What is deleted already is done."""

    def deed(known: Workout | store.Deleted | None, revision: int | None) -> None:
        if isinstance(known, store.Deleted):
            return
        service.delete(_of_revision(known, revision), now)

    return _each(user_id, named, deed, key, answer, now)


def set_gear(
    user_id: str,
    named: Sequence[Named],
    gear_ids: list[str] | None,
    *,
    key: IdempotencyKey | None,
    answer: Answer,
    now: datetime,
) -> list[Result]:
    """`gear_ids` None: the default gear of the sport. What has that gear already is done, whatever its revision."""

    def deed(known: Workout | store.Deleted | None, revision: int | None) -> None:
        if isinstance(known, Workout) and known.gear_ids == gear_ids:
            return
        workout = _of_revision(known, revision)
        as_stored = service.Recorded(workout, Track(), created=False, person=Person())
        service.correct(as_stored, {"gear_ids": gear_ids}, now)

    return _each(user_id, named, deed, key, answer, now)


def _of_revision(known: Workout | store.Deleted | None, revision: int | None) -> Workout:
    if not isinstance(known, Workout):
        raise WorkoutNotFoundError
    if revision not in {None, known.revision}:
        raise _OtherRevisionError
    return known


def _each(
    user_id: str, named: Sequence[Named], deed: Deed, key: IdempotencyKey | None, answer: Answer, now: datetime
) -> list[Result]:
    """In their order. The answer is remembered once nothing is left to be done: until then the same request goes on."""
    recall(key, now)
    begun = time.monotonic()
    seen = store.several(user_id, [one.workout_id for one in named])
    results = []
    for one in named:
        if time.monotonic() - begun > ENOUGH_S:
            results.append(Result(one.workout_id, BulkStatus.NOT_REACHED))
        else:
            results.append(_done(user_id, one, seen, deed))
    if all(one.status is not BulkStatus.NOT_REACHED for one in results):
        with Change(user_id, now, key) as change:
            change.remember(status=200, answer=answer(results))
    return results


def _done(user_id: str, one: Named, seen: dict[str, Workout | store.Deleted], deed: Deed) -> Result:
    try:
        _do(user_id, one, seen, deed)
    except _OtherRevisionError:
        return Result(one.workout_id, BulkStatus.FAILED, StaleVersionError())
    except StadionError as error:
        return Result(one.workout_id, BulkStatus.FAILED, error)
    return Result(one.workout_id, BulkStatus.DONE)


def _do(user_id: str, one: Named, seen: dict[str, Workout | store.Deleted], deed: Deed) -> None:
    """What was seen before the first of them was done may have changed: then it is looked at again."""

    def once() -> None:
        known = seen.pop(one.workout_id, None) or store.several(user_id, [one.workout_id]).get(one.workout_id)
        deed(known, one.revision)

    retry_on_conflict(once, TRIES, also=(StaleVersionError,))
