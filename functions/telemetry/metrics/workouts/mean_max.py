"""The mean-max curve: the best average over each duration, on the clock that does not stop."""

from typing import Final

import numpy as np

from stadion.streams.codec import Floats

DURATIONS_S: Final = (
    *(1, 5, 10, 15, 30, 60, 120, 180, 300, 480, 600, 900, 1200),
    *(1800, 2700, 3600, 5400, 7200, 10_800, 14_400, 18_000, 21_600),
)


def mean_max(each_second: Floats) -> dict[int, float]:
    """Of values at 1 Hz; a stretch with an unknown second (NaN) does not count."""
    unknown = np.isnan(each_second)
    sums = np.concatenate(([0.0], np.cumsum(np.where(unknown, 0.0, each_second))))
    gaps = np.concatenate(([0], np.cumsum(unknown)))
    curve = {}
    for duration in DURATIONS_S:
        if duration > len(each_second):
            break
        totals = (sums[duration:] - sums[:-duration])[gaps[duration:] == gaps[:-duration]]
        if len(totals):
            curve[duration] = float(totals.max()) / duration
    return curve
