"""GPX and TCX with weak parts: texts for numbers, broken times, torn ends, empty activities, borders of tracks."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from stadion.sports import SportType
from tests.workouts.recordings.unit import samples
from tests.workouts.recordings.unit.samples import a_gpx, a_trkpt
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.devices import is_barometric
from workouts.recordings.formats.service import decode, decoded
from workouts.recordings.formats.totals import believable
from workouts.recordings.measures.domain import measure
from workouts.recordings.recording import DeviceTotals, Recording


def only(data: bytes) -> Recording:
    (recording,) = decode(data)
    return recording


def notes(recording: Recording) -> dict[str, object]:
    return {note.code: note.values.get("count") for note in recording.notes}


def hr(text: str) -> str:
    return (
        f"<extensions><gpxtpx:TrackPointExtension><gpxtpx:hr>{text}</gpxtpx:hr></gpxtpx:TrackPointExtension>"
        "</extensions>"
    )


def a_trackpoint(second: int, *, lat: str = "50", lon: str = "8", metres: float | str | None = None) -> str:
    way = f"<DistanceMeters>{metres}</DistanceMeters>" if metres is not None else ""
    place = f"<Position><LatitudeDegrees>{lat}</LatitudeDegrees><LongitudeDegrees>{lon}</LongitudeDegrees></Position>"
    minute, rest = divmod(second, 60)
    return f"<Trackpoint><Time>2026-05-01T06:{minute:02}:{rest:02}Z</Time>{place if lat else ''}{way}</Trackpoint>"


def points(*seconds: int, speed: int = 3) -> str:
    return "".join(a_trackpoint(s, lat=str(50 + s * speed / 111_195), metres=s * speed) for s in seconds)


def a_lap(*tracks: str, total_s: float | str = 60, start: str = "2026-05-01T06:00:00Z") -> str:
    body = "".join(f"<Track>{track}</Track>" for track in tracks)
    return f'<Lap StartTime="{start}"><TotalTimeSeconds>{total_s}</TotalTimeSeconds>{body}</Lap>'


def a_tcx(*activities: str) -> bytes:
    return f"<TrainingCenterDatabase><Activities>{''.join(activities)}</Activities></TrainingCenterDatabase>".encode()


def an_activity(*laps: str, sport: str = "Running") -> str:
    return f'<Activity Sport="{sport}"><Id>2026-05-01T06:00:00Z</Id>{"".join(laps)}</Activity>'


# --- texts where numbers and times belong ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["null", "--", "1-2", "n/a", "1,000.5", "12 bpm"])
def test_a_text_in_a_numbers_place_is_a_missing_reading(text: str) -> None:
    run = only(a_gpx(a_trkpt(0, inner=hr("140")) + a_trkpt(1, inner=hr(text)) + a_trkpt(2, inner=hr("141"))))
    assert (len(run), int(np.isnan(run.heart_rate_bpm).sum()), notes(run)) == (3, 1, {"unread_numbers": 1})


def test_a_comma_in_the_place_of_the_point_is_one() -> None:
    run = only(a_gpx(a_trkpt(0, lat="50,25", lon="-5,5") + a_trkpt(1, lat="50,26", lon="-5,5")))
    assert (run.lat.tolist(), run.lon.tolist(), notes(run)) == ([50.25, 50.26], [-5.5, -5.5], {})


def test_fits_word_for_no_reading_is_none_in_gpx_either() -> None:
    run = only(a_gpx(a_trkpt(0, inner=hr("140")) + a_trkpt(1, inner=hr("255"))))
    assert run.heart_rate_bpm[0] == 140
    assert np.isnan(run.heart_rate_bpm[1])


@pytest.mark.parametrize("text", ["", "NaN", "nan"])
def test_an_empty_or_missing_number_is_no_text(text: str) -> None:
    run = only(a_gpx(a_trkpt(0, inner=hr("140")) + a_trkpt(1, inner=hr(text))))
    assert (len(run), notes(run)) == (2, {})


@pytest.mark.parametrize("text", ["north", "50.1.2"])
def test_a_place_that_cannot_be_read_leaves_the_points_time(text: str) -> None:
    run = only(a_gpx(a_trkpt(0) + a_trkpt(1, lat=text) + a_trkpt(2)))
    assert np.isnan(run.lat).tolist() == [False, True, False]


@pytest.mark.parametrize("time", ["noon", "2026-02-31T06:00:00Z", "2026-05-01T06:00:60Z", "0001-01-01T00:00:00+14:00"])
def test_a_point_whose_time_cannot_be_read_is_left_out(time: str) -> None:
    run = only(a_gpx(a_trkpt(0) + a_trkpt(1, time=time) + a_trkpt(2)))
    assert (run.time_s.tolist(), notes(run)) == ([0, 2], {"unread_times": 1})


@pytest.mark.parametrize("time", ["noon", "2026-02-31T00:00:00Z", "1777622400"])
def test_of_many_points_only_the_one_whose_time_cannot_be_read_is_left_out(time: str) -> None:
    """More than 500: NumPy then reads times without Python's lock, and a process that failed there died."""
    points = [samples.a_trkpt(second) for second in range(600)]
    points[300] = samples.a_trkpt(300, time=time)

    (run,) = decode(samples.a_gpx("".join(points)))

    assert len(run) == 599


