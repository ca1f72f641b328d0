"""TCX with ActivityExtension v2 (Speed, Watts, RunCadence); several activities in one file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from stadion.sports import from_tcx
from workouts.reasons import Reason
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.devices import is_barometric
from workouts.recordings.formats.own import OwnWords
from workouts.recordings.formats.parts import Decoded, Part, decoded_parts
from workouts.recordings.formats.positions import is_indoor, without_nowhere
from workouts.recordings.formats.totals import believable
from workouts.recordings.formats.xml_guard import (
    MISSING,
    NO_TIME,
    TIME,
    Columns,
    PointReader,
    epoch_s,
    number,
    read_points,
    utc,
)
from workouts.recordings.limits import MAX_LAPS, MAX_RECORDINGS
from workouts.recordings.recording import DeviceLap, DeviceTotals, Floats, RawTrack, Recording, assembled, overlap

_LAP_PAUSE_S = 10.0
_TRACKS_OF_POINTS = 4
"""Points that each track has at least, else a track is only how a writer wraps its points."""
_NUMBER = rb"([-+.0-9eE]++)"
_TIME = rb"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)Z"
_PREFIX = rb"(?:[A-Za-z0-9]++:)?"
_TPX = _PREFIX + rb"TPX"


def _maybe(element: bytes) -> bytes:
    return rb"(?:<" + element + rb">" + _NUMBER + rb"</" + element + rb">\s*+)?"


# The schema is a sequence: well-behaved writers all use this order.
_POINT = re.compile(
    rb"<Trackpoint>\s*+<Time>" + _TIME + rb"</Time>\s*+"
    rb"(?:<Position>\s*+<LatitudeDegrees>" + _NUMBER + rb"</LatitudeDegrees>\s*+"
    rb"<LongitudeDegrees>" + _NUMBER + rb"</LongitudeDegrees>\s*+</Position>\s*+)?"
    + _maybe(rb"AltitudeMeters") + _maybe(rb"DistanceMeters")
    + rb"(?:<HeartRateBpm>\s*+<Value>" + _NUMBER + rb"</Value>\s*+</HeartRateBpm>\s*+)?" + _maybe(rb"Cadence")
    + rb"(?:<SensorState>(?:Present|Absent)</SensorState>\s*+)?"
    rb'(?:<Extensions>\s*+<' + _TPX + rb'(?: xmlns="[^"<>&]*+")?>\s*+' + _maybe(_PREFIX + rb"Speed")
    + _maybe(_PREFIX + rb"RunCadence") + _maybe(_PREFIX + rb"Watts") + rb"</" + _TPX + rb">\s*+</Extensions>\s*+)?"
    rb"</Trackpoint>\s*+"
)  # fmt: skip
_NAMES = (
    TIME,
    "lat",
    "lon",
    "altitude_m",
    "distance_m",
    "heart_rate_bpm",
    "cadence_rpm",
    "speed_mps",
    "run_cadence_rpm",
    "power_w",
)
_ELEMENTS = {
    ("Position", "LatitudeDegrees"): "lat",
    ("Position", "LongitudeDegrees"): "lon",
    ("Trackpoint", "AltitudeMeters"): "altitude_m",
    ("Trackpoint", "DistanceMeters"): "distance_m",
    ("HeartRateBpm", "Value"): "heart_rate_bpm",
    ("Trackpoint", "Cadence"): "cadence_rpm",
    ("TPX", "Speed"): "speed_mps",
    ("TPX", "RunCadence"): "run_cadence_rpm",
    ("TPX", "Watts"): "power_w",
}


@dataclass
class _Lap:
    started_epoch_s: float | None
    totals: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Track:
    start: int
    """Its first point's index."""
    begins_lap: bool


@dataclass
class _Activity:
    sport: str
    points: Columns
    tracks: list[_Track] = field(default_factory=list)
    laps: list[_Lap] = field(default_factory=list)
    device: str = ""
    activity_id: str = ""
    own: OwnWords | None = None


def decode_tcx(data: bytes, most_points: int) -> Decoded:
    reader = _TcxReader(most_points)
    read_points(data, reader, _POINT, b"<Trackpoint>")
    return decoded_parts(
        _activity_part(number, activity, reader.notes if activity is reader.activities[-1] else ())
        for number, activity in enumerate(reader.activities, start=1)
    )


def _activity_part(number: int, activity: _Activity, notes: tuple[Reason, ...]) -> Part:
    return Part(f"activity:{number}", len(activity.points), lambda: _recording(activity, notes))


def _recording(activity: _Activity, notes: tuple[Reason, ...]) -> Recording:
    times_s, channels = activity.points.finished()
    if activity.points.unread_times and np.isnan(times_s).all():
        raise RecordingError("bad_time")
    own, told = activity.own, _one_cadence(channels)
    is_whole = own is not None and own.is_of(times_s)
    placed, nowhere = without_nowhere({**told, "moving": own.moving(times_s)} if own and is_whole else told)
    said = _said(activity, times_s)
    if own is not None:
        said = own.clock() if is_whole else {**said, **own.names}
    recording = assembled(
        RawTrack(epoch_s=times_s, channels=placed, segment=_segment(times_s, activity.tracks)),
        file_format="tcx",
        barometric=is_barometric(said["device"]),
        external_id=activity.activity_id or None,
        notes=(*notes, *activity.points.notes(), *nowhere),
        **said,
    )
    if own is None:
        return replace(recording, indoor=is_indoor(activity.sport))
    return replace(recording, **own.words, swim=own.swim if is_whole else None)


