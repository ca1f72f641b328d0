import numpy as np

from stadion.events.workouts import BestEffort
from workouts.recordings.measures.timeline import times_leaving, times_reaching
from workouts.recordings.recording import Floats

# Strava's list, in metres.
DISTANCES_M = {
    "400m": 400.0,
    "1/2 mile": 804.672,
    "1k": 1_000.0,
    "1 mile": 1_609.344,
    "2 mile": 3_218.688,
    "5k": 5_000.0,
    "10k": 10_000.0,
    "15k": 15_000.0,
    "10 mile": 16_093.44,
    "20k": 20_000.0,
    "Half-Marathon": 21_097.5,
    "30k": 30_000.0,
    "Marathon": 42_195.0,
    "50k": 50_000.0,
}


def best_efforts(time_s: Floats, covered: Floats) -> list[BestEffort]:
    """The fastest stretch of each distance, on elapsed time."""
    found = ((name, length, fastest(time_s, covered, length)) for name, length in DISTANCES_M.items())
    return [
        BestEffort(name=name, distance_m=length, elapsed_time_s=effort[0], start_offset_s=effort[1])
        for name, length, effort in found
        if effort is not None
    ]


def fastest(time_s: Floats, covered: Floats, length_m: float) -> tuple[float, float] | None:
    """Elapsed seconds and offset of the fastest `length_m`, or None if less was covered.

    Between points the pace is constant, so the fastest stretch starts or ends at a point: both are tried for all points
    at once.
    """
    if len(covered) < 2 or covered[-1] - covered[0] < length_m:
        return None
    from_points = covered <= covered[-1] - length_m
    starts = time_s[from_points]
    durations = times_reaching(covered, time_s, covered[from_points] + length_m) - starts
    to_points = covered - length_m >= covered[0]
    late_starts = times_leaving(covered, time_s, covered[to_points] - length_m)
    starts = np.concatenate((starts, late_starts))
    durations = np.concatenate((durations, time_s[to_points] - late_starts))
    best = int(np.argmin(durations))
    return float(durations[best]), float(starts[best])
