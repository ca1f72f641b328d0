from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stadion.privacy import EARTH_RADIUS_M
from stadion.sports import SportType
from workouts.reasons import Reason
from workouts.recordings.errors import RecordingError
from workouts.recordings.limits import EARLIEST_YEAR, MAX_DAYS, MAX_POINTS

Floats = NDArray[np.float64]

CHANNELS = (
    "lat",
    "lon",
    "distance_m",
    "altitude_m",
    "speed_mps",
    "heart_rate_bpm",
    "cadence_rpm",
    "power_w",
    "temperature_c",
)
PAUSE_SPEED_MPS = 1 / 3.6
PAUSE_GAP_S = 15.0
_OWN_DISTANCE_FROM_M = 50.0


@dataclass(frozen=True, slots=True)
class Pause:
    offset_s: float
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLap:
    offset_s: float
    elapsed_time_s: float | None = None
    timer_time_s: float | None = None
    distance_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTotals:
    """What the device itself said; None where it said nothing."""

    elapsed_time_s: float | None = None
    timer_time_s: float | None = None
    distance_m: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    calories_kcal: float | None = None
    average_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    average_speed_mps: float | None = None
    max_speed_mps: float | None = None
    average_cadence_rpm: float | None = None
    average_power_w: float | None = None
    max_power_w: float | None = None
    normalized_power_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwimLength:
    """One length of a pool. `strokes` None: the device does not count them, or it was a rest (not `is_active`)."""

    offset_s: float
    duration_s: float
    is_active: bool = True
    stroke: str | None = None
    strokes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Swim:
    pool_length_m: float | None = None
    strokes: int | None = None
    lengths: tuple[SwimLength, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What recorded, or a sensor of it, as the file names it; its serial number is nobody's business."""

    maker: str | None = None
    product: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """One activity as columns of the same length n >= 0: float64, NaN where the device recorded nothing.

    `time_s` counts from `started_at` (aware UTC) and strictly increases. `lat` and `lon` are WGS 84 degrees.
    """

    file_format: str
    sport_type: SportType
    started_at: datetime
    time_s: Floats
    lat: Floats
    lon: Floats
    distance_m: Floats
    altitude_m: Floats
    speed_mps: Floats
    heart_rate_bpm: Floats
    cadence_rpm: Floats
    power_w: Floats
    temperature_c: Floats
    pauses: tuple[Pause, ...] = ()
    laps: tuple[DeviceLap, ...] = ()
    totals: DeviceTotals = field(default_factory=DeviceTotals)
    barometric: bool = False
    device: str | None = None
    external_id: str | None = None
    part: str = "activity:1"
    """Which part of its file it is."""
    notes: tuple[Reason, ...] = ()
    """What was left out of it, or how its file was broken."""
    indoor: bool = False
    """On a machine, which knows distance and speed but is nowhere."""
    swim: Swim | None = None
    feel: float | None = None
    """As the athlete told the device, from 0 (very weak) to 100 (very strong)."""
    rpe: float | None = None
    """Perceived exertion from 0 to 10, told likewise (Borg's CR10)."""
    devices: tuple[Device, ...] = ()

    def __len__(self) -> int:
        return len(self.time_s)

    def channels(self) -> dict[str, Floats]:
        return {name: getattr(self, name) for name in CHANNELS}

    @property
    def span_s(self) -> float:
        return float(self.time_s[-1]) if len(self) else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTrack:
    """Points in the order of the file, on the Unix clock, before anything is tidied; `segment` numbers the parts
    between which the device says that it did not record."""

    epoch_s: Floats
    channels: Mapping[str, Floats]
    segment: Floats | None = None


def assembled(
    track: RawTrack,
    *,
    file_format: str,
    sport_type: SportType,
    started_epoch_s: float | None = None,
    pauses: tuple[Pause, ...] | None = None,
    laps: tuple[DeviceLap, ...] = (),
    totals: DeviceTotals | None = None,
    barometric: bool = False,
    device: str | None = None,
    external_id: str | None = None,
    notes: tuple[Reason, ...] = (),
) -> Recording:
    """`pauses` and `laps` carry Unix times as offsets here. `pauses` None means: find them in the gaps."""
    totals = totals or DeviceTotals()
    tidy = _in_time_order(track)
    start_s = _start(tidy.epoch_s, started_epoch_s, totals)
    _refuse_absurd_times(start_s, float(tidy.epoch_s[-1]) - start_s if len(tidy.epoch_s) else 0.0)
    time_s = tidy.epoch_s - start_s
    columns: dict[str, Any] = _plausible_channels(tidy, len(time_s))
    found = _gaps(time_s, columns, tidy.segment) if pauses is None else _since(start_s, pauses, time_s)
    return Recording(
        file_format=file_format,
        sport_type=sport_type,
        started_at=datetime.fromtimestamp(round(start_s, 3), UTC),
        time_s=time_s,
        pauses=found,
        laps=tuple(_lap_since(start_s, lap) for lap in laps if abs(lap.offset_s - start_s) < MAX_DAYS * 86_400),
        totals=totals,
        barometric=barometric,
        device=device,
        external_id=external_id,
        notes=notes,
        **columns,
    )


def _in_time_order(track: RawTrack) -> RawTrack:
    if len(track.epoch_s) > MAX_POINTS:
        raise RecordingError("too_many_points", most=MAX_POINTS)
    timed = np.isfinite(track.epoch_s)
    if len(timed) and not timed.any():
        raise RecordingError("no_times")
    if not timed.all():
        track = _taken(track, np.flatnonzero(timed))
    steps = np.diff(track.epoch_s)
    if (steps < 0).any():
        track = _taken(track, np.argsort(track.epoch_s, kind="stable"))
        steps = np.diff(track.epoch_s)
    return track if (steps > 0).all() else _without_repeats(track, steps)


def _taken(track: RawTrack, index: NDArray[np.int64]) -> RawTrack:
    return RawTrack(
        epoch_s=track.epoch_s[index],
        channels={name: values[index] for name, values in track.channels.items()},
        segment=None if track.segment is None else track.segment[index],
    )


def _without_repeats(track: RawTrack, steps: Floats) -> RawTrack:
    """Points of the same instant become one: some devices spread its channels over several, Garmin's TCX repeats the
    point where a lap ends."""
    first = np.flatnonzero(np.concatenate(([True], steps > 0)))
    last = np.append(first[1:], len(track.epoch_s)) - 1
    tidy = _taken(track, first)
    for name, values in tidy.channels.items():
        missing = np.isnan(values)
        values[missing] = track.channels[name][last][missing]
    return tidy


def _start(epoch_s: Floats, claimed_s: float | None, totals: DeviceTotals) -> float:
    if not len(epoch_s):
        if claimed_s is None or not (totals.timer_time_s or totals.elapsed_time_s):
            raise RecordingError("no_points")
        return claimed_s
    first = float(epoch_s[0])
    return claimed_s if claimed_s is not None and 0 <= first - claimed_s <= 3600 else first


def _refuse_absurd_times(start_s: float, span_s: float) -> None:
    earliest_s = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC).timestamp()
    latest_s = datetime(2200, 1, 1, tzinfo=UTC).timestamp()
    if not earliest_s <= start_s < latest_s:
        raise RecordingError("absurd_date")
    if span_s > MAX_DAYS * 86_400:
        raise RecordingError("too_long", days=MAX_DAYS)


