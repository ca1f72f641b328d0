"""Use case: an athlete's index is built of the workouts themselves, once, or anew."""

from datetime import datetime
from typing import Final

from stadion.errors import RequestInProgressError
from stadion.retry import Policy, WriteConflictError, retry_on_conflict
from workouts import store as diary
from workouts.base import index_store
from workouts.lists.errors import DiaryIsBeingListedError

TRIES: Final = Policy(attempts=4, base_s=0.05)
"""At a diary that others write at the same time."""


def build(user_id: str, now: datetime) -> None:
    """Safe at any time and in any number. Raises `DiaryIsBeingListedError` when the diary does not stand still."""
    try:
        retry_on_conflict(lambda: _build_once(user_id, now), TRIES)
    except RequestInProgressError as error:
        raise DiaryIsBeingListedError from error


def _build_once(user_id: str, now: datetime) -> None:
    """`WriteConflictError` when somebody wrote meanwhile: what was built then is taken away."""
    seen, generation = index_store.begin(user_id)
    if seen.is_listed:
        return
    try:
        sums = index_store.build(user_id, generation, diary.everything(user_id), now)
        index_store.let_count(user_id, seen, generation, sums, now)
    except WriteConflictError:
        index_store.sweep(user_id, generation)
        raise
    if generation > index_store.FIRST:
        index_store.sweep(user_id, generation, but=True)


def build_anew(user_id: str, now: datetime) -> None:
    index_store.void(user_id, now)
    build(user_id, now)
