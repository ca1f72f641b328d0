"""The open list of what devices may send: a row more, and a metric is taken, kept and read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class MetricKind(StrEnum):
    SAMPLE = "sample"
    """Measured at an instant."""
    DAILY = "daily"
    """One value for each of the athlete's days."""


@dataclass(frozen=True)
class Unit:
    """`value * factor + offset` is in the canonical unit; a pace (minutes per km) is turned over first."""

    factor: float = 1.0
    offset: float = 0.0
    turned: bool = False

    def canonical(self, value: float) -> float:
        """`ZeroDivisionError` for a pace of nothing."""
        return (1 / value if self.turned else value) * self.factor + self.offset


@dataclass(frozen=True)
class Range:
    """Both ends belong to it."""

    least: float
    most: float

    def __contains__(self, value: float) -> bool:
        return self.least <= value <= self.most


@dataclass(frozen=True)
class Metric:
    name: str
    unit: str
    possible: tuple[Range, ...]
    """Of each column, in the canonical unit. Outside, the value is refused."""
    plausible: tuple[Range, ...]
    """Outside, it is kept aside and never shown as truth."""
    kind: MetricKind = MetricKind.SAMPLE
    units: Mapping[str, Unit] = field(default_factory=dict)
    columns: tuple[str, ...] = ("value",)
    decimals: int = 3

    def unit_named(self, name: str | None) -> Unit | None:
        return Unit() if name in {None, self.unit} else self.units.get(name or "")

    @property
    def unit_names(self) -> list[str]:
        return [self.unit, *self.units]


def _named(
    name: str,
    unit: str,
    possible: tuple[float, float],
    plausible: tuple[float, float],
    units: Mapping[str, Unit] | None = None,
    kind: MetricKind = MetricKind.SAMPLE,
) -> Metric:
    return Metric(name, unit, (Range(*possible),), (Range(*plausible),), kind, units or {})


def _daily(
    name: str,
    unit: str,
    possible: tuple[float, float],
    plausible: tuple[float, float],
    units: Mapping[str, Unit] | None = None,
) -> Metric:
    return _named(name, unit, possible, plausible, units, MetricKind.DAILY)


_HOUR_S: Final = 3600.0
_MILE_M: Final = 1609.344
_FOOT_M: Final = 0.3048
_POUND_KG: Final = 0.45359237
_LENGTH: Final = {"ft": Unit(_FOOT_M)}
_MILLISECONDS: Final = {"s": Unit(1000.0)}

_ROWS: Final = (
    _named("heart_rate", "bpm", (20, 260), (30, 230)),
    _named("spo2", "%", (0, 100), (70, 100), {"fraction": Unit(100.0)}),
    _named("power", "W", (0, 5000), (0, 2500)),
    _named("cadence", "rpm", (0, 300), (0, 220), {"spm": Unit(0.5)}),  # a turn is two steps
    _named(
        "speed",
        "m/s",
        (0, 150),
        (0, 40),
        {
            "km/h": Unit(1000 / _HOUR_S),
            "mph": Unit(_MILE_M / _HOUR_S),
            "min/km": Unit(1000 / 60, turned=True),
        },
    ),
    Metric(
        "position",
        "degrees",
        (Range(-90, 90), Range(-180, 180)),
        (Range(-90, 90), Range(-180, 180)),
        columns=("lat", "lon"),
        decimals=7,
    ),
    _named("altitude", "m", (-500, 12_000), (-450, 9_000), _LENGTH),
    _named("temperature", "°C", (-90, 90), (-50, 60), {"°F": Unit(5 / 9, -160 / 9)}),
    _daily("resting_heart_rate", "bpm", (20, 150), (28, 110)),
    _daily("hrv_rmssd", "ms", (0, 500), (5, 250), _MILLISECONDS),
    _daily("mass", "kg", (2, 650), (25, 300), {"lb": Unit(_POUND_KG)}),
    _daily("sleep_duration", "s", (0, 86_400), (0, 57_600), {"min": Unit(60.0), "h": Unit(_HOUR_S)}),
    _daily("steps", "steps", (0, 300_000), (0, 100_000)),
    _daily("active_energy", "kcal", (0, 30_000), (0, 12_000)),
)
METRICS: Final[Mapping[str, Metric]] = {metric.name: metric for metric in _ROWS}
