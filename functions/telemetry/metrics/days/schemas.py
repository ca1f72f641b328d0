"""Responses: what workouts come to over days."""

from datetime import date
from typing import Final

from pydantic import AwareDatetime, BaseModel, Field

from telemetry.metrics.values import Measure
from telemetry.metrics.zones import ZoneSet
from telemetry.timeseries.port import Fill, Period, Source


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


class TrendItem(BaseModel):
    start: date = Field(description="the first day of the period; a week begins on Monday")
    count: int
    avg: float
    min: float
    max: float
    percentiles: dict[int, float] = Field(examples=[{"5": 96, "25": 118, "50": 131, "75": 144, "95": 163}])


class TrendResponse(BaseModel):
    metric: str
    unit: str
    source: Source
    period: Period
    items: list[TrendItem] = Field(description="periods without values are left out")


class ZoneSpan(BaseModel):
    """Days on which one set of zones held."""

    since: date
    until: date = Field(description="included")
    zones: ZoneSet | None = Field(description="null: nothing is known that zones could be made of")
    seconds: list[float] | None


class ZonesResponse(BaseModel):
    metric: str
    seconds: list[float] = Field(description="in each zone, whichever bounds it had on the day; the lowest first")
    estimated: bool = Field(description="some of the zones rest on something assumed")
    missing: list[str] = Field(description="what zones would take, where there are none", examples=[["ftp_w"]])
    spans: list[ZoneSpan]


class HistogramBar(BaseModel):
    low: float
    high: float
    seconds: float


class HistogramResponse(BaseModel):
    metric: str
    unit: str
    width: float
    items: list[HistogramBar]


class BestItem(BaseModel):
    duration_s: int
    value: float
    workout_id: str
    day: date


class CriticalPowerFit(BaseModel):
    cp_w: float
    w_prime_j: float
    r_squared: float
    method: str = "work = cp * t + w_prime (Monod and Scherrer 1965)"
    points: dict[int, float] = Field(description="the best efforts that were fitted", examples=[{"300": 291.0}])
    estimated: bool = True


class MeanMaxResponse(BaseModel):
    metric: str
    unit: str
    items: list[BestItem]
    critical_power: CriticalPowerFit | None = Field(description="of power, with three efforts of 2 to 20 minutes")
    ftp: Measure | None = Field(description="of power: what the best 20 minutes suggest")


class SeriesItem(BaseModel):
    time: AwareDatetime
    value: float


class SeriesResponse(BaseModel):
    metric: str
    unit: str
    source: Source
    step_s: int
    fill: Fill
    items: list[SeriesItem]


class LatestItem(BaseModel):
    time: AwareDatetime
    value: float
    unit: str


class LatestResponse(BaseModel):
    workouts: dict[str, LatestItem]
    devices: dict[str, LatestItem]
