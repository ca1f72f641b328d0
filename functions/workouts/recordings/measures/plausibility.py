"""What no athlete can have done: such a workout stays in the diary, out of the records, and the athlete learns why."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from stadion.events.workouts import BestEffort
from stadion.sports import Sport
from stadion.streams.recorded import BoolArray
from workouts.domain import WorkoutFlag, average_speed_too_high, speed_too_high
from workouts.recordings.geo import distances_m
from workouts.recordings.measures.doubts import MAX_POWER_W, Doubts
from workouts.recordings.measures.timeline import Timeline
from workouts.recordings.recording import Floats, Recording

MAX_HEART_RATE_BPM = 250.0
SUSTAINED_S = 10.0
MAX_DOUBTED_SHARE = 0.1
WEIGHTY = {"position", "distance_m", "speed_mps", "heart_rate_bpm", "power_w"}
WINDOW_S: Final = 60.0
"""Nobody runs, and nothing jumps, at a car's speed for a whole minute."""
AT_THE_EDGE_S: Final = 600.0
"""Between a drive and the recording's end: parked, and not stopped yet. Between parts of one drive: lights, a jam."""
LEAST_S: Final = 300.0
"""That has to be left, and be shown as a workout."""
_JUMP_M = 200.0
_JUMP_FACTOR = 2.0


def flags(
    recording: Recording,
    sound: Recording,
    doubts: Doubts,
    line: Timeline,
    sport: Sport,
    *,
    distance_m: float | None,
    timer_s: float,
    efforts: Sequence[BestEffort],
) -> list[WorkoutFlag]:
    """`sound`: the recording without what is doubted; `efforts`: what would be its records."""
    found = (
        _too_high("heart_rate_too_high", "bpm", sound.heart_rate_bpm, MAX_HEART_RATE_BPM),
        _too_high("power_too_high", "watts", sound.power_w, MAX_POWER_W),
        _speed(line, sport, efforts),
        _jump(sound, doubts, sport),
        _doubted(recording, doubts),
        average_speed_too_high(sport, distance_m, timer_s),
    )
    return [flag for flag in found if flag is not None]


def _too_high(code: str, unit: str, values: Floats, most: float) -> WorkoutFlag | None:
    highest = held_maximum(values)
    return None if highest is None or highest <= most else WorkoutFlag.of(code, **{unit: round(highest)})


def held_maximum(values: Floats) -> float | None:
    """The highest value that a neighbour reaches, too."""
    known = values[~np.isnan(values)]
    return float(np.minimum(known[1:], known[:-1]).max()) if len(known) > 1 else None


def _speed(line: Timeline, sport: Sport, efforts: Sequence[BestEffort]) -> WorkoutFlag | None:
    """Over ten seconds, and over every distance that has records: world bests fall with it."""
    fastest = sustained_speed_mps(line, SUSTAINED_S)
    if fastest is not None and fastest > sport.top_speed_mps:
        return speed_too_high(fastest, sport.top_speed_mps, sport)
    for effort in efforts:
        if not is_possible(effort, sport):
            return speed_too_high(_speed_of(effort), sport.limit_mps(effort.distance_m), sport)
    return None


def is_possible(effort: BestEffort, sport: Sport) -> bool:
    return _speed_of(effort) <= sport.limit_mps(effort.distance_m)


def _speed_of(effort: BestEffort) -> float:
    return effort.distance_m / max(effort.elapsed_time_s, 0.1)


def sustained_speed_mps(line: Timeline, window_s: float) -> float | None:
    if line.covered_m is None or line.time_s[-1] - line.time_s[0] < window_s:
        return None
    starts = line.time_s[line.time_s <= line.time_s[-1] - window_s]
    ground = np.interp(starts + window_s, line.time_s, line.covered_m) - line.covered_m[: len(starts)]
    return float(ground.max() / window_s)


