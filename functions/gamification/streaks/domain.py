"""What a streak is: a function of when and where workouts began, of the athlete's rules and of now. Pure.

Whatever order they came in, repeated, corrected, deleted or late, the same workouts make the same streak.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Final

from pydantic import Field

from gamification.base.domain import Burst
from stadion.postings import Amounts
from stadion.values import Value
from stadion.weeks import WeekStart

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
AHEAD: Final = timedelta(minutes=15)
"""How far a watch may be fast: what begins later than that from now on, does not count yet."""
MOST_FREEZES: Final = 2
HALF_A_DAY: Final = timedelta(hours=12)
PREFIX: Final = "STREAKS#"


class StreakUnit(StrEnum):
    DAY = "day"
    WEEK = "week"


EARNED_EVERY: Final = {StreakUnit.DAY: 7, StreakUnit.WEEK: 4}
"""So many kept ones earn a freeze."""
MILESTONES: Final = {StreakUnit.DAY: (7, 30, 100, 365), StreakUnit.WEEK: (4, 8, 12, 26, 52)}


# --- when workouts began ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Start:
    """Of a workout, to the minute."""

    moment: datetime
    """UTC."""
    offset: timedelta
    """Of the workout's own zone, then."""

    @property
    def day(self) -> date:
        """The athlete's own."""
        return (self.moment + self.offset).date()


def account_of(local: datetime) -> str:
    """The accounts of a ledger, one a week (ISO, by the local day): their measures are starts, and how many began."""
    return f"{PREFIX}{WeekStart.MONDAY.first_day(local.date())}"


def measure_of(local: datetime) -> str:
    """The ISO weekday, hour and minute by the local clock, and the minutes it is ahead of UTC: `30830+180`."""
    ahead = local.utcoffset() or timedelta()
    return f"{local.isoweekday()}{local:%H%M}{round(ahead.total_seconds() / 60):+d}"


def starts_of(accounts: Iterable[tuple[str, Amounts]]) -> list[Start]:
    """In their order."""
    return sorted(
        _start(date.fromisoformat(name.removeprefix(PREFIX)), measure)
        for name, amounts in accounts
        for measure, count in amounts.items()
        if count > 0
    )


def _start(monday: date, measure: str) -> Start:
    day = monday + (int(measure[0]) - 1) * DAY
    offset = timedelta(minutes=int(measure[5:]))
    local = datetime(day.year, day.month, day.day, int(measure[1:3]), int(measure[3:5]), tzinfo=UTC)
    return Start(local - offset, offset)


# --- the athlete's rules ----------------------------------------------------------------------------------------------


class Rules(Value):
    """As they are from a day on."""

    since: date
    unit: StreakUnit = StreakUnit.WEEK
    """Which streak the athlete looks at, and hears of; both are counted."""
    days_per_week: int = 1
    """So many different days keep a week."""
    rest_weekdays: tuple[int, ...] = ()
    """ISO, 1 is Monday: they need no workout, and with one they count."""
    paused: bool = False


DEFAULT: Final = Rules(since=date.min)
MOST_RULES: Final = 200


class Settings(Value):
    """Every day is measured by the rules of that day: new ones change nothing that was kept or missed."""

    rules: tuple[Rules, ...] = Field(default=(), description="in the order of `since`")

    @property
    def current(self) -> Rules:
        return self.rules[-1] if self.rules else DEFAULT

    def at(self, day: date) -> Rules:
        number = bisect_right(self._since, day)
        return self.rules[number - 1] if number else DEFAULT

    @cached_property
    def _since(self) -> list[date]:
        """A day of each year since 1900 may ask."""
        return [one.since for one in self.rules]

    def changed(self, rules: Rules) -> "Settings":
        """Of several changes on a day the last one stands. Beyond `MOST_RULES`, the oldest are forgotten."""
        before = tuple(one for one in self.rules if one.since < rules.since)
        return Settings(rules=(*before, rules)[-MOST_RULES:])


