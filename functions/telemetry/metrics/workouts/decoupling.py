"""Aerobic decoupling: how much less came out for each beat in the second half (Friel)."""

from typing import Final

import numpy as np

from stadion.streams.codec import Floats

SHORTEST_S: Final = 1200.0


def decoupling(output: Floats, bpm: Floats, weight_s: Floats) -> float | None:
    """In per cent of the first half; None for less than 20 minutes with both. More than 5 is much."""
    known = ~np.isnan(output) & ~np.isnan(bpm)
    output, bpm, weight_s = output[known], bpm[known], weight_s[known]
    running = np.cumsum(weight_s)
    if not len(running) or running[-1] < SHORTEST_S:
        return None
    half = int(np.searchsorted(running, running[-1] / 2)) + 1
    first = _efficiency(output[:half], bpm[:half], weight_s[:half])
    second = _efficiency(output[half:], bpm[half:], weight_s[half:])
    return 100 * (first - second) / first if first > 0 else None


def _efficiency(output: Floats, bpm: Floats, weight_s: Floats) -> float:
    beats = float(bpm @ weight_s)
    return float(output @ weight_s) / beats if beats > 0 else 0.0
