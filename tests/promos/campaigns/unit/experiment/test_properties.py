"""What holds of any arms, and of those at the edge."""

import json
import math
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from promos.campaigns.experiment.statistics import (
    Arm,
    Conclusion,
    ExperimentMethod,
    ExperimentMetric,
    compare,
    compare_always,
    decide,
    rate,
    sample_ratio,
)
from tests.promos.campaigns.unit.experiment.world import CONFIDENCES, METRICS, bounds, campaign_arms, ordered


def floats_of(found: object) -> list[float]:
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list | tuple):
        return [number for item in found for number in floats_of(item)]
    return [found] if isinstance(found, float) else []


@given(campaign_arms(1, 1), METRICS, CONFIDENCES)
def test_a_rate_lies_in_its_interval(arms: list[Arm], metric: ExperimentMetric, confidence: float) -> None:
    found = rate(arms[0], metric, confidence)
    if found is None:
        assert arms[0].athletes < 2
        return
    assert found.low <= found.value <= found.high
    assert all(type(number) is float and math.isfinite(number) for number in (found.low, found.value, found.high))
    if metric is ExperimentMetric.ORDERS:
        assert 0 <= found.low < found.high <= 1


@given(campaign_arms(2, 2), METRICS, CONFIDENCES, st.integers(1, 10**9))
def test_a_difference_lies_in_its_interval_and_changes_its_sign_with_the_order(
    arms: list[Arm], metric: ExperimentMetric, confidence: float, planned: int
) -> None:
    one, other = arms
    for found, swapped in (
        (compare(one, other, metric, confidence), compare(other, one, metric, confidence)),
        (
            compare_always(one, other, metric, confidence, planned),
            compare_always(other, one, metric, confidence, planned),
        ),
    ):
        if found is None or swapped is None:
            assert found is swapped
            continue
        low, high = bounds(found)
        assert low <= found.estimate.value <= high
        assert (found.name, found.versus, swapped.name, swapped.versus) == ("a", "b", "b", "a")
        assert (-high, -low) == pytest.approx(bounds(swapped), rel=1e-9, abs=1e-12)
        assert found.p_value == pytest.approx(swapped.p_value)
        assert found.p_value is not None
        assert 0 <= found.p_value <= 1
        assert not (found.is_significant and low <= 0 <= high)
        assert not (found.is_significant and found.p_value > 1.000001 * (1 - confidence))
        assert all(type(number) is float and math.isfinite(number) for number in floats_of(asdict(found)))


@given(campaign_arms(2, 2), METRICS, CONFIDENCES, st.integers(1, 10**9))
def test_the_always_valid_p_value_is_small_exactly_when_the_interval_leaves_nought(
    arms: list[Arm], metric: ExperimentMetric, confidence: float, planned: int
) -> None:
    found = compare_always(arms[0], arms[1], metric, confidence, planned)
    if found is not None and found.p_value != pytest.approx(1 - confidence):
        low, high = bounds(found)
        assert found.is_significant == (found.p_value is not None and found.p_value < 1 - confidence)
        assert found.is_significant == (not low <= 0 <= high)


@given(
    campaign_arms(0, 5), st.sampled_from(ExperimentMethod), METRICS, CONFIDENCES, st.booleans(), st.integers(0, 10**9)
)
def test_every_decision_can_be_told(
    arms: list[Arm], method: ExperimentMethod, metric: ExperimentMetric, confidence: float, is_last: bool, planned: int
) -> None:
    found = decide(arms, method=method, metric=metric, confidence=confidence, is_last=is_last, planned_athletes=planned)
    json.dumps(asdict(found), allow_nan=False)
    assert (found.winner is None) == (found.conclusion is not Conclusion.WINNER)
    assert not (is_last and found.conclusion is Conclusion.WAIT)
    if found.winner is not None:
        assert len(found.comparisons) == len(arms) - 1
        assert all(each.name == found.winner and each.estimate.low > 0 for each in found.comparisons)


@given(campaign_arms(0, 5), st.data())
def test_every_split_can_be_told(arms: list[Arm], data: st.DataObject) -> None:
    weights = {arm.name: data.draw(st.integers(0, 100)) for arm in arms}
    found = sample_ratio(arms, weights)
    json.dumps(asdict(found), allow_nan=False)
    if any(weights.values()):
        assert sum(found.expected.values()) == pytest.approx(sum(arm.athletes for arm in arms))


