"""Lists out of the athlete's index: what it says goes first, then the workouts of the page in one request."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from stadion.records import Found, fetch
from workouts.base.entry import Entry, Standing
from workouts.base.index_store import ALL, STATES, SUMS, DiaryState, pages
from workouts.domain import Person, Workout
from workouts.errors import WorkoutNotFoundError
from workouts.lists.domain import Filters, Listed, Order, Place, page_of, sorted_page
from workouts.lists.errors import TooManyToOrderError
from workouts.store import HEADS, WORKOUTS

READ_AT_MOST: Final = 2
"""Megabytes of the index for a page by time: then the cursor goes on."""
LOOKED_AT: Final = 8
"""Entries for each workout that is wanted, where many pass."""
ORDER_AT_MOST: Final = 8
"""Of an order that only the whole index knows: some 30 000 workouts."""
AT_ONCE: Final = 100
"""Items of one BatchGetItem."""
BEFORE, BEYOND = ALL


class OtherIndexError(Exception):
    """What was read is of another index than the one that counts now."""


@dataclass(frozen=True)
class Shown:
    listed: Listed
    workouts: Sequence[Workout]
    """Those that are still there, as they are stored."""
    person: Person
    state: DiaryState
    total: int


def most_of(limit: int, filters: Filters) -> int:
    """Workouts of a page, so that one request reads them, and twice as many where it depends on the consent which."""
    room = AT_ONCE - 2 - len(Standing) * len(filters.sport_types)
    return min(limit, room if filters.flagged is None else room // 2)


def read(user_id: str, filters: Filters, order: Order, place: Place, limit: int, generation: int | None) -> Shown:
    """`generation`: of the index; None: that of all entries, if they are of one.

    Raises `OtherIndexError` and `TooManyToOrderError`."""
    walk = _Walk(user_id, filters, order, place, limit, generation)
    both = (True, False) if filters.flagged is not None else (True,)
    listed = {agrees: walk.listed(agrees=agrees) for agrees in both}
    ids = {entry.workout_id for one in listed.values() for entry in one.entries}
    head, state = HEADS.at(user_id), STATES.at(user_id)
    sums = [SUMS.at(user_id, sport, standing) for sport in set(filters.sport_types) for standing in Standing]
    found = fetch(head, state, *sums, *(WORKOUTS.at(user_id, one) for one in sorted(ids)))
    person, known = found[head].value or Person(), found[state].value or DiaryState()
    if not known.is_listed or walk.generations - {known.generation}:
        raise OtherIndexError
    counted = [one.amounts["workouts"] for place in sums if (one := found[place].value) is not None]
    total = sum(counted) if sums else known.workouts
    page = listed[person.agrees if filters.flagged is not None else True]
    return Shown(page, list(_there(user_id, page.entries, found)), person, known, total)


def _there(user_id: str, entries: Sequence[Entry], found: Found) -> Iterator[Workout]:
    for entry in entries:
        try:
            workout = found[WORKOUTS.at(user_id, entry.workout_id)].value
        except WorkoutNotFoundError:
            continue  # it went while the list was read
        if workout is not None:
            yield workout


class _Walk:
    """Through the index, once, whatever is made of it."""

    def __init__(
        self, user_id: str, filters: Filters, order: Order, place: Place, limit: int, generation: int | None
    ) -> None:
        self.filters, self.order, self.place, self.limit = filters, order, place, limit
        self.generations: set[int] = set()
        self._generation = generation
        self._pages = self._read(user_id)
        self._read_before: list[tuple[list[Entry], bool]] = []

    def listed(self, *, agrees: bool) -> Listed:
        if self.filters.passes_none:
            return Listed([])
        if self.order.is_of_time:
            return self._by_time(agrees=agrees)
        entries: list[Entry] = []
        for number, (page, _) in enumerate(self._each()):
            if number >= ORDER_AT_MOST:
                raise TooManyToOrderError(pointer="query:order")
            entries += [one for one in page if self.filters.pass_(one, agrees=agrees)]
        return sorted_page(entries, self.order, self.place, self.limit)

    def _by_time(self, *, agrees: bool) -> Listed:
        found: list[Entry] = []
        for number, (page, goes_on) in enumerate(self._each(), 1):
            found += [one for one in page if self.filters.pass_(one, agrees=agrees)]
            if len(found) > self.limit:
                break
            if number >= READ_AT_MOST and goes_on and page:
                return page_of(found, self.order, self.place, self.limit, read_to=page[-1])
        return page_of(found, self.order, self.place, self.limit)

    def _each(self) -> Iterator[tuple[list[Entry], bool]]:
        yield from self._read_before
        for page in self._pages:
            self._read_before.append(page)
            yield page

    def _read(self, user_id: str) -> Iterator[tuple[list[Entry], bool]]:
        """A page each, and whether there is more; with entries of several indexes, those of the one that counts."""
        low, high = self._range()
        if low > high:
            return
        limit = self._first_look()
        newest_first = self.order.is_of_time and self.order.descends is not self.place.is_backward
        for page, goes_on in pages(user_id, (low, high), newest_first=newest_first, limit=limit):
            self.generations |= {generation for generation, _ in page if self._generation in {None, generation}}
            if len(self.generations) > 1:
                raise OtherIndexError
            yield [entry for generation, entry in page if self._generation in {None, generation}], goes_on

    def _first_look(self) -> int | None:
        """How many entries are read at first; None: a megabyte."""
        if not self.order.is_of_time or not self.filters.passes_many:
            return None
        return (self.limit + 1) * (1 if self.filters.passes_all else LOOKED_AT)

    def _range(self) -> tuple[str, str]:
        """Of sort keys, which begin with the moment."""
        low, high = self.filters.first or BEFORE, self.filters.end or BEYOND
        if self.order.is_of_time and self.place.position is not None:
            if self.order.descends is not self.place.is_backward:
                high = min(self.place.position, high)
            else:
                low = max(f"{self.place.position}#{BEYOND}", low)
        return low, high
