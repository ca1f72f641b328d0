"""Critical power: work = CP t + W' (Monod and Scherrer 1965), fitted to the best efforts of a season."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

SHORTEST_S: Final = 120
MAX_S: Final = 1200
"""Between them the model holds: shorter efforts are not all aerobic, longer ones tire otherwise."""
FEWEST: Final = 3


@dataclass(frozen=True)
class CriticalPower:
    cp_w: float
    w_prime_j: float
    r_squared: float
    points: dict[int, float]


def critical_power(curve: Mapping[int, float]) -> CriticalPower | None:
    """Of best average power by duration; None for fewer than three points between 2 and 20 minutes, or no sense."""
    points = {duration: watts for duration, watts in sorted(curve.items()) if SHORTEST_S <= duration <= MAX_S}
    if len(points) < FEWEST:
        return None
    t = np.array(list(points), np.float64)
    work = t * np.array(list(points.values()))
    cp, w_prime = np.polyfit(t, work, 1)
    if cp <= 0 or w_prime < 0:
        return None
    residual = work - (cp * t + w_prime)
    spread = ((work - work.mean()) ** 2).sum()
    return CriticalPower(float(cp), float(w_prime), float(1 - (residual @ residual) / spread), points)
