"""What other services are told of a recording: the diary's own judgement, beside its seconds."""

from dataclasses import asdict
from typing import Any

import numpy as np

from stadion.streams.codec import Floats
from stadion.streams.told import Told, ToldDevice, ToldLap, ToldLength, ToldPause
from workouts.domain import Measured, Track
from workouts.recordings.measures.domain import Judged
from workouts.recordings.measures.plausibility import doubted_share
from workouts.recordings.measures.splits import lap_bounds_s

_SAME = set(Told.model_fields) & set(Measured.model_fields) - {"flags"}


def told_of(case: Judged, measured: Measured, track: Track) -> Told:
    """Pauses and laps as exactly as they were measured: the diary shows the longest pauses, and rounds."""
    numbers: dict[str, Any] = {name: getattr(measured, name) for name in _SAME}
    return Told(
        **numbers,
        pauses=[ToldPause.model_validate(asdict(pause)) for pause in case.clock.pauses],
        laps=_laps(case, track),
        lengths=[ToldLength.model_validate(length) for length in track.lengths],
        devices=[ToldDevice.model_validate(device) for device in track.devices],
        doubted_share=doubted_share(case.recording, case.doubts),
        flags=[flag.code for flag in measured.flags],
    )


def _laps(case: Judged, track: Track) -> list[ToldLap]:
    if not track.laps:
        return []
    bounds_s = lap_bounds_s(case.sound, case.line)
    timers = case.line.between(case.line.active_s, bounds_s)
    return [
        ToldLap.model_validate({**lap, "offset_s": float(start), "timer_time_s": round(float(timer_s), 3)})
        for lap, start, timer_s in zip(track.laps, bounds_s, timers, strict=False)
    ]


def moving(case: Judged) -> Floats:
    """At each sample of the step that led to it; the first is as the second."""
    moved = np.diff(case.line.moving_s) > 0
    return np.concatenate((moved[:1], moved)).astype(np.float64) if len(moved) else np.zeros(len(case.line.time_s))