def test_a_point_without_a_time_is_left_out() -> None:
    untimed = '<trkpt lat="50" lon="5"><ele>3</ele></trkpt>'
    assert only(a_gpx(a_trkpt(0) + untimed + a_trkpt(2))).time_s.tolist() == [0, 2]


def test_points_of_which_no_time_can_be_read_are_refused_for_that() -> None:
    with pytest.raises(RecordingError, match="bad_time"):
        decode(a_gpx(a_trkpt(0, time="noon") + a_trkpt(1, time="one")))


def test_texts_in_laps_and_points_of_tcx_are_missing() -> None:
    track = points(*range(30)) + a_trackpoint(30, metres="far") + points(31)
    run = only(a_tcx(an_activity(a_lap(track, total_s="long", start="morning"))))
    assert (len(run), run.totals.timer_time_s, run.laps) == (32, None, ())
    assert np.isnan(run.distance_m[30])


# --- torn -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["activity_4801048867.gpx", "4078723797_strava.gpx", "activity_4801048867.tcx"])
@pytest.mark.parametrize("share", [0.3, 0.95])
@pytest.mark.parametrize("zipped", [False, True])
def test_an_upload_that_was_cut_off_gives_the_points_before(name: str, share: float, zipped: bool) -> None:
    data, whole = samples.data(name), samples.recording(name)
    if zipped:
        data = gzip.compress(data)
    torn = only(data[: int(share * len(data))])
    assert "torn" in notes(torn)
    assert 0.7 * share * len(whole) < len(torn) < len(whole)
    np.testing.assert_array_equal(torn.lat[:-1], whole.lat[: len(torn) - 1])


def test_a_handful_of_points_is_needed_of_a_damaged_file() -> None:
    torn = a_gpx("".join(a_trkpt(second) for second in range(9)))[:-40]
    with pytest.raises(RecordingError, match="bad_xml"):
        decode(torn)


def test_what_follows_the_end_of_the_document_is_nothing() -> None:
    data = a_gpx("".join(a_trkpt(second) for second in range(20)))
    assert len(only(data + bytes(500))) == 20


# --- activities and tracks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("empty_first", [False, True])
@pytest.mark.parametrize(
    "empty", [an_activity(), an_activity(a_lap("", total_s=0)), an_activity(a_lap(total_s=0), sport="")]
)
def test_an_empty_activity_beside_another_is_left_out(empty: str, empty_first: bool) -> None:
    run = an_activity(a_lap(points(*range(60))))
    found = decoded(a_tcx(*([empty, run] if empty_first else [run, empty])))
    assert [len(recording) for recording in found.recordings] == [60]
    assert [(left.part, left.reason.code) for left in found.left_out] == [
        ("activity:1" if empty_first else "activity:2", "no_points")
    ]


def test_an_activity_that_stands_twice_in_a_file_counts_once() -> None:
    run = an_activity(a_lap(points(*range(60))))
    found = decoded(a_tcx(run, run))
    assert ([len(one) for one in found.recordings], [left.reason.code for left in found.left_out]) == (
        [60],
        ["repeated"],
    )


