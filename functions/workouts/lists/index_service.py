"""Use case: an athlete's index is built of the workouts themselves, once, or anew."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Final

from stadion.change import Change
from stadion.events.workouts import DiaryIndexAsked
from stadion.retry import Policy, WriteConflictError
from workouts import store as diary
from workouts.base import index_store
from workouts.domain import Workout
from workouts.lists.errors import DiaryIsBeingListedError

TRIES: Final = Policy(attempts=4, base_s=0.05)
"""At a diary that others write at the same time."""
WHILE_ONE_WAITS: Final = 1_000
"""Workouts that a request reads and lists within its 15 s; a longer diary is built by `on_diary_index`."""


def build_or_ask(user_id: str, now: datetime) -> None:
    """Raises `DiaryIsBeingListedError` for a long diary, and has it built."""
    workouts = list(islice(diary.everything(user_id), WHILE_ONE_WAITS + 1))
    if len(workouts) > WHILE_ONE_WAITS:
        with Change(user_id, now) as change:
            change.publish(DiaryIndexAsked(index_format=index_store.FORMAT))
        raise DiaryIsBeingListedError(retry_after_s=5)
    build(user_id, now)


def build(user_id: str, now: datetime) -> bool:
    """Whether it had to be. Safe at any time and in any number. Raises `DiaryIsBeingListedError` when the diary does
    not stand still."""
    for _ in TRIES.tries():
        seen, generation = index_store.begin(user_id)
        if seen.is_listed:
            return False
        if _is_built(user_id, seen, generation, diary.everything(user_id), now):
            return True
    raise DiaryIsBeingListedError(retry_after_s=1)


def _is_built(
    user_id: str, seen: index_store.DiaryState, generation: int, workouts: Iterable[Workout], now: datetime
) -> bool:
    try:
        sums = index_store.build(user_id, generation, workouts, now)
        index_store.let_count(user_id, seen, generation, sums, now)
    except WriteConflictError:
        index_store.sweep(user_id, generation)
        return False
    if generation > index_store.FIRST:
        index_store.sweep(user_id, generation, but=True)
    return True


def build_anew(user_id: str, now: datetime) -> None:
    index_store.void(user_id, now)
    build(user_id, now)