def _jump(sound: Recording, doubts: Doubts, sport: Sport) -> WorkoutFlag | None:
    """Where two long stretches do not fit; a fix that is alone was left out."""
    known = np.flatnonzero(~np.isnan(sound.lat))
    before = np.flatnonzero(np.isin(known[:-1], doubts.breaks["position"]))
    if not len(before):
        return None
    one, other = known[before], known[before + 1]
    hops = distances_m(sound.lat[one], sound.lon[one], sound.lat[other], sound.lon[other])
    far = hops[hops > _JUMP_M + _JUMP_FACTOR * sport.top_speed_mps * (sound.time_s[other] - sound.time_s[one])]
    return WorkoutFlag.of("gps_jump", km=round(float(far.max()) / 1000, 1)) if len(far) else None


def _doubted(recording: Recording, doubts: Doubts) -> WorkoutFlag | None:
    share = doubted_share(recording, doubts)
    return WorkoutFlag.of("recording_doubtful", percent=round(100 * share)) if share > MAX_DOUBTED_SHARE else None


def doubted_share(recording: Recording, doubts: Doubts) -> float:
    """Of the readings of the channel that is doubted most."""
    shares = [recording.doubted_share]
    for channel in WEIGHTY & doubts.samples.keys():
        recorded = ~np.isnan(recording.lat if channel == "position" else getattr(recording, channel))
        shares.append(float(doubts.samples[channel].sum() / recorded.sum()))
    return max(shares)


# --- the drive home ---------------------------------------------------------------------------------------------------

Span = tuple[float, float]


def without_drive(line: Timeline, sport: Sport) -> Span | None:
    """From when to when it was the sport, in seconds since the start; None: there was no drive, or it was all drive."""
    if line.covered_m is None or len(line.time_s) < 2 or line.time_s[-1] <= WINDOW_S:
        return None
    drives = _drives(line.time_s, _too_fast(line, sport))
    end_s = float(line.time_s[-1])
    first_s, last_s = 0.0, end_s
    if drives and drives[0][0] <= AT_THE_EDGE_S:
        first_s = drives.pop(0)[1]
    if drives and drives[-1][1] >= end_s - AT_THE_EDGE_S:
        last_s = _stood_before(line, drives.pop()[0])
    if (first_s, last_s) == (0.0, end_s) or last_s - first_s < LEAST_S:
        return None
    return round(first_s, 1), round(last_s, 1)


def _too_fast(line: Timeline, sport: Sport) -> BoolArray:
    """At each point, over the minute that begins there."""
    covered_m = line.covered_m if line.covered_m is not None else np.zeros_like(line.time_s)
    ahead_m = np.interp(line.time_s + WINDOW_S, line.time_s, covered_m) - covered_m
    kinds, kind = np.unique(np.round(ahead_m, -1), return_inverse=True)
    limit_mps = np.array([sport.limit_mps(float(ground_m)) for ground_m in kinds])
    too_fast: BoolArray = ahead_m > limit_mps[kind] * WINDOW_S
    return too_fast


def _drives(time_s: Floats, too_fast: BoolArray) -> list[Span]:
    """Each from its first minute's start to its last one's end."""
    edges = np.flatnonzero(np.diff(too_fast, prepend=False, append=False))
    found: list[Span] = []
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        start_s, end_s = float(time_s[first]), float(min(time_s[after - 1] + WINDOW_S, time_s[-1]))
        if found and start_s - found[-1][1] <= AT_THE_EDGE_S:
            start_s = found.pop()[0]
        found.append((start_s, end_s))
    return found


def _stood_before(line: Timeline, start_s: float) -> float:
    """The walk to the car ends with a stop: back to where the last one began, if it is near."""
    at = int(np.searchsorted(line.time_s, start_s))
    standing = np.flatnonzero(np.diff(line.moving_s[: at + 1]) == 0)
    if not len(standing) or start_s - line.time_s[standing[-1]] > WINDOW_S:
        return start_s
    run = standing[np.flatnonzero(np.diff(standing) > 1)[-1] + 1 :] if (np.diff(standing) > 1).any() else standing
    return float(line.time_s[run[0]])
