"""Samples that their neighbours contradict: they stay in the streams, and count for nothing.

A channel falls into islands where it steps further than it can. Of all chains of islands that fit one another the one
with most samples is believed, the others are doubted: a spike, a stale first fix, ten seconds at 0, 0. Where two large
islands do not fit, as after a counter's reset, both are believed, and the step between them is not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from stadion.sports import Sport
from stadion.streams.codec import Floats
from stadion.streams.recorded import BoolArray
from workouts.recordings.geo import distances_m
from workouts.recordings.recording import Recording

Indices = NDArray[np.intp]

_FAR, _OFF, _NEAR_BY, _SLIGHT = 0.3, 0.1, 0.02, 1e-9
"""Shares of a channel's readings: a larger island is believed though it does not fit, the less so the worse it fits.
What fits slightly ill is no break."""
_MOST_READINGS = 3_600
"""Of more the shares are no larger, but for what is far off: a minute after one leap and before another is no spike."""
_FAR_M = 200.0
_MAX_ISLANDS, _BACK = 2_000, 50
"""What it costs: how many islands are judged, and how many before each may be followed by it."""
_MIN_ISLAND = 1.5
_FEW = 5
_NEIGHBOURS, _AS_FAST = 5, 3
_SPARSE_S = 5.0
_FAST, _TOO_FAST = 1.3, 1.8
"""In paces."""
_SLOW, _CATCHES_UP, _MAKES_UP = 0.2, 1.5, 2.0
_LAGS_S = 5.0
_MAX_ACCELERATION = 5.0
_ALONE = 1.5
_SLACK_M, _WIDE_SLACK_M = 8.0, 10.0
_GAP_S = 60.0
_VEHICLE_MPS, _PLANE_MPS = 60.0, 300.0
_COUNTER_BACK_M = 1.0
_MAX_CLIMB_MPS = 15.0
_MOMENT = 2
_FEW_SHARE = 0.1
MAX_POWER_W = 2_500.0


@dataclass(frozen=True, slots=True, eq=False)
class Doubts:
    """By channel ("position" for latitude and longitude): which samples are doubted, and after which of them comes a
    step that cannot be."""

    samples: Mapping[str, BoolArray]
    breaks: Mapping[str, Indices]

    def ranges(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """First and last index of each run."""
        return {channel: runs(mask) for channel, mask in self.samples.items()}

    def sound(self, recording: Recording) -> Recording:
        """The recording without what is doubted."""
        columns: dict[str, Any] = {}
        for channel, mask in self.samples.items():
            for name in ("lat", "lon") if channel == "position" else (channel,):
                columns[name] = np.where(mask, np.nan, getattr(recording, name))
        return replace(recording, **columns)


def doubts(recording: Recording, sport: Sport) -> Doubts:
    climb_mps = min(0.5 * sport.top_speed_mps, _MAX_CLIMB_MPS)
    judges: dict[str, Callable[[Floats, Floats], tuple[Indices, Indices]]] = {
        "distance_m": lambda time_s, values: _contradicted(_Counter(time_s, values)),
        "altitude_m": lambda time_s, values: _level(time_s, values, slack=10.0, rate=climb_mps),
        "speed_mps": lambda time_s, values: _level(time_s, values, slack=12.0, rate=5.0),
        "heart_rate_bpm": lambda time_s, values: _level(time_s, values, slack=25.0, rate=3.0),
        "temperature_c": lambda time_s, values: _level(time_s, values, slack=8.0, rate=0.5),
        "power_w": lambda _, values: (
            np.union1d(_spikes(values, times=3.0, slack=500.0), _few_above(MAX_POWER_W, values)),
            _NONE,
        ),
        "cadence_rpm": lambda _, values: (_spikes(values, times=1.5, slack=40.0), _NONE),
    }
    samples, breaks = {}, {}
    known = np.flatnonzero(~np.isnan(recording.lat))
    found = {
        "position": (
            known,
            _contradicted(_Positions(recording.time_s[known], recording.lat[known], recording.lon[known])),
        )
    }
    for channel, judge in judges.items():
        values = getattr(recording, channel)
        known = np.flatnonzero(~np.isnan(values))
        found[channel] = (known, judge(recording.time_s[known], values[known]))
    for channel, (known, (bad, broken)) in found.items():
        if len(bad):
            samples[channel] = np.zeros(len(recording), dtype=bool)
            samples[channel][known[bad]] = True
        breaks[channel] = known[broken]
    return Doubts(samples, breaks)


_NONE: Indices = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class _Positions:
    time_s: Floats
    lat: Floats
    lon: Floats

    def taken(self, index: Indices) -> "_Positions":
        return _Positions(self.time_s[index], self.lat[index], self.lon[index])

    def ground_m(self, ends: Indices, starts: Indices) -> Floats:
        return distances_m(self.lat[ends], self.lon[ends], self.lat[starts], self.lon[starts])

    def between_m(self, share: Floats) -> Floats:
        """How far each point but the ends is from that share of the way between its neighbours."""
        lat = self.lat[:-2] + share * (self.lat[2:] - self.lat[:-2])
        lon = self.lon[:-2] + share * (self.lon[2:] - self.lon[:-2])
        return distances_m(self.lat[1:-1], self.lon[1:-1], lat, lon)

    def misfit(self, pace: "_Pace", ends: Indices, starts: Indices) -> Floats:
        ground_m = self.ground_m(ends, starts)
        beyond_m = ground_m - pace.reach(ends, starts)
        slight = np.where(ground_m > pace.usual_reach(ends, starts), _SLIGHT, 0.0)
        return np.where(beyond_m <= 0, slight, np.where(beyond_m > _FAR_M, _FAR, _NEAR_BY))


@dataclass(frozen=True, slots=True, eq=False)
class _Counter:
    time_s: Floats
    way_m: Floats

    def taken(self, index: Indices) -> "_Counter":
        return _Counter(self.time_s[index], self.way_m[index])

    def ground_m(self, ends: Indices, starts: Indices) -> Floats:
        return self.way_m[starts] - self.way_m[ends]

    def between_m(self, share: Floats) -> Floats:
        line_m = self.way_m[:-2] + share * (self.way_m[2:] - self.way_m[:-2])
        return np.abs(self.way_m[1:-1] - line_m)

    def misfit(self, pace: "_Pace", ends: Indices, starts: Indices) -> Floats:
        ground_m = self.ground_m(ends, starts)
        beyond = np.where(ground_m > pace.reach(ends, starts), _NEAR_BY, 0.0)
        return np.where(ground_m < -_COUNTER_BACK_M, _OFF, beyond)


def _contradicted(track: _Positions | _Counter, passes: int = 3) -> tuple[Indices, Indices]:
    """First goes what is off the line of its two neighbours, then what lags behind and catches up: the whole of that
    fits, its parts do not."""
    if len(track.time_s) < _FEW:
        return _NONE, _NONE
    every = np.arange(len(track.time_s))
    steps_m = track.ground_m(every[:-1], every[1:])
    pace = _Pace(track.time_s, steps_m)
    late = _off_the_line(track, steps_m, pace) if passes else _NONE
    if passes and not len(late):
        late = _lagging(track, steps_m, pace)
    if len(late):
        kept = np.delete(every, late)
        bad, breaks = _contradicted(track.taken(kept), passes - 1)
        return np.union1d(late, kept[bad]), kept[breaks]
    jumps = pace.jumps(steps_m)
    return _chain(len(every), jumps, lambda ends, start: track.misfit(pace, ends, np.full(len(ends), start)))


def _off_the_line(track: _Positions | _Counter, steps_m: Floats, pace: "_Pace") -> Indices:
    """Further from where its neighbours say that it was than anybody can accelerate, by a step that is long for the
    place: a simulated bike may turn on the spot."""
    passed_s = np.diff(track.time_s)
    off_m = np.pad(track.between_m(passed_s[:-1] / (passed_s[:-1] + passed_s[1:])), 1)
    beside = np.maximum(np.append(off_m[1:], 0.0), np.insert(off_m[:-1], 0, 0.0))
    most_m = np.pad(_SLACK_M + _MAX_ACCELERATION * passed_s[:-1] * passed_s[1:], 1)
    most_m[[1, -2]] = np.inf  # here it may be the end that is off
    late = np.flatnonzero((off_m > most_m) & (off_m > _ALONE * beside))
    if not len(late):
        return late
    is_long = (np.abs(steps_m[step]) > pace.usual_reach(step, step + 1) for step in (late - 1, late))
    return late[np.logical_or(*is_long)]


def _lagging(track: _Positions | _Counter, steps_m: Floats, pace: "_Pace") -> Indices:
    """Of a standstill and the leap that makes up for it, before or after it, all but the ends."""
    usual_m = pace.usual_mps * np.diff(track.time_s)
    slow, fast = steps_m < _SLOW * usual_m, steps_m > _CATCHES_UP * usual_m + _SLACK_M / 2
    far = np.flatnonzero(steps_m > _WIDE_SLACK_M + _TOO_FAST * usual_m)
    leaps = far[steps_m[far] > pace.reach(far, far + 1)]
    late: list[Indices] = []
    done = 0
    for leap in leaps[:_MAX_ISLANDS].tolist():
        if leap < done:
            continue
        done = _end_of(fast, leap)
        first, last = leap - _end_of(slow[:leap][::-1], 0), done + _end_of(slow[done:], 0)
        whole_m = float(track.ground_m(np.array([first]), np.array([last]))[0])
        lasted_s = track.time_s[last] - track.time_s[first]
        makes_up = whole_m >= 0.5 * float(steps_m[leap:done].sum())
        if makes_up and lasted_s >= _LAGS_S and whole_m <= _MAKES_UP * pace.usual_mps * lasted_s + _SLACK_M:
            late.append(np.arange(first + 1, last))
    return np.unique(np.concatenate(late)) if late else _NONE


def _end_of(mask: BoolArray, first: int) -> int:
    """The first index from `first` on where it is false."""
    false = np.flatnonzero(~mask[first:])
    return first + int(false[0]) if len(false) else len(mask)


def _level(time_s: Floats, values: Floats, *, slack: float, rate: float) -> tuple[Indices, Indices]:
    """Of a value that changes by no more than `rate` a second, give or take `slack`."""
    if len(time_s) < _FEW:
        return _NONE, _NONE

    def misfit(ends: Indices, start: int) -> Floats:
        reach = slack + rate * (time_s[start] - time_s[ends])
        return np.where(np.abs(values[start] - values[ends]) <= reach, 0.0, _OFF)

    jumps = np.flatnonzero(np.abs(np.diff(values)) > slack + rate * np.diff(time_s))
    return _chain(len(time_s), jumps, misfit)


def _spikes(values: Floats, *, times: float, slack: float) -> Indices:
    """Of a value that may change as fast as it likes, but not for a moment only and beyond what is usual."""
    if len(values) < _FEW:
        return _NONE
    turning = values[values > 0]
    most = np.full(len(values), float(np.median(turning)) if len(turning) else 0.0)
    for shift in range(1, _MOMENT + 1):
        most[shift:] = np.maximum(most[shift:], values[:-shift])
        most[:-shift] = np.maximum(most[:-shift], values[shift:])
    return np.flatnonzero(values > times * most + slack)


def _few_above(most: float, values: Floats) -> Indices:
    """What nobody can; where it is more than a few readings, the athlete is to know."""
    above = np.flatnonzero(values > most)
    return above if len(above) <= _FEW_SHARE * len(values) else _NONE


class _Pace:
    """How fast a track is around each of its steps: as three of the five before or after it, or, where it has a point
    every few seconds and a sprint is over soon, of all ten; and no less than what is usual in it."""

    def __init__(self, time_s: Floats, steps_m: Floats) -> None:
        self._time_s = time_s
        self._is_sparse = bool(np.median(np.diff(time_s)) >= _SPARSE_S)
        self._speeds = np.minimum(np.abs(steps_m) / np.diff(time_s), _PLANE_MPS)
        self.usual_mps = float(np.median(_over(_NEIGHBOURS, np.abs(steps_m)) / _over(_NEIGHBOURS, np.diff(time_s))))

    def jumps(self, steps_m: Floats) -> Indices:
        """After which points comes a step that is long for the place, or back."""
        far = steps_m > _SLACK_M + _FAST * self.usual_mps * np.diff(self._time_s)
        found = np.flatnonzero(far | (steps_m < -_COUNTER_BACK_M))
        if not len(found):
            return found
        return found[(steps_m[found] > self.usual_reach(found, found + 1)) | (steps_m[found] < 0)]

    def usual_reach(self, ends: Indices, starts: Indices) -> Floats:
        return self._reach(ends, starts, _FAST, _SLACK_M)

    def reach(self, ends: Indices, starts: Indices) -> Floats:
        """What is further is a break."""
        return self._reach(ends, starts, _TOO_FAST, _WIDE_SLACK_M)

    def _reach(self, ends: Indices, starts: Indices, paces: float, slack_m: float) -> Floats:
        passed = self._time_s[starts] - self._time_s[ends]
        before, after = self._windows[ends], self._windows[starts + _NEIGHBOURS]
        if self._is_sparse:
            pace = _third_highest(np.column_stack((before, after)))
        else:
            pace = np.maximum(_third_highest(before), _third_highest(after))
        pace = np.maximum(pace, self.usual_mps)
        return np.asarray(slack_m + passed * (paces * pace + np.where(passed > _GAP_S, _VEHICLE_MPS, 0.0)))

    @cached_property
    def _windows(self) -> Floats:
        """At i the five steps before point i, at i + 5 the five after it."""
        return sliding_window_view(np.pad(self._speeds, (_NEIGHBOURS, _NEIGHBOURS + 1)), _NEIGHBOURS)


def _third_highest(windows: Floats) -> Floats:
    return np.asarray(np.partition(windows, -_AS_FAST, axis=1)[:, -_AS_FAST])


def _over(steps: int, values: Floats) -> Floats:
    """Sums of as many neighbours: a coarse grid of places stands still in most steps."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray(total[steps:] - total[:-steps]) if len(values) >= steps else values


