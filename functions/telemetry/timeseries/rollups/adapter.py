"""The time series on DynamoDB alone: an item for each workout, and for a metric, device and day; merged when read."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np

from stadion.streams.codec import Floats
from telemetry.devices import store as series_store
from telemetry.devices.domain import slot_of
from telemetry.instants import at, epoch_ms
from telemetry.metrics_table import METRICS
from telemetry.streams import store as stream_store
from telemetry.timeseries.bins import Ints, bins_of, in_zones
from telemetry.timeseries.domain import (
    MAX_WORKOUT,
    RECORDED,
    before,
    check_series,
    filled,
    period_start,
    rolling,
    stepped,
)
from telemetry.timeseries.errors import NotAskableError
from telemetry.timeseries.port import (
    Bar,
    Best,
    DayLoad,
    DeviceSamples,
    Point,
    RollingLoad,
    SeriesFill,
    SeriesPeriod,
    SeriesSource,
    Span,
    TrendPoint,
    WorkoutSeries,
)
from telemetry.timeseries.rollups import store as rollup_store
from telemetry.timeseries.rollups.domain import Rollup, merged, rollup, trend_point
from telemetry.timeseries.rollups.store import DeviceRollup, WorkoutRollup
from telemetry.timeseries.samples import samples_in, samples_of

DAYS_MAY_CROSS = timedelta(days=3)
"""Of two days in different zones, the later one may hold the earlier instant."""

P = ParamSpec("P")
T = TypeVar("T")


def _says_busy(method: Callable[P, T]) -> Callable[P, T]:
    @wraps(method)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        with rollup_store.busy():
            return method(*args, **kwargs)

    return told


class RollupStore:
    """`TelemetryStore` without Timestream."""

    # --- writing ----------------------------------------------------------------------------------------------------

    @_says_busy
    def put_workout(self, user_id: str, workout: WorkoutSeries, now: datetime) -> None:
        samples = samples_of(workout)
        new = WorkoutRollup(
            workout.workout_id,
            workout.version,
            workout.day,
            started_at=workout.started_at,
            load=workout.load,
            mean_max={metric: dict(curve) for metric, curve in workout.mean_max.items()},
            rollup=rollup({metric: samples.of(metric) for metric in samples.values}),
        )
        rollup_store.keep_workout(user_id, new, now)

    @_says_busy
    def remove_workout(
        self,
        user_id: str,
        workout_id: str,
        *,
        version: int,
        day: date,  # noqa: ARG002
        started_at: datetime,  # noqa: ARG002
        now: datetime,
    ) -> None:
        rollup_store.forget_workout(user_id, workout_id, version, now)

    @_says_busy
    def put_samples(self, user_id: str, samples: DeviceSamples, now: datetime) -> None:
        bins_of(samples.metric)
        ms, values = np.array(samples.ms, np.int64), np.array(samples.values, np.float64)
        if not len(ms):
            return
        summed = rollup({samples.metric: (ms, values, np.zeros(len(ms)))})
        new = DeviceRollup(samples.device_id, samples.day, samples.version, summed)
        rollup_store.keep_device(user_id, samples.metric, new, now)

    @_says_busy
    def remove_samples(self, user_id: str, metric: str) -> None:
        rollup_store.forget_devices(user_id, metric)

    # --- asking -----------------------------------------------------------------------------------------------------

    @_says_busy
    def trend(
        self, user_id: str, metric: str, source: SeriesSource, span: Span, period: SeriesPeriod
    ) -> list[TrendPoint]:
        periods: dict[date, list[Rollup]] = defaultdict(list)
        for day, found in self._rollups(user_id, metric, source, span):
            periods[period_start(day, period)].append(found)
        return [trend_point(metric, start, parts) for start, parts in sorted(periods.items())]

    @_says_busy
    def time_in_zones(self, user_id: str, metric: str, span: Span, bounds: Sequence[float]) -> list[float]:
        return in_zones(metric, self._held(user_id, metric, span), bounds)

    @_says_busy
    def histogram(self, user_id: str, metric: str, span: Span, width: float) -> list[Bar]:
        times = bins_of(metric).in_width(width)
        bars: dict[int, float] = defaultdict(float)
        for bin_, seconds in self._held(user_id, metric, span).items():
            bars[bin_ // times] += seconds
        low = bins_of(metric).low
        return [Bar(low(n * times), low((n + 1) * times), seconds) for n, seconds in sorted(bars.items())]

    @_says_busy
    def daily_loads(self, user_id: str, span: Span) -> list[DayLoad]:
        days: dict[date, list[float]] = defaultdict(list)
        for workout in rollup_store.workouts(user_id, span):
            if workout.load is not None:
                days[workout.day].append(workout.load)
        return [DayLoad(day, sum(loads), len(loads)) for day, loads in sorted(days.items())]

    def rolling_load(self, user_id: str, span: Span) -> list[RollingLoad]:
        return rolling(span, self.daily_loads(user_id, before(span)))

    @_says_busy
    def mean_max(self, user_id: str, metric: str, span: Span) -> list[Best]:
        """Of equal ones the first."""
        bests: dict[int, Best] = {}
        for workout in rollup_store.workouts(user_id, span):
            for duration, value in workout.mean_max.get(metric, {}).items():
                if duration not in bests or value > bests[duration].value:
                    bests[duration] = Best(duration, value, workout.workout_id, workout.day)
        return [bests[duration] for duration in sorted(bests)]

    @_says_busy
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
        bins_of(metric)
        check_series(metric, since, until, step_s)
        read = self._recorded if source is SeriesSource.WORKOUTS else self._sent
        ms, values = read(user_id, metric, since, until)
        return filled(stepped(ms, values, step_s=step_s), step_s=step_s, fill=fill)

    @_says_busy
    def latest(self, user_id: str, metrics: Sequence[str], source: SeriesSource) -> dict[str, Point]:
        for metric in metrics:
            bins_of(metric)
        if source is SeriesSource.WORKOUTS:
            recorded = [metric for metric in metrics if metric in RECORDED]
            days = ((one.day, one.rollup) for one in rollup_store.newest_workouts(user_id)) if recorded else ()
            return _newest(recorded, days, MAX_WORKOUT)
        found: dict[str, Point] = {}
        for metric in metrics:
            days = ((one.day, one.rollup) for one in rollup_store.newest_devices(user_id, metric))
            found |= _newest([metric], days, DAYS_MAY_CROSS)
        return found

    # --- what they read ---------------------------------------------------------------------------------------------

    def _rollups(self, user_id: str, metric: str, source: SeriesSource, span: Span) -> list[tuple[date, Rollup]]:
        bins_of(metric)
        if source is SeriesSource.WORKOUTS:
            found = [(one.day, one.rollup) for one in rollup_store.workouts(user_id, span)]
        else:
            found = [(one.day, one.rollup) for one in rollup_store.devices(user_id, metric, span)]
        return [(day, one) for day, one in found if metric in one.summaries]

    def _held(self, user_id: str, metric: str, span: Span) -> dict[int, float]:
        whole = merged(one.histogram(metric) for _, one in self._rollups(user_id, metric, SeriesSource.WORKOUTS, span))
        return dict(zip(whole.bins.tolist(), whole.held_s.tolist(), strict=True))

    def _recorded(self, user_id: str, metric: str, since: datetime, until: datetime) -> tuple[Ints, Floats]:
        """From the chunks of the workouts whose rollups have the metric."""
        days = Span(since.astimezone(UTC).date() - MAX_WORKOUT, until.astimezone(UTC).date() + timedelta(days=1))
        parts = []
        for workout in rollup_store.workouts(user_id, days):
            known = workout.rollup.summaries.get(metric)
            if known is not None and workout.started_at < until and known.last_ms >= epoch_ms(since):
                parts.append(_chunks(user_id, workout, metric))
        return _between(parts, since, until)

    def _sent(self, user_id: str, metric: str, since: datetime, until: datetime) -> tuple[Ints, Floats]:
        """From the slots of all devices."""
        kind = METRICS[metric].kind
        first, last = slot_of(epoch_ms(since), kind), slot_of(epoch_ms(until) - 1, kind)
        try:
            found = list(series_store.between(user_id, METRICS[metric], first, last, flagged=False))
        except series_store.TooMuchError as error:
            raise NotAskableError("this range holds more samples than one answer reads") from error
        return _between([(slot.ms, slot.values[:, 0]) for _, slot in found], since, until)


def _chunks(user_id: str, workout: WorkoutRollup, metric: str) -> tuple[Ints, Floats]:
    kept = stream_store.read(user_id, workout.workout_id).value
    if kept is None or kept.key is None or kept.started_at is None:
        return np.empty(0, np.int64), np.empty(0)
    samples = samples_in(stream_store.read_streams(user_id, kept)[0], kept.started_at)
    if metric not in samples.values:
        return np.empty(0, np.int64), np.empty(0)
    ms, values, _ = samples.of(metric)
    return ms, values


def _between(parts: Sequence[tuple[Ints, Floats]], since: datetime, until: datetime) -> tuple[Ints, Floats]:
    ms = np.concatenate([np.empty(0, np.int64), *(part[0] for part in parts)])
    values = np.concatenate([np.empty(0), *(part[1] for part in parts)])
    inside = (ms >= epoch_ms(since)) & (ms < epoch_ms(until))
    return ms[inside], values[inside]


def _newest(metrics: Sequence[str], newest_first: Iterable[tuple[date, Rollup]], margin: timedelta) -> dict[str, Point]:
    """Reads on for as long as an older day could hold something newer."""
    found: dict[str, tuple[int, float, date]] = {}
    for day, one in newest_first:
        if len(found) == len(set(metrics)) and all(day < held[2] - margin for held in found.values()):
            break
        for metric in metrics:
            known = one.summaries.get(metric)
            if known is not None and (known.last_ms, known.last) > found.get(metric, (-(2**63), 0.0))[:2]:
                found[metric] = (known.last_ms, known.last, day)
    return {metric: Point(at(ms), value) for metric, (ms, value, _) in found.items()}
