import numpy as np

from workouts.recordings.recording import Floats

HYSTERESIS_M = 2.0
GPS_WINDOW_S = 30.0


def climbed(time_s: Floats, altitude_m: Floats, *, barometric: bool) -> tuple[Floats, Floats]:
    """Ascent and descent so far at each point, in metres.

    Air pressure is taken as it is, with a hysteresis of 2 m (within 9 % of eleven real devices); GPS heights, which
    wander, are first averaged over half a minute.
    """
    known = np.flatnonzero(~np.isnan(altitude_m))
    if len(known) < 2:
        return np.zeros_like(time_s), np.zeros_like(time_s)
    heights = altitude_m[known] if barometric else smoothed(time_s[known], altitude_m[known], GPS_WINDOW_S)
    ascent, descent = _staircase(heights, HYSTERESIS_M)
    return np.interp(time_s, time_s[known], ascent), np.interp(time_s, time_s[known], descent)


def smoothed(time_s: Floats, values: Floats, window_s: float) -> Floats:
    """The mean of the points within half a window on either side."""
    running = np.concatenate(([0.0], np.cumsum(values)))
    first = np.searchsorted(time_s, time_s - window_s / 2, side="left")
    last = np.searchsorted(time_s, time_s + window_s / 2, side="right")
    return np.asarray((running[last] - running[first]) / (last - first))


def _staircase(heights: Floats, step_m: float) -> tuple[Floats, Floats]:
    ascent, descent = [], []
    up = down = 0.0
    level = float(heights[0])
    for height in heights.tolist():
        rise = height - level
        if rise >= step_m:
            up += rise
            level = height
        elif -rise >= step_m:
            down -= rise
            level = height
        ascent.append(up)
        descent.append(down)
    return np.array(ascent), np.array(descent)


def ascent_m(altitude_m: Floats, step_m: float) -> float:
    """Total ascent of plain heights with a hysteresis of `step_m`."""
    return float(_staircase(altitude_m, step_m)[0][-1]) if len(altitude_m) else 0.0
