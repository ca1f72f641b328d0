import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.sports import Family, SportType
from tests.workouts.recordings.unit import samples
from workouts.matching import Fingerprint, is_same_workout, overlap
from workouts.recordings.formats.service import decode
from workouts.recordings.measures.domain import fingerprint, measure
from workouts.recordings.merge import merged, richer
from workouts.recordings.recording import Device, Swim, SwimLength


def of(name: str, package: str = "sweat") -> Fingerprint:
    return fingerprint(samples.recording(name, package), samples.measures(name, package))


@pytest.mark.parametrize("ride", [samples.RIDE_4078, samples.RIDE_4801], ids=["4078723797", "4801048867"])
def test_four_files_are_one_workout_in_every_order(ride: tuple[str, ...]) -> None:
    assert all(is_same_workout(of(one), of(other)) for one, other in permutations(ride, 2))


def test_two_different_rides_are_not() -> None:
    assert not is_same_workout(of("4078723797.fit"), of("4801048867.fit"))


def test_the_near_twins_stay_two_workouts() -> None:
    edge, fenix = (
        of("fit/garmin-edge-820-bike.fit", "activity-parser"),
        of("fit/garmin-fenix-5-bike.fit", "activity-parser"),
    )
    assert abs(edge.started_at - fenix.started_at) == timedelta(seconds=53)
    assert edge.distance_m == pytest.approx(fenix.distance_m, rel=0.01)
    assert not is_same_workout(edge, fenix)
    assert not is_same_workout(fenix, edge)


def test_a_short_ride_with_a_pause_is_the_same_in_fit_and_tcx() -> None:
    assert is_same_workout(of("2020-06-01-16-52-40.fit"), of("activity_5039744860.tcx"))


def a_fingerprint(
    *, start_s: float = 0, elapsed_s: float = 3_600, distance_m: float | None = 10_000, family: Family = Family.RUN
) -> Fingerprint:
    return Fingerprint(samples.START + timedelta(seconds=start_s), elapsed_s, distance_m, family)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (a_fingerprint(start_s=119), True),
        (a_fingerprint(start_s=-119), True),
        (a_fingerprint(start_s=121), False),
        (a_fingerprint(elapsed_s=3_660), True),
        (a_fingerprint(elapsed_s=3_700), False),
        (a_fingerprint(distance_m=10_150), True),
        (a_fingerprint(distance_m=10_300), False),
        (a_fingerprint(distance_m=None), True),
        (a_fingerprint(family=Family.UNKNOWN), True),
        (a_fingerprint(family=Family.RIDE), False),
    ],
)
def test_the_tolerances_are_those_of_the_rule(other: Fingerprint, same: bool) -> None:
    assert is_same_workout(a_fingerprint(), other) is same


FINGERPRINTS = st.builds(
    a_fingerprint,
    start_s=st.floats(-200, 200),
    elapsed_s=st.floats(0, 4_000),
    distance_m=st.none() | st.floats(0, 12_000),
    family=st.sampled_from([Family.RUN, Family.RIDE, Family.UNKNOWN]),
)


@given(one=FINGERPRINTS, other=FINGERPRINTS)
def test_being_the_same_is_mutual(one: Fingerprint, other: Fingerprint) -> None:
    assert is_same_workout(one, other) == is_same_workout(other, one)
    assert overlap(one, other) == pytest.approx(overlap(other, one))
    assert 0 <= overlap(one, other) <= 1


def test_matching_needs_no_numpy() -> None:
    script = "import sys; import workouts.matching; sys.exit('numpy' in sys.modules)"
    roots = [entry for entry in sys.path if entry.endswith(("functions", "python"))]
    assert (
        subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": ":".join(roots)}, check=False).returncode == 0
    )


def test_a_merge_takes_power_from_the_file_that_has_it_in_either_order() -> None:
    fit, gpx = samples.recording("4078723797.fit"), samples.recording("activity_4078723797.gpx")
    assert richer(fit, gpx) is richer(gpx, fit) is fit
    for both in (merged(fit, gpx), merged(gpx, fit)):
        np.testing.assert_array_equal(both.power_w, fit.power_w)
        assert both.totals == fit.totals


