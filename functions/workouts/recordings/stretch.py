"""A stretch of a recording, as if the device had recorded nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from workouts.recordings.errors import RecordingError
from workouts.recordings.recording import DeviceLap, DeviceTotals, Pause, Recording, Swim, is_told

_LEAST_POINTS = 2


def stretch(recording: Recording, *, first: datetime | None, last: datetime | None) -> Recording:
    """Both ends are included. What the device said of the whole says nothing of a part; `recording` if all of it is in.

    RecordingError when fewer than two points are left."""
    began = recording.started_at
    low_s = (first - began).total_seconds() if first is not None else 0.0
    high_s = (last - began).total_seconds() if last is not None else np.inf
    inside = (recording.time_s >= low_s) & (recording.time_s <= high_s)
    if inside.all():
        return recording
    if inside.sum() < _LEAST_POINTS:
        raise RecordingError("nothing_left")
    low_s, high_s = (float(edge) for edge in recording.time_s[inside][[0, -1]])
    swim = recording.swim and _swim(recording.swim, low_s, high_s)
    columns: dict[str, Any] = {name: values[inside] for name, values in recording.channels().items()}
    return replace(
        recording,
        started_at=began + timedelta(seconds=low_s),
        time_s=recording.time_s[inside] - low_s,
        segment=None if recording.segment is None else recording.segment[inside],
        pauses=None if recording.pauses is None else _pauses(recording.pauses, low_s, high_s),
        stopped_s=None,
        whole_s=None,
        laps=_laps(recording, low_s, high_s),
        totals=DeviceTotals(distance_m=swim.distance_m if swim and not is_told(columns["distance_m"]) else None),
        swim=swim,
        **columns,
    )


def _pauses(pauses: tuple[Pause, ...], low_s: float, high_s: float) -> tuple[Pause, ...]:
    edges = ((max(one.offset_s, low_s), min(one.offset_s + one.duration_s, high_s)) for one in pauses)
    return tuple(Pause(start_s - low_s, end_s - start_s) for start_s, end_s in edges if end_s > start_s)


def _laps(recording: Recording, low_s: float, high_s: float) -> tuple[DeviceLap, ...]:
    """Of those that were cut only the start is known."""
    kept = []
    ends = [*(lap.offset_s for lap in recording.laps[1:]), recording.span_s]
    for lap, next_s in zip(recording.laps, ends, strict=False):
        end_s = lap.offset_s + lap.elapsed_time_s if lap.elapsed_time_s else next_s
        if end_s <= low_s or lap.offset_s >= high_s:
            continue
        is_whole = lap.offset_s >= low_s and end_s <= high_s
        offset_s = max(lap.offset_s, low_s) - low_s
        kept.append(replace(lap, offset_s=offset_s) if is_whole else DeviceLap(offset_s=offset_s))
    return tuple(kept)


def _swim(swim: Swim, low_s: float, high_s: float) -> Swim:
    inside = [one for one in swim.lengths if one.offset_s >= low_s and one.offset_s + one.duration_s <= high_s]
    told = [one.strokes for one in inside if one.strokes is not None]
    lengths = tuple(replace(one, offset_s=one.offset_s - low_s) for one in inside)
    return replace(swim, lengths=lengths, strokes=sum(told) if told else None)