# --- streaks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Streak:
    unit: StreakUnit
    current: int = 0
    """Kept days or weeks in a row; frozen, planned and paused ones in between break nothing and count for nothing."""
    best: int = 0
    since: date | None = None
    """The first kept day (of the first kept week) of the current one."""
    freezes: int = 0
    frozen: tuple[date, ...] = ()
    """Days (first days of weeks) that a freeze was spent on, in the current streak."""
    next_freeze_in: int = 0
    """So many kept ones more."""
    at_risk: bool = False
    """It ends with this day or week, or costs a freeze, unless somebody moves."""
    keep_by: date | None = None
    """The last day on which the next one can be kept; None while paused."""
    days_missing: int = 0
    """Different days with a workout that it takes by then."""


@dataclass(frozen=True)
class Streaks:
    day: Streak
    week: Streak

    def of(self, unit: StreakUnit) -> Streak:
        return self.day if unit is StreakUnit.DAY else self.week

    @property
    def bests(self) -> dict[str, int]:
        return {"day": self.day.best, "week": self.week.best}


@dataclass(frozen=True)
class Diary:
    """What streaks are counted of."""

    starts: Sequence[Start]
    """In their order; nothing that is yet to come."""
    settings: Settings
    week_start: WeekStart
    today: date
    active: Mapping[date, list[Start]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, starts: Iterable[Start], settings: Settings, week_start: WeekStart, now: datetime, at_home: timedelta
    ) -> "Diary":
        """`at_home`: how far the clock of the athlete's profile is ahead of UTC.

        Today is the day that is not over yet, neither at home nor where the last workout was: nobody loses a day to a
        profile that does not know of the flight.
        """
        counting = sorted(start for start in starts if start.moment <= now + AHEAD)
        active: dict[date, list[Start]] = defaultdict(list)
        for start in counting:
            active[start.day].append(start)
        offset = min(at_home, counting[-1].offset) if counting else at_home
        today = max((now + offset).date(), *active) if active else (now + offset).date()
        return cls(counting, settings, week_start, today, active)

    @cached_property
    def left_out(self) -> frozenset[date]:
        """Dates that flights across the date line left out of the weeks."""
        return frozenset(
            day + DAY
            for day, following in pairwise(sorted(self.active))
            if following - day > DAY and _leaves_one_out(self.active[day][-1], self.active[following][0])
        )

    def under(self, settings: Settings) -> "Diary":
        return replace(self, settings=settings)


class Mark(Enum):
    KEPT = "kept"
    OPEN = "open"
    """Not kept, and not over."""
    REST = "rest"
    MISSED = "missed"


def streaks(diary: Diary) -> Streaks:
    return Streaks(_of_days(diary), _of_weeks(diary))


def _of_days(diary: Diary) -> Streak:
    tally = Tally(EARNED_EVERY[StreakUnit.DAY])
    tally.add(_days(diary))
    today, rules = diary.today, diary.settings.current
    is_due = not (today in diary.active or _rests(rules, today))
    due = today if is_due else next((day for day in _following(today) if not _rests(rules, day)), None)
    return tally.streak(StreakUnit.DAY, is_due=is_due, keep_by=due, days_missing=1 if due else 0)


def _days(diary: Diary) -> Iterator[tuple[date, Mark]]:
    """From the first one to today. A date that a flight across the date line left out is a rest."""
    dates = sorted(diary.active)
    for day, following in pairwise([*dates, diary.today + DAY]):
        yield day, Mark.KEPT
        left_out = following in diary.active and _leaves_one_out(diary.active[day][-1], diary.active[following][0])
        for between in _between(day, following):
            mark = _idle(diary, between)
            if mark is Mark.MISSED and left_out:
                mark, left_out = Mark.REST, False
            yield between, mark


def _leaves_one_out(last: Start, first: Start) -> bool:
    """The clock was put forward by half a day or more: of one date in between, less than half a day was there."""
    return first.offset - last.offset >= HALF_A_DAY


def _idle(diary: Diary, day: date) -> Mark:
    if _rests(diary.settings.at(day), day):
        return Mark.REST
    return Mark.OPEN if day == diary.today else Mark.MISSED


def _rests(rules: Rules, day: date) -> bool:
    return rules.paused or day.isoweekday() in rules.rest_weekdays


