"""A line at the resolution that a screen can show: the same for streams of workouts and for what devices sent."""

from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stadion.streams.codec import Floats

Indices = NDArray[np.intp]


class StreamResolution(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    FULL = "full"


POINTS: Final = {StreamResolution.LOW: 100, StreamResolution.MEDIUM: 1000, StreamResolution.HIGH: 10_000}


def lttb(x: Floats, y: Floats, most: int) -> Indices:
    """Largest-Triangle-Three-Buckets (Steinarsson 2013): the `most` points that keep a line's shape; n > most >= 3."""
    n = len(x)
    edges = np.linspace(1, n - 1, most - 1).astype(int)
    chosen = np.empty(most, np.intp)
    chosen[0], chosen[-1] = 0, n - 1
    for bucket in range(most - 2):
        a, b = edges[bucket], edges[bucket + 1]
        c = edges[bucket + 2] if bucket < most - 3 else n
        last = chosen[bucket]
        mean_x, mean_y = x[b:c].mean(), y[b:c].mean()
        areas = np.abs((x[last] - mean_x) * (y[a:b] - y[last]) - (x[last] - x[a:b]) * (mean_y - y[last]))
        chosen[bucket + 1] = a + int(areas.argmax())
    return chosen
