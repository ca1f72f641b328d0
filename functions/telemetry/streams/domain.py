"""Streams as the app asks for them: parallel arrays, derived ones too, at the resolution that a screen can show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np

from stadion.sports import SportType, sport
from stadion.streams.codec import Floats
from stadion.streams.recorded import MOVING, TIME, BoolArray, doubted, sound
from stadion.streams.told import Told, ToldPause
from telemetry.clocks import paused_where
from telemetry.downsampling import POINTS, Indices, StreamResolution, lttb

Columns = Mapping[str, Floats]

GRADE_WINDOW_M = 30.0
STEEPEST_PERCENT = 45.0
SMOOTH_SAMPLES = 5


class StreamSeries(StrEnum):
    TIME = "time"
    DISTANCE = "distance"


@dataclass(frozen=True)
class Streams:
    """Of a workout, as they were asked for: parallel lists by name; None where nothing was measured."""

    workout_id: str
    resolution: StreamResolution
    series: StreamSeries
    original_size: int
    lists: Mapping[str, list[Any]]
    doubted: Mapping[str, list[tuple[int, int]]]
    """First and last index in the lists, both included."""
    dropped: list[str] = field(default_factory=list)
    """Recorded, and not shown: the athlete does not agree to it."""

    @property
    def size(self) -> int:
        return max((len(values) for values in self.lists.values()), default=0)


def measured(columns: Columns) -> dict[str, Floats]:
    """What holds a sound reading; a speed that says nothing but zero was not measured."""
    known = {name: values for name, values in sound(columns).items() if not np.isnan(values).all()}
    if not np.nan_to_num(known.get("speed_mps", np.empty(0))).any():
        known.pop("speed_mps", None)
    return known


def _recorded(column: str) -> Callable[[Columns, SportType], Floats | None]:
    return lambda columns, _: columns.get(column)


def velocity_mps(columns: Columns, _: SportType) -> Floats | None:
    """The device's speed, or the distance's slope; a running mean over five samples. Of what was `measured`."""
    speed = columns.get("speed_mps")
    if speed is None:
        distance, time_s = columns.get("distance_m"), columns["time_s"]
        if distance is None or len(time_s) < 2:
            return None
        speed = np.gradient(_filled(distance), time_s)
    return _running_mean(speed, SMOOTH_SAMPLES)


def moving(columns: Columns, sport_type: SportType) -> Floats | None:
    """1 or 0 at each sample: as the diary tells it, else by the speed."""
    if MOVING in columns:
        return columns[MOVING]
    speed = velocity_mps(columns, sport_type)
    return None if speed is None else (np.nan_to_num(speed) >= sport(sport_type).stop_speed_mps).astype(np.float64)


def grade_percent(columns: Columns, _: SportType) -> Floats | None:
    """Per cent, over at least thirty metres of way, within +-45."""
    altitude, distance = columns.get("altitude_m"), columns.get("distance_m")
    if altitude is None or distance is None or len(distance) < 2:
        return None
    way, height = np.maximum.accumulate(_filled(distance)), _filled(altitude)
    back = np.clip(np.searchsorted(way, way - GRADE_WINDOW_M / 2), 0, len(way) - 1)
    ahead = np.clip(np.searchsorted(way, way + GRADE_WINDOW_M / 2), 0, len(way) - 1)
    run = way[ahead] - way[back]
    rise = height[ahead] - height[back]
    grade = np.divide(100 * rise, run, out=np.zeros_like(rise), where=run >= GRADE_WINDOW_M / 3)
    clipped: Floats = np.clip(grade, -STEEPEST_PERCENT, STEEPEST_PERCENT)
    return clipped


STREAMS: dict[str, tuple[Callable[[Columns, SportType], Floats | None], int]] = {
    "time": (_recorded("time_s"), 3),
    "distance": (_recorded("distance_m"), 2),
    "altitude": (_recorded("altitude_m"), 2),
    "velocity_smooth": (velocity_mps, 3),
    "heartrate": (_recorded("heart_rate_bpm"), 0),
    "cadence": (_recorded("cadence_rpm"), 1),
    "watts": (_recorded("power_w"), 0),
    "temp": (_recorded("temperature_c"), 1),
    "moving": (moving, 0),
    "grade_smooth": (grade_percent, 1),
}
"""Strava's names -> how the stream is made, and to how many decimals it is told. `latlng` stands apart."""
DERIVED = {"velocity_smooth", "moving", "grade_smooth"}
"""From sound readings alone; the others are told as they were recorded."""
LATLNG = "latlng"
DOUBTED = {
    "position": LATLNG,
    "distance_m": "distance",
    "altitude_m": "altitude",
    "speed_mps": "velocity_smooth",
    "heart_rate_bpm": "heartrate",
    "cadence_rpm": "cadence",
    "power_w": "watts",
    "temperature_c": "temp",
}
"""Channel -> the stream in which its doubts are told."""
KNOWN = ("time", LATLNG, *(name for name in STREAMS if name != "time"))
SHAPES = ("altitude", "velocity_smooth", "heartrate", "watts", "cadence", "temp", "distance")
"""What a downsampled line is chosen by: the first of these that was asked for."""


