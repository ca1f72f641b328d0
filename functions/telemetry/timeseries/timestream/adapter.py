"""The time series on Amazon Timestream for LiveAnalytics."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from stadion.observability import count, log
from telemetry.instants import at, epoch_ms
from telemetry.metrics_table import METRICS
from telemetry.timeseries.bins import PERCENTILES, bins_of, in_zones, told
from telemetry.timeseries.domain import MAX_WORKOUT, RECORDED, before, check_series, midnight_ms, rolling
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
from telemetry.timeseries.samples import samples_of
from telemetry.timeseries.timestream import literals, records, sql
from telemetry.timeseries.timestream.client import Row, Timestream, Written
from telemetry.timeseries.timestream.literals import Literal
from telemetry.timeseries.timestream.tables import DEVICE_SAMPLES, WORKOUT_SAMPLES, WORKOUTS

A_DAY: Final = timedelta(days=1)
EVER: Final = Span(date(1, 1, 1), date(9999, 12, 31))


class TimestreamStore:
    """`TelemetryStore` on Timestream. Writing twice is writing once; what was superseded stays, and does not count."""

    def __init__(self, database: str, client: Timestream | None = None) -> None:
        self._client = client or Timestream(database)
        self._database = literals.database(database)

    # --- writing ----------------------------------------------------------------------------------------------------

    def put_workout(self, user_id: str, workout: WorkoutSeries, now: datetime) -> None:  # noqa: ARG002
        """Its rows first, then the word that they count: a crash in between is mended by the repetition."""
        samples = samples_of(workout)
        content = records.content_of(samples)
        rows = records.seconds(samples)
        written = self._client.write(
            WORKOUT_SAMPLES, records.seconds_common(user_id, workout.workout_id, content), rows
        )
        whole = records.workout_common(user_id, workout.version)
        written += self._client.write(WORKOUTS, whole, list(records.derived(workout, samples)))
        word = records.word(
            workout.workout_id,
            version=workout.version,
            day=workout.day,
            started_at=workout.started_at,
            content=content,
            load=workout.load,
        )
        _tell(written + self._client.write(WORKOUTS, whole, [word]))

    def remove_workout(
        self,
        user_id: str,
        workout_id: str,
        *,
        version: int,
        day: date,
        started_at: datetime,
        now: datetime,  # noqa: ARG002
    ) -> None:
        word = records.word(workout_id, version=version, day=day, started_at=started_at, deleted=True)
        _tell(self._client.write(WORKOUTS, records.workout_common(user_id, version), [word]))

    def put_samples(self, user_id: str, samples: DeviceSamples, now: datetime) -> None:  # noqa: ARG002
        bins_of(samples.metric)
        common = records.device_common(user_id, samples)
        _tell(self._client.write(DEVICE_SAMPLES, common, records.device_records(samples)))

    def remove_samples(self, user_id: str, metric: str) -> None:
        """Rows cannot be deleted; they end with their retention."""

    # --- asking -----------------------------------------------------------------------------------------------------

    def trend(
        self, user_id: str, metric: str, source: SeriesSource, span: Span, period: SeriesPeriod
    ) -> list[TrendPoint]:
        values = self._sampled(user_id, metric, source, span) | _binned(metric)
        if not _can_hold(metric, source):
            return []
        query = sql.TREND[source].render(period=literals.one_of(period.value, set(SeriesPeriod)), **values)
        return [_trend_point(metric, row) for row in self._client.rows(query, needs=_needs(metric, source))]

    def time_in_zones(self, user_id: str, metric: str, span: Span, bounds: Sequence[float]) -> list[float]:
        return in_zones(metric, self._held(user_id, metric, span, together=1), bounds)

    def histogram(self, user_id: str, metric: str, span: Span, width: float) -> list[Bar]:
        together = bins_of(metric).in_width(width)
        low = bins_of(metric).low
        held = self._held(user_id, metric, span, together=together)
        return [Bar(low(bar * together), low((bar + 1) * together), seconds) for bar, seconds in held.items()]

    def daily_loads(self, user_id: str, span: Span) -> list[DayLoad]:
        query = sql.DAILY_LOADS.render(**self._whose(user_id), **_days(span))
        rows = self._client.rows(query, needs={WORKOUTS: "load"})
        return [DayLoad(date.fromisoformat(_text(day)), _float(load), int(_text(n))) for day, load, n in rows]

    def rolling_load(self, user_id: str, span: Span) -> list[RollingLoad]:
        return rolling(span, self.daily_loads(user_id, before(span)))

    def mean_max(self, user_id: str, metric: str, span: Span) -> list[Best]:
        metric_ = literals.one_of(metric, METRICS)
        query = sql.MEAN_MAX.render(metric=metric_, **self._whose(user_id), **_days(span))
        rows = self._client.rows(query, needs={WORKOUTS: "duration_s"})
        return [
            Best(int(_text(duration)), _float(value), _text(workout_id), date.fromisoformat(_text(day)))
            for duration, value, workout_id, day in rows
        ]

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
        if not _can_hold(metric, source):
            return []
        shift = timedelta(seconds=records.shift_s(metric))
        days = Span(since.astimezone(UTC).date() - MAX_WORKOUT, until.astimezone(UTC).date() + A_DAY)
        query = sql.SERIES[source, fill].render(
            metric=_metric(metric, source),
            since=literals.instant(epoch_ms(since - shift)),
            until=literals.instant(epoch_ms(until - shift)),
            shift=literals.seconds(records.shift_s(metric)),
            step=literals.seconds(step_s),
            **self._whose(user_id),
            **_days(days),
        )
        rows = self._client.rows(query, needs=_needs(metric, source))
        return [Point(_moment(start), _float(value)) for start, value in rows]

    def latest(self, user_id: str, metrics: Sequence[str], source: SeriesSource) -> dict[str, Point]:
        for metric in metrics:
            bins_of(metric)
        possible = [metric for metric in metrics if _can_hold(metric, source)]
        if not possible:
            return {}
        known = _known(source)
        ever = _days(EVER) if source is SeriesSource.WORKOUTS else {}
        needs = {WORKOUTS if source is SeriesSource.WORKOUTS else DEVICE_SAMPLES: "value"}
        query = sql.LATEST[source].render(metrics=literals.some_of(possible, known), **self._whose(user_id), **ever)
        return {
            _text(metric): Point(_moment(time) + timedelta(seconds=records.shift_s(_text(metric))), _float(value))
            for metric, time, value in self._client.rows(query, needs=needs)
        }

    # --- what queries are made of -----------------------------------------------------------------------------------

    def _held(self, user_id: str, metric: str, span: Span, *, together: int) -> dict[int, float]:
        if not _can_hold(metric, SeriesSource.WORKOUTS):
            bins_of(metric)
            return {}
        values = self._sampled(user_id, metric, SeriesSource.WORKOUTS, span) | _binned(metric)
        own = records.held_of(metric)
        query = sql.HELD.render(
            together=literals.number(float(together)),
            held=literals.column(own, set(map(records.held_of, RECORDED))),
            **values,
        )
        rows = self._client.rows(query, needs={WORKOUTS: "content", WORKOUT_SAMPLES: own})
        return {int(_float(bin_)): _float(seconds) for bin_, seconds in rows}

    def _whose(self, user_id: str) -> dict[str, Literal]:
        return {"database": self._database, "user": literals.uuid(user_id)}

    def _sampled(self, user_id: str, metric: str, source: SeriesSource, span: Span) -> dict[str, Literal]:
        """Samples of these days; the athlete's days begin up to 14 hours before and 12 after those of UTC."""
        bins_of(metric)
        longest = MAX_WORKOUT if source is SeriesSource.WORKOUTS else A_DAY
        return {
            "metric": _metric(metric, source),
            "since": literals.instant(midnight_ms(span.first - A_DAY)),
            "until": literals.instant(midnight_ms(span.last + longest + A_DAY)),
            **self._whose(user_id),
            **_days(span),
        }


