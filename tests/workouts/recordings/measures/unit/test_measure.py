import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.i18n import Language
from stadion.sports import SportType
from stadion.training.power import normalized_power_w
from stadion.units import KnownReader
from tests.workouts.recordings.unit import samples
from workouts.athletes.values import Athlete, Sex
from workouts.recordings.formats.service import decode
from workouts.recordings.measures.calories import CaloriesMethod
from workouts.recordings.measures.domain import measure
from workouts.recordings.recording import DeviceTotals, Pause
from workouts.texts import worded


def test_the_real_ride_has_the_numbers_of_its_device() -> None:
    ride = samples.measures("4078723797.fit")
    assert ride.normalized_power_w == pytest.approx(267, abs=1)
    assert ride.average_power_w == pytest.approx(219, abs=1)
    assert ride.ascent_m == pytest.approx(1_254, rel=0.05)
    assert ride.distance_m == pytest.approx(57_567, rel=0.005)
    assert (ride.elapsed_time_s, ride.timer_time_s) == (8_355.6, 8_355.6)
    assert ride.average_heart_rate_bpm == pytest.approx(165, abs=0.5)
    assert (ride.max_heart_rate_bpm, ride.max_power_w, ride.max_cadence_rpm) == (190, 1_022, 134)
    assert (ride.calories_kcal, ride.calories_method) == (1_830, CaloriesMethod.DEVICE)
    assert ride.flags == ()


@pytest.mark.parametrize("name", samples.RIDE_4078)
def test_every_format_of_the_ride_measures_alike(name: str) -> None:
    ride, fit = samples.measures(name), samples.measures("4078723797.fit")
    assert ride.distance_m == pytest.approx(fit.distance_m, rel=0.002)
    assert ride.ascent_m == pytest.approx(1_254, rel=0.05)
    assert ride.moving_time_s == pytest.approx(fit.moving_time_s, rel=0.002)
    assert ride.average_heart_rate_bpm == fit.average_heart_rate_bpm


def test_the_ascent_of_the_second_ride_is_near_its_barometer() -> None:
    assert samples.measures("4801048867.fit").ascent_m == pytest.approx(79, rel=0.09)


def test_the_runners_pause_is_found() -> None:
    run = samples.measures("3173437224.tcx")
    assert [pause.duration_s for pause in run.pauses] == [pytest.approx(398.7, abs=0.05)]
    assert (run.timer_time_s, run.elapsed_time_s) == (3_510, pytest.approx(3_903.7, abs=0.05))
    assert run.timer_time_s + run.pauses[0].duration_s == pytest.approx(run.elapsed_time_s, abs=10)


@pytest.mark.parametrize(
    ("name", "timer_s", "elapsed_s"),
    [("2020-06-01-16-52-40.fit", 93.7, 113.15), ("6449921903_ACTIVITY.fit", 196.229, 324.513)],
)
def test_timer_and_elapsed_time_are_told_apart(name: str, timer_s: float, elapsed_s: float) -> None:
    measured = samples.measures(name)
    assert (measured.timer_time_s, measured.elapsed_time_s) == (timer_s, elapsed_s)
    assert measured.moving_time_s <= measured.timer_time_s
    assert measured.pauses


def test_smart_recording_has_the_normalized_power_of_its_device() -> None:
    assert samples.measures("2020-06-01-16-52-40.fit").normalized_power_w == pytest.approx(150, abs=2)
    assert samples.measures("6449921903_ACTIVITY.fit").normalized_power_w == pytest.approx(131, abs=2)


def test_an_indoor_ride_has_no_distance_and_no_place() -> None:
    ride = samples.measures("6449921903_ACTIVITY.fit")
    assert (ride.distance_m, ride.start_latlng, ride.summary_polyline, ride.splits_km) == (None, None, "", ())


def test_laps_are_the_devices() -> None:
    laps = samples.measures("4801048867.fit").laps
    assert len(laps) == 8
    assert [lap.distance_m for lap in laps[:7]] == [pytest.approx(5_000, abs=20)] * 7
    assert sum(lap.elapsed_time_s for lap in laps) == pytest.approx(5_158, abs=1)


@pytest.mark.parametrize("name", [*samples.RIDE_4078, "3173437224.tcx", "6449921903_ACTIVITY.fit"])
def test_measures_are_plain_json(name: str) -> None:
    text = json.dumps(samples.measures(name).to_dict(), allow_nan=False)
    assert json.loads(text)["elapsed_time_s"] > 0


def test_a_claim_of_the_device_that_its_own_points_refute_is_not_believed() -> None:
    run = samples.a_steady_run(metres=4_000)
    boastful = replace(run, totals=DeviceTotals(distance_m=42_195, timer_time_s=10, elapsed_time_s=1e9))
    measured = measure(boastful)
    assert (measured.distance_m, measured.timer_time_s, measured.elapsed_time_s) == (4_000, 1_000, 1_000)


def test_the_way_home_by_train_is_not_part_of_the_run() -> None:
    point = samples.a_trkpt
    points = (
        point(0) + point(1, lat="50.00003") + "</trkseg><trkseg>" + point(900, lat="50.2") + point(901, lat="50.20003")
    )
    (run,) = decode(samples.a_gpx(points))
    assert measure(run).distance_m == pytest.approx(6.7, abs=0.1)


