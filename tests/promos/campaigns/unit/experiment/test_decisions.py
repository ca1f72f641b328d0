"""Which arm wins, when, and when none does."""

import math
from dataclasses import replace

import pytest
from scipy import stats

from promos.campaigns.experiment.statistics import (
    Arm,
    Decision,
    ExperimentMethod,
    ExperimentMetric,
    compare,
    compare_always,
    decide,
)
from tests.promos.campaigns.unit.experiment.world import ordered


def decided(
    *arms: Arm,
    method: ExperimentMethod = ExperimentMethod.FIXED_HORIZON,
    is_last: bool = True,
    metric: ExperimentMetric = ExperimentMetric.ORDERS,
) -> Decision:
    planned = sum(arm.athletes for arm in arms)
    return decide(arms, method=method, metric=metric, confidence=0.95, is_last=is_last, planned_athletes=planned)


def told(found: Decision) -> tuple[str, str | None, str]:
    return found.conclusion.value, found.winner, found.reason.value


@pytest.mark.parametrize("metric", ExperimentMetric)
def test_an_arm_that_is_better_than_every_other_one_wins(metric: ExperimentMetric) -> None:
    arms = ordered("a", 200, 2000), ordered("b", 300, 2000), ordered("c", 210, 2000)
    found = decided(*arms, metric=metric)
    assert told(found) == ("winner", "b", "significantly_better")
    assert [(each.name, each.versus) for each in found.comparisons] == [("b", "a"), ("b", "c")]


def test_comparisons_are_those_of_the_method_at_their_part_of_confidence_and_plan() -> None:
    a, b, c = ordered("a", 200, 2000), ordered("b", 300, 2000), ordered("c", 110, 1000)
    each = 1 - (1 - 0.95) / 2
    once = tuple(compare(b, other, ExperimentMetric.REVENUE, each) for other in (a, c))
    always = tuple(compare_always(b, other, ExperimentMetric.REVENUE, each, 4000) for other in (a, c))
    for method, expected in ((ExperimentMethod.FIXED_HORIZON, once), (ExperimentMethod.SEQUENTIAL, always)):
        found = decide(
            [a, b, c],
            method=method,
            metric=ExperimentMetric.REVENUE,
            confidence=0.95,
            is_last=False,
            planned_athletes=6000,
        )
        assert found.comparisons == expected


def test_what_athletes_kept_decides_as_scipy_has_it() -> None:
    """promos-12: a return in two parts and six gifts, counted rightly, make `a` the winner."""
    kept = ordered("a", 18, 64), ordered("b", 15, 112), ordered("c", 6, 58)

    found = decided(*kept)

    assert told(found) == ("winner", "a", "significantly_better")
    assert [round(each.p_value or 0, 5) for each in found.comparisons] == [0.01601, 0.01362]
    for each, other in zip(found.comparisons, kept[1:], strict=True):
        table = [[18, 64 - 18], [other.orderers, other.athletes - other.orderers]]
        assert each.p_value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)
    miscounted = ordered("a", 17, 64), ordered("b", 16, 112), ordered("c", 0, 58)
    assert told(decided(*miscounted))[0] == "no_winner"


@pytest.mark.parametrize(("one", "other"), [((180, 2000), (250, 2000)), ((18, 64), (15, 112)), ((9, 900), (30, 300))])
def test_the_difference_that_could_have_been_found_is_found_four_times_of_five(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    """With the power of a z-test of this difference, of arms with this spread."""
    found = compare(ordered("a", *one), ordered("b", *other), ExperimentMetric.ORDERS, 0.95)
    assert found is not None
    share = (one[0] + other[0]) / (one[1] + other[1])
    error = math.sqrt(share * (1 - share) * (1 / one[1] + 1 / other[1]))
    truth, edge = stats.norm(found.detectable, error), stats.norm.isf(0.025) * error
    assert truth.sf(edge) + truth.cdf(-edge) == pytest.approx(0.8, abs=1e-4)


def test_an_arm_that_is_better_than_all_but_one_does_not_win() -> None:
    arms = ordered("a", 200, 2000), ordered("b", 300, 2000), ordered("c", 290, 2000)
    assert told(decided(*arms)) == ("no_winner", None, "not_significant")


def test_the_confidence_is_split_over_the_comparisons() -> None:
    better, worse = ordered("a", 130, 1000), ordered("b", 100, 1000)
    assert told(decided(better, worse)) == ("winner", "a", "significantly_better")
    assert told(decided(better, worse, replace(worse, name="c"))) == ("no_winner", None, "not_significant")


def test_a_fixed_horizon_decides_at_the_last_look_only() -> None:
    arms = ordered("a", 100, 2000), ordered("b", 900, 2000)
    assert told(decided(*arms, is_last=False)) == ("wait", None, "not_the_last_look")
    assert told(decided(*arms)) == ("winner", "b", "significantly_better")


def test_a_sequential_test_decides_at_any_look() -> None:
    clear, unclear = (ordered("a", 200, 2000), ordered("b", 300, 2000)), (ordered("a", 5, 50), ordered("b", 7, 50))
    for is_last in (False, True):
        assert told(decided(*clear, method=ExperimentMethod.SEQUENTIAL, is_last=is_last))[:2] == ("winner", "b")
    assert told(decided(*unclear, method=ExperimentMethod.SEQUENTIAL, is_last=False)) == (
        "wait",
        None,
        "not_significant",
    )
    assert told(decided(*unclear, method=ExperimentMethod.SEQUENTIAL)) == ("no_winner", None, "not_significant")


def test_a_single_variant_waits_for_the_end_and_has_nothing_to_win_against() -> None:
    for method in ExperimentMethod:
        assert told(decided(ordered("a", 90, 100), method=method)) == ("no_winner", None, "nothing_to_compare")
        assert told(decided(ordered("a", 90, 100), method=method, is_last=False))[0] == "wait"


def test_an_arm_that_nobody_was_assigned_to_keeps_the_others_from_winning() -> None:
    arms = ordered("a", 200, 2000), ordered("b", 300, 2000), ordered("c", 0, 0)
    assert told(decided(*arms)) == ("no_winner", None, "too_little_data")
