"""Which points of a recording count, in order of time: a few whose clock was wrong are left out."""

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from stadion.streams.codec import Floats
from workouts.recordings.errors import RecordingError
from workouts.recordings.limits import EARLIEST_YEAR, LATEST_YEAR, MAX_DAYS

Indices = NDArray[np.intp]
Expected = tuple[float, float]
"""Unix times: when the device says that it began and ended."""

DAY_S = 86_400.0
_FEW_SHARE = 0.01
_PART_SHARE = 0.1
_MIN_POINTS = 10
_LONE = 2
_LONE_GAP_S = 60.0
_LONE_GAP_STEPS = 30.0
_EARLIEST_S = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC).timestamp()
_LATEST_S = datetime(LATEST_YEAR, 1, 1, tzinfo=UTC).timestamp()


def in_time_order(epoch_s: Floats, expected: Expected | None) -> Indices:
    """Indices into `epoch_s` (the order of the file, NaN where a point has no time), rising in time.

    Left out are points with an absurd date, a few that both neighbours contradict, those a day and more away from the
    rest, and one or two far from either end, unless the device itself says that it recorded then.
    """
    if not len(epoch_s):
        return np.arange(0)
    kept = np.flatnonzero(np.isfinite(epoch_s))
    if not len(kept):
        raise RecordingError("no_times")
    dated = kept[(epoch_s[kept] >= _EARLIEST_S) & (epoch_s[kept] < _LATEST_S)]
    if not len(dated):
        raise RecordingError("absurd_date")
    kept = _without_strays(epoch_s, dated)
    if (np.diff(epoch_s[kept]) < 0).any():
        kept = kept[np.argsort(epoch_s[kept], kind="stable")]
    return _main_part(epoch_s, kept, expected)


def _without_strays(epoch_s: Floats, kept: Indices) -> Indices:
    """Many points out of order are another order, which is sorted; a few are wrong."""
    times = epoch_s[kept]
    if len(times) < _MIN_POINTS or not (np.diff(times) < 0).any():
        return kept
    before, here, after = times[:-2], times[1:-1], times[2:]
    strays = 1 + np.flatnonzero((before <= after) & ((here < before) | (here > after)))
    if times[0] > times[2] >= times[1]:
        strays = np.append(strays, 0)
    if times[-1] < times[-3] <= times[-2]:
        strays = np.append(strays, len(times) - 1)
    return np.delete(kept, strays) if len(strays) <= max(1, _FEW_SHARE * len(times)) else kept


def _main_part(epoch_s: Floats, kept: Indices, expected: Expected | None) -> Indices:
    times = epoch_s[kept]
    gaps = np.flatnonzero(np.diff(times) >= DAY_S)
    parts = np.split(np.arange(len(times)), gaps + 1)
    largest = max(parts, key=len)
    if not _is_expected(times, largest, expected):
        expected = None  # then it is its clock that was wrong
    believed = [
        part
        for part in parts
        if part is largest or len(part) > _PART_SHARE * len(times) or _is_expected(times, part, expected)
    ]
    if times[believed[-1][-1]] - times[believed[0][0]] > MAX_DAYS * DAY_S:
        if len(largest) <= len(times) / 2:
            raise RecordingError("too_long", days=MAX_DAYS)
        believed = [largest]
    chosen = np.concatenate(believed)
    return kept[_without_lone_ends(times, chosen, expected)]


def _is_expected(times: Floats, part: Indices, expected: Expected | None) -> bool:
    return expected is not None and bool((times[part[0]] <= expected[1] + 1) and (times[part[-1]] >= expected[0] - 1))


def _without_lone_ends(times: Floats, chosen: Indices, expected: Expected | None) -> Indices:
    if len(chosen) < 2 * _MIN_POINTS:
        return chosen
    steps = np.diff(times[chosen])
    far = np.flatnonzero(steps > max(_LONE_GAP_S, _LONE_GAP_STEPS * float(np.median(steps))))
    first, last = 0, len(chosen)
    if len(far) and far[0] < _LONE and not _is_expected(times, chosen[: far[0] + 1], expected):
        first = int(far[0]) + 1
    if len(far) and len(chosen) - far[-1] - 1 <= _LONE and not _is_expected(times, chosen[far[-1] + 1 :], expected):
        last = int(far[-1]) + 1
    return chosen[first:last]