_RANGES = {
    "lat": (-90.0, 90.0),
    "lon": (-180.0, 180.0),
    "distance_m": (0.0, 1e8),
    "altitude_m": (-1_000.0, 20_000.0),
    "speed_mps": (0.0, 1_000.0),
    "heart_rate_bpm": (1.0, 1_000.0),
    "cadence_rpm": (0.0, 1_000.0),
    "power_w": (0.0, 65_000.0),
    "temperature_c": (-100.0, 100.0),
}


def _plausible_channels(track: RawTrack, length: int) -> dict[str, Floats]:
    """What no sensor can mean is missing; what only no human can do stays, for `plausibility` to tell."""
    columns = {}
    for name, (low, high) in _RANGES.items():
        values = track.channels.get(name)
        if values is None:
            columns[name] = np.full(length, np.nan)
        else:
            columns[name] = np.where((values >= low) & (values <= high), values, np.nan)
    off_the_map = np.isnan(columns["lat"]) | np.isnan(columns["lon"])
    columns["lat"][off_the_map] = columns["lon"][off_the_map] = np.nan
    return columns


def haversine_m(lat: Floats, lon: Floats) -> Floats:
    """Distances between neighbours in metres, n - 1 of them (Sinnott 1984)."""
    phi, lam = np.radians(lat), np.radians(lon)
    a = np.sin(np.diff(phi) / 2) ** 2 + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(a, 0, 1))))


