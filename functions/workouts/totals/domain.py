"""What the diary comes to over days: all that is in it, and beside each sum the share of what is flagged."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Self

from stadion.fields import FIRST_YEAR, LAST_YEAR
from stadion.sports import SportType
from stadion.values import Value
from stadion.weeks import WeekStart
from workouts.base.entry import THOUSANDTHS, Entry, Standing
from workouts.totals.errors import TotalsRangeError

MAX_DAYS: Final = 731
USUAL_DAYS: Final = 42
USUAL: Final = {"week": 12, "month": 12, "year": 2}
"""Units up to the present one, when nothing else is said."""
YEARS: Final = range(FIRST_YEAR, LAST_YEAR)
EARLIEST: Final = date(FIRST_YEAR + 1, 1, 1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """Calendar days, the last one included: a workout is of the day on which it began, by its own zone."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def length(self) -> timedelta:
        return self.last - self.first + DAY


class TotalsPeriod(StrEnum):
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    def first_day(self, day: date, week_start: WeekStart) -> date:
        """Of the week, month or year that the day is in."""
        if self is TotalsPeriod.WEEK:
            return week_start.first_day(day)
        return day.replace(day=1) if self is TotalsPeriod.MONTH else day.replace(month=1, day=1)

    def moved(self, first: date, units: int) -> date:
        """The first day of one that is so many later, or earlier."""
        if self is TotalsPeriod.WEEK:
            return first + timedelta(weeks=units)
        months = first.year * 12 + first.month - 1 + units * (1 if self is TotalsPeriod.MONTH else 12)
        return date(months // 12, months % 12 + 1, 1)


def days_asked(
    first: date | None,
    last: date | None,
    today: date,
    newest: date,
    by: TotalsPeriod | None = None,
    week_start: WeekStart = WeekStart.MONDAY,
) -> Days:
    """Six weeks until `today` when nothing is said, and what is of tomorrow already, further east, until `newest`;
    with a unit, the present one and those before it, whole."""
    if by is not None and first is None and last is None:
        present = by.first_day(today, week_start)
        return Days(by.moved(present, 1 - USUAL[by]), by.moved(present, 1) - DAY)
    end = last or newest
    start = first or max(last or today, EARLIEST) - timedelta(days=USUAL_DAYS - 1)
    if start.year not in YEARS or end.year not in YEARS or not 0 <= (end - start).days < MAX_DAYS:
        raise TotalsRangeError(pointer="query:from", days=MAX_DAYS)
    return Days(start, end)


def periods_of(days: Days, by: TotalsPeriod | None, week_start: WeekStart) -> list[Days]:
    """Its weeks, months or years, the first and the last one as far as it goes."""
    if by is None:
        return []
    found, first = [], days.first
    while first <= days.last:
        end = by.moved(by.first_day(first, week_start), 1) - DAY
        found.append(Days(first, min(end, days.last)))
        first = end + DAY
    return found


def days_before(days: Days, by: TotalsPeriod | None, week_start: WeekStart) -> Days:
    """As many whole units, if these are whole ones; else as many days."""
    periods = periods_of(days, by, week_start)
    if by is not None and days.first == by.first_day(days.first, week_start) and _is_end(days.last, by, week_start):
        return Days(by.moved(days.first, -len(periods)), days.first - DAY)
    return Days(days.first - days.length, days.first - DAY)


def _is_end(day: date, by: TotalsPeriod, week_start: WeekStart) -> bool:
    return by.first_day(day + DAY, week_start) == day + DAY


class Sums(Value):
    """A workout that does not say a number adds nothing to its sum."""

    count: int
    distance_m: float
    elapsed_time_s: float
    moving_time_s: float
    ascent_m: float
    calories_kcal: float

    @classmethod
    def of(cls, amounts: Mapping[str, int], *, agrees: bool) -> Self:
        """`amounts` as entries have them; calories that are health data, for who agrees."""
        calories = amounts.get("assumed_calories_kcal", 0) + (amounts.get("calories_kcal", 0) if agrees else 0)
        told = {"calories_kcal": calories}
        numbers = {
            name: round(told.get(name, amounts.get(name, 0)) / THOUSANDTHS, 3)
            for name in cls.model_fields
            if name not in {"count", "flagged"}
        }
        return cls(count=amounts.get("workouts", 0), **numbers)


class Total(Value):
    whole: Sums
    flagged: Sums
    """The share of workouts with implausible values; it is in the whole, too."""


@dataclass(frozen=True)
class Totals:
    """`days` None: all that was ever in the diary."""

    days: Days | None
    whole: Total
    by_sport: dict[SportType, Total]


@dataclass(frozen=True)
class DiaryTotals:
    asked: Totals
    before: Totals
    periods: list[Totals]
    all_time: Totals
    dropped: tuple[str, ...] = ()
    """Sums without what the athlete does not agree to."""


class Tally:
    """Integers, so that any order gives the same."""

    def __init__(self, *, agrees: bool) -> None:
        """`agrees`: the athlete, to health data."""
        self._agrees = agrees
        self._sums: dict[tuple[SportType, Standing], Counter[str]] = {}

    def add(self, sport: SportType, standing: Standing, amounts: Mapping[str, int]) -> None:
        self._sums.setdefault((sport, standing), Counter()).update(amounts)

    def totals(self, days: Days | None) -> Totals:
        sports = sorted({sport for (sport, _), amounts in self._sums.items() if amounts["workouts"]})
        return Totals(days, self._total(*sports), {sport: self._total(sport) for sport in sports})

    def _total(self, *sports: SportType) -> Total:
        whole, flagged = Counter[str](), Counter[str]()
        for (sport, standing), amounts in self._sums.items():
            if sport in sports:
                whole.update(amounts)
                if standing.is_flagged(agrees=self._agrees):
                    flagged.update(amounts)
        agrees = self._agrees
        return Total(whole=Sums.of(whole, agrees=agrees), flagged=Sums.of(flagged, agrees=agrees))


def totals_of(entries: Iterable[Entry], days: Days, sports: frozenset[SportType], *, agrees: bool) -> Totals:
    """`sports` empty: all of them."""
    tally = Tally(agrees=agrees)
    for entry in entries:
        if (not sports or entry.sport in sports) and entry.day in days:
            tally.add(entry.sport, entry.standing, entry.amounts())
    return tally.totals(days)
