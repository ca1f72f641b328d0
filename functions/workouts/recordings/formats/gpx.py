"""GPX 1.0 and 1.1, Garmin's TrackPointExtension v1/v2, Strava's bare `power`, Cluetrust's gpxdata."""

import re
from dataclasses import replace

import numpy as np

from stadion.sports import from_gpx
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.devices import is_barometric
from workouts.recordings.formats.parts import Decoded, Part, decoded_parts
from workouts.recordings.formats.positions import is_indoor, without_nowhere
from workouts.recordings.formats.xml_guard import MISSING, NO_TIME, TIME, Columns, PointReader, read_points, utc
from workouts.recordings.recording import RawTrack, Recording, assembled

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


def decode_gpx(data: bytes, most_points: int) -> Decoded:
    """One recording; its tracks and segments are its parts, and what lies between them is a pause."""
    reader = _GpxReader(most_points)
    read_points(data, reader, _POINT, b"<trkpt ")
    return decoded_parts([Part("track:1", reader.points_read(), lambda: _recording(reader))])


def _recording(reader: "_GpxReader") -> Recording:
    if not len(reader.points):
        raise RecordingError("no_points")
    epoch_s, channels = reader.points.finished()
    if reader.points.unread_times and np.isnan(epoch_s).all():
        raise RecordingError("bad_time")
    segment = np.searchsorted(reader.segment_starts, np.arange(len(epoch_s)), side="right").astype(np.float64)
    placed, notes = without_nowhere(channels)
    recording = assembled(
        RawTrack(epoch_s=epoch_s, channels=placed, segment=segment),
        file_format="gpx",
        sport_type=from_gpx(reader.sport),
        barometric=is_barometric(reader.creator),
        device=reader.creator or None,
        notes=(*reader.notes, *reader.points.notes(), *notes),
    )
    return replace(recording, indoor=is_indoor(reader.sport))


class _GpxReader(PointReader):
    points_are_in = "trkseg"

    def __init__(self, most_points: int) -> None:
        super().__init__()
        self.points = Columns(_NAMES, most_points)
        self.segment_starts: list[int] = []
        self.sport = ""
        self.creator = ""
        self._point: dict[str, bytes] = {}

    def points_read(self) -> int:
        return len(self.points)

    def columns(self) -> Columns | None:
        return self.points

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "trkpt":
            self._point = {key: attributes[key].strip().encode() for key in ("lat", "lon") if key in attributes}
        elif name == "trkseg":
            self.segment_starts.append(len(self.points))
        elif name == "gpx":
            self.creator = attributes.get("creator", "")[:200]

    def closed(self, name: str, parent: str, text: str) -> None:
        if name == "trkpt" and parent == "trkseg":
            self.points.add([self._point.get(key, NO_TIME if key == TIME else MISSING) for key in _NAMES])
        elif "trkpt" in self.path:
            self._leaf(name, text)
        elif name == "type" and parent == "trk":
            self.sport = self.sport or text

    def _leaf(self, name: str, text: str) -> None:
        if name == "time":
            self._point.setdefault(TIME, utc(text))
        elif name in _ELEMENTS:
            self._point.setdefault(_ELEMENTS[name], text.encode() or MISSING)
