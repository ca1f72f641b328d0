"""Fitness, fatigue and form."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.metrics.days.fitness import fitness

LOADS = st.lists(st.floats(0, 500), min_size=1, max_size=120)


def test_a_constant_load_is_what_fitness_and_fatigue_converge_to() -> None:
    last = fitness([70.0] * 800, known_since=0)[-1]
    assert [last.ctl, last.atl, last.tsb, last.ramp] == pytest.approx([70, 70, 0, 0], abs=1e-5)
    assert last.ratio == pytest.approx(1)
    assert (last.monotony, last.strain, last.spike) == (None, None, False)


def test_one_hard_day_fades_as_the_exponents_say() -> None:
    days = fitness([100.0] + [0.0] * 50, known_since=0)
    ctl, atl = 100 * (1 - math.exp(-1 / 42)), 100 * (1 - math.exp(-1 / 7))
    assert days[0].ctl == pytest.approx(ctl)
    assert days[42].ctl == pytest.approx(ctl * math.exp(-1))
    assert days[7].atl == pytest.approx(atl * math.exp(-1))
    assert days[0].tsb == 0
    assert days[1].tsb == pytest.approx(ctl - atl)
    assert days[7].ramp == pytest.approx(days[7].ctl - ctl)


def test_monotony_and_strain_are_fosters() -> None:
    week = [50.0, 0, 100, 0, 60, 30, 110]
    mean = sum(week) / 7
    deviation = math.sqrt(sum((load - mean) ** 2 for load in week) / 7)
    last = fitness(week, known_since=0)[-1]
    assert last.monotony == pytest.approx(mean / deviation)
    assert last.strain == pytest.approx(sum(week) * mean / deviation)


def test_the_load_ratio_is_hidden_for_the_first_28_days_and_flags_a_spike() -> None:
    days = fitness([50.0] * 40 + [250.0] * 5, known_since=3)
    assert [day.ratio for day in days[:31]] == [None] * 31
    assert days[31].ratio is not None
    assert days[39].spike is False
    assert days[44].spike is True


def test_after_a_long_rest_there_is_no_ratio_to_speak_of() -> None:
    assert fitness([50.0] + [0.0] * 400, known_since=0)[-1].ratio is None


@given(LOADS)
def test_averages_stay_within_the_loads(loads: list[float]) -> None:
    for day in fitness(loads, known_since=0):
        assert -1e-9 <= day.ctl <= max(loads) + 1e-9
        assert -1e-9 <= day.atl <= max(loads) + 1e-9


@given(LOADS, LOADS)
def test_fitness_of_two_sports_is_the_sum_of_their_fitness(one: list[float], other: list[float]) -> None:
    n = min(len(one), len(other))
    both = [a + b for a, b in zip(one, other, strict=False)]
    last = [fitness(loads[:n], known_since=0)[-1].ctl for loads in (one, other, both)]
    assert last[2] == pytest.approx(last[0] + last[1])
