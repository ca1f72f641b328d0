"""Channels as some writers give them, in our units and of readings: the rest of the recording tells which they are."""

from collections.abc import Mapping

import numpy as np

from stadion.streams.codec import Floats
from workouts.recordings.geo import hops_m

_SPEEDS = (3.6, 2.23694, 1.94384)
"""Kilometres, miles and nautical miles an hour."""
_NEARLY = 1.06
_MOVES_MPS = 0.5
_FEW = 10
_FEW_LENGTHS, _MOST = 4, 0.9
_MOST_STRIDES = 120.0
"""A minute; 240 steps are a sprinter's."""


def in_our_units(columns: Mapping[str, Floats], time_s: Floats) -> dict[str, Floats]:
    """Speed in m/s, a counter of lengths where it counts one."""
    speed = columns["speed_mps"]
    return {
        **columns,
        "distance_m": _where_it_counts(columns["distance_m"]),
        "speed_mps": speed / _speed_unit(speed, columns, time_s),
    }


def counts_steps(cadence_rpm: Floats) -> bool:
    """If it was made on foot, which is for the sport to say: that may be corrected."""
    return _median(cadence_rpm[cadence_rpm > 0]) > _MOST_STRIDES


def _where_it_counts(distance_m: Floats) -> Floats:
    """In a pool a watch counts a length at its end, and repeats it until the next one: that is no reading."""
    known = np.flatnonzero(~np.isnan(distance_m))
    counts = np.diff(distance_m[known]) != 0
    alone = counts[1:-1] & ~counts[:-2] & ~counts[2:]
    if alone.sum() < max(_FEW_LENGTHS, _MOST * counts.sum()):
        return distance_m
    kept = np.flatnonzero(np.concatenate(([True], counts[:-1], [True])))
    lasted = np.diff(kept)
    usual = int(np.median(lasted))
    after_a_rest = kept[1:][lasted > 2 * usual] - usual
    kept = known[np.union1d(kept, after_a_rest)]
    lengths = np.full(len(distance_m), np.nan)
    lengths[kept] = distance_m[kept]
    return lengths


def _speed_unit(speed: Floats, columns: Mapping[str, Floats], time_s: Floats) -> float:
    if np.isnan(speed).all():
        return 1.0
    ground_m = np.diff(columns["distance_m"])
    if np.isnan(ground_m).all():
        ground_m = hops_m(columns["lat"], columns["lon"])
    by_ground = ground_m / np.diff(time_s)
    moves = (speed[1:] > 0) & (by_ground > _MOVES_MPS)
    if moves.sum() < _FEW:
        return 1.0
    ratio = _median(speed[1:][moves] / by_ground[moves])
    return next((unit for unit in _SPEEDS if 1 / _NEARLY < ratio / unit < _NEARLY), 1.0)


def _median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else 0.0
