"""What a list shows, and where it goes on: decided over entries of the index."""

import json
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from stadion.clock import rfc3339
from stadion.errors import InvalidCursorError
from stadion.sports import SportType
from workouts.base.entry import Entry, parts_of, words_in
from workouts.lists.errors import NoWordsError

MOST_SPORTS: Final = 10
LONGEST_PLACE: Final = 200


class Order(StrEnum):
    OLDEST = "started_at"
    NEWEST = "-started_at"
    SHORTEST = "distance"
    LONGEST = "-distance"
    BRIEFEST = "moving_time"
    LENGTHIEST = "-moving_time"
    SLOWEST = "speed"
    FASTEST = "-speed"
    FLATTEST = "ascent"
    HILLIEST = "-ascent"

    @property
    def by(self) -> str:
        return self.value.removeprefix("-")

    @property
    def descends(self) -> bool:
        return self.value.startswith("-")

    @property
    def is_of_time(self) -> bool:
        return self.by == "started_at"


NUMBERS: Final[dict[str, Callable[[Entry], float | None]]] = {
    "distance": lambda entry: entry.distance,
    "moving_time": lambda entry: entry.moving,
    "speed": lambda entry: entry.speed,
    "ascent": lambda entry: entry.ascent,
}
"""What is ordered by."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Of a number; a workout that does not say it lies in no span that has an end."""

    least: float | None = None
    most: float | None = None

    @property
    def is_everything(self) -> bool:
        return self.least is None and self.most is None

    def holds(self, value: float | None) -> bool:
        if self.is_everything:
            return True
        if value is None:
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


ANY: Final = Span()


@dataclass(frozen=True, kw_only=True)
class Filters:
    """A workout is listed if it passes all of them."""

    sport_types: tuple[SportType, ...] = ()
    """Any of these; none: of every sport."""
    started_from: datetime | None = None
    started_to: datetime | None = None
    """Not included."""
    gear_id: str | None = None
    distance: Span = ANY
    moving_time: Span = ANY
    speed: Span = ANY
    ascent: Span = ANY
    tags: tuple[str, ...] = ()
    """All of these."""
    mark: str | None = None
    has_gps: bool | None = None
    flagged: bool | None = None
    words: tuple[str, ...] = ()
    """Beginnings of words in name, description and notes; all of these."""

    @property
    def first(self) -> str | None:
        return rfc3339(self.started_from) if self.started_from else None

    @property
    def end(self) -> str | None:
        return rfc3339(self.started_to) if self.started_to else None

    @property
    def scope(self) -> tuple[object, ...]:
        """For cursors: the same however the moments are written."""
        return replace(self, started_from=None, started_to=None), self.first, self.end

    @property
    def is_of_sports_alone(self) -> bool:
        return self == Filters(sport_types=self.sport_types)

    @property
    def passes_all(self) -> bool:
        """That lie between the moments."""
        return self == Filters(started_from=self.started_from, started_to=self.started_to)

    @property
    def passes_many(self) -> bool:
        """By and large: that a page of them is near."""
        wide = {"sport_types": (), "has_gps": None, "flagged": None}
        return replace(self, **wide).passes_all  # type: ignore[arg-type]

    @property
    def passes_none(self) -> bool:
        return self.first is not None and self.end is not None and self.first >= self.end

    def pass_(self, entry: Entry, *, agrees: bool) -> bool:
        """`agrees`: the athlete, to health data: of who does not, a heart's flag is none."""
        return (
            (not self.sport_types or entry.sport in self.sport_types)
            and (self.gear_id is None or self.gear_id in entry.gear)
            and all(getattr(self, name).holds(number(entry)) for name, number in NUMBERS.items())
            and set(self.tags) <= {part for tag in entry.tags for part in parts_of(tag)}
            and (self.mark is None or self.mark in entry.marks)
            and self.has_gps in {None, entry.has_gps}
            and self.flagged in {None, entry.standing.is_flagged(agrees=agrees)}
            and all(f" {word}" in f" {entry.words}" for word in self.words)
        )


def words_asked(text: str | None) -> tuple[str, ...]:
    """Raises `NoWordsError`."""
    if text is None:
        return ()
    found = tuple(sorted(set(words_in(text))))
    if not found:
        raise NoWordsError(pointer="query:q")
    return found


# --- places in a list -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Just before or just after an entry, whether or not it is still there. No position: either end of the list."""

    position: str | None = None
    number: float | None = None
    """Of the entry, if the list is ordered by one."""
    is_backward: bool = False
    """The page before it is asked for."""

    def dump(self) -> dict[str, dict[str, str]]:
        return {"at": {"S": json.dumps([self.position, self.number, self.is_backward], separators=(",", ":"))}}

    @classmethod
    def load(cls, said: dict[str, Any] | None) -> "Place":
        """Raises `InvalidCursorError`."""
        if said is None:
            return cls()
        try:
            position, number, is_backward = json.loads(said["at"]["S"])
        except (KeyError, RecursionError, ValueError, TypeError) as error:
            raise InvalidCursorError from error
        if not (_is_position(position) and _is_number(number) and isinstance(is_backward, bool)):
            raise InvalidCursorError
        return cls(position, number, is_backward)


def _is_position(said: Any) -> bool:
    return said is None or (isinstance(said, str) and 0 < len(said) <= LONGEST_PLACE and said.isascii())


def _is_number(said: Any) -> bool:
    if said is None:
        return True
    return isinstance(said, int | float) and not isinstance(said, bool) and abs(said) < 1e15 and math.isfinite(said)


@dataclass(frozen=True)
class Listed:
    """A page of entries and the places around it; None: the list ends there."""

    entries: Sequence[Entry]
    before: Place | None = None
    after: Place | None = None


def place_of(entry: Entry, order: Order, *, is_backward: bool) -> Place:
    number = None if order.is_of_time else NUMBERS[order.by](entry)
    return Place(entry.position, number, is_backward)


def sorted_page(entries: Iterable[Entry], order: Order, place: Place, limit: int) -> Listed:
    """Of all entries, in any order. Those without the number come last, either way."""
    ranked = [(_rank(one.position, NUMBERS[order.by](one), order), one) for one in entries]
    if place.position is not None:
        at = _rank(place.position, place.number, order)
        is_beyond = operator.lt if order.descends is not place.is_backward else operator.gt
        ranked = [one for one in ranked if is_beyond(one[0], at)]
    ranked.sort(key=lambda one: one[0], reverse=order.descends is not place.is_backward)
    return page_of([entry for _, entry in ranked[: limit + 1]], order, place, limit)


def _rank(position: str, number: float | None, order: Order) -> tuple[bool, float, str]:
    is_last = (number is not None) if order.descends else (number is None)
    return is_last, number or 0.0, position


def page_of(found: Sequence[Entry], order: Order, place: Place, limit: int, *, read_to: Entry | None = None) -> Listed:
    """`found`: in the direction that is asked for, one more than the limit if there are so many.

    `read_to`: where reading ended before the list did."""
    entries = list(found[:limit])
    last = entries[-1] if len(found) > limit else read_to
    onward = place_of(last, order, is_backward=place.is_backward) if last is not None else None
    back = _way_back(entries, order, place)
    if place.is_backward:
        return Listed(entries[::-1], before=onward, after=back)
    return Listed(entries, before=back, after=onward)


def _way_back(entries: Sequence[Entry], order: Order, place: Place) -> Place | None:
    """Where one came from; what was there may be gone."""
    if place.position is None:
        return None
    is_backward = not place.is_backward
    return place_of(entries[0], order, is_backward=is_backward) if entries else Place(is_backward=is_backward)
