"""How long a reading holds: until its own channel's next one, whatever the other channels of the recording do."""

from typing import Final

import numpy as np

from stadion.streams.codec import Floats

LAST_HELD_S: Final = 1.0
HOLD_S: Final = 15.0
STEPS: Final = 5


def held_s(active_s: Floats, values: Floats) -> Floats:
    """Seconds that each reading of one channel holds; 0 where `values` is NaN.

    `active_s` rises, and stands still in pauses. The last reading holds to the end of the recording, for one median
    step of its channel at most; the last row stands for a second.
    """
    held = np.zeros(len(values))
    known = np.flatnonzero(~np.isnan(values))
    if len(known):
        at = active_s[known]
        steps = np.diff(at)
        step_s = _median_s(steps)
        last = min(float(active_s[-1] - at[-1]) + LAST_HELD_S, max(LAST_HELD_S, step_s))
        held[known] = np.minimum(np.append(steps, last), _longest_s(step_s))
    return held


def longest_s(steps: Floats) -> float:
    """What is longer is a silence: a few times the median step, and never less than a sensor's usual dropout."""
    return _longest_s(_median_s(steps))


def _longest_s(step_s: float) -> float:
    return max(HOLD_S, STEPS * step_s)


def _median_s(steps: Floats) -> float:
    return float(np.median(steps)) if len(steps) else LAST_HELD_S


def carried(active_s: Floats, values: Floats) -> Floats:
    """What one channel says at every row: its latest reading for as long as that holds, NaN otherwise."""
    known = np.flatnonzero(~np.isnan(values))
    if len(known) in {0, len(values)}:
        return values
    rows = np.arange(len(values))
    latest = known[np.maximum(np.searchsorted(known, rows, side="right") - 1, 0)]
    holds = (rows >= latest) & (active_s - active_s[latest] < held_s(active_s, values)[latest])
    return np.where(holds | (rows == latest), values[latest], np.nan)
