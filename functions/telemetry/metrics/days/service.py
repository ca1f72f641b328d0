"""Use cases: what workouts mean, one by one and over days."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from stadion.consents import is_health
from telemetry.athletes import service as athletes
from telemetry.errors import MetricNotFoundError, TelemetryRangeTooLongError
from telemetry.metrics.athletes import store as athlete_store
from telemetry.metrics.athletes.domain import Athlete, body_on
from telemetry.metrics.days.critical_power import critical_power
from telemetry.metrics.days.domain import Bars, DaysInZones, FitnessByDay, LatestValues, MeanMax, TimeInZones
from telemetry.metrics.days.fitness import fitness
from telemetry.metrics.days.ranges import days
from telemetry.metrics.errors import HistogramWidthError, SeriesRangeError
from telemetry.metrics.values import MetricInput, MetricMeasure, told, untold
from telemetry.metrics.workouts.domain import COLUMNS
from telemetry.metrics.zones import ZONES, ZoneSet
from telemetry.timeseries.domain import (
    MAX_SERIES,
    MAX_STEPS,
    RECORDED,
    bin_width,
    check_series,
    check_width,
    known_of,
)
from telemetry.timeseries.errors import NotAskableError
from telemetry.timeseries.port import Best, Point, SeriesFill, SeriesPeriod, SeriesSource, Span, TrendPoint
from telemetry.timeseries.service import time_series

SETTLED: Final = timedelta(days=730)
"""Before the first day asked for: what a day leaves in fitness after so long is below a millionth."""
FTP_OF_20_MINUTES: Final = 0.95
TWENTY_MINUTES_S: Final = 1200


def fitness_of(user_id: str, span: Span) -> FitnessByDay:
    """The same for a day, whichever days are asked for. Of what a body is capable is health data, whatever it is by."""
    athletes.check_agrees(user_id)
    whole = Span(span.first - SETTLED, span.last)
    known = {one.day: one.load for one in time_series().daily_loads(user_id, whole)}
    every = list(days(whole))
    known_since = next((number for number, day in enumerate(every) if day in known), None)
    found = fitness([known.get(day, 0.0) for day in every], known_since=known_since)
    return {day: one for day, one in zip(every, found, strict=True) if day >= span.first}


def trend(user_id: str, metric: str, source: SeriesSource, span: Span, period: SeriesPeriod) -> list[TrendPoint]:
    _check(user_id, metric, known_of(source))
    return time_series().trend(user_id, metric, source, span, period)


def histogram(user_id: str, metric: str, width: float | None, span: Span) -> Bars:
    """Of the finest width when none is given."""
    _check(user_id, metric, list(RECORDED))
    finest = bin_width(metric)
    wanted = finest if width is None else width
    try:
        check_width(metric, wanted)
    except (NotAskableError, OverflowError) as error:
        raise HistogramWidthError(pointer="query:width", width=f"{finest:g}") from error
    return Bars(wanted, time_series().histogram(user_id, metric, span, wanted))


def mean_max(user_id: str, metric: str, span: Span) -> MeanMax:
    """Of what power one is capable is health data, the power of a ride is not."""
    _check(user_id, metric, list(COLUMNS))
    bests = time_series().mean_max(user_id, metric, span)
    if metric != "power" or not athletes.agrees(user_id):
        return MeanMax(bests)
    return MeanMax(bests, critical_power({one.duration_s: one.value for one in bests}), _suggested_ftp(bests))


def _suggested_ftp(bests: Sequence[Best]) -> MetricMeasure:
    """Nothing is measured by it unless the athlete takes it over: it changes with every ride."""
    best = next((one for one in bests if one.duration_s == TWENTY_MINUTES_S), None)
    if best is None:
        return untold("W", "95_percent_of_20_minutes", "20_minutes_of_power")
    inputs = {"best_20_minutes_w": MetricInput(value=best.value, since=best.day)}
    return told(FTP_OF_20_MINUTES * best.value, "W", "95_percent_of_20_minutes", inputs, estimated=True)


def series(
    user_id: str, metric: str, source: SeriesSource, since: datetime, until: datetime, *, step_s: int, fill: SeriesFill
) -> list[Point]:
    _check(user_id, metric, known_of(source))
    try:
        check_series(metric, since, until, step_s)
    except NotAskableError as error:
        raise SeriesRangeError(pointer="query:from", steps=MAX_STEPS, days=MAX_SERIES.days) from error
    try:
        return time_series().series(user_id, metric, source, since, until, step_s=step_s, fill=fill)
    except NotAskableError as error:
        raise TelemetryRangeTooLongError from error


def latest(user_id: str, source: SeriesSource) -> LatestValues:
    known, agrees = known_of(source), athletes.agrees(user_id)
    return time_series().latest(user_id, [one for one in known if agrees or not is_health(one)], source)


# --- zones ----------------------------------------------------------------------------------------------------------


def zones(user_id: str, metric: str, span: Span) -> TimeInZones:
    """Each day's seconds fall into the zones of that day: one question for each set."""
    _check_known(metric, list(ZONES))
    athlete, _ = athlete_store.read(user_id)
    athlete.person.check_agrees()
    parts = [
        DaysInZones(part, set_, _in_zones(user_id, metric, part, set_))
        for part, set_ in zone_sets(athlete, span, lambda day: ZONES[metric](body_on(athlete, day)))
    ]
    return TimeInZones(parts)


def _in_zones(user_id: str, metric: str, part: Span, set_: ZoneSet | None) -> list[float] | None:
    if set_ is None:
        return None
    return [round(zone, 3) for zone in time_series().time_in_zones(user_id, metric, part, set_.bounds)]


def zone_sets(athlete: Athlete, span: Span, on: Callable[[date], ZoneSet | None]) -> list[tuple[Span, ZoneSet | None]]:
    """The sets that held in the span, with their days. Bodies change on the days of entries and on birthdays."""
    changes = [span.first, *(day for day in _changes(athlete, span) if span.first < day <= span.last)]
    dated = [(day, on(day)) for day in dict.fromkeys(sorted(changes))]
    starts = [next(group)[:2] for _, group in groupby(dated, key=lambda one: one[1])]
    ends = [*(day - timedelta(days=1) for day, _ in starts[1:]), span.last]
    return [(Span(day, end), set_) for (day, set_), end in zip(starts, ends, strict=True)]


def _changes(athlete: Athlete, span: Span) -> list[date]:
    born = athlete.person.birth_date
    birthdays = [_birthday(born, year) for year in range(span.first.year, span.last.year + 1)] if born else []
    return [*(measured.day for measured in athlete.days), *birthdays]


def _birthday(born: date, year: int) -> date:
    """Who was born on 29 February is a year older on 1 March."""
    return date(year, 3, 1) if (born.month, born.day) == (2, 29) else born.replace(year=year)


# --- what may be asked ----------------------------------------------------------------------------------------------


def _check(user_id: str, metric: str, known: list[str]) -> None:
    _check_known(metric, known)
    athletes.check_shows(user_id, metric)


def _check_known(metric: str, known: list[str]) -> None:
    if metric not in known:
        raise MetricNotFoundError(known=", ".join(known))
