"""What the diary comes to over days: all that is in it, and beside each sum the share of what is flagged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import fsum
from typing import Final, Self

from stadion.clock import local_date
from stadion.fields import FIRST_YEAR, LAST_YEAR
from stadion.sports import SportType
from stadion.values import Value
from workouts.domain import Workout
from workouts.totals.errors import TotalsRangeError

MAX_DAYS: Final = 731
USUAL_DAYS: Final = 42
YEARS: Final = range(FIRST_YEAR, LAST_YEAR)
EARLIEST: Final = date(FIRST_YEAR + 1, 1, 1)


@dataclass(frozen=True)
class Days:
    """Calendar days, the last one included: a workout is of the day on which it began, by its own zone."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def days_asked(first: date | None, last: date | None, today: date, newest: date) -> Days:
    """Six weeks until `today` when nothing is said, and what is of tomorrow already, further east, until `newest`."""
    end = last or newest
    start = first or max(last or today, EARLIEST) - timedelta(days=USUAL_DAYS - 1)
    if start.year not in YEARS or end.year not in YEARS or not 0 <= (end - start).days < MAX_DAYS:
        raise TotalsRangeError(pointer="query:from", days=MAX_DAYS)
    return Days(start, end)


class Sums(Value):
    """A workout that does not say a number adds nothing to its sum."""

    count: int
    distance_m: float
    elapsed_time_s: float
    moving_time_s: float
    ascent_m: float
    calories_kcal: float

    @classmethod
    def of(cls, workouts: Iterable[Workout]) -> Self:
        """The same in any order, to thousandths."""
        added = list(workouts)

        def total(name: str) -> float:
            return round(fsum(getattr(one, name) or 0.0 for one in added), 3)

        return cls(count=len(added), **{name: total(name) for name in cls.model_fields if name != "count"})


class Total(Sums):
    flagged: Sums

    @classmethod
    def of(cls, workouts: Iterable[Workout]) -> Self:
        added = list(workouts)
        flagged = Sums.of(one for one in added if one.flags)
        return cls(**Sums.of(added).model_dump(), flagged=flagged)


@dataclass(frozen=True)
class DiaryTotals:
    days: Days
    whole: Total
    by_sport: dict[SportType, Total]
    dropped: tuple[str, ...] = ()
    """Sums without what the athlete does not agree to."""


def totals_of(workouts: Iterable[Workout], days: Days, sport_type: SportType | None) -> DiaryTotals:
    """`sport_type` None: all of them."""
    counted = [
        one
        for one in workouts
        if sport_type in {None, one.sport_type} and local_date(one.started_at, one.time_zone) in days
    ]
    sports = sorted({one.sport_type for one in counted})
    by_sport = {kind: Total.of(one for one in counted if one.sport_type is kind) for kind in sports}
    return DiaryTotals(days, Total.of(counted), by_sport)
