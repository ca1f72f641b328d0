from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stadion.events.workouts import BestEffort
from stadion.sports import Family, Sport, SportType, sport
from stadion.training.holding import held_s
from stadion.training.power import normalized_power_w
from workouts.athletes.values import Athlete
from workouts.domain import WorkoutFlag
from workouts.matching import Fingerprint
from workouts.recordings.measures.calories import CaloriesMethod, calories_kcal
from workouts.recordings.measures.clocks import Clocks, Times, clocks, times, with_standing
from workouts.recordings.measures.doubts import Doubts, doubts
from workouts.recordings.measures.efforts import best_efforts
from workouts.recordings.measures.elevation import Climbs, Heights, climbs, extremes
from workouts.recordings.measures.plausibility import (
    flags,
    held_maximum,
    is_possible,
    sustained_speed_mps,
    without_drive,
)
from workouts.recordings.measures.polyline import detailed, summary
from workouts.recordings.measures.splits import KILOMETRE_M, MILE_M, Stretch, laps, splits
from workouts.recordings.measures.timeline import Timeline, moving, timeline
from workouts.recordings.measures.way import Way, way
from workouts.recordings.measures.witnesses import Dispute, agree
from workouts.recordings.recording import Floats, Pause, Recording

LatLng = tuple[float, float]

_MAX_SPEED_WINDOW_S = 5.0
_MAX_PAUSES = 500
_HELD_SHARE = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Plain values in SI units; None where the recording cannot say."""

    distance_m: float | None
    elapsed_time_s: float
    timer_time_s: float
    moving_time_s: float
    pauses: tuple[Pause, ...]
    ascent_m: float | None
    descent_m: float | None
    elevation_high_m: float | None
    elevation_low_m: float | None
    average_speed_mps: float | None
    max_speed_mps: float | None
    average_heart_rate_bpm: float | None
    max_heart_rate_bpm: float | None
    average_cadence_rpm: float | None
    max_cadence_rpm: float | None
    average_power_w: float | None
    max_power_w: float | None
    normalized_power_w: float | None
    kilojoules_kj: float | None
    average_temperature_c: float | None
    calories_kcal: float
    calories_method: CaloriesMethod
    splits_km: tuple[Stretch, ...]
    splits_mile: tuple[Stretch, ...]
    laps: tuple[Stretch, ...]
    best_efforts: tuple[BestEffort, ...]
    summary_polyline: str
    detailed_polyline: str
    start_latlng: LatLng | None
    end_latlng: LatLng | None
    flags: tuple[WorkoutFlag, ...]
    suggested_crop: tuple[float, float] | None
    measured_by: dict[str, str]
    disputed: tuple[Dispute, ...]
    doubted: dict[str, tuple[tuple[int, int], ...]]

    def to_dict(self) -> dict[str, Any]:
        told = {
            "best_efforts": [effort.model_dump() for effort in self.best_efforts],
            "flags": [flag.model_dump() for flag in self.flags],
        }
        return asdict(self) | told


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A recording with what is believed of it; `sound` is without what is doubted."""

    recording: Recording
    sound: Recording
    doubts: Doubts
    way: Way
    clock: Clocks
    times: Times
    line: Timeline

    @property
    def sport(self) -> Sport:
        return sport(self.recording.sport_type)


def judged(recording: Recording) -> Judged:
    recording = recording.in_strides
    kind = sport(recording.sport_type)
    doubted = doubts(recording, kind)
    sound = doubted.sound(recording)
    clock = clocks(sound)
    travelled = way(sound, doubted, clock.active_s, kind, timer_s=clock.claimed_s)
    is_moving = moving(sound, clock.active_s, travelled.covered_m, kind.stop_speed_mps)
    lasted = times(sound, clock, float(np.diff(clock.active_s) @ is_moving))
    if not recording.is_judged:
        clock = with_standing(clock, sound.time_s, is_moving, lasted.timer_s)
    line = timeline(sound.time_s, clock.active_s, is_moving, travelled.covered_m)
    return Judged(recording, sound, doubted, travelled, clock, lasted, line)