def test_a_merge_fills_the_temperature_that_tcx_cannot_hold() -> None:
    tcx, gpx = samples.recording("activity_4078723797.tcx"), samples.recording("activity_4078723797.gpx")
    both = merged(tcx, gpx)
    np.testing.assert_array_equal(both.temperature_c, gpx.temperature_c)
    np.testing.assert_array_equal(both.power_w, tcx.power_w)
    assert measure(both).normalized_power_w == pytest.approx(267, abs=1)


def test_a_merge_of_recordings_that_start_apart_puts_readings_at_their_own_time() -> None:
    watch = samples.a_recording(
        time_s=range(100), distance_m=range(100), speed_mps=[1] * 100, cadence_rpm=[85] * 100, power_w=[250] * 100
    )
    (strap,) = decode(
        samples.a_gpx(
            "".join(samples.a_trkpt(10 + i, inner=f"<extensions><hr>{100 + i}</hr></extensions>") for i in range(60))
        )
    )
    both = merged(watch, strap)
    assert both.sport_type is SportType.RUN
    assert both.heart_rate_bpm[10] == 100
    assert both.heart_rate_bpm[69] == 159
    assert np.isnan(both.heart_rate_bpm[99])


def test_positions_are_merged_across_the_180th_meridian() -> None:
    time_s = np.arange(0.0, 100.0)
    lon = (179.9990 + time_s * 2e-5 + 180) % 360 - 180
    watch = samples.a_recording(time_s=time_s, heart_rate_bpm=np.full(100, 140.0), distance_m=time_s * 1.4)
    phone = samples.a_recording(time_s=time_s[::7], lat=np.full(15, -17.0), lon=lon[::7])
    together = merged(watch, phone).lon
    assert np.abs((together - lon + 180) % 360 - 180)[:99].max() < 1e-9
    assert measure(merged(watch, phone)).doubted == {}


GAP = np.concatenate((np.arange(300.0), np.arange(1_200.0, 1_500.0)))


def test_a_gap_that_nobody_calls_a_pause_is_one_after_a_merge_too() -> None:
    """A phone that records nothing at the traffic light, and a strap that was started five seconds later."""
    phone = samples.a_recording(time_s=GAP, lat=55 + np.arange(600) * 2.7e-5, lon=np.full(600, 37.0))
    strap = samples.a_recording(time_s=np.arange(5.0, 1_500, 5), heart_rate_bpm=np.full(299, 140.0))
    strap = replace(strap, started_at=strap.started_at + timedelta(seconds=5), time_s=strap.time_s - 5)
    assert measure(phone).timer_time_s == measure(merged(strap, phone)).timer_time_s == 598


def test_a_merge_keeps_what_the_poorer_file_knows_of_the_athlete_the_pool_and_the_devices() -> None:
    lengths = (SwimLength(offset_s=0, duration_s=30, strokes=12), SwimLength(offset_s=30, duration_s=30, strokes=11))
    watch = replace(
        samples.a_recording(time_s=np.arange(0.0, 60, 5), heart_rate_bpm=np.full(12, 140.0)),
        swim=Swim(pool_length_m=25, strokes=23, lengths=lengths),
        started_at=samples.START + timedelta(seconds=7),
        feel=75.0,
        rpe=7.0,
        device="A watch",
        devices=(Device(maker="garmin", product="watch"),),
        indoor=True,
    )
    phone = samples.a_recording(time_s=np.arange(60.0), heart_rate_bpm=np.full(60, 140.0))
    both = merged(phone, replace(watch))
    assert (both.feel, both.rpe, both.device, both.devices) == (75.0, 7.0, "A watch", watch.devices)
    assert both.indoor
    assert both.swim is not None
    assert [one.offset_s for one in both.swim.lengths] == [7, 37]
    assert both.swim.pool_length_m == 25
