"""Load of a workout: published formulas as oracles."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.metrics.workouts import load

PULSE = {"resting": 50.0, "most": 190.0, "weighting": "male"}


def test_an_hour_at_threshold_is_a_hundred_by_every_method() -> None:
    hour = load.trimp_steady(170, 3600, **PULSE)  # type: ignore[arg-type]
    assert load.hr_tss(hour, threshold=170, **PULSE) == pytest.approx(100)  # type: ignore[arg-type]
    assert load.tss(3600, 250, 250) == pytest.approx(100)
    assert load.r_tss(3600, 4.0, 4.0) == pytest.approx(100)


def test_the_ride_whose_device_says_413_7() -> None:
    assert load.tss(8355.6, 267, 200) == pytest.approx(413.65, abs=0.01)
    assert load.intensity(267, 200) == pytest.approx(1.335)


@pytest.mark.parametrize(("weighting", "factor", "exponent"), [("male", 0.64, 1.92), ("female", 0.86, 1.67)])
def test_trimp_is_as_morton_wrote_it(weighting: str, factor: float, exponent: float) -> None:
    share = (150 - 50) / (190 - 50)
    expected = 30 * share * factor * math.exp(exponent * share)
    assert load.trimp_steady(150, 1800, resting=50, most=190, weighting=weighting) == pytest.approx(expected)


def test_trimp_of_a_recording_is_the_sum_of_its_samples_and_unknown_beats_are_none() -> None:
    bpm = np.array([100.0, np.nan, 180.0, 40.0])
    weight_s = np.array([60.0, 60.0, 30.0, 60.0])
    parts = load.trimp_steady(100, 60, **PULSE) + load.trimp_steady(180, 30, **PULSE)  # type: ignore[arg-type]
    assert load.trimp(bpm, weight_s, **PULSE) == pytest.approx(parts)  # type: ignore[arg-type]


def test_zonal_trimp_counts_minutes_by_the_number_of_their_zone() -> None:
    assert load.zonal_trimp([600, 60, 60, 60, 60, 60]) == 1 + 2 + 3 + 4 + 5


@given(st.floats(51, 189), st.floats(1, 36_000))
def test_a_faster_heart_and_a_longer_time_cost_more(bpm: float, seconds: float) -> None:
    one = load.trimp_steady(bpm, seconds, **PULSE)  # type: ignore[arg-type]
    assert one > 0
    assert load.trimp_steady(bpm + 1, seconds, **PULSE) > one  # type: ignore[arg-type]
    assert load.trimp_steady(bpm, seconds + 1, **PULSE) > one  # type: ignore[arg-type]