def measure(recording: Recording, *, athlete: Athlete | None = None) -> Measures:
    return measures_of(judged(recording), athlete or Athlete())


def measures_of(case: Judged, athlete: Athlete) -> Measures:
    kind, sound, line, totals = case.sport, case.sound, case.line, case.recording.totals
    timer_s, moving_s, distance_m = case.times.timer_s, _moving(case), case.way.distance_m
    climb = _climbs(case)
    low_m, high_m = _elevations(case)
    heart_rate = _average(line, sound.heart_rate_bpm, totals.average_heart_rate_bpm)
    efforts = _efforts(line, kind)
    implausible = flags(
        case.recording, sound, case.doubts, line, kind, distance_m=distance_m, timer_s=timer_s, efforts=efforts
    )
    calories, calories_method = calories_kcal(
        kind,
        device_kcal=totals.calories_kcal,
        active_s=timer_s,
        average_heart_rate_bpm=heart_rate,
        athlete=athlete,
    )
    return Measures(
        distance_m=_rounded(distance_m, 2),
        elapsed_time_s=round(case.times.elapsed_s, 3),
        timer_time_s=round(timer_s, 3),
        moving_time_s=round(moving_s, 3),
        pauses=_longest(case.clock.pauses),
        ascent_m=_rounded(climb.ascent_m, 1),
        descent_m=_rounded(climb.descent_m, 1),
        elevation_high_m=_rounded(high_m, 1),
        elevation_low_m=_rounded(low_m, 1),
        average_speed_mps=_rounded(distance_m / moving_s, 3) if distance_m and moving_s > 0 else None,
        max_speed_mps=_rounded(_max_speed(sound, line), 3),
        average_heart_rate_bpm=_rounded(heart_rate, 1),
        max_heart_rate_bpm=_maximum(sound.heart_rate_bpm, totals.max_heart_rate_bpm),
        average_cadence_rpm=_rounded(_average_cadence(sound, line, kind), 1),
        max_cadence_rpm=_maximum(sound.cadence_rpm, totals.max_cadence_rpm),
        average_power_w=_rounded(_average(line, sound.power_w, totals.average_power_w), 1),
        max_power_w=_maximum(sound.power_w, totals.max_power_w),
        normalized_power_w=_rounded(normalized_power_w(line.active_s, sound.power_w), 1),
        kilojoules_kj=_rounded(_work_kj(line, sound.power_w), 1),
        average_temperature_c=_rounded(line.average(sound.temperature_c), 1),
        calories_kcal=round(calories, 1),
        calories_method=calories_method,
        splits_km=tuple(splits(sound, line, climb.so_far, KILOMETRE_M)),
        splits_mile=tuple(splits(sound, line, climb.so_far, MILE_M)),
        laps=tuple(laps(sound, line, climb.so_far)),
        best_efforts=tuple(effort for effort in efforts if is_possible(effort, kind)),
        summary_polyline=summary(sound.lat, sound.lon),
        detailed_polyline=detailed(sound.lat, sound.lon),
        start_latlng=_position(sound, 0),
        end_latlng=_position(sound, -1),
        flags=tuple(implausible),
        suggested_crop=without_drive(line, kind),
        measured_by=_witnesses(case, climb),
        disputed=tuple(one for one in (case.way.dispute, *case.times.disputes, climb.dispute) if one is not None),
        doubted=case.doubts.ranges(),
    )


def _witnesses(case: Judged, climb: Climbs) -> dict[str, str]:
    told = {"distance_m": case.way.measured_by, **case.times.measured_by, "ascent_m": climb.measured_by}
    return {number: witness for number, witness in told.items() if witness is not None}


VIRTUAL = {SportType.VIRTUAL_RIDE, SportType.VIRTUAL_RUN, SportType.VIRTUAL_ROW}


def _moving(case: Judged) -> float:
    """Where a sensor fell silent before the end, the rest went on alike."""
    line, timer_s = case.line, case.times.timer_s
    if len(line.time_s) < 2 or line.active_s[-1] <= 0:
        return timer_s
    moving_s, recorded_s = float(line.moving_s[-1]), float(line.active_s[-1])
    return min(moving_s * max(1.0, timer_s / recorded_s), timer_s)


