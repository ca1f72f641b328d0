from typing import Final

import numpy as np

from stadion.streams.codec import Floats
from stadion.training.holding import held_s

WINDOW_S = 30
_INSTANT_S: Final = 1e-9


def normalized_power_w(active_s: Floats, power_w: Floats) -> float | None:
    """Coggan: the fourth-power mean of the 30 s rolling average, at 1 Hz on the clock that stands still in pauses."""
    watts = each_second(active_s, power_w, held_s(active_s, power_w), beyond=0.0)
    if watts is None or len(watts) < WINDOW_S:
        return None
    running = np.concatenate(([0.0], np.cumsum(watts)))
    rolling = (running[WINDOW_S:] - running[:-WINDOW_S]) / WINDOW_S
    return float(np.mean(rolling**4) ** 0.25)


def each_second(clock_s: Floats, values: Floats, held: Floats, *, beyond: float) -> Floats | None:
    """From the first reading to the end of the last at 1 Hz; None without any.

    Each reading stands for as long as it `held` (seconds, as `held_s` gives them), its own instant at least; after
    that the value is `beyond`: nobody pedalled (0), or nobody knows (NaN).
    """
    known = ~np.isnan(values)
    if not known.any():
        return None
    at, readings = clock_s[known], values[known]
    lasts = np.maximum(held[known] - _INSTANT_S, _INSTANT_S)
    seconds = np.arange(at[0], at[-1] + lasts[-1], 1.0)
    latest = np.searchsorted(at, seconds + _INSTANT_S, side="right") - 1
    return np.where(seconds - at[latest] < lasts[latest], readings[latest], beyond)
