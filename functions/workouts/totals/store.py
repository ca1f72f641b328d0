"""What totals are of: the sums of the whole diary, and the entries of the index around some days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from stadion.clock import rfc3339
from stadion.records import partition
from workouts.base.entry import Entry
from workouts.base.index_store import STATES, SUMS, CountedItem, DiaryState, SportSums, pages
from workouts.domain import Person
from workouts.store import HEADS
from workouts.totals.domain import Days

EASTERNMOST: Final = timedelta(hours=14)
WESTERNMOST: Final = timedelta(hours=12)


@dataclass(frozen=True)
class Known:
    person: Person
    state: DiaryState
    sums: Sequence[SportSums]


class OtherIndexError(Exception):
    """Entries are there that are not of the index that counted a moment ago."""


def known(user_id: str) -> Known:
    """In one request: the items lie side by side."""
    state, head = STATES.at(user_id), HEADS.at(user_id)
    found = partition(state.pk, between=(state.sk, head.sk), item_type=CountedItem)
    person, states = found.values(HEADS), found.values(STATES)
    return Known(next(iter(person), Person()), next(iter(states), DiaryState()), found.values(SUMS))


def around(user_id: str, days: Days, generation: int, *, is_sure: bool = False) -> list[Entry]:
    """Those that may have begun on one of the days, wherever they were; a request for each megabyte.

    Raises `OtherIndexError`, unless one `is_sure` of the generation."""
    begins = datetime.combine(days.first, time(), UTC) - EASTERNMOST
    ends = datetime.combine(days.last, time(), UTC) + timedelta(days=1) + WESTERNMOST
    found = [each for page, _ in pages(user_id, (rfc3339(begins), rfc3339(ends))) for each in page]
    if not is_sure and any(own != generation for own, _ in found):
        raise OtherIndexError
    return [entry for own, entry in found if own == generation]
