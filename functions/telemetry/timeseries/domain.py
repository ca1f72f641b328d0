"""What both adapters do alike: what may be asked, periods, sums over days, gaps."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from stadion.streams.codec import Floats
from telemetry.instants import at, epoch_ms
from telemetry.metrics_table import METRICS, MetricKind
from telemetry.timeseries.bins import BINS, Ints
from telemetry.timeseries.errors import NotAskableError
from telemetry.timeseries.port import DayLoad, Point, RollingLoad, SeriesFill, SeriesPeriod, SeriesSource, Span

RECORDED: Final[Mapping[str, str]] = {
    "heart_rate": "heart_rate_bpm",
    "power": "power_w",
    "speed": "speed_mps",
    "cadence": "cadence_rpm",
    "altitude": "altitude_m",
    "temperature": "temperature_c",
}
"""Metric -> chunk column."""
MAX_STEPS: Final = 9_999
"""One more when they are not aligned: `sequence` makes no more than 10 000."""
MAX_SERIES: Final = timedelta(days=31)
MAX_WORKOUT: Final = timedelta(days=8)
"""A sample of a workout comes at most so long after its start."""
WEEK, SIX_WEEKS = 7, 42


def known_of(source: SeriesSource) -> list[str]:
    """The metrics that the series have of it."""
    return list(RECORDED) if source is SeriesSource.WORKOUTS else list(BINS)


def bin_width(metric: str) -> float:
    return BINS[metric].width


def check_width(metric: str, width: float) -> None:
    """`NotAskableError` unless bins of the metric make it."""
    BINS[metric].in_width(width)


def is_daily(metric: str) -> bool:
    return METRICS[metric].kind is MetricKind.DAILY


def check_series(metric: str, since: datetime, until: datetime, step_s: int) -> None:
    if step_s < 1 or until <= since or (until - since) / timedelta(seconds=step_s) > MAX_STEPS:
        raise NotAskableError(f"a series has 1 to {MAX_STEPS} steps of whole seconds")
    if not is_daily(metric) and until - since > MAX_SERIES:
        raise NotAskableError(f"a series of samples has at most {MAX_SERIES.days} days")


def period_start(day: date, period: SeriesPeriod) -> date:
    if period is SeriesPeriod.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period is SeriesPeriod.MONTH else day


def before(span: Span) -> Span:
    """With the days that the first day's longest sum needs."""
    return Span(span.first - timedelta(days=SIX_WEEKS - 1), span.last)


def days_of(span: Span) -> Iterator[date]:
    for number in range((span.last - span.first).days + 1):
        yield span.first + timedelta(days=number)


def rolling(span: Span, loads: Sequence[DayLoad]) -> list[RollingLoad]:
    """`loads` are those of `before(span)`."""
    known = {one.day: one.load for one in loads}
    values = np.array([known.get(day, 0.0) for day in days_of(before(span))])
    return [
        RollingLoad(
            day,
            load=float(values[end]),
            sum_7=float(values[end - WEEK + 1 : end + 1].sum()),
            sum_42=float(values[end - SIX_WEEKS + 1 : end + 1].sum()),
        )
        for end, day in enumerate(days_of(span), start=SIX_WEEKS - 1)
    ]


def stepped(ms: Ints, values: Floats, *, step_s: int) -> dict[int, float]:
    """Average by the step's start in ms."""
    starts, where, counts = np.unique(ms // (step_s * 1000) * (step_s * 1000), return_inverse=True, return_counts=True)
    averages = np.bincount(where, weights=values, minlength=len(starts)) / counts
    return dict(zip(starts.tolist(), averages.tolist(), strict=True))


def filled(steps: Mapping[int, float], *, step_s: int, fill: SeriesFill) -> list[Point]:
    """`steps` rise."""
    if not steps:
        return []
    known_ms, known = np.array(list(steps)), np.array(list(steps.values()))
    if fill is SeriesFill.NONE:
        return [Point(at(ms), value) for ms, value in steps.items()]
    wanted = np.arange(known_ms[0], known_ms[-1] + 1, step_s * 1000)
    if fill is SeriesFill.LINEAR:
        values = np.interp(wanted, known_ms, known)
    else:
        values = known[np.searchsorted(known_ms, wanted, side="right") - 1]
    return [Point(at(int(ms)), float(value)) for ms, value in zip(wanted, values, strict=True)]


def midnight_ms(day: date) -> int:
    return epoch_ms(datetime(day.year, day.month, day.day, tzinfo=UTC))
