"""The time-series side of the telemetry store: what is written into it, and what it can be asked (DESIGN D5).

Two adapters keep to it: Timestream, and DynamoDB rollups. `tests/telemetry/timeseries/integration` holds them to the
same answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from stadion.sports import SportType
from stadion.streams.codec import Columns


class SeriesSource(StrEnum):
    """Where the values of a metric come from; the two are never mixed, as a watch may tell the same second twice."""

    WORKOUTS = "workouts"
    """The recorded seconds of workouts."""
    DEVICES = "devices"
    """What devices sent besides (`POST /v1/telemetry`)."""


class SeriesPeriod(StrEnum):
    """A week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class SeriesFill(StrEnum):
    NONE = "none"
    LINEAR = "linear"
    PREVIOUS = "previous"


# --- what is written ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WorkoutSeries:
    """All that the series know of a workout; a greater `version` replaces everything of a smaller one.

    `columns` are the chunk columns (`time_s` since `started_at`, `heart_rate_bpm`, `power_w`, `speed_mps`, …; NaN is
    missing); `day` is the athlete's day on which it began.
    """

    workout_id: str
    version: int
    day: date
    started_at: datetime
    sport_type: SportType
    columns: Columns = field(default_factory=dict)
    load: float | None = None
    mean_max: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    """Metric -> duration in seconds -> best average over it."""


@dataclass(frozen=True)
class DeviceSamples:
    """Values of one metric from one device that fell on one of the athlete's days: instants in ms since 1970.

    They say all that is known of that (metric, device, day); the same again, or more of it, replaces what was there,
    unless that has a greater `version`. `touched` are the instants that may be new: a store that keeps samples one by
    one writes only those (None: all).
    """

    metric: str
    device_id: str
    day: date
    ms: Sequence[int]
    values: Sequence[float]
    version: int = 1
    touched: Sequence[int] | None = None


# --- what can be asked ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """The athlete's days from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class TrendPoint:
    """`start` is the first day of the period; periods without values are left out."""

    start: date
    count: int
    avg: float
    min: float
    max: float
    percentiles: Mapping[int, float]
    """5, 25, 50, 75 and 95, to within one bin of the metric (`bins.BINS`)."""


@dataclass(frozen=True)
class Bar:
    """`seconds` with a value from `low` on, below `high`."""

    low: float
    high: float
    seconds: float


@dataclass(frozen=True)
class DayLoad:
    day: date
    load: float
    workouts: int


@dataclass(frozen=True)
class RollingLoad:
    """Sums over the 7 and the 42 days that end with `day`."""

    day: date
    load: float
    sum_7: float
    sum_42: float


@dataclass(frozen=True)
class Best:
    """The best average over `duration_s`, and whose it was."""

    duration_s: int
    value: float
    workout_id: str
    day: date


@dataclass(frozen=True)
class Point:
    moment: datetime
    value: float


class TelemetryStore(Protocol):
    """Every write is safe to repeat, and older versions never undo newer ones.

    Raises `TelemetryStoreBusyError` when the service behind it does not take or answer now: try again later.
    """

    def put_workout(self, user_id: str, workout: WorkoutSeries, now: datetime) -> None:
        """Wherever an older version of it began: only the newest counts."""

    def remove_workout(
        self, user_id: str, workout_id: str, *, version: int, day: date, started_at: datetime, now: datetime
    ) -> None:
        """No answer counts it any more."""

    def put_samples(self, user_id: str, samples: DeviceSamples, now: datetime) -> None: ...

    def remove_samples(self, user_id: str, metric: str) -> None:
        """What devices sent counts in no answer any more, until it is put again. Timestream cannot: its rows end with
        their retention, and nobody is shown them meanwhile."""

    def trend(
        self, user_id: str, metric: str, source: SeriesSource, span: Span, period: SeriesPeriod
    ) -> list[TrendPoint]: ...

    def time_in_zones(self, user_id: str, metric: str, span: Span, bounds: Sequence[float]) -> list[float]:
        """Seconds in workouts below the first bound, between each two, and from the last one on.

        A bound inside a bin of the metric stands for that bin's end.
        """

    def histogram(self, user_id: str, metric: str, span: Span, width: float) -> list[Bar]:
        """Of workouts; bars without seconds are left out. `width` is a multiple of the metric's bin."""

    def daily_loads(self, user_id: str, span: Span) -> list[DayLoad]:
        """Days with workouts that have a load."""

    def rolling_load(self, user_id: str, span: Span) -> list[RollingLoad]:
        """Every day of the span."""

    def mean_max(self, user_id: str, metric: str, span: Span) -> list[Best]:
        """The season's curve, by duration."""

    def series(
        self,
        user_id: str,
        metric: str,
        source: SeriesSource,
        since: datetime,
        until: datetime,
        *,
        step_s: int,
        fill: SeriesFill,
    ) -> list[Point]:
        """Averages over steps aligned to 1970; gaps between known steps are filled as asked, never outside them.

        At most `questions.MAX_STEPS` steps, and 31 days of samples. A daily metric stands at its date's midnight UTC.
        """

    def latest(self, user_id: str, metrics: Sequence[str], source: SeriesSource) -> dict[str, Point]:
        """The newest value of each metric that has one."""
