from datetime import datetime, timedelta

from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.gzip_guard import MAGIC, gunzipped
from workouts.recordings.formats.parts import Decoded, as_of, without_repeats
from workouts.recordings.limits import MAX_BYTES, MAX_POINTS, MIB
from workouts.recordings.recording import Recording

_CLOCK_MAY_BE_AHEAD_BY = timedelta(days=1)


def decode(data: bytes, *, now: datetime | None = None, most_points: int = MAX_POINTS) -> list[Recording]:
    """The recordings of `decoded`."""
    return decoded(data, now=now, most_points=most_points).recordings


def decoded(data: bytes, *, now: datetime | None = None, most_points: int = MAX_POINTS) -> Decoded:
    """The activities of a FIT, GPX or TCX file, gzipped or not, recognised by content; at least one.

    Raises nothing but RecordingError, and that only if no part of the file is an activity. With `now` (aware), what
    lies in the future is left out.
    """
    if not data:
        raise RecordingError("empty_file")
    if data.startswith(MAGIC):
        data = gunzipped(data)
    if len(data) > MAX_BYTES:
        raise RecordingError("too_large", mib=MAX_BYTES // MIB)
    found = without_repeats(_decoded(data, most_points))
    if now is not None:
        found = as_of(found, now + _CLOCK_MAY_BE_AHEAD_BY)
    if not found.recordings:
        raise RecordingError(found.weightiest.code, **found.weightiest.values)
    return found


def _decoded(data: bytes, most_points: int) -> Decoded:
    if data[8:12] == b".FIT":
        from workouts.recordings.formats.fit import decode_fit

        return decode_fit(data, most_points)
    data = data.lstrip(b" \t\r\n")  # some exporters indent the XML declaration, which XML does not allow
    root = _root(data)
    if root == "gpx":
        from workouts.recordings.formats.gpx import decode_gpx

        return decode_gpx(data, most_points)
    if root == "TrainingCenterDatabase":
        from workouts.recordings.formats.tcx import decode_tcx

        return decode_tcx(data, most_points)
    raise RecordingError("unknown_format")


def _root(data: bytes) -> str | None:
    from workouts.recordings.formats.xml_guard import root_element

    return root_element(data)
