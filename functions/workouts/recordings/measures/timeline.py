"""Running totals along a recording, so that any stretch of it is a difference of two readings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workouts.recordings.recording import Floats, Pause, Recording, covered_m


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Arrays of length n; `active_s` is the clock that stands still in pauses."""

    time_s: Floats
    active_s: Floats
    moving_s: Floats
    covered_m: Floats | None
    weight_s: Floats

    def average(self, values: Floats, *, only: Floats | None = None) -> float | None:
        """Weighted by time, over the points that have a value (and where `only` is true)."""
        counted = ~np.isnan(values) if only is None else ~np.isnan(values) & (only != 0)
        weight = self.weight_s[counted].sum()
        return float(values[counted] @ self.weight_s[counted] / weight) if weight > 0 else None

    def averages_between(self, values: Floats, bounds_s: Floats) -> list[float | None]:
        """One for each pair of neighbours in `bounds_s`."""
        known = ~np.isnan(values)
        weight = np.where(known, self.weight_s, 0.0)
        sums = self.between(np.cumsum(np.where(known, values, 0.0) * weight), bounds_s)
        weights = self.between(np.cumsum(weight), bounds_s)
        return [float(total / part) if part > 0 else None for total, part in zip(sums, weights, strict=True)]

    def between(self, running: Floats, bounds_s: Floats) -> Floats:
        return np.diff(np.interp(bounds_s, self.time_s, running))


def timeline(recording: Recording, stop_speed_mps: float) -> Timeline:
    active_s = recording.time_s - paused_until(recording.time_s, recording.pauses)
    standing = np.diff(active_s) < 0.5 * np.diff(recording.time_s)
    covered = covered_m(recording.time_s, recording.channels(), standing) if len(recording) else None
    return Timeline(
        time_s=recording.time_s,
        active_s=active_s,
        moving_s=_moving(recording, active_s, covered, stop_speed_mps),
        covered_m=covered,
        weight_s=np.diff(active_s, prepend=active_s[:1] - 1.0),
    )


def paused_until(time_s: Floats, pauses: Sequence[Pause]) -> Floats:
    """How much of the pauses lies before each time."""
    if not pauses:
        return np.zeros_like(time_s)
    starts = np.array([pause.offset_s for pause in pauses])
    durations = np.array([pause.duration_s for pause in pauses])
    total = np.cumsum(durations)
    edges = np.column_stack((starts, starts + durations)).ravel()
    before_and_after = np.column_stack((total - durations, total)).ravel()
    return np.asarray(np.interp(time_s, edges, before_and_after))


def _moving(recording: Recording, active_s: Floats, covered: Floats | None, stop_speed_mps: float) -> Floats:
    steps = np.diff(active_s, prepend=active_s[:1])
    if covered is None:
        return np.cumsum(steps)
    ground = np.diff(covered, prepend=covered[:1])
    speed = np.divide(ground, steps, out=np.zeros_like(ground), where=steps > 0)
    # Coasting to a halt, a sensor may say zero in the second in which the last metres were covered, and the reverse.
    speed = np.where(np.isnan(recording.speed_mps), speed, recording.speed_mps)
    return np.cumsum(np.where(speed >= stop_speed_mps, steps, 0.0))


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
