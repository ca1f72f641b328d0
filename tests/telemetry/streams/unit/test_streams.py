"""Streams as the app asks for them, and as files that our own decoders read back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.recordings import recordings
from stadion.sports import SportType
from stadion.streams.codec import Floats
from telemetry.downsampling import StreamResolution, lttb
from telemetry.streams.domain import KNOWN, StreamSeries, streams
from workouts.recordings.formats.service import decode
from workouts.recordings.recording import Recording


@pytest.fixture(scope="module")
def ride() -> Recording:
    return decode((recordings("sweat") / "4078723797.fit").read_bytes())[0]


@pytest.fixture(scope="module")
def columns(ride: Recording) -> dict[str, Floats]:
    recorded = {name: values for name, values in ride.channels().items() if not np.isnan(values).all()}
    return {"time_s": ride.time_s, **recorded}


@pytest.mark.parametrize(("resolution", "size"), [("low", 100), ("medium", 1000), ("high", 8357), ("full", 8357)])
def test_all_lists_are_parallel_and_as_long_as_the_resolution_says(
    columns: dict[str, Floats], resolution: str, size: int
) -> None:
    told = streams(
        columns, SportType.RIDE, list(KNOWN), resolution=StreamResolution(resolution), series=StreamSeries.TIME
    )
    assert set(told) == set(KNOWN)
    assert {len(values) for values in told.values()} == {size}
    assert (told["time"][0], told["time"][-1]) == (0, 8356)


def test_the_full_resolution_is_what_was_recorded(columns: dict[str, Floats]) -> None:
    told = streams(
        columns, SportType.RIDE, ["time", "watts", "latlng"], resolution=StreamResolution.FULL, series=StreamSeries.TIME
    )
    watts = np.array([np.nan if value is None else value for value in told["watts"]])
    assert np.array_equal(watts, columns["power_w"], equal_nan=True)
    assert told["latlng"][100] == [round(float(columns["lat"][100]), 7), round(float(columns["lon"][100]), 7)]


def test_a_missing_sample_is_null_and_a_missing_stream_is_left_out() -> None:
    some = {"time_s": np.arange(4.0), "heart_rate_bpm": np.array([90, np.nan, 92, 93])}
    told = streams(some, SportType.RUN, list(KNOWN), resolution=StreamResolution.FULL, series=StreamSeries.TIME)
    assert told == {"time": [0, 1, 2, 3], "heartrate": [90, None, 92, 93]}


def test_standing_still_is_not_moving_and_a_hill_has_its_grade() -> None:
    distance = np.concatenate([np.arange(0.0, 500.0, 5.0), np.full(50, 495.0)])
    hill = {"time_s": np.arange(150.0), "distance_m": distance, "altitude_m": distance * 0.08}
    told = streams(
        hill, SportType.RUN, ["moving", "grade_smooth"], resolution=StreamResolution.FULL, series=StreamSeries.TIME
    )
    assert (told["moving"][50], told["moving"][-1]) == (True, False)
    assert told["grade_smooth"][50] == pytest.approx(8, abs=0.1)


@given(n=st.integers(4, 400), most=st.integers(3, 60), seed=st.integers(0, 1000))
@settings(max_examples=60)
def test_downsampling_keeps_the_ends_the_order_and_the_number(n: int, most: int, seed: int) -> None:
    if n <= most:
        return
    y = np.random.default_rng(seed).normal(size=n).cumsum()
    chosen = lttb(np.arange(float(n)), y, most)
    assert (chosen[0], chosen[-1], len(chosen)) == (0, n - 1, most)
    assert (np.diff(chosen) > 0).all()


def test_downsampling_keeps_the_one_peak_of_a_flat_line() -> None:
    y = np.zeros(1000)
    y[617] = 10.0
    assert 617 in lttb(np.arange(1000.0), y, 20)
