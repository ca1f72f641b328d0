import gzip
from datetime import UTC, datetime
from itertools import combinations, pairwise

import fitdecode
import gpxpy
import numpy as np
import pytest
from tcxreader.tcxreader import TCXReader

from local.recordings import every_file
from stadion.sports import SportType
from tests.workouts.recordings.unit import samples
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.service import decode
from workouts.recordings.measures.domain import measure
from workouts.texts import TEXTS


def fitdecode_column(name: str, *fields: str) -> np.ndarray:
    with fitdecode.FitReader(samples.path(name)) as reader:
        records = [frame for frame in reader if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "record"]
    values = [next((v for f in fields if (v := r.get_value(f, fallback=None)) is not None), None) for r in records]
    return np.array([np.nan if value is None else float(value) for value in values])


@pytest.mark.parametrize("name", ["4078723797.fit", "4801048867.fit", "2020-06-01-16-52-40.fit"])
def test_fit_columns_are_those_of_fitdecode(name: str) -> None:
    ours = samples.recording(name)
    altitude = fitdecode_column(name, "enhanced_altitude", "altitude")
    assert len(ours) == len(altitude)
    np.testing.assert_allclose(ours.altitude_m, altitude, atol=1e-9)
    np.testing.assert_allclose(ours.heart_rate_bpm, fitdecode_column(name, "heart_rate"))
    np.testing.assert_allclose(ours.power_w, fitdecode_column(name, "power"))
    np.testing.assert_allclose(ours.distance_m, fitdecode_column(name, "distance"), atol=1e-9)
    semicircles = fitdecode_column(name, "position_lat")
    np.testing.assert_allclose(ours.lat, semicircles * 180 / 2**31, atol=1e-9)


@pytest.mark.parametrize("name", ["activity_4078723797.gpx", "4801048867_strava.gpx", "activity_5039744860.gpx"])
def test_gpx_points_are_those_of_gpxpy(name: str) -> None:
    theirs = list(gpxpy.parse(samples.data(name).decode()).walk(only_points=True))
    ours = samples.recording(name)
    assert len(ours) == len(theirs)
    np.testing.assert_allclose(ours.lat, [point.latitude for point in theirs])
    np.testing.assert_allclose(ours.lon, [point.longitude for point in theirs])
    np.testing.assert_allclose(ours.altitude_m, [point.elevation for point in theirs])
    assert ours.started_at == theirs[0].time


@pytest.mark.parametrize(("name", "repeated"), [("activity_4078723797.tcx", 0), ("activity_4801048867.tcx", 7)])
def test_tcx_points_are_those_of_tcxreader_without_the_ones_repeated_at_laps(name: str, repeated: int) -> None:
    theirs = TCXReader().read(str(samples.path(name))).trackpoints
    ours = samples.recording(name)
    assert len({point.time for point in theirs}) == len(ours)
    assert len(theirs) - len(ours) == repeated
    unique = {point.time: point for point in theirs}
    np.testing.assert_allclose(ours.heart_rate_bpm, [point.hr_value for point in unique.values()])


@pytest.mark.parametrize("ride", [samples.RIDE_4078, samples.RIDE_4801], ids=["4078723797", "4801048867"])
def test_the_formats_agree_on_every_channel_that_they_share(ride: tuple[str, ...]) -> None:
    for one, other in combinations(map(samples.recording, ride), 2):
        assert one.started_at == other.started_at
        np.testing.assert_array_equal(one.time_s, other.time_s)
        np.testing.assert_array_equal(one.heart_rate_bpm, other.heart_rate_bpm)
        np.testing.assert_allclose(one.lat, other.lat, atol=1e-6)
        np.testing.assert_allclose(one.altitude_m, other.altitude_m, atol=0.11)


def test_the_shortcut_reads_what_the_slow_path_reads() -> None:
    for name in ("activity_4801048867.gpx", "4078723797_strava.gpx", "activity_4801048867.tcx", "3173437224.tcx"):
        fast = samples.recording(name)
        (slow,) = decode(samples.data(name) + b"<!-- a comment turns the shortcut off -->")
        np.testing.assert_array_equal(fast.time_s, slow.time_s)
        for channel, values in fast.channels().items():
            np.testing.assert_array_equal(values, slow.channels()[channel], err_msg=f"{name} {channel}")
        assert (fast.laps, fast.pauses, fast.totals, fast.device) == (slow.laps, slow.pauses, slow.totals, slow.device)


def test_a_gzipped_file_is_the_file() -> None:
    plain = samples.recording("4801048867.fit")
    (zipped,) = decode(gzip.compress(samples.data("4801048867.fit")))
    np.testing.assert_array_equal(plain.heart_rate_bpm, zipped.heart_rate_bpm)


