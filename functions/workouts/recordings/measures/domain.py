from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stadion.events.workouts import BestEffort
from stadion.sports import Sport, sport
from stadion.training.power import normalized_power_w
from workouts.domain import WorkoutFlag
from workouts.matching import Fingerprint
from workouts.recordings.measures.calories import Athlete, CaloriesMethod, calories_kcal
from workouts.recordings.measures.efforts import best_efforts
from workouts.recordings.measures.elevation import climbed
from workouts.recordings.measures.plausibility import flags, sustained_speed_mps
from workouts.recordings.measures.polyline import summary
from workouts.recordings.measures.splits import KILOMETRE_M, MILE_M, Stretch, laps, splits
from workouts.recordings.measures.timeline import Timeline, timeline
from workouts.recordings.recording import Floats, Pause, Recording

LatLng = tuple[float, float]

_MAX_SPEED_WINDOW_S = 5.0
_MAX_PAUSES = 500


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
    average_speed_mps: float | None
    max_speed_mps: float | None
    average_heart_rate_bpm: float | None
    max_heart_rate_bpm: float | None
    average_cadence_rpm: float | None
    max_cadence_rpm: float | None
    average_power_w: float | None
    max_power_w: float | None
    normalized_power_w: float | None
    average_temperature_c: float | None
    calories_kcal: float
    calories_method: CaloriesMethod
    splits_km: tuple[Stretch, ...]
    splits_mile: tuple[Stretch, ...]
    laps: tuple[Stretch, ...]
    best_efforts: tuple[BestEffort, ...]
    summary_polyline: str
    start_latlng: LatLng | None
    end_latlng: LatLng | None
    flags: tuple[WorkoutFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        told = {
            "best_efforts": [effort.model_dump() for effort in self.best_efforts],
            "flags": [flag.model_dump() for flag in self.flags],
        }
        return asdict(self) | told


def measure(recording: Recording, *, athlete: Athlete | None = None) -> Measures:
    kind = sport(recording.sport_type)
    line = timeline(recording, kind.stop_speed_mps)
    distance_m = _distance(recording, line)
    elapsed_s, timer_s = _times(recording, line)
    moving_s = min(float(line.moving_s[-1]), timer_s) if len(recording) > 1 else timer_s
    ascent, descent = _climbs(recording, kind)
    heart_rate = _average(line, recording.heart_rate_bpm, recording.totals.average_heart_rate_bpm)
    calories, calories_method = calories_kcal(
        kind,
        device_kcal=recording.totals.calories_kcal,
        active_s=timer_s,
        average_heart_rate_bpm=heart_rate,
        athlete=athlete or Athlete(),
    )
    return Measures(
        distance_m=_rounded(distance_m, 2),
        elapsed_time_s=round(elapsed_s, 3),
        timer_time_s=round(timer_s, 3),
        moving_time_s=round(moving_s, 3),
        pauses=_longest(recording.pauses),
        ascent_m=_climb_total(ascent, recording.totals.ascent_m),
        descent_m=_climb_total(descent, recording.totals.descent_m),
        average_speed_mps=_rounded(distance_m / moving_s, 3) if distance_m and moving_s > 0 else None,
        max_speed_mps=_rounded(_max_speed(recording, line), 3),
        average_heart_rate_bpm=_rounded(heart_rate, 1),
        max_heart_rate_bpm=_highest(recording.heart_rate_bpm, recording.totals.max_heart_rate_bpm),
        average_cadence_rpm=_rounded(_average_cadence(recording, line), 1),
        max_cadence_rpm=_highest(recording.cadence_rpm, None),
        average_power_w=_rounded(_average(line, recording.power_w, recording.totals.average_power_w), 1),
        max_power_w=_highest(recording.power_w, recording.totals.max_power_w),
        normalized_power_w=_rounded(normalized_power_w(line.active_s, recording.power_w), 1),
        average_temperature_c=_rounded(line.average(recording.temperature_c), 1),
        calories_kcal=round(calories, 1),
        calories_method=calories_method,
        splits_km=tuple(splits(recording, line, ascent, KILOMETRE_M)),
        splits_mile=tuple(splits(recording, line, ascent, MILE_M)),
        laps=tuple(laps(recording, line, ascent)),
        best_efforts=tuple(_efforts(line, kind)),
        summary_polyline=summary(recording.lat, recording.lon),
        start_latlng=_position(recording, 0),
        end_latlng=_position(recording, -1),
        flags=tuple(flags(recording, line, kind, distance_m=distance_m, timer_s=timer_s)),
    )


def fingerprint(recording: Recording, measures: Measures) -> Fingerprint:
    """For `matching`: the time from first to last point is in every format, what a device calls elapsed is not."""
    return Fingerprint(
        started_at=recording.started_at,
        elapsed_s=recording.span_s or measures.elapsed_time_s,
        distance_m=measures.distance_m,
        family=sport(recording.sport_type).family,
    )


def _distance(recording: Recording, line: Timeline) -> float | None:
    """The device's total where its own track bears it out."""
    claimed = recording.totals.distance_m or None
    if line.covered_m is None:
        return claimed
    covered = float(line.covered_m[-1])
    if claimed is not None and abs(claimed - covered) <= max(0.02 * covered, 50.0):
        return claimed
    return covered


def _times(recording: Recording, line: Timeline) -> tuple[float, float]:
    """Elapsed and timer time: the device's where they are near what the points span."""
    span_s = recording.span_s
    paused_s = span_s - float(line.active_s[-1]) if len(recording) else 0.0
    elapsed_s = _near(recording.totals.elapsed_time_s, span_s)
    timer_s = _near(recording.totals.timer_time_s, span_s - paused_s)
    return max(elapsed_s, timer_s), timer_s


def _near(claimed_s: float | None, measured_s: float) -> float:
    if claimed_s is None:
        return measured_s
    return claimed_s if not measured_s or abs(claimed_s - measured_s) <= max(60.0, 0.1 * measured_s) else measured_s


def _climbs(recording: Recording, kind: Sport) -> tuple[Floats | None, Floats | None]:
    if not kind.climbs or np.isnan(recording.altitude_m).all():
        return None, None
    return climbed(recording.time_s, recording.altitude_m, barometric=recording.barometric)


def _climb_total(running: Floats | None, claimed: float | None) -> float | None:
    return claimed if running is None else round(float(running[-1]), 1)


def _longest(pauses: tuple[Pause, ...]) -> tuple[Pause, ...]:
    """In order of time; nobody reads more than a few hundred."""
    listed = sorted(sorted(pauses, key=lambda pause: -pause.duration_s)[:_MAX_PAUSES], key=lambda pause: pause.offset_s)
    return tuple(Pause(round(pause.offset_s, 3), round(pause.duration_s, 3)) for pause in listed)


def _average(line: Timeline, values: Floats, claimed: float | None) -> float | None:
    average = line.average(values)
    return claimed if average is None else average


def _average_cadence(recording: Recording, line: Timeline) -> float | None:
    """Without the zeros, as Garmin and Strava count it: coasting is not slow pedalling."""
    average = line.average(recording.cadence_rpm, only=recording.cadence_rpm)
    return recording.totals.average_cadence_rpm if average is None else average


def _max_speed(recording: Recording, line: Timeline) -> float | None:
    if not np.isnan(recording.speed_mps).all():
        return float(np.nanmax(recording.speed_mps))
    computed = sustained_speed_mps(line, _MAX_SPEED_WINDOW_S)
    return recording.totals.max_speed_mps if computed is None else computed


def _highest(values: Floats, claimed: float | None) -> float | None:
    return claimed if np.isnan(values).all() else float(np.nanmax(values))


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
    return None if value is None else round(value, digits)