def covered_m(
    time_s: Floats, columns: Mapping[str, Floats], standing: NDArray[np.bool_] | None = None
) -> Floats | None:
    """Distance since the start at each point, never falling: the device's own, else along the positions, else None.

    Gaps in a channel are crossed in a straight line. Steps between points that are `standing` (n - 1, a pause) do not
    count: the way home by train is not part of the run.
    """
    device = columns["distance_m"]
    known = ~np.isnan(device)
    if known.sum() >= 2 and np.nanmax(device) > 0:
        return np.interp(time_s, time_s[known], _without_resets(device[known]))
    known = ~np.isnan(columns["lat"])
    if known.sum() < 2:
        return None
    hops = haversine_m(columns["lat"][known], columns["lon"][known])
    if standing is not None:
        hops[standing[np.flatnonzero(known)[:-1]]] = 0.0
    return np.interp(time_s, time_s[known], np.concatenate(([0.0], np.cumsum(hops))))


def _without_resets(distance_m: Floats) -> Floats:
    """A counter that starts anew at a lap goes on; one that goes on from an earlier part of the file starts at zero."""
    steps = np.diff(distance_m)
    fell = steps < 0
    steps[fell] = np.where(distance_m[1:] < 0.5 * distance_m[:-1], distance_m[1:], 0.0)[fell]
    first = distance_m[0] if distance_m[0] <= _OWN_DISTANCE_FROM_M else 0.0
    return np.concatenate(([first], first + np.cumsum(steps)))


def _gaps(time_s: Floats, columns: Mapping[str, Floats], segment: Floats | None) -> tuple[Pause, ...]:
    """A long gap in which hardly any ground was covered is a pause; so is the step from one segment to the next."""
    if len(time_s) < 2:
        return ()
    steps = np.diff(time_s)
    paused = steps > max(PAUSE_GAP_S, 5 * float(np.median(steps)))
    covered = covered_m(time_s, columns)
    if covered is not None:
        paused &= np.diff(covered) < PAUSE_SPEED_MPS * steps
    if segment is not None:
        paused |= (np.diff(segment) != 0) & (steps > 1.5)
    return tuple(Pause(float(time_s[i]), float(steps[i])) for i in np.flatnonzero(paused))


def _since(start_s: float, pauses: tuple[Pause, ...], time_s: Floats) -> tuple[Pause, ...]:
    end_s = float(time_s[-1]) if len(time_s) else 0.0
    shifted = (Pause(pause.offset_s - start_s, pause.duration_s) for pause in pauses)
    return tuple(pause for pause in shifted if pause.offset_s >= 0 and pause.offset_s + pause.duration_s <= end_s + 1)


def _lap_since(start_s: float, lap: DeviceLap) -> DeviceLap:
    return DeviceLap(
        offset_s=max(0.0, lap.offset_s - start_s),
        elapsed_time_s=lap.elapsed_time_s,
        timer_time_s=lap.timer_time_s,
        distance_m=lap.distance_m,
    )