def test_an_indented_xml_declaration_and_other_encodings_are_forgiven() -> None:
    gpx = samples.a_gpx(samples.a_trkpt(0) + samples.a_trkpt(1))
    variants = (
        b"  \n" + gpx,
        b"\xef\xbb\xbf" + gpx,
        gpx.decode().encode("utf-16"),
        gpx.replace(b"<trkpt", b"<!-- x --><trkpt"),
    )
    assert [len(decode(variant)[0]) for variant in variants] == [2, 2, 2, 2]


def test_a_point_in_a_comment_is_no_point() -> None:
    hidden = f"<?x {samples.a_trkpt(7)}?><!-- {samples.a_trkpt(5)} --><![CDATA[{samples.a_trkpt(6)}]]>"
    shown = samples.a_gpx(samples.a_trkpt(0) + hidden + samples.a_trkpt(1))
    undeclared = shown.replace(b'<?xml version="1.0"?>', b"")
    assert [decode(variant)[0].time_s.tolist() for variant in (shown, undeclared)] == [[0, 1], [0, 1]]


def test_points_of_a_course_are_not_an_activity() -> None:
    course = (
        b"<Courses><Course><Track><Trackpoint><Time>2026-05-01T06:00:00Z</Time></Trackpoint></Track></Course></Courses>"
    )
    with pytest.raises(RecordingError, match="no_points"):
        decode(b"<TrainingCenterDatabase>" + course + b"</TrainingCenterDatabase>")


def test_a_multisport_file_is_three_recordings() -> None:
    parts = decode(samples.data("6471559601_ACTIVITY.fit"))
    assert [part.sport_type for part in parts] == [SportType.RUN, SportType.WORKOUT, SportType.ROWING]
    assert [part.totals.timer_time_s for part in parts] == [24.593, 11.763, 23.245]
    assert all(one.started_at < other.started_at for one, other in pairwise(parts))
    assert len({part.external_id for part in parts}) == 3


def test_a_chained_file_is_as_many_recordings() -> None:
    both = decode(samples.data("4801048867.fit") + samples.data("2020-06-01-16-52-40.fit"))
    assert [len(part) for part in both] == [5159, 96]


def test_several_activities_in_a_tcx_are_several_recordings() -> None:
    ride, run = decode(samples.data("tcx/multi_activity.tcx", "activity-parser"))
    assert (ride.sport_type, run.sport_type) == (SportType.RIDE, SportType.RUN)
    assert run.started_at == datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_a_workout_without_points_still_has_its_totals() -> None:
    (laps_only,) = decode(samples.data("tcx/laps_only.tcx", "activity-parser"))
    assert len(laps_only) == 0
    assert laps_only.totals.timer_time_s == 1800


@pytest.mark.parametrize("offset", ["Z", "+02:00", "-05:30", ""])
def test_times_of_any_offset_become_utc(offset: str) -> None:
    points = (samples.a_trkpt(0, time=f"2026-05-01T06:00:0{second}{offset}") for second in (0, 1))
    (run,) = decode(samples.a_gpx("".join(points)))
    assert run.started_at == datetime.fromisoformat(f"2026-05-01T06:00:00{offset or 'Z'}")


def test_a_clock_that_goes_back_and_points_that_repeat_leave_time_rising() -> None:
    order = [0, 1, 5, 3, 3, 4, 2]
    (run,) = decode(samples.a_gpx("".join(samples.a_trkpt(second) for second in order)))
    assert run.time_s.tolist() == [0, 1, 2, 3, 4, 5]


def test_readings_of_the_same_instant_become_one_point() -> None:
    extension = "<extensions><power>{}</power></extensions>"
    points = samples.a_trkpt(0) + samples.a_trkpt(1) + samples.a_trkpt(1, inner=extension.format(200))
    (run,) = decode(samples.a_gpx(points))
    assert run.power_w.tolist()[1] == 200


def test_a_break_between_segments_is_a_pause_whatever_the_distance() -> None:
    (run,) = decode(samples.data("gpx/multi_segment.gpx", "activity-parser"))
    assert [pause.duration_s for pause in measure(run).pauses] == [1799.0]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("1", SportType.RIDE), ("9", SportType.RUN), ("cycling", SportType.RIDE), ("TrailRun", SportType.TRAIL_RUN)],
)
def test_strava_numbers_garmin_words_and_our_names_are_sports(kind: str, expected: SportType) -> None:
    (found,) = decode(samples.a_gpx(samples.a_trkpt(0) + samples.a_trkpt(1), kind=kind))
    assert found.sport_type is expected


def outcome(content: bytes) -> int | RecordingError:
    try:
        return len(decode(content))
    except RecordingError as error:
        return error


def test_every_file_is_decoded_or_refused_with_a_reason() -> None:
    outcomes = [outcome(path.read_bytes()) for path in every_file()]
    refused = [error for error in outcomes if isinstance(error, RecordingError)]
    assert sum(count for count in outcomes if isinstance(count, int)) > 110
    assert all(error.code in TEXTS for error in refused)
    assert {error.code for error in refused} <= {
        "no_points",
        "no_times",
        "absurd_date",
        "lasts_no_time",
        "unknown_format",
    }
