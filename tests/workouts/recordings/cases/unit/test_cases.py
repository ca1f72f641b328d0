"""Recordings with one weak part each: what the table in `cases/README.md` calls right."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from stadion.events.accounts import Gender
from stadion.sports import SportType
from stadion.streams.codec import Floats
from stadion.streams.recorded import joined, unbundle
from telemetry.metrics.athletes.domain import Athlete, Person, body_on
from telemetry.metrics.workouts.domain import assess
from telemetry.metrics.workouts.values import Assessment
from telemetry.streams.values import Facts
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.service import decode
from workouts.recordings.measures.domain import Measures, measure
from workouts.recordings.recording import Recording
from workouts.recordings.service import Entry, entries_of, entry_of

CASES = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 12, 1, tzinfo=UTC)
DAY = date(2026, 5, 1)


@cache
def data(name: str) -> bytes:
    (path,) = CASES.glob(f"{name}.*")
    return path.read_bytes()


@cache
def recording(name: str) -> Recording:
    (only,) = decode(data(name), now=NOW)
    return only


@cache
def measures(name: str) -> Measures:
    return measure(recording(name))


@cache
def entry(name: str) -> Entry:
    (only,) = entries_of(data(name), sport_type=None, now=NOW)
    return only


def columns(name: str) -> dict[str, Floats]:
    """As telemetry reads them back."""
    return joined(unbundle(entry(name).bundled))


def assessed(held: Mapping[str, Floats], gender: Gender) -> Assessment:
    """Of a runner of 36 years."""
    facts = Facts(day=DAY, elapsed_time_s=3_600, moving_time_s=3_600)
    return assess(facts, SportType.RUN, held, body_on(Athlete(Person(birth_date=date(1990, 3, 1), gender=gender)), DAY))


RIGHT: dict[str, dict[str, float]] = {
    "fit-a-record-every-60-s": {"distance_m": 10_800, "timer_time_s": 3_600, "average_heart_rate_bpm": 160},
    "fit-compressed-speed-distance": {"distance_m": 897, "timer_time_s": 299, "average_speed_mps": 3},
    "fit-distance-zero-in-one-record": {"distance_m": 897, "timer_time_s": 299, "max_speed_mps": 3},
    "fit-first-records-20-years-earlier": {"distance_m": 897, "elapsed_time_s": 299, "average_heart_rate_bpm": 140},
    "fit-header-crc-zero": {"distance_m": 357, "timer_time_s": 119},
    "fit-heart-rate-in-every-second-record": {"distance_m": 1_797, "average_heart_rate_bpm": 160},
    "fit-long-stop-without-timer-events": {"distance_m": 897, "timer_time_s": 299, "elapsed_time_s": 1_049},
    "fit-null-island-for-10-s": {"distance_m": 897, "timer_time_s": 299, "moving_time_s": 299},
    "fit-one-record-3-days-ahead": {
        "distance_m": 897,
        "elapsed_time_s": 299,
        "timer_time_s": 299,
        "moving_time_s": 299,
        "calories_kcal": 57,
    },
    "fit-positions-stop-half-way": {"distance_m": 4_800, "elapsed_time_s": 600, "timer_time_s": 600},
    "fit-running-power-in-a-developer-field": {"average_power_w": 250, "max_power_w": 250, "distance_m": 357},
    "fit-session-message-twice": {"distance_m": 357, "timer_time_s": 119},
    "fit-settings-chained-before-activity": {"distance_m": 357, "timer_time_s": 119},
    "fit-skate-skiing": {"distance_m": 357, "timer_time_s": 119},
    "fit-speed-spike-in-one-record": {"distance_m": 897, "max_speed_mps": 3.2},
    "fit-treadmill-calibrated-after-the-run": {"distance_m": 1_000, "timer_time_s": 299, "average_speed_mps": 3.344},
    "fit-virtual-ride-rolling-3-m": {"ascent_m": 90, "distance_m": 4_792, "timer_time_s": 599},
    "gpx-first-point-a-day-early": {"distance_m": 1_770, "elapsed_time_s": 590, "timer_time_s": 590},
    "gpx-no-type": {"distance_m": 1_785, "elapsed_time_s": 595},
    "gpx-null-island-for-10-s": {"distance_m": 1_785, "elapsed_time_s": 595, "moving_time_s": 595},
    "gpx-one-heart-beat-of-255": {"max_heart_rate_bpm": 140, "average_heart_rate_bpm": 140},
    "gpx-one-hr-says-null": {"distance_m": 1_785, "average_heart_rate_bpm": 140, "max_heart_rate_bpm": 140},
    "gpx-one-point-100-m-off": {"distance_m": 357, "elapsed_time_s": 119, "max_speed_mps": 3},
    "gpx-one-time-in-1970": {"distance_m": 1_785, "elapsed_time_s": 595},
    "gpx-opentracks-distance-is-a-step": {"distance_m": 1_785, "moving_time_s": 595},
    "gpx-run-of-12-km-at-29-kmh": {"distance_m": 12_000, "elapsed_time_s": 1_500},
    "gpx-stale-first-fix-55-km-away": {"distance_m": 354, "elapsed_time_s": 119},
    "gpx-train-ride-in-the-pause": {"distance_m": 1_770, "timer_time_s": 590, "elapsed_time_s": 1_195},
    "tcx-distance-constant": {"distance_m": 897, "timer_time_s": 299, "moving_time_s": 299},
    "tcx-distance-stands-still-half-way": {"distance_m": 897, "timer_time_s": 299, "moving_time_s": 299},
    "tcx-ferry-between-tracks": {"distance_m": 594, "timer_time_s": 198, "moving_time_s": 198},
    "tcx-indoor-rowing-all-positions-zero": {"distance_m": 357, "timer_time_s": 119},
    "tcx-second-activity-empty": {"timer_time_s": 119, "distance_m": 357},
    "tcx-speed-zero-everywhere": {"distance_m": 897, "timer_time_s": 299, "moving_time_s": 299},
}
NEARLY = {"calories_kcal": 0.03, "ascent_m": 0.05}
COUNTS = sorted(RIGHT.keys() - {"gpx-run-of-12-km-at-29-kmh"})
AT_3_MPS = sorted({*COUNTS} - {"fit-positions-stop-half-way", "fit-virtual-ride-rolling-3-m"})


@pytest.mark.parametrize("name", RIGHT)
def test_its_numbers_are_right(name: str) -> None:
    right = {number: pytest.approx(value, rel=NEARLY.get(number, 0.01)) for number, value in RIGHT[name].items()}

    assert {number: getattr(measures(name), number) for number in right} == right


@pytest.mark.parametrize("name", COUNTS)
def test_it_counts(name: str) -> None:
    assert [flag.code for flag in measures(name).flags] == []


@pytest.mark.parametrize("name", AT_3_MPS)
def test_no_effort_is_faster_than_the_runner_was(name: str) -> None:
    fastest_mps = max(3.0, measures(name).average_speed_mps or 0.0) + 0.05

    assert [one.name for one in measures(name).best_efforts if one.distance_m > fastest_mps * one.elapsed_time_s] == []


def test_a_record_every_60_s_is_an_hour_of_heart_beats() -> None:
    """90.2 is what the same heart rate in every second comes to for this runner."""
    told = assessed(columns("fit-a-record-every-60-s"), Gender.FEMALE)

    assert told.load.value == pytest.approx(90.2, abs=0.3)
    assert sum(told.zones["heart_rate"].seconds or ()) == pytest.approx(3_600, abs=5)


def test_heart_rate_in_every_second_record_is_the_load_of_every_record() -> None:
    """89.4 is of an hour at this heart rate; this input holds ten minutes of it."""
    held = columns("fit-heart-rate-in-every-second-record")
    every = {**held, "heart_rate_bpm": np.full(600, 160.0)}

    told, right = assessed(held, Gender.MALE), assessed(every, Gender.MALE)

    assert right.load.value == pytest.approx(89.4 / 6, rel=0.005)
    assert told.load.value == pytest.approx(right.load.value, rel=0.005)


def test_heights_before_the_first_fix_are_no_ascent() -> None:
    climbed = measures("fit-altitude-zero-until-the-first-fix")

    assert (climbed.ascent_m, climbed.descent_m) == (pytest.approx(0, abs=1), pytest.approx(0, abs=1))
    assert climbed.distance_m == pytest.approx(897, rel=0.01)


def test_compressed_speed_and_distance_make_splits_and_efforts() -> None:
    run = measures("fit-compressed-speed-distance")

    assert [effort.name for effort in run.best_efforts] == ["400m", "1/2 mile"]
    assert [split.distance_m for split in run.splits_km] == [pytest.approx(897, rel=0.01)]
    assert np.nanmedian(recording("fit-compressed-speed-distance").speed_mps) == pytest.approx(3, rel=0.01)


def test_the_run_after_the_clock_was_set_starts_when_it_was_run() -> None:
    started = recording("fit-first-records-20-years-earlier").started_at

    assert 0 <= (started - datetime(2026, 5, 1, 8, tzinfo=UTC)).total_seconds() <= 5


def test_a_stop_without_timer_events_is_a_pause() -> None:
    run = measures("fit-long-stop-without-timer-events")

    assert [pause.duration_s for pause in run.pauses] == [pytest.approx(750, abs=2)]


def test_running_power_of_a_developer_field_is_power() -> None:
    assert np.nanmedian(recording("fit-running-power-in-a-developer-field").power_w) == 250


@pytest.mark.parametrize(
    "name", ["fit-session-message-twice", "fit-settings-chained-before-activity", "tcx-second-activity-empty"]
)
def test_it_is_one_workout(name: str) -> None:
    assert len(entries_of(data(name), sport_type=None, now=NOW)) == 1


def test_skate_skiing_is_on_snow() -> None:
    assert recording("fit-skate-skiing").sport_type is SportType.NORDIC_SKI


def test_a_calibrated_treadmill_scales_streams_and_splits() -> None:
    name = "fit-treadmill-calibrated-after-the-run"

    assert np.nanmax(columns(name)["distance_m"]) == pytest.approx(1_000, rel=0.005)
    assert sum(split.distance_m or 0 for split in measures(name).splits_km) == pytest.approx(1_000, rel=0.005)


def test_points_of_one_instant_are_no_recording() -> None:
    with pytest.raises(RecordingError) as refused:
        decode(data("gpx-all-points-one-time"), now=NOW)

    assert refused.value.code == "no_times"


def test_a_point_of_the_day_before_does_not_start_the_run() -> None:
    run = recording("gpx-first-point-a-day-early")

    assert run.started_at.date() == DAY
    assert measure(run).pauses == ()


def test_a_file_without_a_sport_is_measured_by_the_rules_of_its_correction() -> None:
    """That it is saved as `sport_guessed` belongs to the diary."""
    run = entry_of(entry("gpx-no-type").recording, SportType.RUN)
    trail = entry_of(run.recording, SportType.TRAIL_RUN)
    there_and_back = entry_of(trail.recording, SportType.RUN)

    assert run.measured.ascent_m is not None
    assert run.measured.moving_time_s == pytest.approx(595)
    assert run.measured.calories_kcal == pytest.approx(measures("gpx-opentracks-distance-is-a-step").calories_kcal)
    assert there_and_back.measured == run.measured


def test_one_reading_that_says_null_is_missing() -> None:
    assert np.isnan(recording("gpx-one-hr-says-null").heart_rate_bpm).sum() == 1


def test_a_point_of_1970_is_left_out() -> None:
    run = recording("gpx-one-time-in-1970")

    assert (len(run), run.started_at.date()) == (119, DAY)


def test_ten_kilometres_in_20_50_are_no_record_of_a_run() -> None:
    run = measures("gpx-run-of-12-km-at-29-kmh")

    assert run.flags or "10k" not in [effort.name for effort in run.best_efforts]


def test_the_way_by_train_does_not_count() -> None:
    """That an export of it reads the same belongs to the exports."""
    run = measures("gpx-train-ride-in-the-pause")

    assert [pause.duration_s for pause in run.pauses] == [pytest.approx(605, abs=10)]
    assert run.max_speed_mps == pytest.approx(3, rel=0.05)
    assert [asdict(split)["moving_time_s"] for split in run.splits_km] == [
        pytest.approx(333.3, rel=0.02),
        pytest.approx(256.7, rel=0.02),
    ]


def test_the_ferry_between_two_tracks_is_a_pause() -> None:
    assert [pause.duration_s for pause in measures("tcx-ferry-between-tracks").pauses] == [pytest.approx(601, abs=2)]


def test_an_indoor_rower_was_nowhere() -> None:
    rowed = measures("tcx-indoor-rowing-all-positions-zero")

    assert (rowed.start_latlng, rowed.end_latlng, rowed.summary_polyline) == (None, None, "")
    assert np.isnan(recording("tcx-indoor-rowing-all-positions-zero").lat).all()
