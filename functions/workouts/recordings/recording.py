from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stadion.sports import Family, SportType, sport
from workouts.reasons import Reason
from workouts.recordings.clock import DAY_S, Expected, in_time_order
from workouts.recordings.errors import RecordingError
from workouts.recordings.limits import MAX_DAYS, MAX_POINTS
from workouts.recordings.units import counts_steps, in_our_units

Floats = NDArray[np.float64]

_STOP_SLACK_S = 60.0
_MIN_TIMER_SHARE = 0.05
_OVERLAP = 1.1

MAX_DEVICES = 30

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
    "moving",
)


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

    of_laps: bool | None = None
    """They are the sums of its laps, which are no second witness then."""
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
    max_cadence_rpm: float | None = None
    average_power_w: float | None = None
    max_power_w: float | None = None
    normalized_power_w: float | None = None


def overlap(laps: Sequence[DeviceLap]) -> bool:
    """Whether they last longer than from the first one's start to the last one's end."""
    if len(laps) < 2:
        return False
    lasted = [lap.elapsed_time_s or lap.timer_time_s or 0.0 for lap in laps]
    starts = [lap.offset_s for lap in laps]
    reach_s = max(start + one for start, one in zip(starts, lasted, strict=True)) - min(starts)
    return sum(lasted) > _OVERLAP * reach_s + len(laps)


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

    @property
    def distance_m(self) -> float | None:
        """By the lengths that were counted."""
        swum = sum(one.is_active for one in self.lengths)
        return swum * self.pool_length_m if swum and self.pool_length_m else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What recorded, or a sensor of it, as the file names it; its serial number is nobody's business."""

    maker: str | None = None
    product: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """One activity as columns of the same length n >= 0: float64, NaN where the device recorded nothing.

    `time_s` counts from `started_at` (aware UTC) and strictly increases. `lat` and `lon` are WGS 84 degrees. `pauses`
    is None where the device says nothing of its timer; `segment` numbers the parts between which it did not record.
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
    moving: Floats
    """1 where the step that led to the point was in motion, 0 where not: told by an export of ours alone."""
    segment: Floats | None = None
    pauses: tuple[Pause, ...] | None = None
    stopped_s: float | None = None
    laps: tuple[DeviceLap, ...] = ()
    totals: DeviceTotals = field(default_factory=DeviceTotals)
    barometric: bool = False
    counts_steps: bool = False
    """Its cadence is twice that of a stride, if it was made on foot."""
    device: str | None = None
    external_id: str | None = None
    sport_is_told: bool = True
    """Not where the file has no place for it, or left it empty."""
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
    whole_s: float | None = None
    """Until its last sample, where that had no position and an export of ours therefore no place for it."""
    doubted_share: float = 0.0
    """What an export of ours left out of its most doubted channel."""

    def __len__(self) -> int:
        return len(self.time_s)

    def told_by_laps(self, name: str) -> float | None:
        """What the laps say of the whole; nothing if they overlap, as a lap of the whole beside its parts does."""
        told = [value for lap in self.laps if (value := getattr(lap, name))]
        return sum(told) if told and not overlap(self.laps) and not self.totals.of_laps else None

    def channels(self) -> dict[str, Floats]:
        return {name: getattr(self, name) for name in CHANNELS}

    @property
    def is_judged(self) -> bool:
        """An export of ours: its pauses and its motion are what a diary found."""
        return self.pauses is not None and is_told(self.moving)

    @property
    def in_strides(self) -> "Recording":
        """Its cadence on foot in strides a minute."""
        if not self.counts_steps or sport(self.sport_type).family not in {Family.RUN, Family.WALK}:
            return self
        return replace(self, cadence_rpm=self.cadence_rpm / 2, counts_steps=False)

    @property
    def span_s(self) -> float:
        return float(self.time_s[-1]) if len(self) else 0.0

    @property
    def whole_span_s(self) -> float:
        """By which another file of it is known."""
        return max(self.span_s, self.whole_s or 0.0)


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
    most_late_s: float = 3_600.0,
    pauses: tuple[Pause, ...] | None = None,
    stopped_epoch_s: float | None = None,
    laps: tuple[DeviceLap, ...] = (),
    totals: DeviceTotals | None = None,
    barometric: bool = False,
    indoor: bool = False,
    device: str | None = None,
    external_id: str | None = None,
    notes: tuple[Reason, ...] = (),
) -> Recording:
    """`pauses`, `laps` and `stopped_epoch_s`, when the athlete stopped, are in Unix time here. A start is believed that
    lies at most `most_late_s` before the first point."""
    totals = totals or DeviceTotals()
    tidy, left_out = _in_time_order(track, _expected(started_epoch_s, stopped_epoch_s, totals))
    start_s = _start(tidy.epoch_s, started_epoch_s, totals, most_late_s)
    tidy, run_on = _until_the_stop(tidy, start_s, stopped_epoch_s, totals)
    time_s = tidy.epoch_s - start_s
    columns: dict[str, Any] = in_our_units(_plausible_channels(tidy, len(time_s)), time_s)
    return Recording(
        file_format=file_format,
        sport_type=sport_type,
        started_at=datetime.fromtimestamp(round(start_s, 3), UTC),
        time_s=time_s,
        segment=tidy.segment,
        pauses=None if pauses is None else _since(start_s, pauses),
        stopped_s=None if stopped_epoch_s is None else max(0.0, stopped_epoch_s - start_s),
        laps=tuple(_lap_since(start_s, lap) for lap in laps if abs(lap.offset_s - start_s) < MAX_DAYS * DAY_S),
        totals=totals,
        barometric=barometric,
        indoor=indoor,
        device=device,
        external_id=external_id,
        notes=(*notes, *left_out, *run_on),
        counts_steps=not is_told(columns["moving"]) and counts_steps(columns["cadence_rpm"]),
        **columns,
    )


def is_told(values: Floats) -> bool:
    return bool((~np.isnan(values)).any())


def credible_elapsed_s(claimed_s: float | None, timer_s: float) -> float | None:
    """Days of which next to nothing was recorded are those of a clock that was set meanwhile."""
    days = claimed_s is not None and claimed_s > DAY_S and 0 < timer_s < _MIN_TIMER_SHARE * claimed_s
    return None if days else claimed_s


def _expected(started_s: float | None, stopped_s: float | None, totals: DeviceTotals) -> Expected | None:
    if started_s is None:
        return None
    timer_s = totals.timer_time_s or 0.0
    lasted = (credible_elapsed_s(totals.elapsed_time_s, timer_s) or 0.0, timer_s, (stopped_s or 0.0) - started_s)
    return started_s, started_s + min(max(lasted), MAX_DAYS * DAY_S)


def _in_time_order(track: RawTrack, expected: Expected | None) -> tuple[RawTrack, tuple[Reason, ...]]:
    if len(track.epoch_s) > MAX_POINTS:
        raise RecordingError("too_many_points", most=MAX_POINTS)
    chosen = in_time_order(track.epoch_s, expected)
    wrong = int(np.isfinite(track.epoch_s).sum()) - len(chosen)
    notes = (Reason.of("points_at_wrong_times", count=wrong),) if wrong else ()
    if len(chosen) < len(track.epoch_s) or (np.diff(chosen) < 0).any():
        track = _taken(track, chosen)
    steps = np.diff(track.epoch_s)
    return track if (steps > 0).all() else _without_repeats(track, steps), notes


def _until_the_stop(
    track: RawTrack, start_s: float, stopped_s: float | None, totals: DeviceTotals
) -> tuple[RawTrack, tuple[Reason, ...]]:
    """A recording may run on after the athlete stopped, if the session says so, too."""
    if stopped_s is None or not totals.elapsed_time_s or not len(track.epoch_s):
        return track, ()
    told_s = start_s + totals.elapsed_time_s
    if abs(told_s - stopped_s) > _STOP_SLACK_S or track.epoch_s[-1] - max(told_s, stopped_s) <= _STOP_SLACK_S:
        return track, ()
    inside = np.flatnonzero(track.epoch_s <= max(told_s, stopped_s) + 1)
    run_on = len(track.epoch_s) - len(inside)
    return (
        (_taken(track, inside), (Reason.of("recorded_after_the_stop", count=run_on),)) if len(inside) else (track, ())
    )


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


def _start(epoch_s: Floats, claimed_s: float | None, totals: DeviceTotals, most_late_s: float) -> float:
    if not len(epoch_s):
        if claimed_s is None or not (totals.timer_time_s or totals.elapsed_time_s):
            raise RecordingError("no_points")
        return claimed_s
    first = float(epoch_s[0])
    return claimed_s if claimed_s is not None and 0 <= first - claimed_s <= most_late_s else first


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
    "moving": (0.0, 1.0),
}


_NOTHING = {"heart_rate_bpm": 255.0, "cadence_rpm": 255.0}
"""What FIT writes where there is no reading; writers of other formats copy it."""


def _plausible_channels(track: RawTrack, length: int) -> dict[str, Floats]:
    """What no sensor can mean is missing; what only no human can do stays, for `plausibility` to tell."""
    columns = {}
    for name, (low, high) in _RANGES.items():
        values = track.channels.get(name)
        if values is None:
            columns[name] = np.full(length, np.nan)
        else:
            values = _on_the_map(values) if name == "lon" else values
            told = (values >= low) & (values <= high) & (values != _NOTHING.get(name, np.nan))
            columns[name] = np.where(told, values, np.nan)
    off_the_map = np.isnan(columns["lat"]) | np.isnan(columns["lon"])
    columns["lat"][off_the_map] = columns["lon"][off_the_map] = np.nan
    return columns


def _on_the_map(lon: Floats) -> Floats:
    """Some writers go on counting beyond the 180th meridian, or from 0 to 360."""
    beyond = (np.abs(lon) > 180) & (np.abs(lon) <= 360)
    return np.where(beyond, lon - np.copysign(360.0, lon), lon)


def _since(start_s: float, pauses: tuple[Pause, ...]) -> tuple[Pause, ...]:
    shifted = (Pause(pause.offset_s - start_s, pause.duration_s) for pause in pauses)
    return tuple(pause for pause in shifted if pause.offset_s >= 0)


def _lap_since(start_s: float, lap: DeviceLap) -> DeviceLap:
    return DeviceLap(
        offset_s=max(0.0, lap.offset_s - start_s),
        elapsed_time_s=lap.elapsed_time_s,
        timer_time_s=lap.timer_time_s,
        distance_m=lap.distance_m,
    )