def streams(
    columns: Columns, sport_type: SportType, keys: list[str], *, resolution: StreamResolution, series: StreamSeries
) -> dict[str, list[Any]]:
    """Parallel lists of one length; a stream that was not recorded is left out, a missing sample is None."""
    found = _made(columns, sport_type, keys)
    chosen = _chosen(columns, sport_type, keys, resolution, series)
    told = {name: _listed(values[chosen], STREAMS[name][1], name) for name, values in found.items()}
    if LATLNG in keys and "lat" in columns:
        told[LATLNG] = _positions(columns["lat"][chosen], columns["lon"][chosen])
    return {name: told[name] for name in keys if name in told}


def doubted_ranges(
    columns: Columns, sport_type: SportType, keys: list[str], *, resolution: StreamResolution, series: StreamSeries
) -> dict[str, list[tuple[int, int]]]:
    """Of each of these streams the indices in its list, first and last, whose readings are doubted."""
    found = {DOUBTED[channel]: samples for channel, samples in doubted(columns).items() if DOUBTED[channel] in keys}
    if not found:
        return {}
    chosen = _chosen(columns, sport_type, keys, resolution, series)
    ranges = {name: _ranges(samples[chosen]) for name, samples in found.items()}
    return {name: ranges[name] for name in keys if ranges.get(name)}


def _ranges(samples: BoolArray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(samples, prepend=False, append=False)).tolist()
    return [(first, after - 1) for first, after in zip(edges[::2], edges[1::2], strict=True)]


def is_recorded(columns: Columns, name: str) -> bool:
    made = STREAMS[name][0](columns, SportType.WORKOUT)
    return made is not None and not np.isnan(made).all()


def has_distance(columns: Columns) -> bool:
    return "distance_m" in columns


def _made(columns: Columns, sport_type: SportType, keys: list[str]) -> dict[str, Floats]:
    kept = measured(columns)
    made = {name: STREAMS[name][0](kept if name in DERIVED else columns, sport_type) for name in keys if name != LATLNG}
    return {name: values for name, values in made.items() if values is not None}


def _chosen(
    columns: Columns, sport_type: SportType, keys: list[str], resolution: StreamResolution, series: StreamSeries
) -> Indices:
    """By the line that the sound readings draw."""
    n = len(columns["time_s"])
    most = POINTS.get(resolution, n)
    if n <= most:
        return np.arange(n)
    kept = sound(columns)
    x = kept["distance_m"] if series is StreamSeries.DISTANCE else kept["time_s"]
    found = _made(kept, sport_type, keys)
    shape = next((found[name] for name in SHAPES if name in found), kept["time_s"])
    return lttb(_filled(x), _filled(shape), most)


def _filled(values: Floats) -> Floats:
    """Missing samples on the straight line between their neighbours."""
    known = ~np.isnan(values)
    if known.all():
        return values
    if not known.any():
        return np.zeros_like(values)
    at = np.arange(len(values))
    return np.interp(at, at[known], values[known])


def _running_mean(values: Floats, width: int) -> Floats:
    padded = np.pad(_filled(values), width // 2, mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="valid")


def _listed(values: Floats, decimals: int, name: str) -> list[Any]:
    if name == "moving":
        return [bool(value) for value in values]
    rounded = np.round(values, decimals).tolist()
    if decimals == 0:
        return [None if value != value else int(value) for value in rounded]  # noqa: PLR0124 - NaN
    return [None if value != value else value for value in rounded]  # noqa: PLR0124 - NaN


def _positions(lat: Floats, lon: Floats) -> list[Any]:
    pairs = zip(np.round(lat, 7).tolist(), np.round(lon, 7).tolist(), strict=True)
    return [None if a != a else [a, b] for a, b in pairs]  # noqa: PLR0124 - NaN


def guessed(columns: Columns, sport_type: SportType, started_at: datetime) -> Told:
    """Of a recording of which nothing is told, or of none: what its columns say by themselves."""
    lasted_s = float(columns[TIME][-1]) if TIME in columns else 0.0
    pauses = paused_where(columns) if TIME in columns else []
    timer_s = lasted_s - sum(duration_s for _, duration_s in pauses)
    return Told(
        sport_type=sport_type,
        started_at=started_at,
        elapsed_time_s=lasted_s,
        timer_time_s=timer_s,
        moving_time_s=timer_s,
        distance_m=float(np.nanmax(columns["distance_m"])) if "distance_m" in columns else None,
        pauses=[ToldPause(offset_s=start_s, duration_s=duration_s) for start_s, duration_s in pauses],
    )