def test_a_border_between_tracks_is_a_pause_however_far_it_goes() -> None:
    run = only(a_tcx(an_activity(a_lap(points(*range(60)), points(*range(360, 420), speed=30)))))
    assert [(pause.offset_s, pause.duration_s) for pause in measure(run).pauses] == [(59, 301)]


def test_a_ferry_between_laps_is_a_pause_and_a_lap_alone_is_none() -> None:
    laps = [
        a_lap(points(*range(0, 60, 4))),
        a_lap(points(*range(60, 120, 4))),
        a_lap(points(*range(420, 480, 4), speed=30)),
    ]
    run = only(a_tcx(an_activity(*laps)))
    assert [(pause.offset_s, pause.duration_s) for pause in measure(run).pauses] == [(116, 304)]


def test_a_writer_that_wraps_each_point_in_a_track_has_no_pauses() -> None:
    run = only(a_tcx(an_activity(a_lap(*(points(second) for second in range(0, 120, 2))))))
    assert measure(run).pauses == ()


@pytest.mark.parametrize(("lat", "lon"), [("0", "0"), ("0.0", "-0.0"), ("50.1", "8.2")])
def test_an_indoor_machine_is_nowhere(lat: str, lon: str) -> None:
    track = "".join(a_trackpoint(second, lat=lat, lon=lon, metres=3 * second) for second in range(120))
    row = only(a_tcx(an_activity(a_lap(track), sport="Other")))
    assert np.isnan(row.lat).all()
    assert row.distance_m[-1] == 357
    assert "positions_nowhere" in notes(row)


@pytest.mark.parametrize(
    ("kind", "sport_type", "indoor"),
    [
        ("treadmill_running", SportType.RUN, True),
        ("indoor_rowing", SportType.VIRTUAL_ROW, True),
        ("running", SportType.RUN, False),
    ],
)
def test_a_word_for_the_sport_tells_what_is_indoors(kind: str, sport_type: SportType, indoor: bool) -> None:
    run = only(a_gpx(a_trkpt(0) + a_trkpt(1), kind=kind))
    assert (run.sport_type, run.indoor) == (sport_type, indoor)


def a_trk(first: int, last: int, *, day: int = 1, kind: str = "") -> str:
    stamps = (f"2026-05-{day:02}T06:{second // 60:02}:{second % 60:02}Z" for second in range(first, last))
    return f"<trk><type>{kind}</type><trkseg>{''.join(a_trkpt(0, time=stamp) for stamp in stamps)}</trkseg></trk>"


def of_tracks(*tracks: str) -> bytes:
    return f'<gpx version="1.1" creator="test">{"".join(tracks)}</gpx>'.encode()


def test_tracks_of_one_day_or_of_the_days_of_a_tour_are_one_activity() -> None:
    tour = only(of_tracks(a_trk(0, 60), a_trk(600, 660), a_trk(0, 60, day=2, kind="cycling"), a_trk(0, 60, day=3)))
    assert (len(tour), len(measure(tour).pauses), tour.sport_type) == (240, 3, SportType.RIDE)


def test_tracks_of_other_sports_and_other_weeks_are_activities_of_their_own() -> None:
    tracks = [a_trk(0, 60, kind="running"), a_trk(600, 660, kind="cycling"), a_trk(0, 60, day=20, kind="cycling")]
    found = decode(of_tracks(*tracks))
    assert [(one.part, len(one), one.sport_type) for one in found] == [
        ("track:1", 60, SportType.RUN),
        ("track:2", 60, SportType.RIDE),
        ("track:3", 60, SportType.RIDE),
    ]


def test_a_plan_and_an_empty_track_beside_a_recording_are_left_out() -> None:
    plan = '<trk><trkseg><trkpt lat="50" lon="5"/><trkpt lat="51" lon="5"/></trkseg></trk>'
    found = decoded(of_tracks(plan, a_trk(0, 60), "<trk/>", a_trk(600, 660)))
    assert [len(one) for one in found.recordings] == [120]
    assert [left.reason.code for left in found.left_out] == ["no_times", "no_points"]


def test_a_track_that_stands_twice_in_a_file_counts_once() -> None:
    assert len(only(of_tracks(a_trk(0, 60), a_trk(0, 60)))) == 60