def _known(source: SeriesSource) -> frozenset[str]:
    return frozenset(RECORDED if source is SeriesSource.WORKOUTS else METRICS)


def _can_hold(metric: str, source: SeriesSource) -> bool:
    return metric in _known(source)


def _metric(metric: str, source: SeriesSource) -> Literal:
    """A column of workouts, a measure's name of devices."""
    known = _known(source)
    return literals.column(metric, known) if source is SeriesSource.WORKOUTS else literals.one_of(metric, known)


def _needs(metric: str, source: SeriesSource) -> dict[str, str]:
    """A column by table: of those that are written together, one."""
    return (
        {WORKOUTS: "content", WORKOUT_SAMPLES: metric} if source is SeriesSource.WORKOUTS else {DEVICE_SAMPLES: "value"}
    )


def _binned(metric: str) -> dict[str, Literal]:
    bins = bins_of(metric)
    return {"per_unit": literals.number(float(bins.per_unit)), "every": literals.number(float(bins.every))}


def _days(span: Span) -> dict[str, Literal]:
    return {"first": literals.day(span.first), "last": literals.day(span.last)}


def _trend_point(metric: str, row: Row) -> TrendPoint:
    start, count_, total, least_, most_, *ranks = row
    n, least, most = int(_float(count_)), _float(least_), _float(most_)
    return TrendPoint(
        _moment(start).date(),
        count=n,
        avg=_float(total) / n,
        min=least,
        max=most,
        percentiles={
            p: told(metric, int(_float(bin_)), least=least, most=most)
            for p, bin_ in zip(PERCENTILES, ranks, strict=True)
        },
    )


def _text(value: str | None) -> str:
    assert value is not None  # noqa: S101 - the templates select no nullable column
    return value


def _float(value: str | None) -> float:
    return float(_text(value))


def _moment(value: str | None) -> datetime:
    """`2026-11-21 10:20:00.000000000`, to the millisecond."""
    moment = datetime.fromisoformat(_text(value)[:23]).replace(tzinfo=UTC)
    return at(epoch_ms(moment))


def _tell(written: Written) -> None:
    """Stale rows are as they should be; refused ones are lost to the series, and somebody should know."""
    if written.refused:
        count("SamplesRefused", written.refused)
        log("time series refused records", refused=written.refused, taken=written.taken)
