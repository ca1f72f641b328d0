"""What is left of a metric when its samples are gone: both adapters keep the newest value by it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from stadion.streams.codec import Floats
from telemetry.timeseries.bins import Ints


@dataclass(frozen=True)
class Summary:
    """`last` is the newest value, of one instant the greatest."""

    count: int
    sum: float
    min: float
    max: float
    last_ms: int
    last: float

    @classmethod
    def of(cls, ms: Ints, values: Floats) -> "Summary":
        newest = np.lexsort((values, ms))[-1]
        return cls(
            len(values),
            float(values.sum()),
            float(values.min()),
            float(values.max()),
            last_ms=int(ms[newest]),
            last=float(values[newest]),
        )

    def told(self) -> list[float]:
        return [self.count, self.sum, self.min, self.max, self.last_ms, self.last]

    @classmethod
    def read(cls, told: list[Any]) -> "Summary":
        count, total, least, most, last_ms, last = told
        return cls(int(count), float(total), float(least), float(most), int(last_ms), float(last))
