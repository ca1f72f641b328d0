"""Running totals along a recording, so that any stretch of it is a difference of two readings."""

from dataclasses import dataclass

import numpy as np

from stadion.streams.recorded import BoolArray
from stadion.training.holding import held_s
from workouts.recordings.measures.way import stuck
from workouts.recordings.recording import Floats, Recording


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Arrays of length n; `active_s` is the clock that stands still in pauses."""

    time_s: Floats
    active_s: Floats
    moving_s: Floats
    covered_m: Floats | None

    def average(self, values: Floats, *, only: BoolArray | None = None) -> float | None:
        """Weighted by how long each reading held, over those where `only` is true."""
        weight = held_s(self.active_s, values) * (1.0 if only is None else only)
        total = weight.sum()
        return float(np.nan_to_num(values) @ weight / total) if total > 0 else None

    def averages_between(self, values: Floats, bounds_s: Floats) -> list[float | None]:
        """One for each pair of neighbours in `bounds_s`."""
        weight = held_s(self.active_s, values)
        sums = self.between(np.cumsum(np.nan_to_num(values) * weight), bounds_s)
        weights = self.between(np.cumsum(weight), bounds_s)
        return [float(total / part) if part > 0 else None for total, part in zip(sums, weights, strict=True)]

    def between(self, running: Floats, bounds_s: Floats) -> Floats:
        return np.diff(np.interp(bounds_s, self.time_s, running))


def timeline(time_s: Floats, active_s: Floats, is_moving: BoolArray, covered_m: Floats | None) -> Timeline:
    """`is_moving` from each point to the next."""
    return Timeline(
        time_s=time_s,
        active_s=active_s,
        moving_s=np.concatenate(([0.0], np.cumsum(np.where(is_moving, np.diff(active_s), 0.0))))[: len(time_s)],
        covered_m=covered_m,
    )


def moving(recording: Recording, active_s: Floats, covered_m: Floats | None, stop_speed_mps: float) -> BoolArray:
    """From each point to the next; where nobody covers any ground, always.

    The speed decides before the way: coasting to a halt, a sensor may say zero in the second in which the last metres
    were covered, and the reverse. One that says zero all the while decides nothing.
    """
    passed_s = np.diff(active_s)
    if recording.is_judged:
        return recording.moving[1:] > 0
    if covered_m is None:
        return passed_s > 0
    ground_m = np.diff(covered_m)
    speed = recording.speed_mps[1:]
    by_way = np.divide(ground_m, passed_s, out=np.zeros_like(passed_s), where=passed_s > 0)
    silent = np.isnan(speed) | stuck(speed, [ground_m], passed_s)
    return np.where(silent, by_way, speed) >= stop_speed_mps


def times_reaching(covered: Floats, time_s: Floats, marks_m: Floats) -> Floats:
    """When each distance (> 0, <= the last) was first reached, interpolated between the two points around it."""
    after = np.clip(np.searchsorted(covered, marks_m, side="left"), 1, len(covered) - 1)
    return _interpolated(covered, time_s, marks_m, after)


def times_leaving(covered: Floats, time_s: Floats, marks_m: Floats) -> Floats:
    """When each distance (>= 0, < the last) was left: after a stop there, if there was one."""
    after = np.clip(np.searchsorted(covered, marks_m, side="right"), 1, len(covered) - 1)
    return _interpolated(covered, time_s, marks_m, after)


def _interpolated(
    covered: Floats, time_s: Floats, marks_m: Floats, after: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> Floats:
    before = after - 1
    ground = covered[after] - covered[before]
    share = np.divide(marks_m - covered[before], ground, out=np.ones_like(marks_m), where=ground > 0)
    return np.asarray(time_s[before] + np.clip(share, 0, 1) * (time_s[after] - time_s[before]))
