"""How finely the distribution of a metric is kept, and what is read off it. Both adapters count in these bins.

`floor(value * per_unit) // every` is the same in NumPy and in SQL: both are the IEEE product. Each `per_unit` is a sum
of two powers of two, for which (m / n) * n == m (Kahan): a value told in tenths never falls into the bin below it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stadion.streams.codec import Floats
from telemetry.timeseries.errors import NotAskableError

Ints = NDArray[np.int64]
PERCENTILES: Final = (5, 25, 50, 75, 95)
_NEARLY: Final = 1e-9


@dataclass(frozen=True)
class Bins:
    per_unit: int = 1
    every: int = 1

    @property
    def width(self) -> float:
        return self.every / self.per_unit

    def of(self, values: Floats) -> Ints:
        return (np.floor(values * self.per_unit) // self.every).astype(np.int64)

    def low(self, bin_: int) -> float:
        return bin_ * self.every / self.per_unit

    def edge(self, bound: float) -> int:
        """The first bin that lies above: a bound inside a bin stands for the bin's end."""
        return math.ceil(bound * self.per_unit / self.every - _NEARLY)

    def in_width(self, width: float) -> int:
        """How many bins make `width`; `NotAskableError` unless it is a multiple of theirs."""
        times = round(width / self.width)
        if times < 1 or abs(times * self.width - width) > _NEARLY:
            raise NotAskableError(f"the width of a bar is a multiple of {self.width:g}")
        return times


BINS: Final[Mapping[str, Bins]] = {
    "heart_rate": Bins(),
    "spo2": Bins(),
    "power": Bins(),
    "cadence": Bins(),
    "speed": Bins(per_unit=10),
    "altitude": Bins(every=5),
    "temperature": Bins(per_unit=2),
    "resting_heart_rate": Bins(),
    "hrv_rmssd": Bins(),
    "mass": Bins(per_unit=10),
    "sleep_duration": Bins(every=300),
    "steps": Bins(every=500),
    "active_energy": Bins(every=10),
}
"""Every metric of `metrics_table` that has one value; a test keeps it so."""


def bins_of(metric: str) -> Bins:
    if metric not in BINS:
        raise NotAskableError("there are no series of this metric")
    return BINS[metric]


def percentiles(metric: str, bins: Ints, counts: Ints, *, least: float, most: float) -> dict[int, float]:
    """Nearest rank, told as the low edge of its bin, within what was measured. `bins` rise."""
    upto = np.cumsum(counts)
    ranked = {p: int(bins[np.argmax(upto * 100 >= p * upto[-1])]) for p in PERCENTILES}
    return {p: told(metric, bin_, least=least, most=most) for p, bin_ in ranked.items()}


def told(metric: str, bin_: int, *, least: float, most: float) -> float:
    return min(max(bins_of(metric).low(bin_), least), most)


def in_zones(metric: str, seconds: Mapping[int, float], bounds: Sequence[float]) -> list[float]:
    """`seconds` by bin."""
    if list(bounds) != sorted(bounds):
        raise NotAskableError("the bounds of zones rise")
    edges = [bins_of(metric).edge(bound) for bound in bounds]
    zones = [0.0] * (len(edges) + 1)
    for bin_, held in seconds.items():
        zones[int(np.searchsorted(edges, bin_, side="right"))] += held
    return zones
