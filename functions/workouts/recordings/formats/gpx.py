"""GPX 1.0 and 1.1, Garmin's TrackPointExtension v1/v2, Strava's bare `power`, Cluetrust's gpxdata."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from stadion.sports import from_gpx
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.devices import is_barometric
from workouts.recordings.formats.own import OwnWords
from workouts.recordings.formats.parts import Decoded, Part, decoded_parts
from workouts.recordings.formats.positions import is_indoor, without_nowhere
from workouts.recordings.formats.xml_guard import MISSING, NO_TIME, TIME, Columns, PointReader, read_points, utc
from workouts.recordings.limits import MAX_RECORDINGS
from workouts.recordings.recording import Floats, RawTrack, Recording, assembled

_APART_S = 36 * 3600.0
"""Between the middles of two tracks: the days of a tour are one activity, next week is another."""
_NUMBER = rb"([-+.0-9eE]++)"
_TIME = rb"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)Z"


def _maybe(element: bytes, value: bytes = _NUMBER, prefix: bytes = rb"(?:[A-Za-z0-9]++:)?") -> bytes:
    return rb"(?:<" + prefix + element + rb">" + value + rb"</" + prefix + element + rb">\s*+)?"


# Strava and Garmin both write atemp, hr, cad in the order of Garmin's schema.
_POINT = re.compile(
    rb'<trkpt lat="' + _NUMBER + rb'" lon="' + _NUMBER + rb'">\s*+' + _maybe(rb"ele", prefix=rb"") + rb"<time>" + _TIME
    + rb"</time>\s*+" + _maybe(rb"speed", prefix=rb"") + rb"(?:<extensions>\s*+" + _maybe(rb"power")
    + rb"(?:<(?:[A-Za-z0-9]++:)?TrackPointExtension>\s*+" + _maybe(rb"atemp") + _maybe(rb"hr") + _maybe(rb"cad")
    + rb"</(?:[A-Za-z0-9]++:)?TrackPointExtension>\s*+)?" + _maybe(rb"distance")
    + rb"</extensions>\s*+)?</trkpt>\s*+"
)  # fmt: skip
_NAMES = (
    "lat",
    "lon",
    "altitude_m",
    TIME,
    "speed_mps",
    "power_w",
    "temperature_c",
    "heart_rate_bpm",
    "cadence_rpm",
    "distance_m",
)
_ELEMENTS = {
    "ele": "altitude_m",
    "speed": "speed_mps",
    "power": "power_w",
    "PowerInWatts": "power_w",
    "atemp": "temperature_c",
    "temp": "temperature_c",
    "hr": "heart_rate_bpm",
    "cad": "cadence_rpm",
    "cadence": "cadence_rpm",
    "distance": "distance_m",
}


@dataclass
class _Track:
    start: int
    """Its first point's index."""
    sport: str = ""
    own: OwnWords | None = None


@dataclass(frozen=True)
class _Journey:
    """Tracks that are one activity: from which point to which, and when the middle of the last of them was."""

    first: int
    last: int
    sport: str
    middle_s: float
    own: OwnWords | None = None

    def takes(self, other: "_Journey") -> bool:
        """Another sport, or another day, is another activity."""
        is_same_sport = not self.sport or not other.sport or self.sport.lower() == other.sport.lower()
        return is_same_sport and abs(other.middle_s - self.middle_s) <= _APART_S


def decode_gpx(data: bytes, most_points: int) -> Decoded:
    """Tracks and segments of one activity are its parts, and what lies between them is a pause."""
    reader = _GpxReader(most_points)
    read_points(data, reader, _POINT, b"<trkpt ")
    epoch_s, channels = reader.points.finished()
    if reader.points.unread_times and np.isnan(epoch_s).all():
        raise RecordingError("bad_time")
    journeys = _journeys(reader.tracks, epoch_s)
    return decoded_parts(
        Part(f"track:{number}", journey.last - journey.first, partial(_recording, reader, journey, epoch_s, channels))
        for number, journey in enumerate(journeys, start=1)
    )


