import numpy as np

from workouts.recordings.recording import Floats

WINDOW_S = 30
_HOLD_S = 15.0


def normalized_power_w(active_s: Floats, power_w: Floats) -> float | None:
    """Coggan: the fourth-power mean of the 30 s rolling average, at 1 Hz on the clock that stands still in pauses."""
    each_second = _resampled(active_s, power_w)
    if each_second is None or len(each_second) < WINDOW_S:
        return None
    running = np.concatenate(([0.0], np.cumsum(each_second)))
    rolling = (running[WINDOW_S:] - running[:-WINDOW_S]) / WINDOW_S
    return float(np.mean(rolling**4) ** 0.25)


def _resampled(active_s: Floats, power_w: Floats) -> Floats | None:
    """Each reading holds until the next one, for 15 s at most; beyond that nobody pedalled."""
    known = ~np.isnan(power_w)
    if not known.any():
        return None
    at, watts = active_s[known], power_w[known]
    seconds = np.arange(at[0], at[-1] + 1e-9, 1.0)
    latest = np.searchsorted(at, seconds + 1e-9, side="right") - 1
    return np.where(seconds - at[latest] <= _HOLD_S, watts[latest], 0.0)
