"""An export of ours that another program cut, joined or shifted: what we said of the whole says nothing of it."""

import re
import struct

import numpy as np
import pytest

from stadion.sports import SportType
from stadion.streams.told import ToldPause
from telemetry.exports.domain import Exported, ExportFormat
from telemetry.exports.service import exported
from tests.telemetry.exports.round_trip import NOW, leaving
from tests.telemetry.exports.unit.test_round_trip import a_workout
from tests.workouts.recordings.formats.unit.fits import HEADER, as_file
from workouts.recordings.service import Entry, entries_of

GPX, TCX, FIT = ExportFormat.GPX, ExportFormat.TCX, ExportFormat.FIT
POINTS = {GPX: rb"<trkpt.*?</trkpt>\n?", TCX: rb"<Trackpoint>.*?</Trackpoint>\n?"}
PAUSED = a_workout(
    sport_type=SportType.TRAIL_RUN,
    timer_time_s=49.0,
    moving_time_s=40.0,
    pauses=[ToldPause(offset_s=20, duration_s=10)],
)


def read(data: bytes) -> Entry:
    (entry,) = entries_of(data, sport_type=None, now=NOW)
    return entry


def with_points(workout: Exported, as_format: ExportFormat, chosen: slice) -> bytes:
    data = exported(workout, as_format)
    points = re.findall(POINTS[as_format], data, flags=re.DOTALL)
    for point in set(points) - set(points[chosen]):
        data = data.replace(point, b"")
    return data


@pytest.mark.parametrize("chosen", [slice(0, 30), slice(30, 60)])
def test_half_of_a_track_is_half_of_the_workout(chosen: slice) -> None:
    entry = read(with_points(a_workout(), GPX, chosen))
    assert entry.measured.elapsed_time_s == entry.measured.moving_time_s == 29
    assert entry.measured.distance_m == pytest.approx(87, abs=1)


def test_what_was_added_to_a_track_counts() -> None:
    more = b"".join(
        b'<trkpt lat="%.6f" lon="37"><time>2026-05-01T06:01:%02dZ</time></trkpt>' % (55 + (60 + s) * 2.7e-5, s)
        for s in range(60)
    )
    entry = read(exported(a_workout(), GPX).replace(b"\n</trkseg>", more + b"</trkseg>"))
    assert entry.measured.moving_time_s == 119
    assert entry.measured.distance_m == pytest.approx(357, abs=2)


@pytest.mark.parametrize("as_format", [GPX, TCX])
def test_times_that_were_shifted_keep_no_pause_elsewhere(as_format: ExportFormat) -> None:
    """A clock that was an hour off: our own words still name the hour before."""
    moved = re.sub(rb"ime>2026-05-01T06:00", b"ime>2026-05-01T06:40", exported(PAUSED, as_format))
    entry = read(moved)
    assert (entry.measured.started_at.minute, entry.recording.is_judged) == (40, False)
    assert entry.measured.elapsed_time_s == 59


@pytest.mark.parametrize("as_format", [GPX, TCX])
def test_the_sport_of_a_part_is_that_of_the_whole(as_format: ExportFormat) -> None:
    assert read(with_points(PAUSED, as_format, slice(0, 20))).measured.sport_type is SportType.TRAIL_RUN


def test_fit_of_another_number_of_records_is_judged_as_any_file() -> None:
    data = exported(leaving(read(exported(PAUSED, TCX))), FIT)
    assert read(data).recording.is_judged
    count = struct.pack("<I", 60)
    at = data.rindex(count)
    entry = read(as_file(HEADER, data[14:at] + struct.pack("<I", 61) + data[at + 4 : -2]))
    assert (entry.recording.is_judged, entry.measured.sport_type) == (False, SportType.TRAIL_RUN)


def test_fractions_of_seconds_that_were_shifted_are_not_believed() -> None:
    columns = {**a_workout().columns, "time_s": np.arange(60) + 0.25}
    data = exported(Exported.of(a_workout().told, columns), FIT)
    first = int(PAUSED.told.started_at.timestamp()) - 631_065_600
    body = data[14:-2]
    for second in range(60):
        body = body.replace(struct.pack("<I", first + second), struct.pack("<I", first + 3_600 + second))
    recording = read(as_file(HEADER, body)).recording
    assert recording.started_at.hour == 7
    assert recording.span_s == 59
