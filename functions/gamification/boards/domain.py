"""What a board is, over which time it counts, and how one stands on it. Pure."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from stadion.i18n import Text
from stadion.places import COUNTRIES, regions
from stadion.sports import Family

WHOLE: Final = "all"
"""In the place of a family: all sports."""


class BoardMetric(StrEnum):
    XP = "xp"
    DISTANCE = "distance"
    MOVING_TIME = "moving_time"
    ASCENT = "ascent"
    WORKOUTS = "workouts"


UNITS: Final = {
    BoardMetric.XP: "xp",
    BoardMetric.DISTANCE: "m",
    BoardMetric.MOVING_TIME: "s",
    BoardMetric.ASCENT: "m",
    BoardMetric.WORKOUTS: "",
}


# --- the time of a board --------------------------------------------------------------------------------------------


class PeriodKind(StrEnum):
    WEEK = "week"
    """ISO 8601, in UTC."""
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"


BEGIN: Final = datetime(2020, 1, 1, tzinfo=UTC)
END: Final = datetime(2084, 1, 1, tzinfo=UTC)
"""Of `ever`, for the moments at which scores are reached; workouts of any day are on it."""
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2200, 1, 1)
KEPT: Final = {
    PeriodKind.WEEK: timedelta(days=60),
    PeriodKind.MONTH: timedelta(days=120),
    PeriodKind.YEAR: timedelta(days=400),
    PeriodKind.EVER: timedelta(days=400),
}
"""How long a period that is over still moves by late uploads, corrections and deletions, and can be looked at."""


@dataclass(frozen=True, order=True)
class Period:
    """A week, a month or a year by its name, such as 2026-W49, 2026-12, 2026; or `ever`."""

    name: str
    kind: PeriodKind
    start: datetime
    end: datetime

    @property
    def kept_until(self) -> datetime | None:
        """None: for ever."""
        return self.end + KEPT[self.kind] if self.kind is not PeriodKind.EVER else None

    @property
    def days(self) -> tuple[date, date]:
        """The first one and the one after the last, whose workouts count in it."""
        if self.kind is PeriodKind.EVER:
            return FIRST_DAY, LAST_DAY
        return self.start.date(), self.end.date()

    def has(self, day: date) -> bool:
        first, after = self.days
        return first <= day < after

    def is_kept(self, at: datetime) -> bool:
        return self.kept_until is None or at < self.kept_until


EVER: Final = Period("ever", PeriodKind.EVER, BEGIN, END)


def period_of(kind: PeriodKind, day: date) -> Period:
    """The one that the day (UTC) is in."""
    if kind is PeriodKind.EVER:
        return EVER
    if kind is PeriodKind.WEEK:
        first = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return _period(f"{year}-W{week:02d}", kind, first, first + timedelta(days=7))
    if kind is PeriodKind.MONTH:
        first = day.replace(day=1)
        return _period(f"{day:%Y-%m}", kind, first, (first + timedelta(days=31)).replace(day=1))
    first = day.replace(month=1, day=1)
    return _period(f"{day:%Y}", kind, first, first.replace(year=first.year + 1))


def _period(name: str, kind: PeriodKind, first: date, end: date) -> Period:
    return Period(name, kind, _midnight(first), _midnight(end))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


_PERIODS: Final = (
    (re.compile(r"(20[2-7][0-9])-w([0-9]{2})"), PeriodKind.WEEK),
    (re.compile(r"(20[2-7][0-9])-([0-9]{2})"), PeriodKind.MONTH),
    (re.compile(r"(20[2-7][0-9])"), PeriodKind.YEAR),
)


def period_named(name: str) -> Period | None:
    """None: there is no such period."""
    text = name.lower()
    if text == EVER.name:
        return EVER
    for pattern, kind in _PERIODS:
        if (found := pattern.fullmatch(text)) is not None:
            return _of_numbers(kind, *map(int, found.groups()))
    return None


def _of_numbers(kind: PeriodKind, year: int, number: int = 1) -> Period | None:
    try:
        day = date.fromisocalendar(year, number, 1) if kind is PeriodKind.WEEK else date(year, number, 1)
    except ValueError:
        return None
    return period_of(kind, day)


# --- where a board is for -------------------------------------------------------------------------------------------


def city_slug(name: str) -> str:
    """Of a city's name as the athlete wrote it: letters and digits of ASCII, else a hash of the name."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if kept.isascii() and (slug := re.sub(r"[^a-z0-9]+", "-", kept).strip("-")):
        return slug[:40].rstrip("-")
    return f"x{hashlib.sha256(unicodedata.normalize('NFKC', name).strip().casefold().encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Place:
    """Of an athlete's profile."""

    country: str | None = None
    region: str | None = None
    city: str | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        found = ["global"]
        if self.country is not None:
            found.append(f"country-{self.country.lower()}")
        if self.region is not None:
            found.append(f"region-{self.region.lower()}")
        if self.country is not None and self.city is not None and self.city.strip():
            found.append(f"city-{self.country.lower()}-{city_slug(self.city)}")
        return tuple(found)


NOWHERE: Final = Place()
_CITY: Final = re.compile(r"[a-z]{2}-[a-z0-9]+(-[a-z0-9]+)*")


def _is_scope(text: str) -> bool:
    kind, _, rest = text.partition("-")
    if not text.isascii():  # the capital of ß is SS, which is a country
        return False
    if kind == "global":
        return text == "global"
    if kind == "country":
        return rest.upper() in COUNTRIES
    if kind == "region":
        return rest.upper() in regions()
    return (
        kind == "city"
        and _CITY.fullmatch(rest) is not None
        and rest[:2].upper() in COUNTRIES
        and len(rest) <= len("xx-") + 40
    )