def _said(activity: _Activity, times_s: Floats) -> dict[str, Any]:
    return {
        "sport_type": from_tcx(activity.sport),
        "started_epoch_s": activity.laps[0].started_epoch_s if activity.laps and not len(times_s) else None,
        "laps": tuple(_device_lap(lap) for lap in activity.laps if lap.started_epoch_s is not None),
        "totals": _totals(activity.laps),
        "device": activity.device or None,
    }


def _segment(times_s: Floats, tracks: Sequence[_Track]) -> Floats | None:
    """A track ends where the athlete stops the timer, and at a lap, where only a long step is a pause."""
    starts = np.array([track.start for track in tracks if 0 < track.start < len(times_s)], dtype=np.int64)
    if not len(starts) or _TRACKS_OF_POINTS * len(starts) > len(times_s):
        return None
    begins_lap = np.array([track.begins_lap for track in tracks if 0 < track.start < len(times_s)])
    steps = np.diff(times_s)
    usual_s = float(np.nanmedian(steps)) if np.isfinite(steps).any() else 0.0
    least_s = np.where(begins_lap, np.maximum(_LAP_PAUSE_S, 5 * usual_s), 1.5 * usual_s)
    return np.searchsorted(starts[steps[starts - 1] > least_s], np.arange(len(times_s)), side="right").astype(
        np.float64
    )


def _one_cadence(channels: Mapping[str, Floats]) -> dict[str, Floats]:
    merged = dict(channels)
    run_cadence = merged.pop("run_cadence_rpm")
    merged["cadence_rpm"] = np.where(np.isnan(merged["cadence_rpm"]), run_cadence, merged["cadence_rpm"])
    return merged


def _device_lap(lap: _Lap) -> DeviceLap:
    return DeviceLap(
        offset_s=lap.started_epoch_s or 0.0,
        timer_time_s=lap.totals.get("TotalTimeSeconds"),
        distance_m=lap.totals.get("DistanceMeters"),
    )


def _totals(laps: list[_Lap]) -> DeviceTotals:
    is_whole = not overlap([_device_lap(lap) for lap in laps if lap.started_epoch_s is not None])

    def total(name: str) -> float | None:
        values = [lap.totals[name] for lap in laps if name in lap.totals]
        return sum(values) if values else None

    def highest(name: str) -> float | None:
        return max((lap.totals[name] for lap in laps if name in lap.totals), default=None)

    return believable(
        DeviceTotals(
            of_laps=True,
            timer_time_s=total("TotalTimeSeconds") if is_whole else None,
            distance_m=total("DistanceMeters") if is_whole else None,
            calories_kcal=total("Calories") or None,
            max_heart_rate_bpm=highest("MaximumHeartRateBpm"),
            max_speed_mps=highest("MaximumSpeed"),
        )
    )


class _TcxReader(PointReader):
    points_are_in = "Track"

    def __init__(self, most_points: int) -> None:
        super().__init__()
        self.most_points = most_points
        self.activities: list[_Activity] = []
        self._activity: _Activity | None = None
        self._point: dict[str, bytes] = {}
        self._begins_lap = False

    def points_read(self) -> int:
        return sum(len(activity.points) for activity in self.activities)

    def columns(self) -> Columns | None:
        return self._activity.points if self._activity else None

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Activity":
            self._activity = _Activity(attributes.get("Sport", ""), Columns(_NAMES, self.most_points))
            self.activities.append(self._activity)
            _refuse_more_than(MAX_RECORDINGS, len(self.activities))
        elif name == "Lap" and self._activity:
            self._activity.laps.append(_Lap(epoch_s(utc(attributes.get("StartTime", "")))))
            self._begins_lap = True
            _refuse_more_than(MAX_LAPS, len(self._activity.laps))
        elif name == "Track" and self._activity:
            self._activity.tracks.append(_Track(len(self._activity.points), self._begins_lap))
            self._begins_lap = False
        elif name == "Trackpoint":
            self._point = {}
        elif self._activity and name == "workout":
            self._activity.own = OwnWords.of(attributes)
        elif self._activity and self._activity.own and self.path[-2:-1] == ["workout"]:
            self._activity.own.take(name, attributes)

    def closed(self, name: str, parent: str, text: str) -> None:
        if self._activity is None:
            return
        if name == "Trackpoint":
            self._close_point(self._activity)
        elif "Trackpoint" in self.path:
            self._leaf(name, parent, text)
        elif name == "Activity":
            self._activity = None
        else:
            _describe(self._activity, name, parent, text)

    def _close_point(self, activity: _Activity) -> None:
        if self._point.get(TIME, NO_TIME) != NO_TIME:
            activity.points.add([self._point.get(key, MISSING) for key in _NAMES])

    def _leaf(self, name: str, parent: str, text: str) -> None:
        if name == "Time":
            self._point.setdefault(TIME, utc(text))
        elif (parent, name) in _ELEMENTS:
            self._point.setdefault(_ELEMENTS[parent, name], text.encode() or MISSING)


def _describe(activity: _Activity, name: str, parent: str, text: str) -> None:
    if parent == "Lap" and activity.laps and name in ("TotalTimeSeconds", "DistanceMeters", "Calories", "MaximumSpeed"):
        _keep(activity.laps[-1], name, text)
    elif parent == "MaximumHeartRateBpm" and name == "Value" and activity.laps:
        _keep(activity.laps[-1], parent, text)
    elif parent == "Creator" and name == "Name":
        activity.device = text[:200]
    elif parent == "Activity" and name == "Id":
        activity.activity_id = text[:200]


def _keep(lap: _Lap, name: str, text: str) -> None:
    value = number(text.encode())
    if 0 <= value < 1e9:
        lap.totals[name] = value


def _refuse_more_than(limit: int, count: int) -> None:
    if count > limit:
        raise RecordingError("too_many_parts", most=limit)
