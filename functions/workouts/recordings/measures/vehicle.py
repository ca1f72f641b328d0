"""The drive home: a stretch at either end that is faster than the sport can be."""

from typing import Final

import numpy as np

from stadion.sports import Sport
from stadion.streams.recorded import BoolArray
from workouts.recordings.measures.timeline import Timeline
from workouts.recordings.recording import Floats

WINDOW_S: Final = 60.0
"""Nobody runs, and nothing jumps, at a car's speed for a whole minute."""
AT_THE_EDGE_S: Final = 600.0
"""Between the drive and the recording's end: parked, and not stopped yet. Between parts of one drive: lights, a jam."""
LEAST_S: Final = 300.0
"""That has to be left, and be shown as a workout."""

Span = tuple[float, float]


def without_drive(line: Timeline, sport: Sport) -> Span | None:
    """From when to when it was the sport, in seconds since the start; None: there was no drive, or it was all drive."""
    if line.covered_m is None or len(line.time_s) < 2 or line.time_s[-1] <= WINDOW_S:
        return None
    drives = _drives(line.time_s, _too_fast(line, sport))
    end_s = float(line.time_s[-1])
    first_s, last_s = 0.0, end_s
    if drives and drives[0][0] <= AT_THE_EDGE_S:
        first_s = drives.pop(0)[1]
    if drives and drives[-1][1] >= end_s - AT_THE_EDGE_S:
        last_s = _stood_before(line, drives.pop()[0])
    if (first_s, last_s) == (0.0, end_s) or last_s - first_s < LEAST_S:
        return None
    return round(first_s, 1), round(last_s, 1)


def _too_fast(line: Timeline, sport: Sport) -> BoolArray:
    """At each point, over the minute that begins there."""
    covered_m = line.covered_m if line.covered_m is not None else np.zeros_like(line.time_s)
    ahead_m = np.interp(line.time_s + WINDOW_S, line.time_s, covered_m) - covered_m
    kinds, kind = np.unique(np.round(ahead_m, -1), return_inverse=True)
    limit_mps = np.array([sport.limit_mps(float(ground_m)) for ground_m in kinds])
    too_fast: BoolArray = ahead_m > limit_mps[kind] * WINDOW_S
    return too_fast


def _drives(time_s: Floats, too_fast: BoolArray) -> list[Span]:
    """Each from its first minute's start to its last one's end."""
    edges = np.flatnonzero(np.diff(too_fast, prepend=False, append=False))
    found: list[Span] = []
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        start_s, end_s = float(time_s[first]), float(min(time_s[after - 1] + WINDOW_S, time_s[-1]))
        if found and start_s - found[-1][1] <= AT_THE_EDGE_S:
            start_s = found.pop()[0]
        found.append((start_s, end_s))
    return found


def _stood_before(line: Timeline, start_s: float) -> float:
    """The walk to the car ends with a stop: back to where the last one began, if it is near."""
    at = int(np.searchsorted(line.time_s, start_s))
    standing = np.flatnonzero(np.diff(line.moving_s[: at + 1]) == 0)
    if not len(standing) or start_s - line.time_s[standing[-1]] > WINDOW_S:
        return start_s
    run = standing[np.flatnonzero(np.diff(standing) > 1)[-1] + 1 :] if (np.diff(standing) > 1).any() else standing
    return float(line.time_s[run[0]])
