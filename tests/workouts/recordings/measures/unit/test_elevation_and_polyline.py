import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.sports import SportType
from tests.workouts.recordings.unit import samples
from workouts.recordings.measures.domain import measure
from workouts.recordings.measures.elevation import Heights, climbed, staircase
from workouts.recordings.measures.polyline import MAX_DETAILED_POINTS, MAX_POINTS, decoded, detailed, encoded

HEIGHTS = st.lists(st.floats(-400, 8_000), min_size=2, max_size=200).map(np.array)


@given(heights=HEIGHTS, step=st.floats(0.5, 10))
def test_hysteresis_never_adds_ascent_and_never_loses_more_than_its_step(heights: np.ndarray, step: float) -> None:
    naive = float(np.clip(np.diff(heights), 0, None).sum())
    assert staircase(heights, step)[0][-1] <= naive + 1e-6
    assert staircase(heights, step)[0][-1] >= heights.max() - heights[0] - step - 1e-6


@given(heights=HEIGHTS)
def test_ascent_and_descent_end_where_the_altitude_does(heights: np.ndarray) -> None:
    ascent, descent = climbed(np.arange(float(len(heights))), heights, Heights.EXACT)
    assert (np.diff(ascent) >= 0).all()
    assert (np.diff(descent) >= 0).all()
    assert ascent[-1] - descent[-1] == pytest.approx(heights[-1] - heights[0], abs=1e-6)


@pytest.mark.parametrize("name", ["4078723797.fit", "4801048867.fit"])
def test_a_larger_step_counts_less_ascent_on_real_rides(name: str) -> None:
    totals = [staircase(samples.recording(name).altitude_m, step)[0][-1] for step in (0.0, 1.0, 2.0, 3.0, 5.0)]
    assert totals == sorted(totals, reverse=True)


def test_noise_on_the_flat_is_no_mountain() -> None:
    time_s = np.arange(0.0, 3_600.0)
    noise = 100 + np.random.default_rng(1).normal(0, 2, len(time_s))
    flat = samples.a_recording(time_s=time_s, distance_m=time_s * 3, altitude_m=noise, barometric=False)
    assert (measure(flat).ascent_m or 0) < 20


@given(points=st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=50))
def test_a_polyline_comes_back_to_five_digits(points: list[tuple[float, float]]) -> None:
    there_and_back = decoded(encoded(points))
    assert len(there_and_back) == len(points)
    for (lat, lon), (lat_again, lon_again) in zip(points, there_and_back, strict=True):
        assert (lat_again, lon_again) == (pytest.approx(lat, abs=6e-6), pytest.approx(lon, abs=6e-6))


def test_a_polyline_is_googles() -> None:
    assert encoded([(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


@pytest.mark.parametrize("name", [*samples.RIDE_4078, *samples.RIDE_4801, "3173437224.tcx"])
def test_a_summary_polyline_keeps_close_to_the_track(name: str) -> None:
    points = np.array(decoded(samples.measures(name).summary_polyline))
    assert 10 < len(points) <= MAX_POINTS
    assert tuple(points[0]) == pytest.approx(samples.measures(name).start_latlng, abs=1e-5)
    assert tuple(points[-1]) == pytest.approx(samples.measures(name).end_latlng, abs=1e-5)
    lengths = np.hypot(np.diff(points[:, 0]), np.diff(points[:, 1]) * np.cos(np.radians(points[0, 0]))) * 111_195
    assert lengths.sum() == pytest.approx(samples.measures(name).distance_m, rel=0.12)


def test_the_highest_and_the_lowest_are_held_and_no_spike() -> None:
    heights = np.r_[np.full(30, 100.0), 900.0, np.linspace(100, 160, 60), np.full(30, 160.0)]
    measured = measure(
        samples.a_recording(time_s=np.arange(float(len(heights))), altitude_m=heights, distance_m=np.arange(121.0))
    )
    assert (measured.elevation_low_m, measured.elevation_high_m) == (100.0, 160.0)


def test_without_heights_there_is_no_highest() -> None:
    measured = measure(samples.a_recording(time_s=[0.0, 10.0], distance_m=[0.0, 30.0]))
    assert (measured.elevation_low_m, measured.elevation_high_m, measured.kilojoules_kj) == (None, None, None)


def test_work_is_power_for_as_long_as_it_was_given() -> None:
    measured = measure(
        samples.a_recording(
            time_s=np.arange(601.0), sport_type=SportType.RIDE, power_w=np.full(601, 200.0),
            distance_m=np.arange(601.0) * 8,
        )
    )  # fmt: skip
    assert measured.kilojoules_kj == pytest.approx(120.0, abs=0.5)


@pytest.mark.parametrize("name", ["4078723797.fit", "4801048867.fit"])
def test_a_detailed_line_is_within_two_metres_of_the_way_and_bounded(name: str) -> None:
    recording = samples.recording(name)
    line = np.array(decoded(measure(recording).detailed_polyline))
    assert MAX_POINTS < len(line) <= MAX_DETAILED_POINTS
    known = ~np.isnan(recording.lat)
    scale = np.array([111_195.0, 111_195.0 * np.cos(np.radians(line[0, 0]))])
    way = np.column_stack((recording.lat[known], recording.lon[known]))[::17] * scale
    starts, ends = line[:-1] * scale, line[1:] * scale
    legs = ends - starts
    lengths = np.maximum((legs**2).sum(axis=1), 1e-9)
    share = np.clip(((way[:, None] - starts) * legs).sum(axis=2) / lengths, 0, 1)
    off_m = np.hypot(*np.moveaxis(starts + share[..., None] * legs - way[:, None], 2, 0)).min(axis=1)
    assert off_m.max() < 2


def test_a_long_way_with_many_turns_stays_small() -> None:
    at = np.arange(50_000.0)
    way = {"lat": 50 + np.sin(at / 7) * 0.01, "lon": 30 + at * 1e-4}
    line = detailed(way["lat"], way["lon"])
    assert len(decoded(line)) <= MAX_DETAILED_POINTS
    assert len(line) < 40_000
