from dataclasses import dataclass

import numpy as np

from workouts.recordings.measures.timeline import Timeline, times_reaching
from workouts.recordings.recording import DeviceLap, Floats, Recording

KILOMETRE_M = 1_000.0
MILE_M = 1_609.344
_MIN_REST_M = 1.0
_MAX_STRETCHES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A split or a lap; `offset_s` is on the elapsed clock."""

    index: int
    offset_s: float
    distance_m: float | None
    elapsed_time_s: float
    moving_time_s: float
    ascent_m: float | None
    average_heart_rate_bpm: float | None


def splits(recording: Recording, line: Timeline, ascent: Floats | None, length_m: float) -> list[Stretch]:
    """Every `length_m`, interpolated at the boundaries, and what is left at the end."""
    if line.covered_m is None or line.covered_m[-1] <= _MIN_REST_M:
        return []
    total = float(line.covered_m[-1])
    whole = int(total // length_m)
    if whole > _MAX_STRETCHES:
        return []
    marks: Floats = np.arange(1, whole + 1, dtype=np.float64) * length_m
    bounds_m = np.concatenate(([0.0], marks))
    bounds_s = np.concatenate((line.time_s[:1], times_reaching(line.covered_m, line.time_s, marks)))
    if total - bounds_m[-1] >= _MIN_REST_M or not whole:
        bounds_m, bounds_s = np.append(bounds_m, total), np.append(bounds_s, line.time_s[-1])
    else:
        bounds_m[-1], bounds_s[-1] = total, line.time_s[-1]
    return stretches(recording, line, ascent, bounds_s, np.diff(bounds_m).tolist())


def laps(recording: Recording, line: Timeline, ascent: Floats | None) -> list[Stretch]:
    """The device's laps; each reaches to the next one."""
    if not recording.laps or len(recording) < 2:
        return []
    bounds_s = lap_bounds_s(recording, line)
    covered: list[float | None] = [lap.distance_m for lap in _in_order(recording)]
    if line.covered_m is not None:
        covered = list(line.between(line.covered_m, bounds_s))
    return stretches(recording, line, ascent, bounds_s, covered)


def lap_bounds_s(recording: Recording, line: Timeline) -> Floats:
    """Where each of `laps` starts, and where the last one ends."""
    starts = np.array([lap.offset_s for lap in _in_order(recording)])
    bounds: Floats = np.minimum(np.append(starts, line.time_s[-1:]), line.time_s[-1:])
    return bounds


def _in_order(recording: Recording) -> list[DeviceLap]:
    return sorted(recording.laps, key=lambda lap: lap.offset_s)[:_MAX_STRETCHES]


def stretches(
    recording: Recording, line: Timeline, ascent: Floats | None, bounds_s: Floats, distances_m: list[float | None]
) -> list[Stretch]:
    """One for each pair of neighbours in `bounds_s`."""
    nothing: list[float | None] = [None] * len(distances_m)
    climbs = nothing if ascent is None else line.between(ascent, bounds_s).tolist()
    moving = line.between(line.moving_s, bounds_s)
    heart_rates = line.averages_between(recording.heart_rate_bpm, bounds_s)
    return [
        Stretch(
            index=index + 1,
            offset_s=round(float(bounds_s[index]), 1),
            distance_m=_rounded(distance, 2),
            elapsed_time_s=round(float(bounds_s[index + 1] - bounds_s[index]), 3),
            moving_time_s=round(float(moving[index]), 3),
            ascent_m=_rounded(climbs[index], 1),
            average_heart_rate_bpm=_rounded(heart_rates[index], 1),
        )
        for index, distance in enumerate(distances_m)
    ]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)