# --- what is believed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("creator", "barometer"),
    [
        ("Garmin Edge 520", True),
        ("EDGE530", True),
        ("Garmin Edge Explore", True),
        ("fēnix 5 Plus", True),
        ("Forerunner235", True),
        ("StravaGPX Android with barometer", True),
        ("Garmin Connect", True),
        ("Knowledge", False),
        ("Microsoft Edge", False),
        ("Ledger", False),
        ("Decoros", False),
        (None, False),
    ],
)
def test_a_barometer_is_known_by_a_whole_word(creator: str | None, barometer: bool) -> None:
    assert is_barometric(creator) is barometer


SOUND = DeviceTotals(
    elapsed_time_s=3_700,
    timer_time_s=3_600,
    distance_m=10_000,
    ascent_m=120,
    calories_kcal=650,
    average_heart_rate_bpm=150,
    max_heart_rate_bpm=175,
    average_speed_mps=2.8,
    max_speed_mps=4.5,
    average_power_w=220,
    max_power_w=500,
    normalized_power_w=235,
)


def changed(**fields: float | None) -> DeviceTotals:
    return replace(SOUND, **fields)


def test_totals_that_agree_are_believed() -> None:
    assert believable(SOUND) == SOUND
    assert believable(DeviceTotals()) == DeviceTotals()


@pytest.mark.parametrize(
    ("wrong", "dropped"),
    [
        ({"average_heart_rate_bpm": 180.0}, {"average_heart_rate_bpm", "max_heart_rate_bpm"}),
        ({"max_heart_rate_bpm": 255.0}, {"max_heart_rate_bpm"}),
        ({"average_heart_rate_bpm": 3.0}, {"average_heart_rate_bpm"}),
        ({"average_speed_mps": 6.0}, {"average_speed_mps", "max_speed_mps"}),
        ({"max_speed_mps": 1.0, "average_speed_mps": None}, {"max_speed_mps"}),
        ({"average_power_w": 600.0}, {"average_power_w", "max_power_w"}),
        ({"normalized_power_w": 900.0}, {"normalized_power_w", "max_power_w"}),
        ({"timer_time_s": 4_000.0}, {"elapsed_time_s"}),
        ({"calories_kcal": 49_421.0}, {"calories_kcal"}),
        ({"ascent_m": 60_000.0}, {"ascent_m"}),
        ({"distance_m": -5.0}, {"distance_m"}),
    ],
)
def test_what_contradicts_another_total_or_a_body_is_dropped(wrong: dict[str, float | None], dropped: set[str]) -> None:
    given = changed(**wrong)
    assert believable(given) == changed(**{**wrong, **dict.fromkeys(dropped)})


# --- now ------------------------------------------------------------------------------------------------------------


def test_points_and_totals_beyond_now_are_left_out() -> None:
    now = datetime(2026, 5, 3, tzinfo=UTC)
    ahead = "".join(a_trkpt(0, time=f"2026-05-0{day}T06:00:0{second}Z") for day in (1, 9) for second in range(5))
    (run,) = decoded(a_gpx(ahead), now=now).recordings
    assert (len(run), notes(run)) == (5, {"points_from_the_future": 5})
    (lap,) = decoded(a_tcx(an_activity(a_lap(points(*range(60)), total_s=900_000))), now=now).recordings
    assert lap.totals.timer_time_s is None


def test_of_two_activities_the_one_from_the_future_is_left_out() -> None:
    tracks = a_trk(0, 60), a_trk(0, 60, day=20)
    found = decoded(of_tracks(*tracks), now=datetime(2026, 5, 10, tzinfo=UTC))
    assert [one.part for one in found.recordings] == ["track:1"]
    assert [(left.part, left.reason.code) for left in found.left_out] == [("track:2", "from_the_future")]


@pytest.mark.parametrize("east", [1, -1])
def test_a_longitude_may_count_on_beyond_the_180th_meridian(east: int) -> None:
    points = "".join(a_trkpt(second, lat="0", lon=f"{east * (179.999 + second * 2.7e-5):.6f}") for second in range(120))
    recording = only(a_gpx(points))
    assert measure(recording).distance_m == pytest.approx(357, abs=1)
    assert recording.lon[-1] == pytest.approx(-east * 179.997787, abs=1e-5)
