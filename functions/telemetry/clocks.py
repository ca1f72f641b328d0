"""The clock of a recording that stands still in pauses: the diary's, or a guess where no pauses are told."""

from typing import Final

import numpy as np

from stadion.streams.codec import Columns, Floats
from stadion.streams.recorded import ACTIVE, TIME
from stadion.training.holding import longest_s

PAUSE_SPEED_MPS: Final = 1 / 3.6


def active_clock(columns: Columns) -> Floats:
    """Seconds at each row. Where no pauses are told, a long gap in which hardly any ground was covered is one."""
    if ACTIVE in columns:
        return columns[ACTIVE]
    time_s = columns[TIME]
    steps = np.diff(time_s)
    paused = steps > longest_s(steps)
    distance = columns.get("distance_m", np.empty(0))
    known = ~np.isnan(distance)
    if known.any():
        covered = np.interp(time_s, time_s[known], distance[known])
        paused &= np.diff(covered) < PAUSE_SPEED_MPS * steps
    return np.concatenate(([0.0], np.cumsum(np.where(paused, 0.0, steps))))[: len(time_s)]


def paused_where(columns: Columns) -> list[tuple[float, float]]:
    """When the active clock stood still, and for how long."""
    time_s = columns[TIME]
    rests = np.diff(time_s) - np.diff(active_clock(columns))
    return [(float(time_s[at]), float(rests[at])) for at in np.flatnonzero(rests > 0)]