def _of_weeks(diary: Diary) -> Streak:
    tally = Tally(EARNED_EVERY[StreakUnit.WEEK])
    kept: dict[date, int] = defaultdict(int)
    for day in diary.active:
        kept[diary.week_start.first_day(day)] += 1
    this_week = diary.week_start.first_day(diary.today)
    tally.add(_weeks(diary, kept, this_week))
    if diary.settings.current.paused:
        return tally.streak(StreakUnit.WEEK, is_due=False, keep_by=None, days_missing=0)
    missing = _needed(diary, this_week) - kept[this_week]
    if missing > 0:
        is_rest = _is_paused(diary.settings, this_week)
        return tally.streak(StreakUnit.WEEK, is_due=not is_rest, keep_by=this_week + WEEK - DAY, days_missing=missing)
    needed = diary.settings.current.days_per_week
    return tally.streak(StreakUnit.WEEK, is_due=False, keep_by=this_week + 2 * WEEK - DAY, days_missing=needed)


def _weeks(diary: Diary, kept: Mapping[date, int], this_week: date) -> Iterator[tuple[date, Mark]]:
    week = min(kept, default=this_week + WEEK)
    while week <= this_week:
        if kept.get(week, 0) >= _needed(diary, week):
            yield week, Mark.KEPT
        elif _is_paused(diary.settings, week):
            yield week, Mark.REST
        else:
            yield week, Mark.OPEN if week == this_week else Mark.MISSED
        week += WEEK


def _needed(diary: Diary, week: date) -> int:
    """The least that any of its days asks for, and no more than there are: a flight may have left one out."""
    days = list(_between(week - DAY, week + WEEK))
    return min(len(days) - len(diary.left_out & set(days)), *(diary.settings.at(day).days_per_week for day in days))


def _is_paused(settings: Settings, week: date) -> bool:
    """Any of its days."""
    return any(settings.at(day).paused for day in _between(week - DAY, week + WEEK))


def _between(day: date, other: date) -> Iterator[date]:
    """Neither of them."""
    return (day + number * DAY for number in range(1, (other - day).days))


def _following(day: date) -> Iterator[date]:
    return _between(day, day + 2 * WEEK)


class Tally:
    """Days or weeks, one after another."""

    def __init__(self, earned_every: int) -> None:
        self._earned_every = earned_every
        self._current = self._best = self._freezes = 0
        self._since: date | None = None
        self._frozen: list[date] = []

    def add(self, marks: Iterable[tuple[date, Mark]]) -> None:
        for day, mark in marks:
            if mark is Mark.KEPT:
                self._keep(day)
            elif mark is Mark.MISSED and self._current:
                self._miss(day)

    def _keep(self, day: date) -> None:
        self._since = self._since if self._current else day
        self._current += 1
        self._best = max(self._best, self._current)
        if self._current % self._earned_every == 0:
            self._freezes = min(MOST_FREEZES, self._freezes + 1)

    def _miss(self, day: date) -> None:
        if self._freezes:
            self._freezes -= 1
            self._frozen.append(day)
        else:
            self._current, self._since, self._frozen = 0, None, []

    def streak(self, unit: StreakUnit, *, is_due: bool, keep_by: date | None, days_missing: int) -> Streak:
        return Streak(
            unit=unit,
            current=self._current,
            best=self._best,
            since=self._since,
            freezes=self._freezes,
            frozen=tuple(self._frozen),
            next_freeze_in=self._earned_every - self._current % self._earned_every,
            at_risk=is_due and self._current > 0,
            keep_by=keep_by,
            days_missing=days_missing,
        )


# --- milestones -------------------------------------------------------------------------------------------------------


def milestone(streak: Streak, announced: int) -> int | None:
    """The highest that is reached, if it is higher than any that was announced before."""
    reached = max((one for one in MILESTONES[streak.unit] if one <= streak.current), default=0)
    return reached if reached > announced else None


class Standing(Value):
    """What was told, and the best that the diary holds."""

    best: dict[StreakUnit, int] = Field(default_factory=dict)
    announced: dict[StreakUnit, int] = Field(default_factory=dict, description="the highest milestone")
    burst: Burst | None = None