def _chain(count: int, jumps: Indices, misfit: Callable[[Indices, int], Floats]) -> tuple[Indices, Indices]:
    """The readings off the heaviest chain of islands, and the last readings before the breaks in it.

    A break costs what `misfit` says, in shares of all readings. Where most readings contradict their neighbours, none
    is worth more than another.
    """
    if not len(jumps):
        return _NONE, _NONE
    jumps = jumps[:_MAX_ISLANDS]
    starts, ends = np.concatenate(([0], jumps + 1)), np.append(jumps, count - 1)
    best = (ends - starts + 1).astype(np.float64)
    before = np.full(len(starts), -1)
    broken = np.zeros(len(starts), dtype=bool)
    for island in range(1, len(starts)):
        first = max(0, island - _BACK)
        shares = misfit(ends[first:island], int(starts[island]))
        readings = shares * np.where(shares < _FAR, min(count, _MOST_READINGS), count)
        gains = best[first:island] - np.where(shares > 0, np.maximum(_MIN_ISLAND, readings), 0.0)
        chosen = int(np.argmax(gains))
        if gains[chosen] > 0:
            best[island] += gains[chosen]
            before[island], broken[island] = first + chosen, shares[chosen] > _SLIGHT
    believed, breaks = np.zeros(count, dtype=bool), []
    island = int(np.argmax(best))
    while island >= 0:
        believed[starts[island] : ends[island] + 1] = True
        if broken[island]:
            breaks.append(ends[before[island]])
        island = int(before[island])
    if believed.sum() < count / 2:
        return _NONE, jumps
    return np.flatnonzero(~believed), np.array(sorted(breaks), dtype=np.intp)


def runs(mask: BoolArray) -> tuple[tuple[int, int], ...]:
    first, until = _edges(mask)
    return tuple(zip(first.tolist(), (until - 1).tolist(), strict=True))


def long_runs(steps: BoolArray, clock_s: Floats, *, at_least_s: float) -> tuple[tuple[int, int], ...]:
    """Of steps between the points of `clock_s`: a million short ones cost no loop."""
    first, until = _edges(steps)
    lasting = clock_s[until] - clock_s[first] >= at_least_s
    return tuple(zip(first[lasting].tolist(), (until[lasting] - 1).tolist(), strict=True))


def _edges(mask: BoolArray) -> tuple[Indices, Indices]:
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return edges[::2], edges[1::2]
