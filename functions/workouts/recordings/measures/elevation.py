"""Ascent and descent. Heights by air pressure and simulated ones are taken as they are; those of satellites wander."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from stadion.streams.codec import Floats
from workouts.recordings.measures.doubts import Indices, long_runs
from workouts.recordings.measures.witnesses import Dispute, Verdict
from workouts.recordings.recording import Recording

SESSION, ALTITUDE = "session", "altitude"

HYSTERESIS_M = 2.0
GPS_WINDOW_S = 30.0
_MEDIAN = 5
_SLACK_M = 10.0
_LEAST, _MOST = 0.8, 1.1
_STRICT_M = 5.0
_SPIKE_M = 2.0
_GAP_S, _GAP_STEPS = 30.0, 5.0
_FROZEN_S = 120.0
_MAX_ASCENT_MPS = 0.6


class Heights(StrEnum):
    """Where the heights come from."""

    EXACT = "exact"
    BAROMETER = "barometer"
    SATELLITES = "satellites"


@dataclass(frozen=True, slots=True, eq=False)
class Climbs:
    """In metres: ascent so far at each point or None, and of the whole."""

    so_far: Floats | None
    ascent_m: float | None
    descent_m: float | None
    measured_by: str | None = None
    dispute: Dispute | None = None


def climbs(recording: Recording, breaks: Indices, heights: Heights) -> Climbs:
    """`recording` without doubted heights, `breaks` after which it climbs anew."""
    claimed, claimed_down = recording.totals.ascent_m, recording.totals.descent_m
    known = np.flatnonzero(~np.isnan(recording.altitude_m))
    if len(known) < 2:
        return Climbs(None, claimed, claimed_down, SESSION if claimed is not None else None)
    time_s = recording.time_s[known]
    levelled = _levelled(recording.altitude_m[known], np.flatnonzero(np.isin(known, breaks)))
    ascent, descent = climbed(time_s, levelled, heights)
    silent_s = _silent_s(recording.time_s, time_s, levelled)
    up = _weighed(claimed, float(ascent[-1]), levelled, silent_s)
    down = _weighed(claimed_down if up.witness == SESSION else None, float(descent[-1]), -levelled, silent_s).value
    so_far = np.interp(recording.time_s, time_s, ascent) * (up.value / ascent[-1] if ascent[-1] > 0 else 1.0)
    return Climbs(so_far, up.value, down, up.witness, up.dispute("ascent_m", 1))


def extremes(recording: Recording, heights: Heights) -> tuple[float | None, float | None]:
    """The lowest and the highest height, evened out as for the climb; `recording` without doubted heights."""
    known = np.flatnonzero(~np.isnan(recording.altitude_m))
    if not len(known):
        return None, None
    even = without_spikes(recording.altitude_m[known])
    if heights is Heights.SATELLITES:
        even = smoothed(recording.time_s[known], even, GPS_WINDOW_S)
    return float(even.min()), float(even.max())


def climbed(time_s: Floats, altitude_m: Floats, heights: Heights) -> tuple[Floats, Floats]:
    """Ascent and descent so far at each point, of which none may be missing.

    Air pressure with a hysteresis of 2 m (within 9 % of eleven real devices), satellites' heights averaged over half a
    minute before; exact ones without either. Spikes are cut.
    """
    even = without_spikes(altitude_m)
    if heights is Heights.EXACT:
        steps = np.diff(np.where(np.abs(altitude_m - even) > _SPIKE_M, even, altitude_m), prepend=altitude_m[:1])
        return np.cumsum(np.maximum(steps, 0.0)), np.cumsum(np.maximum(-steps, 0.0))
    return staircase(smoothed(time_s, even, GPS_WINDOW_S) if heights is Heights.SATELLITES else even, HYSTERESIS_M)


def _levelled(altitude_m: Floats, breaks: Indices) -> Floats:
    """A jump that no climber makes, as when a barometer is set, is no climb."""
    jumps = np.zeros(len(altitude_m))
    jumps[breaks + 1] = altitude_m[breaks + 1] - altitude_m[breaks]
    return altitude_m - np.cumsum(jumps)


def without_spikes(values: Floats) -> Floats:
    """The median of five neighbours."""
    if len(values) < _MEDIAN:
        return values
    padded = np.pad(values, _MEDIAN // 2, mode="edge")
    return np.asarray(np.median(sliding_window_view(padded, _MEDIAN), axis=1))


def smoothed(time_s: Floats, values: Floats, window_s: float) -> Floats:
    """The mean of the points within half a window on either side."""
    running = np.concatenate(([0.0], np.cumsum(values)))
    first = np.searchsorted(time_s, time_s - window_s / 2, side="left")
    last = np.searchsorted(time_s, time_s + window_s / 2, side="right")
    return np.asarray((running[last] - running[first]) / (last - first))


def staircase(heights: Floats, step_m: float) -> tuple[Floats, Floats]:
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


def _weighed(claimed_m: float | None, measured_m: float, altitude_m: Floats, silent_s: float) -> Verdict:
    """The device's own total where the heights nearly bear it out: it saw more of them than it wrote down.

    They may be read by a strict device, or by one that counts every rise. Where the sensor said nothing, there may have
    been as much more as one can climb.
    """
    if claimed_m is None:
        return Verdict(ALTITUDE, measured_m, {})
    turns = _turns(without_spikes(altitude_m))
    least = min(float(staircase(turns, _STRICT_M)[0][-1]), measured_m)
    most = max(float(np.maximum(np.diff(turns), 0.0).sum()), measured_m) + _MAX_ASCENT_MPS * silent_s
    if _LEAST * least - _SLACK_M <= claimed_m <= _MOST * most + _SLACK_M:
        return Verdict(SESSION, claimed_m, {})
    return Verdict(ALTITUDE, measured_m, {SESSION: claimed_m})


def _turns(altitude_m: Floats) -> Floats:
    """The heights between which it only rises, or only falls."""
    signs = np.sign(np.diff(altitude_m))
    return altitude_m[np.concatenate(([True], signs[1:] != signs[:-1], [True]))]


def _silent_s(all_time_s: Floats, time_s: Floats, altitude_m: Floats) -> float:
    """How long there was no height, or the same one for minutes."""
    steps = np.diff(time_s)
    told = steps <= max(_GAP_S, _GAP_STEPS * float(np.median(steps)))
    for first, last in long_runs(np.diff(altitude_m) == 0, time_s, at_least_s=_FROZEN_S):
        told[first : last + 1] = False
    return float(all_time_s[-1] - all_time_s[0] - steps[told].sum())