@pytest.mark.parametrize("metric", ExperimentMetric)
def test_nothing_is_said_of_arms_without_athletes(metric: ExperimentMetric) -> None:
    nobody, some = ordered("a", 0, 0), ordered("b", 10, 100)
    assert rate(nobody, metric, 0.95) is None
    assert compare(nobody, some, metric, 0.95) is None
    assert compare_always(some, nobody, metric, 0.95, 1000) is None


def test_the_money_of_one_athlete_has_no_interval() -> None:
    assert rate(ordered("a", 1, 1), ExperimentMetric.REVENUE, 0.95) is None
    assert compare(ordered("a", 1, 1), ordered("b", 3, 30), ExperimentMetric.REVENUE, 0.95) is None


def test_where_nobody_ordered_shares_are_equal_and_money_is_not_compared() -> None:
    one, other = ordered("a", 0, 100), ordered("b", 0, 100)
    found = compare(one, other, ExperimentMetric.ORDERS, 0.95)
    assert found is not None
    assert (found.p_value, found.is_significant) == (1, False)
    assert compare(one, other, ExperimentMetric.REVENUE, 0.95) is None
    assert compare_always(one, other, ExperimentMetric.ORDERS, 0.95, 200) is None


def test_a_campaign_that_was_planned_for_nobody_is_compared_all_the_same() -> None:
    assert compare_always(ordered("a", 10, 100), ordered("b", 20, 100), ExperimentMetric.ORDERS, 0.95, 0) is not None


@pytest.mark.parametrize("metric", ExperimentMetric)
def test_a_small_arm_without_orders_is_not_worse_because_it_has_no_spread(metric: ExperimentMetric) -> None:
    large, small = ordered("a", 40, 2000), ordered("b", 0, 20)
    for found in (compare(large, small, metric, 0.95), compare_always(large, small, metric, 0.95, 4000)):
        assert found is not None
        assert not found.is_significant


@pytest.mark.parametrize("metric", ExperimentMetric)
def test_a_large_arm_without_orders_is_worse(metric: ExperimentMetric) -> None:
    usual, broken = ordered("a", 200, 2000), ordered("b", 0, 2000)
    for found in (compare(usual, broken, metric, 0.95), compare_always(usual, broken, metric, 0.95, 4000)):
        assert found is not None
        assert found.is_significant


@pytest.mark.parametrize(
    ("arms", "weights"),
    [
        ([("a", 900)], {"a": 1}),
        ([("a", 9), ("b", 2)], {"a": 9, "b": 1}),
        ([("a", 9000), ("b", 10)], {"a": 1, "b": 0}),
        ([("a", 0), ("b", 0)], {"a": 1, "b": 1}),
        ([], {}),
    ],
)
def test_a_split_of_few_or_of_one_arm_is_not_judged(arms: list[tuple[str, int]], weights: dict[str, int]) -> None:
    found = sample_ratio([ordered(name, 0, athletes) for name, athletes in arms], weights)
    assert (found.p_value, found.is_suspicious) == (None, False)


def test_a_hold_out_that_is_not_the_planned_one_is_suspicious() -> None:
    """promos-10: 9 and 11 of the variants, 160 held out where half of the athletes were to be."""
    arms = [ordered(name, 0, athletes) for name, athletes in (("a", 9), ("b", 11), ("hold-out", 160))]
    assert sample_ratio(arms, {"a": 0.25, "b": 0.25, "hold-out": 0.5}).is_suspicious


def test_an_arm_that_is_too_small_does_not_keep_the_others_from_being_tested() -> None:
    arms = [ordered(name, 0, athletes) for name, athletes in (("a", 20), ("b", 76), ("hold-out", 4))]
    found = sample_ratio(arms, {"a": 0.48, "b": 0.48, "hold-out": 0.04})
    assert found.is_suspicious
    assert found.p_value == pytest.approx(stats.chisquare([20, 76]).pvalue)
    assert found.expected == pytest.approx({"a": 48, "b": 48, "hold-out": 4})


@pytest.mark.parametrize(
    "sums", [(10, 11, 0, 0), (10, -1, 0, 0), (-1, 0, 0, 0), (2, 2, 10, 49), (0, 0, 5, 25), (1, 1, 0, -1)]
)
def test_sums_that_no_athletes_could_have_are_refused(sums: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="contradict"):
        Arm("a", *sums)