def test_standing_at_the_lights_is_timer_time_but_not_moving_time() -> None:
    time_s = np.arange(0.0, 301.0)
    distance_m = np.interp(time_s, [0, 100, 160, 300], [0, 400, 400, 960])
    measured = measure(samples.a_recording(time_s=time_s, distance_m=distance_m))
    assert (measured.timer_time_s, measured.moving_time_s, measured.pauses) == (300, 240, ())


def test_a_pause_stops_the_timer() -> None:
    time_s = np.concatenate((np.arange(0.0, 101.0), np.arange(400.0, 501.0)))
    run = samples.a_recording(time_s=time_s, distance_m=np.interp(time_s, [0, 100, 400, 500], [0, 400, 410, 810]))
    measured = measure(run)
    assert measured.pauses == (Pause(100.0, 300.0),)
    assert (measured.elapsed_time_s, measured.timer_time_s, measured.moving_time_s) == (500, 200, 200)


def test_a_long_gap_at_running_speed_is_no_pause() -> None:
    run = samples.a_recording(time_s=[0, 1, 2, 62, 63], distance_m=[0, 4, 8, 248, 252])
    assert measure(run).pauses == ()


def test_steady_power_is_its_own_normalized_power_and_a_pause_does_not_count() -> None:
    active_s = np.arange(0.0, 600.0)
    assert normalized_power_w(active_s, np.full(600, 200.0)) == pytest.approx(200)
    ride = samples.a_recording(
        time_s=[*range(300), *range(1000, 1300)],
        power_w=[250] * 600,
        sport_type=SportType.RIDE,
        pauses=(Pause(299, 701),),
    )
    measured = measure(ride)
    assert (measured.normalized_power_w, measured.average_power_w) == (pytest.approx(250), pytest.approx(250))


def test_coasting_is_not_slow_pedalling() -> None:
    ride = samples.a_recording(time_s=range(100), cadence_rpm=[90, 0] * 50, sport_type=SportType.RIDE)
    assert measure(ride).average_cadence_rpm == 90


@pytest.mark.parametrize(
    ("athlete", "expected", "method"),
    [
        (Athlete(), 9.8 * 70, CaloriesMethod.MET_ASSUMED_MASS),
        (Athlete(mass_kg=60), 9.8 * 60, CaloriesMethod.MET),
        (Athlete(mass_kg=70, age_years=40, sex=Sex.MALE), 60 * 61.5264 / 4.184, CaloriesMethod.HEART_RATE),
        (Athlete(mass_kg=60, age_years=30, sex=Sex.FEMALE), 60 * 41.3200 / 4.184, CaloriesMethod.HEART_RATE),
    ],
)
def test_calories_say_how_they_were_found(athlete: Athlete, expected: float, method: CaloriesMethod) -> None:
    run = samples.a_recording(time_s=range(3_601), heart_rate_bpm=[150] * 3_601)
    measured = measure(run, athlete=athlete)
    assert measured.calories_method is method
    assert measured.calories_kcal == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("channels", "code"),
    [
        ({"heart_rate_bpm": [150] * 30 + [260] * 31}, "heart_rate_too_high"),
        ({"power_w": [250] * 30 + [2_600] * 31}, "power_too_high"),
        ({"distance_m": list(np.arange(61) * 30.0)}, "speed_too_high"),
        ({"lat": [50.0] * 30 + [50.1] * 31, "lon": [5.0] * 61}, "gps_jump"),
        ({"distance_m": list(np.arange(61) * 30.0)}, "average_speed_too_high"),
    ],
)
def test_the_implausible_is_flagged_with_a_reason(channels: dict[str, list[float]], code: str) -> None:
    found = measure(samples.a_recording(time_s=range(61), **channels)).flags
    (flag,) = [flag for flag in found if flag.code == code]
    assert all(worded(flag, KnownReader(language)) != code for language in Language)


def test_a_real_descent_and_one_bad_fix_accuse_nobody() -> None:
    time_s = np.arange(0.0, 120.0)
    distance_m = time_s * 4.0 + np.where(time_s >= 60, 30.0, 0.0)
    assert measure(samples.a_recording(time_s=time_s, distance_m=distance_m)).flags == ()
    assert measure(samples.a_recording(time_s=time_s, distance_m=time_s * 27, sport_type=SportType.RIDE)).flags == ()


@given(
    speeds=st.lists(st.floats(0, 12), min_size=2, max_size=400),
    altitudes=st.lists(st.floats(-100, 3_000), min_size=2, max_size=400),
)
def test_splits_add_up_to_the_whole(speeds: list[float], altitudes: list[float]) -> None:
    size = min(len(speeds), len(altitudes))
    run = samples.a_recording(
        time_s=np.arange(size) * 30.0,
        distance_m=np.cumsum([0.0, *speeds[1:size]]) * 30,
        altitude_m=altitudes[:size],
        pauses=(),
    )
    measured = measure(run)
    for splits in (measured.splits_km, measured.splits_mile):
        if splits:
            assert sum(split.distance_m or 0 for split in splits) == pytest.approx(measured.distance_m, abs=0.5)
            assert sum(split.elapsed_time_s for split in splits) == pytest.approx(measured.elapsed_time_s, abs=0.5)
            assert sum(split.moving_time_s for split in splits) == pytest.approx(measured.moving_time_s, abs=0.5)
            assert sum(split.ascent_m or 0 for split in splits) == pytest.approx(
                measured.ascent_m, abs=0.1 * len(splits)
            )


def test_no_frost_has_no_sign() -> None:
    still = samples.a_recording(time_s=np.arange(600.0), temperature_c=np.full(600, -0.04))
    assert str(measure(still).average_temperature_c) == "0.0"