# --- its name -------------------------------------------------------------------------------------------------------


class BadBoardError(ValueError):
    """Which part of the name is wrong, and why; `boards.errors` says it to who asked."""

    def __init__(self, part: str, text: Text) -> None:
        self.part, self.text = part, text
        super().__init__(f"{part}: {text.en}")


_PARTS: Final = Text(
    en="A board is called scope.sport.metric.period, such as global.all.xp.week.",
    ru="Таблица называется так: область.спорт.показатель.период, например global.all.xp.week.",
)
_SCOPE: Final = Text(
    en="The scope is global, country-ru, region-ru-mow or city-ru-moscow.",
    ru="Область: global, country-ru, region-ru-mow или city-ru-moscow.",
)
_FAMILY: Final = Text(
    en="The sport is all or a family of sports such as run or ride.",
    ru="Спорт: all или группа видов спорта, например run или ride.",
)
_METRIC: Final = Text(
    en="The metric is xp, distance, moving_time, ascent or workouts.",
    ru="Показатель: xp, distance, moving_time, ascent или workouts.",
)
_PERIOD: Final = Text(
    en="The period is week, month, year, ever, or one by its name: 2026-W49, 2026-12, 2026.",
    ru="Период: week, month, year, ever или период по имени: 2026-W49, 2026-12, 2026.",
)
LONGEST_ID: Final = 96


@dataclass(frozen=True, order=True)
class BoardId:
    """`<scope>.<family or all>.<metric>.<period>`: safe in a URL, in small letters but for the W of a week.

    A period may be the current one (`week`); `at` names it.
    """

    scope: str
    family: str
    metric: BoardMetric
    period: str

    def __str__(self) -> str:
        return f"{self.scope}.{self.family}.{self.metric}.{self.period}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """`BadBoardError` names the part that is wrong."""
        parts = text.lower().split(".") if len(text) <= LONGEST_ID else []
        if len(parts) != len(("scope", "family", "metric", "period")):
            raise BadBoardError("board", _PARTS)
        scope, family, metric, period = parts
        if not _is_scope(scope):
            raise BadBoardError("scope", _SCOPE)
        if family != WHOLE and (family not in set(Family) or family == Family.UNKNOWN):
            raise BadBoardError("family", _FAMILY)
        if metric not in set(BoardMetric):
            raise BadBoardError("metric", _METRIC)
        if period not in set(PeriodKind):
            known = period_named(period)
            if known is None:
                raise BadBoardError("period", _PERIOD)
            period = known.name
        return cls(scope, family, BoardMetric(metric), period)

    @classmethod
    def of_key(cls, key: str, period: str) -> Self:
        """Of `key`."""
        scope, family, metric = key.split("|")
        return cls(scope, family, BoardMetric(metric), period)

    @property
    def key(self) -> str:
        """Without the period: its name among an athlete's scores of one period."""
        return f"{self.scope}|{self.family}|{self.metric}"

    @property
    def is_current(self) -> bool:
        """It is for whatever week, month or year it is."""
        return self.period in set(PeriodKind) and self.period != PeriodKind.EVER

    @property
    def kind(self) -> PeriodKind:
        return PeriodKind(self.period) if self.period in set(PeriodKind) else self.span.kind

    def at(self, now: datetime) -> Self:
        """The board by its period's own name."""
        if not self.is_current:
            return self
        return replace(self, period=period_of(PeriodKind(self.period), now.astimezone(UTC).date()).name)

    @property
    def span(self) -> Period:
        """Raises ValueError for a current period that nobody named."""
        found = period_named(self.period)
        if found is None:
            raise ValueError(f"{self}: which one?")
        return found

    @property
    def is_kept_always(self) -> bool:
        """One of the default set."""
        return is_default(self.key, self.kind)


def is_default(key: str, kind: PeriodKind) -> bool:
    """XP and distance, of all sports and of each, by week, month and ever, in the world and in a country."""
    scope, _, metric = key.split("|")
    return (
        metric in {BoardMetric.XP, BoardMetric.DISTANCE}
        and kind is not PeriodKind.YEAR
        and (scope == "global" or scope.startswith("country-"))
    )


# --- how one stands -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scored:
    """A score, and when it was reached: the newest version of a workout that moved it."""

    score: int
    reached: datetime


def percentile_of(rank: int, total: int) -> float:
    """How many per cent have at most this score: 100.0 for who leads."""
    return round(100 * (total - rank + 1) / max(1, total), 2)


@dataclass(frozen=True)
class Standing:
    """Exact, as of `as_of`."""

    board: BoardId
    user_id: str
    score: int
    reached: datetime
    rank: int
    """One more than there are better scores: 1, 2, 2, 4."""
    position: int
    """From 1, each its own: among equal scores by who got there first."""
    total: int
    """How many take part."""
    as_of: datetime | None

    @property
    def among_equals(self) -> int:
        """From 1."""
        return self.position - self.rank + 1

    @property
    def percentile(self) -> float:
        return percentile_of(self.rank, self.total)


@dataclass(frozen=True)
class Row:
    """One line of a board. `name` is None for who wants none."""

    user_id: str
    name: str | None
    score: int
    reached: datetime
    rank: int
    position: int


@dataclass(frozen=True)
class BoardPage:
    """The top from the cursor on (perhaps shorter than asked for while the cursor goes on), and where one stands."""

    board: BoardId
    rows: tuple[Row, ...]
    next_cursor: str | None
    me: Standing | None
    around: tuple[Row, ...]
    """Those above and below, and the athlete between them; empty for who is not on the board."""
    total: int
    as_of: datetime | None
