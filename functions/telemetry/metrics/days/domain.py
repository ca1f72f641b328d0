"""What workouts come to over days: curves, bars and times in zones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from telemetry.metrics.days.critical_power import CriticalPower
from telemetry.metrics.days.fitness import Fitness
from telemetry.metrics.values import MetricMeasure
from telemetry.metrics.zones import ZoneSet
from telemetry.timeseries.port import Bar, Best, Point, Span

FitnessByDay = Mapping[date, Fitness]
"""In the order of days."""
LatestValues = Mapping[str, Point]
"""By metric."""


@dataclass(frozen=True)
class Bars:
    """How long each value of a metric was held; those of no time are left out."""

    width: float
    bars: Sequence[Bar]


@dataclass(frozen=True)
class MeanMax:
    """The best averages of a season, and what those of power say of the athlete."""

    bests: Sequence[Best]
    critical_power: CriticalPower | None = None
    ftp: MetricMeasure | None = None


@dataclass(frozen=True)
class DaysInZones:
    """Days on which one set of zones held; without one there are no seconds either."""

    span: Span
    zones: ZoneSet | None
    seconds: list[float] | None


@dataclass(frozen=True)
class TimeInZones:
    parts: Sequence[DaysInZones]

    @property
    def seconds(self) -> list[float]:
        """In each zone, whichever bounds it had on the day."""
        counted = [one.seconds for one in self.parts if one.seconds is not None]
        return [round(sum(zone), 3) for zone in zip(*counted, strict=True)]

    @property
    def is_estimated(self) -> bool:
        return any(one.zones.estimated for one in self.parts if one.zones is not None)

    @property
    def is_whole(self) -> bool:
        """Whether there are zones for every day."""
        return all(one.seconds is not None for one in self.parts)
