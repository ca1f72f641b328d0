"""Responses: what workouts come to over days."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Self

from pydantic import AwareDatetime, BaseModel, Field

from telemetry.metrics.days.critical_power import CriticalPower
from telemetry.metrics.days.domain import Bars, DaysInZones, FitnessByDay, LatestValues, MeanMax, TimeInZones
from telemetry.metrics.days.fitness import Fitness
from telemetry.metrics.values import MetricMeasure
from telemetry.metrics.zones import LACKING, ZoneSet
from telemetry.metrics_table import METRICS
from telemetry.timeseries.port import Bar, Best, Point, SeriesFill, SeriesPeriod, SeriesSource, TrendPoint


class FitnessDay(BaseModel):
    day: date
    load: float
    ctl: float = Field(description="fitness, in the evening")
    atl: float = Field(description="fatigue, in the evening")
    tsb: float = Field(description="form, in the morning: yesterday's fitness less yesterday's fatigue")
    ramp: float = Field(description="what fitness rose by in seven days")
    monotony: float | None = Field(description="null: all seven days were alike")
    strain: float | None
    load_ratio: float | None = Field(description="acute to chronic load; null in the first 28 days")
    spike: bool | None = Field(description="load rose fast; this is no probability of an injury")

    @classmethod
    def of(cls, day: date, one: Fitness) -> Self:
        return cls(
            day=day,
            load=round(one.load, 2),
            ctl=round(one.ctl, 2),
            atl=round(one.atl, 2),
            tsb=round(one.tsb, 2),
            ramp=round(one.ramp, 2),
            monotony=_rounded(one.monotony),
            strain=_rounded(one.strain),
            load_ratio=_rounded(one.ratio),
            spike=one.spike,
        )


FITNESS_METHODS: Final = {
    "load": "the sum of the day's workouts, each by the best method that there was",
    "ctl": "exponential average over 42 days (Banister 1975, Coggan)",
    "atl": "exponential average over 7 days",
    "tsb": "ctl - atl of the day before",
    "ramp": "ctl - ctl of 7 days before",
    "monotony": "mean / standard deviation of 7 days (Foster 1998)",
    "strain": "load of 7 days x monotony (Foster 1998)",
    "load_ratio": "exponential averages over 7 and 28 days (Williams 2017); spike above 1.5",
}


class FitnessResponse(BaseModel):
    methods: dict[str, str] = Field(default=FITNESS_METHODS, examples=[{"atl": FITNESS_METHODS["atl"]}])
    items: list[FitnessDay]

    @classmethod
    def of(cls, found: FitnessByDay) -> Self:
        return cls(items=[FitnessDay.of(day, one) for day, one in found.items()])


class TrendItem(BaseModel):
    start: date = Field(description="the first day of the period; a week begins on Monday")
    count: int
    avg: float
    min: float
    max: float
    percentiles: dict[int, float] = Field(examples=[{"5": 96, "25": 118, "50": 131, "75": 144, "95": 163}])

    @classmethod
    def of(cls, one: TrendPoint) -> Self:
        return cls(
            start=one.start,
            count=one.count,
            avg=round(one.avg, 3),
            min=one.min,
            max=one.max,
            percentiles=dict(one.percentiles),
        )


class TrendResponse(BaseModel):
    metric: str
    unit: str
    source: SeriesSource
    period: SeriesPeriod
    items: list[TrendItem] = Field(description="periods without values are left out")

    @classmethod
    def of(cls, found: Sequence[TrendPoint], *, metric: str, source: SeriesSource, period: SeriesPeriod) -> Self:
        items = [TrendItem.of(one) for one in found]
        return cls(metric=metric, unit=_unit(metric), source=source, period=period, items=items)


class ZoneSpan(BaseModel):
    """Days on which one set of zones held."""

    since: date
    until: date = Field(description="included")
    zones: ZoneSet | None = Field(description="null: nothing is known that zones could be made of")
    seconds: list[float] | None

    @classmethod
    def of(cls, one: DaysInZones) -> Self:
        return cls(since=one.span.first, until=one.span.last, zones=one.zones, seconds=one.seconds)


class ZonesResponse(BaseModel):
    metric: str
    seconds: list[float] = Field(description="in each zone, whichever bounds it had on the day; the lowest first")
    estimated: bool = Field(description="some of the zones rest on something assumed")
    missing: list[str] = Field(description="what zones would take, where there are none", examples=[["ftp_w"]])
    spans: list[ZoneSpan]

    @classmethod
    def of(cls, found: TimeInZones, *, metric: str) -> Self:
        return cls(
            metric=metric,
            seconds=found.seconds,
            estimated=found.is_estimated,
            missing=[] if found.is_whole else LACKING[metric],
            spans=[ZoneSpan.of(one) for one in found.parts],
        )


class HistogramBar(BaseModel):
    low: float
    high: float
    seconds: float

    @classmethod
    def of(cls, bar: Bar) -> Self:
        return cls(low=bar.low, high=bar.high, seconds=round(bar.seconds, 3))


class HistogramResponse(BaseModel):
    metric: str
    unit: str
    width: float
    items: list[HistogramBar]

    @classmethod
    def of(cls, found: Bars, *, metric: str) -> Self:
        items = [HistogramBar.of(bar) for bar in found.bars]
        return cls(metric=metric, unit=_unit(metric), width=found.width, items=items)


class BestItem(BaseModel):
    duration_s: int
    value: float
    workout_id: str
    day: date

    @classmethod
    def of(cls, best: Best) -> Self:
        return cls(duration_s=best.duration_s, value=best.value, workout_id=best.workout_id, day=best.day)


class CriticalPowerFit(BaseModel):
    cp_w: float
    w_prime_j: float
    r_squared: float
    method: str = "work = cp * t + w_prime (Monod and Scherrer 1965)"
    points: dict[int, float] = Field(description="the best efforts that were fitted", examples=[{"300": 291.0}])
    estimated: bool = True

    @classmethod
    def of(cls, found: CriticalPower) -> Self:
        return cls(
            cp_w=round(found.cp_w, 1),
            w_prime_j=round(found.w_prime_j),
            r_squared=round(found.r_squared, 5),
            points=found.points,
        )


class MeanMaxResponse(BaseModel):
    metric: str
    unit: str
    items: list[BestItem]
    critical_power: CriticalPowerFit | None = Field(description="of power, with three efforts of 2 to 20 minutes")
    ftp: MetricMeasure | None = Field(description="of power: what the best 20 minutes suggest")

    @classmethod
    def of(cls, found: MeanMax, *, metric: str) -> Self:
        fit = found.critical_power
        return cls(
            metric=metric,
            unit=_unit(metric),
            items=[BestItem.of(best) for best in found.bests],
            critical_power=CriticalPowerFit.of(fit) if fit is not None else None,
            ftp=found.ftp,
        )


class MetricSeriesItem(BaseModel):
    time: AwareDatetime
    value: float

    @classmethod
    def of(cls, point: Point) -> Self:
        return cls(time=point.moment, value=round(point.value, 3))


class MetricSeriesResponse(BaseModel):
    metric: str
    unit: str
    source: SeriesSource
    step_s: int
    fill: SeriesFill
    items: list[MetricSeriesItem]

    @classmethod
    def of(cls, found: Sequence[Point], *, metric: str, source: SeriesSource, step_s: int, fill: SeriesFill) -> Self:
        items = [MetricSeriesItem.of(point) for point in found]
        return cls(metric=metric, unit=_unit(metric), source=source, step_s=step_s, fill=fill, items=items)


class LatestItem(BaseModel):
    time: AwareDatetime
    value: float
    unit: str

    @classmethod
    def of(cls, metric: str, point: Point) -> Self:
        return cls(time=point.moment, value=round(point.value, 3), unit=_unit(metric))


class LatestResponse(BaseModel):
    workouts: dict[str, LatestItem]
    devices: dict[str, LatestItem]

    @classmethod
    def of(cls, *, workouts: LatestValues, devices: LatestValues) -> Self:
        return cls(workouts=_items(workouts), devices=_items(devices))


def _items(found: LatestValues) -> dict[str, LatestItem]:
    return {metric: LatestItem.of(metric, point) for metric, point in found.items()}


def _unit(metric: str) -> str:
    return METRICS[metric].unit


def _rounded(value: float | None) -> float | None:
    return round(value, 3) if value is not None else None
