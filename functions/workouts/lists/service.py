"""Use case: a page of the diary."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stadion import pagination
from stadion.units import Reader
from workouts.base.index_store import STATES
from workouts.domain import Workout, shown
from workouts.lists import index_service, store
from workouts.lists.domain import Filters, Order, Place
from workouts.lists.errors import DiaryIsBeingListedError

LOOKS: Final = 4
"""At an index that is built anew meanwhile."""


@dataclass(frozen=True)
class DiaryPage:
    """Workouts as they are shown."""

    workouts: list[Workout]
    next_cursor: str | None
    prev_cursor: str | None
    total: int | None
    """None: only counting would tell."""
    reader: Reader


def page(user_id: str, filters: Filters, order: Order, *, limit: int, cursor: str | None, now: datetime) -> DiaryPage:
    """Raises `InvalidCursorError`, `TooManyToOrderError` and `DiaryIsBeingListedError`."""
    scope = pagination.fingerprint("workouts", user_id, filters.scope, order)
    place = Place.load(pagination.decode(cursor, scope))
    found = _read(user_id, filters, order, place, store.most_of(limit, filters), now)
    agrees, listed = found.person.agrees, found.listed
    return DiaryPage(
        [shown(workout, agrees=agrees) for workout in found.workouts],
        next_cursor=pagination.encode(listed.after.dump(), scope) if listed.after is not None else None,
        prev_cursor=pagination.encode(listed.before.dump(), scope) if listed.before is not None else None,
        total=found.total if filters.is_of_sports_alone else None,
        reader=found.person.reader,
    )


def _read(user_id: str, filters: Filters, order: Order, place: Place, limit: int, now: datetime) -> store.Shown:
    generation = None
    for _ in range(LOOKS):
        try:
            return store.read(user_id, filters, order, place, limit, generation)
        except store.OtherIndexError:
            generation = _counting(user_id, now)
    raise DiaryIsBeingListedError(retry_after_s=1)


def _counting(user_id: str, now: datetime) -> int:
    """The index that counts: built, if there is none."""
    state = STATES.find(user_id)
    if state is None or not state.is_listed:
        index_service.build_or_ask(user_id, now)
        state = STATES.find(user_id)
    return state.generation if state is not None else 0
