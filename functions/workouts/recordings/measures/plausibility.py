"""What no athlete can have done: such a workout stays in the diary, out of the records, and the athlete learns why."""

import numpy as np

from stadion.sports import Sport
from workouts.domain import WorkoutFlag, speed_too_high
from workouts.recordings.measures.timeline import Timeline
from workouts.recordings.recording import Floats, Recording, haversine_m

MAX_HEART_RATE_BPM = 250.0
MAX_POWER_W = 2_500.0
SUSTAINED_S = 10.0
_JUMP_M = 200.0
_JUMP_FACTOR = 2.0


def flags(
    recording: Recording, line: Timeline, sport: Sport, *, distance_m: float | None, timer_s: float
) -> list[WorkoutFlag]:
    found = (
        _heart_rate(recording.heart_rate_bpm),
        _power(recording.power_w),
        _speed(line, sport),
        _jump(recording, sport),
        average_speed(sport, distance_m, timer_s),
    )
    return [flag for flag in found if flag is not None]


def average_speed(sport: Sport, distance_m: float | None, timer_s: float) -> WorkoutFlag | None:
    """Needs no recording, so it serves manual workouts as well."""
    if not distance_m or distance_m <= sport.top_speed_mps * max(timer_s, 1.0):
        return None
    return WorkoutFlag.of(
        "average_speed_too_high", kmh=round(distance_m / max(timer_s, 1.0) * 3.6, 1), sport=sport.sport_type.value
    )


def _heart_rate(heart_rate_bpm: Floats) -> WorkoutFlag | None:
    highest = _highest(heart_rate_bpm)
    if highest <= MAX_HEART_RATE_BPM:
        return None
    return WorkoutFlag.of("heart_rate_too_high", bpm=round(highest))


def _power(power_w: Floats) -> WorkoutFlag | None:
    highest = _highest(power_w)
    if highest <= MAX_POWER_W:
        return None
    return WorkoutFlag.of("power_too_high", watts=round(highest))


def _highest(values: Floats) -> float:
    return float(np.nanmax(values)) if not np.isnan(values).all() else 0.0


def _speed(line: Timeline, sport: Sport) -> WorkoutFlag | None:
    """Over ten seconds: one bad GPS fix is nobody's fault."""
    fastest = sustained_speed_mps(line, SUSTAINED_S)
    if fastest is None or fastest <= sport.top_speed_mps:
        return None
    return speed_too_high(fastest, sport)


def sustained_speed_mps(line: Timeline, window_s: float) -> float | None:
    if line.covered_m is None or line.time_s[-1] - line.time_s[0] < window_s:
        return None
    starts = line.time_s[line.time_s <= line.time_s[-1] - window_s]
    ground = np.interp(starts + window_s, line.time_s, line.covered_m) - line.covered_m[: len(starts)]
    return float(ground.max() / window_s)


def _jump(recording: Recording, sport: Sport) -> WorkoutFlag | None:
    known = np.flatnonzero(~np.isnan(recording.lat))
    if len(known) < 2:
        return None
    hops = haversine_m(recording.lat[known], recording.lon[known])
    reach = _JUMP_M + _JUMP_FACTOR * sport.top_speed_mps * np.diff(recording.time_s[known])
    far = np.flatnonzero(hops > reach)
    if not len(far):
        return None
    longest = hops[far].max()
    return WorkoutFlag.of("gps_jump", km=round(float(longest) / 1000, 1))
