"""Grade-adjusted pace, decoupling, mean-max, critical power."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stadion.streams.codec import Floats
from telemetry.metrics.days.critical_power import critical_power
from telemetry.metrics.workouts.decoupling import decoupling
from telemetry.metrics.workouts.gap import factor, flat_speed
from telemetry.metrics.workouts.mean_max import DURATIONS_S, mean_max

WATTS = arrays(np.float64, st.integers(1, 90), elements=st.floats(0, 1500))


@pytest.mark.parametrize(("grade", "golden"), [(0, 1), (0.1, 1.6578), (-0.1, 0.5977), (-0.2, 0.5), (0.2, 2.5019)])
def test_a_slope_costs_what_minetti_measured(grade: float, golden: float) -> None:
    assert factor(np.array([grade]))[0] == pytest.approx(golden, abs=5e-5)


def test_no_slope_is_steeper_than_those_that_were_measured() -> None:
    assert factor(np.array([0.9]))[0] == factor(np.array([0.45]))[0]
    assert flat_speed(np.array([3.0]), np.array([0.1]))[0] == pytest.approx(3 * 1.6578, abs=1e-3)


@given(WATTS)
def test_mean_max_is_the_best_average_of_every_stretch(watts: Floats) -> None:
    curve = mean_max(watts)
    assert set(curve) == {duration for duration in DURATIONS_S if duration <= len(watts)}
    for duration, best in curve.items():
        stretches = [watts[start : start + duration].mean() for start in range(len(watts) - duration + 1)]
        assert best == pytest.approx(max(stretches), abs=1e-6)


@given(WATTS)
def test_mean_max_never_rises_from_a_duration_to_its_multiple(watts: Floats) -> None:
    curve = mean_max(watts)
    for short in curve:
        for long in curve:
            if long % short == 0:
                assert curve[long] <= curve[short] + 1e-6


def test_a_stretch_with_an_unknown_second_does_not_count() -> None:
    assert mean_max(np.array([100.0, 100, 100, 100, np.nan, 200])) == {1: 200.0}


def test_critical_power_is_found_again_from_what_it_predicts() -> None:
    fit = critical_power({t: 250 + 20_000 / t for t in (60, 120, 180, 300, 600, 1200, 3600)})
    assert fit is not None
    assert [fit.cp_w, fit.w_prime_j, fit.r_squared] == pytest.approx([250, 20_000, 1])
    assert list(fit.points) == [120, 180, 300, 600, 1200]


@pytest.mark.parametrize(
    "curve", [{}, {120: 400.0, 300: 300.0}, {120: 100.0, 300: 300.0, 600: 400.0}, {120: 0.0, 300: 0.0, 600: 0.0}]
)
def test_what_does_not_fit_the_model_has_no_critical_power(curve: dict[int, float]) -> None:
    assert critical_power(curve) is None


def test_the_same_power_for_more_beats_is_decoupled() -> None:
    weight_s = np.ones(2400)
    power = np.full(2400, 200.0)
    pulse = np.where(np.arange(2400) < 1200, 140.0, 154.0)
    assert decoupling(power, pulse, weight_s) == pytest.approx(100 * (1 - 140 / 154), abs=0.2)
    assert decoupling(power, np.full(2400, 140.0), weight_s) == pytest.approx(0, abs=1e-9)
    assert decoupling(power[:1199], pulse[:1199], weight_s[:1199]) is None
