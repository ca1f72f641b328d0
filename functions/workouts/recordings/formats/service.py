from datetime import datetime, timedelta

from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.gzip_guard import MAGIC, gunzipped
from workouts.recordings.limits import MAX_BYTES, MAX_POINTS, MIB
from workouts.recordings.recording import Recording

_CLOCK_MAY_BE_AHEAD_BY = timedelta(days=1)


def decode(data: bytes, *, now: datetime | None = None, most_points: int = MAX_POINTS) -> list[Recording]:
    """The activities of a FIT, GPX or TCX file, gzipped or not, recognised by content; at least one.

    Raises nothing but RecordingError. With `now` (aware), a recording from the future is refused.
    """
    if not data:
        raise RecordingError("empty_file")
    if data.startswith(MAGIC):
        data = gunzipped(data)
    if len(data) > MAX_BYTES:
        raise RecordingError("too_large", mib=MAX_BYTES // MIB)
    recordings = _decoded(data, most_points)
    if now is not None and any(recording.started_at > now + _CLOCK_MAY_BE_AHEAD_BY for recording in recordings):
        raise RecordingError("from_the_future")
    return recordings


def _decoded(data: bytes, most_points: int) -> list[Recording]:
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