def _climbs(case: Judged) -> Climbs:
    if not case.sport.climbs:
        return Climbs(None, case.recording.totals.ascent_m, case.recording.totals.descent_m)
    return climbs(case.sound, case.doubts.breaks["altitude_m"], _heights(case.recording))


def _elevations(case: Judged) -> tuple[float | None, float | None]:
    """The lowest and the highest, of a sport that has any."""
    return extremes(case.sound, _heights(case.recording)) if case.sport.climbs else (None, None)


def _work_kj(line: Timeline, power_w: Floats) -> float | None:
    """Each reading for as long as it held; where there was none, nothing is assumed."""
    held = held_s(line.active_s, power_w)
    return float(np.nan_to_num(power_w) @ held) / 1000 if held.any() else None


def _heights(recording: Recording) -> Heights:
    if recording.sport_type in VIRTUAL:
        return Heights.EXACT
    return Heights.BAROMETER if recording.barometric else Heights.SATELLITES


def fingerprint(recording: Recording, measures: Measures) -> Fingerprint:
    """For `matching`: the time from first to last point is in every format, what a device calls elapsed is not."""
    return Fingerprint(
        started_at=recording.started_at,
        elapsed_s=recording.whole_span_s or measures.elapsed_time_s,
        distance_m=measures.distance_m,
        family=sport(recording.sport_type).family,
    )


def _longest(pauses: tuple[Pause, ...]) -> tuple[Pause, ...]:
    """In order of time; nobody reads more than a few hundred."""
    listed = sorted(sorted(pauses, key=lambda pause: -pause.duration_s)[:_MAX_PAUSES], key=lambda pause: pause.offset_s)
    return tuple(Pause(round(pause.offset_s, 3), round(pause.duration_s, 3)) for pause in listed)


def _average(line: Timeline, values: Floats, claimed: float | None) -> float | None:
    average = line.average(values)
    return claimed if average is None else average


def _average_cadence(recording: Recording, line: Timeline, kind: Sport) -> float | None:
    """Without the zeros, as Garmin and Strava count it: coasting is not slow pedalling. On foot a watch divides steps
    by time, which it knows better than its records."""
    claimed = recording.totals.average_cadence_rpm
    average = line.average(recording.cadence_rpm, only=recording.cadence_rpm != 0)
    if average is None:
        return claimed
    on_foot = kind.family in {Family.RUN, Family.WALK}
    return claimed if claimed and on_foot and agree(claimed, average, tolerance=0.1, slack=0.0) else average


def _max_speed(recording: Recording, line: Timeline) -> float | None:
    held = _maximum(recording.speed_mps, recording.totals.max_speed_mps)
    if held is not None and held > 0 and not np.isnan(recording.speed_mps).all():
        return held
    computed = sustained_speed_mps(line, _MAX_SPEED_WINDOW_S)
    return held if computed is None else computed


def _maximum(values: Floats, claimed: float | None) -> float | None:
    """The device's own where that is near the highest held value."""
    known = values[~np.isnan(values)]
    held = held_maximum(known) if len(known) > 1 else float(known[0]) if len(known) else None
    return claimed if held is None or (claimed is not None and held <= claimed <= _HELD_SHARE * held) else held


def _efforts(line: Timeline, kind: Sport) -> list[BestEffort]:
    if line.covered_m is None or not kind.has_distance:
        return []
    return [
        effort.model_copy(
            update={
                "elapsed_time_s": round(effort.elapsed_time_s, 1),
                "start_offset_s": round(effort.start_offset_s, 1),
            }
        )
        for effort in best_efforts(line.time_s, line.covered_m)
    ]


def _position(recording: Recording, index: int) -> LatLng | None:
    known = np.flatnonzero(~np.isnan(recording.lat))
    if not len(known):
        return None
    at = known[index]
    return round(float(recording.lat[at]), 6), round(float(recording.lon[at]), 6)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits) + 0.0  # nothing has no sign