def _journeys(tracks: Sequence[_Track], epoch_s: Floats) -> list[_Journey]:
    """A track without points or times, such as a plan, is a part of its own, between whatever it stands."""
    timed: list[_Journey] = []
    others: list[_Journey] = []
    ends = [*(track.start for track in tracks[1:]), len(epoch_s)]
    for track, end in zip(tracks, ends, strict=False):
        times_s = epoch_s[track.start : end]
        times_s = times_s[np.isfinite(times_s)]
        if not len(times_s):
            others.append(_Journey(track.start, end, track.sport, np.nan))
            continue
        journey = _Journey(track.start, end, track.sport, float(np.median(times_s)), track.own)
        if timed and timed[-1].takes(journey):
            before = timed.pop()
            journey = replace(journey, first=before.first, sport=before.sport or journey.sport, own=None)
        timed.append(journey)
    if len(timed) > MAX_RECORDINGS:
        raise RecordingError("too_many_parts", most=MAX_RECORDINGS)
    return sorted([*timed, *others[:MAX_RECORDINGS]], key=lambda journey: journey.first)


def _recording(reader: "_GpxReader", journey: _Journey, epoch_s: Floats, channels: Mapping[str, Floats]) -> Recording:
    if journey.first == journey.last:
        raise RecordingError("no_points")
    index = np.arange(journey.first, journey.last)
    segment = np.searchsorted(reader.segment_starts, index, side="right").astype(np.float64)
    times_s, own = epoch_s[journey.first : journey.last], journey.own
    told = {name: values[journey.first : journey.last] for name, values in channels.items()}
    is_whole = own is not None and own.is_of(times_s)
    placed, notes = without_nowhere({**told, "moving": own.moving(times_s)} if own and is_whole else told)
    said: dict[str, Any] = {"sport_type": from_gpx(journey.sport), "device": reader.creator or None}
    if own is not None:
        said = own.clock() if is_whole else own.names
    recording = assembled(
        RawTrack(epoch_s=times_s, channels=placed, segment=segment),
        file_format="gpx",
        barometric=is_barometric(said["device"]),
        notes=(*reader.notes, *reader.points.notes(), *notes),
        **said,
    )
    if own is not None:
        whole: dict[str, Any] = {"whole_s": own.whole_s, "swim": own.swim} if is_whole else {}
        return replace(recording, **own.words, **whole)
    return replace(recording, indoor=is_indoor(journey.sport), sport_is_told=bool(journey.sport))


class _GpxReader(PointReader):
    points_are_in = "trkseg"

    def __init__(self, most_points: int) -> None:
        super().__init__()
        self.points = Columns(_NAMES, most_points)
        self.segment_starts: list[int] = []
        self.tracks: list[_Track] = []
        self.creator = ""
        self._point: dict[str, bytes] = {}

    def points_read(self) -> int:
        return len(self.points)

    def columns(self) -> Columns | None:
        return self.points

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "trkpt":
            self._point = {key: attributes[key].strip().encode() for key in ("lat", "lon") if key in attributes}
        elif name == "trk":
            self.tracks.append(_Track(len(self.points)))
        elif name == "trkseg":
            self.tracks = self.tracks or [_Track(len(self.points))]
            self.segment_starts.append(len(self.points))
        elif name == "gpx":
            self.creator = attributes.get("creator", "")[:200]
        elif "trk" in self.path:
            self._own(name, attributes)

    def _own(self, name: str, attributes: dict[str, str]) -> None:
        track = self.tracks[-1]
        if name == "workout":
            track.own = OwnWords.of(attributes)
        elif track.own is not None and self.path[-2:-1] == ["workout"]:
            track.own.take(name, attributes)

    def closed(self, name: str, parent: str, text: str) -> None:
        if name == "trkpt" and parent == "trkseg":
            self.points.add([self._point.get(key, NO_TIME if key == TIME else MISSING) for key in _NAMES])
        elif "trkpt" in self.path:
            self._leaf(name, text)
        elif name == "type" and parent == "trk":
            self.tracks[-1].sport = self.tracks[-1].sport or text

    def _leaf(self, name: str, text: str) -> None:
        if name == "time":
            self._point.setdefault(TIME, utc(text))
        elif name in _ELEMENTS:
            self._point.setdefault(_ELEMENTS[name], text.encode() or MISSING)
