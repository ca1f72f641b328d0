"""The statistics of campaigns against SciPy's own, published examples, and thousands of simulated campaigns."""

import json
import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize, stats

from promos.campaigns.experiment import (
    Arm,
    Decision,
    Difference,
    Interval,
    Method,
    Metric,
    Verdict,
    compare,
    compare_always,
    decide,
    rate,
    sample_ratio,
)

ALPHA = 0.05
LOOKS = 20


@pytest.fixture(autouse=True)
def _warnings_are_errors() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def ordered(name: str, orderers: int, athletes: int) -> Arm:
    """Each order is 1000."""
    return Arm(name, athletes, orderers, 1000 * orderers, 1000**2 * orderers)


def spent(name: str, amounts: Sequence[int] | NDArray[np.int64]) -> Arm:
    exact = [int(amount) for amount in amounts]
    return Arm(name, len(exact), sum(map(bool, exact)), sum(exact), sum(amount**2 for amount in exact))


def bounds(found: Difference | Interval | None) -> tuple[float, float]:
    interval = found.estimate if isinstance(found, Difference) else found
    assert interval is not None
    return interval.low, interval.high


# Against others


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
@pytest.mark.parametrize(("orderers", "athletes"), [(0, 1), (1, 1), (0, 40), (40, 40), (1, 9000), (260, 1000)])
def test_the_share_that_ordered_has_wilsons_interval(orderers: int, athletes: int, confidence: float) -> None:
    theirs = stats.binomtest(orderers, athletes).proportion_ci(confidence, method="wilson")
    assert bounds(rate(ordered("a", orderers, athletes), Metric.ORDERS, confidence)) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0000)),
    ],
)
def test_shares_differ_as_in_table_2_of_newcombe_1998(
    one: tuple[int, int], other: tuple[int, int], expected: tuple[float, float]
) -> None:
    found = compare(ordered("a", *one), ordered("b", *other), Metric.ORDERS, 0.95)
    assert bounds(found) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("one", "other"), [((56, 70), (48, 80)), ((5, 56), (1, 29)), ((300, 9000), (260, 1000))])
def test_the_p_value_of_shares_is_pearsons(one: tuple[int, int], other: tuple[int, int]) -> None:
    found = compare(ordered("a", *one), ordered("b", *other), Metric.ORDERS, 0.95)
    table = [[orderers, athletes - orderers] for orderers, athletes in (one, other)]
    assert found is not None
    assert found.p_value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)


@pytest.mark.parametrize(("one", "other"), [((338, 2000), (23, 200)), ((503, 2000), (63, 200))])
def test_where_test_and_interval_disagree_at_the_edge_nothing_is_significant(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    found = compare(ordered("a", *one), ordered("b", *other), Metric.ORDERS, 0.95)
    assert found is not None
    assert found.p_value is not None
    assert (found.p_value < 0.05) == (found.estimate.low <= 0 <= found.estimate.high)
    assert not found.is_significant


@pytest.mark.parametrize("confidence", [0.9, 0.99])
def test_revenue_is_students_and_its_difference_welchs(confidence: float) -> None:
    rng = np.random.default_rng(1)
    one, other = (rng.poisson(mean, n) * rng.integers(1, 9000, n) for mean, n in ((0.1, 700), (0.2, 90)))
    a, b = spent("a", one), spent("b", other)
    student = stats.t.interval(confidence, len(one) - 1, one.mean(), stats.sem(one))
    assert bounds(rate(a, Metric.REVENUE, confidence)) == pytest.approx(student)
    theirs = stats.ttest_ind(one, other, equal_var=False)
    found = compare(a, b, Metric.REVENUE, confidence)
    assert found is not None
    assert found.p_value == pytest.approx(theirs.pvalue)
    assert bounds(found) == pytest.approx(tuple(theirs.confidence_interval(confidence)))
    assert found.is_significant == (theirs.pvalue < 1 - confidence)


def test_a_spread_of_single_kopecks_around_billions_is_not_lost() -> None:
    rng = np.random.default_rng(2)
    small, large = rng.integers(0, 5, 50), rng.integers(0, 5, 60)
    near = compare(spent("a", small), spent("b", large), Metric.REVENUE, 0.95)
    far = compare(spent("a", small + 10**12), spent("b", large + 10**12), Metric.REVENUE, 0.95)
    assert near is not None
    assert near == far


def test_the_split_is_judged_by_chi_square() -> None:
    arms = [ordered("a", 0, 4810), ordered("b", 0, 5010), ordered("held_out", 0, 1180)]
    found = sample_ratio(arms, {"a": 45, "b": 45, "held_out": 10})
    expected = [4950, 4950, 1100]
    assert list(found.expected.values()) == pytest.approx(expected)
    assert found.p_value == pytest.approx(stats.chisquare([4810, 5010, 1180], expected).pvalue)


@pytest.mark.parametrize(("athletes", "is_suspicious"), [(5100, False), (5160, False), (5170, True), (4700, True)])
def test_a_split_is_suspicious_below_one_in_a_thousand(athletes: int, is_suspicious: bool) -> None:
    found = sample_ratio([ordered("a", 0, athletes), ordered("b", 0, 10_000 - athletes)], {"a": 1, "b": 1})
    assert found.p_value is not None
    assert found.is_suspicious == is_suspicious == (found.p_value < 0.001)


def test_always_valid_intervals_are_tightest_where_planned() -> None:
    arms = ordered("a", 300, 3000), ordered("b", 200, 2000)

    def width(planned: float) -> float:
        low, high = bounds(compare_always(*arms, Metric.ORDERS, 0.95, round(planned)))
        return high - low

    best = optimize.minimize_scalar(width, bounds=(100, 100_000), method="bounded")
    assert width(5000) <= best.fun
    assert width(500) > 1.05 * width(5000)
    assert width(100_000) > 1.05 * width(5000)


def test_always_valid_intervals_are_the_papers_for_a_mean() -> None:
    """With arms alike in spread, the margin is that of Waudby-Smith et al. 2024 for athletes that count +2 or -2 times
    what they spent, written down as there."""
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 100, 5000), rng.integers(0, 100, 5000)
    t, alpha = 10_000, 0.05
    centred = 2 * np.concatenate([a - a.mean(), -(b - b.mean())])
    x = -2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)
    rho_squared = x / t
    boundary = math.sqrt(
        2 * (t * rho_squared + 1) / (t**2 * rho_squared) * math.log(math.sqrt(t * rho_squared + 1) / alpha)
    )
    low, high = bounds(compare_always(spent("a", a), spent("b", b), Metric.REVENUE, 1 - alpha, t))
    assert (high - low) / 2 == pytest.approx(centred.std() * boundary, rel=0.002)
    assert (high + low) / 2 == pytest.approx(a.mean() - b.mean())


# What always holds

CONFIDENCES = st.sampled_from([0.8, 0.95, 0.99, 1 - 0.05 / 9])
AMOUNTS = st.lists(st.one_of(st.just(0), st.integers(0, 10**12)), max_size=30)
METRICS = st.sampled_from(Metric)


@st.composite
def campaign_arms(draw: st.DrawFn, least: int, most: int) -> list[Arm]:
    """Small ones as they come, and large ones where nearly nobody or nearly everybody ordered."""
    arms = []
    for name in "abcdef"[: draw(st.integers(least, most))]:
        if draw(st.booleans()):
            arms.append(spent(name, draw(AMOUNTS)))
        else:
            athletes = draw(st.integers(0, 10**9))
            few = draw(st.integers(0, min(3, athletes)))
            arms.append(ordered(name, draw(st.sampled_from([few, athletes - few, athletes // 3])), athletes))
    return arms


def floats_of(found: object) -> list[float]:
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list | tuple):
        return [number for item in found for number in floats_of(item)]
    return [found] if isinstance(found, float) else []


@given(campaign_arms(1, 1), METRICS, CONFIDENCES)
def test_a_rate_lies_in_its_interval(arms: list[Arm], metric: Metric, confidence: float) -> None:
    found = rate(arms[0], metric, confidence)
    if found is None:
        assert arms[0].athletes < 2
        return
    assert found.low <= found.value <= found.high
    assert all(type(number) is float and math.isfinite(number) for number in (found.low, found.value, found.high))
    if metric is Metric.ORDERS:
        assert 0 <= found.low < found.high <= 1


@given(campaign_arms(2, 2), METRICS, CONFIDENCES, st.integers(1, 10**9))
def test_a_difference_lies_in_its_interval_and_changes_its_sign_with_the_order(
    arms: list[Arm], metric: Metric, confidence: float, planned: int
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
    arms: list[Arm], metric: Metric, confidence: float, planned: int
) -> None:
    found = compare_always(arms[0], arms[1], metric, confidence, planned)
    if found is not None and found.p_value != pytest.approx(1 - confidence):
        low, high = bounds(found)
        assert found.is_significant == (found.p_value is not None and found.p_value < 1 - confidence)
        assert found.is_significant == (not low <= 0 <= high)


@given(campaign_arms(0, 5), st.sampled_from(Method), METRICS, CONFIDENCES, st.booleans(), st.integers(0, 10**9))
def test_every_decision_can_be_told(
    arms: list[Arm], method: Method, metric: Metric, confidence: float, is_last: bool, planned: int
) -> None:
    found = decide(arms, method=method, metric=metric, confidence=confidence, is_last=is_last, planned_athletes=planned)
    json.dumps(asdict(found), allow_nan=False)
    assert (found.winner is None) == (found.verdict is not Verdict.WINNER)
    assert not (is_last and found.verdict is Verdict.WAIT)
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


# Too little to say


@pytest.mark.parametrize("metric", Metric)
def test_nothing_is_said_of_arms_without_athletes(metric: Metric) -> None:
    nobody, some = ordered("a", 0, 0), ordered("b", 10, 100)
    assert rate(nobody, metric, 0.95) is None
    assert compare(nobody, some, metric, 0.95) is None
    assert compare_always(some, nobody, metric, 0.95, 1000) is None


def test_the_money_of_one_athlete_has_no_interval() -> None:
    assert rate(ordered("a", 1, 1), Metric.REVENUE, 0.95) is None
    assert compare(ordered("a", 1, 1), ordered("b", 3, 30), Metric.REVENUE, 0.95) is None


def test_where_nobody_ordered_shares_are_equal_and_money_is_not_compared() -> None:
    one, other = ordered("a", 0, 100), ordered("b", 0, 100)
    found = compare(one, other, Metric.ORDERS, 0.95)
    assert found is not None
    assert (found.p_value, found.is_significant) == (1, False)
    assert compare(one, other, Metric.REVENUE, 0.95) is None
    assert compare_always(one, other, Metric.ORDERS, 0.95, 200) is None


def test_a_campaign_that_was_planned_for_nobody_is_compared_all_the_same() -> None:
    assert compare_always(ordered("a", 10, 100), ordered("b", 20, 100), Metric.ORDERS, 0.95, 0) is not None


@pytest.mark.parametrize("metric", Metric)
def test_a_small_arm_without_orders_is_not_worse_because_it_has_no_spread(metric: Metric) -> None:
    large, small = ordered("a", 40, 2000), ordered("b", 0, 20)
    for found in (compare(large, small, metric, 0.95), compare_always(large, small, metric, 0.95, 4000)):
        assert found is not None
        assert not found.is_significant


@pytest.mark.parametrize("metric", Metric)
def test_a_large_arm_without_orders_is_worse(metric: Metric) -> None:
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


@pytest.mark.parametrize(
    "sums", [(10, 11, 0, 0), (10, -1, 0, 0), (-1, 0, 0, 0), (2, 2, 10, 49), (0, 0, 5, 25), (1, 1, 0, -1)]
)
def test_sums_that_no_athletes_could_have_are_refused(sums: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="contradict"):
        Arm("a", *sums)


# The decision


def decided(
    *arms: Arm, method: Method = Method.FIXED_HORIZON, is_last: bool = True, metric: Metric = Metric.ORDERS
) -> Decision:
    planned = sum(arm.athletes for arm in arms)
    return decide(arms, method=method, metric=metric, confidence=0.95, is_last=is_last, planned_athletes=planned)


def told(found: Decision) -> tuple[str, str | None, str]:
    return found.verdict.value, found.winner, found.reason.value


@pytest.mark.parametrize("metric", Metric)
def test_an_arm_that_is_better_than_every_other_one_wins(metric: Metric) -> None:
    arms = ordered("a", 200, 2000), ordered("b", 300, 2000), ordered("c", 210, 2000)
    found = decided(*arms, metric=metric)
    assert told(found) == ("winner", "b", "significantly_better")
    assert [(each.name, each.versus) for each in found.comparisons] == [("b", "a"), ("b", "c")]


def test_comparisons_are_those_of_the_method_at_their_part_of_confidence_and_plan() -> None:
    a, b, c = ordered("a", 200, 2000), ordered("b", 300, 2000), ordered("c", 110, 1000)
    each = 1 - (1 - 0.95) / 2
    once = tuple(compare(b, other, Metric.REVENUE, each) for other in (a, c))
    always = tuple(compare_always(b, other, Metric.REVENUE, each, 4000) for other in (a, c))
    for method, expected in ((Method.FIXED_HORIZON, once), (Method.SEQUENTIAL, always)):
        found = decide(
            [a, b, c], method=method, metric=Metric.REVENUE, confidence=0.95, is_last=False, planned_athletes=6000
        )
        assert found.comparisons == expected


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
        assert told(decided(*clear, method=Method.SEQUENTIAL, is_last=is_last))[:2] == ("winner", "b")
    assert told(decided(*unclear, method=Method.SEQUENTIAL, is_last=False)) == ("wait", None, "not_significant")
    assert told(decided(*unclear, method=Method.SEQUENTIAL)) == ("no_winner", None, "not_significant")


def test_a_single_variant_waits_for_the_end_and_has_nothing_to_win_against() -> None:
    for method in Method:
        assert told(decided(ordered("a", 90, 100), method=method)) == ("no_winner", None, "nothing_to_compare")
        assert told(decided(ordered("a", 90, 100), method=method, is_last=False))[0] == "wait"


def test_an_arm_that_nobody_was_assigned_to_keeps_the_others_from_winning() -> None:
    arms = ordered("a", 200, 2000), ordered("b", 300, 2000), ordered("c", 0, 0)
    assert told(decided(*arms)) == ("no_winner", None, "too_little_data")


# Thousands of campaigns

Counts = NDArray[np.int64]


def campaigns(
    seed: int, shares: tuple[float, float], athletes: tuple[int, int], *, number: int = 3000
) -> tuple[Counts, Counts]:
    """Orderers of two arms at each look (campaigns x looks); `athletes` come to each arm between looks."""
    rng = np.random.default_rng(seed)
    one, other = (
        rng.binomial(each, share, (number, LOOKS)).cumsum(axis=1) for share, each in zip(shares, athletes, strict=True)
    )
    return one, other


def significant(counts: tuple[Counts, Counts], athletes: tuple[int, int], *, always: bool) -> NDArray[np.bool_]:
    planned = sum(athletes) * LOOKS
    found = np.zeros(counts[0].shape, bool)
    for (campaign, look), orderers in np.ndenumerate(counts[0]):
        a = ordered("a", int(orderers), athletes[0] * (look + 1))
        b = ordered("b", int(counts[1][campaign, look]), athletes[1] * (look + 1))
        difference = (
            compare_always(a, b, Metric.ORDERS, 1 - ALPHA, planned)
            if always
            else compare(a, b, Metric.ORDERS, 1 - ALPHA)
        )
        found[campaign, look] = difference is not None and difference.is_significant
    return found


def test_peeking_finds_what_is_not_there_unless_the_method_allows_it() -> None:
    athletes = (100, 100)
    counts = campaigns(4, (0.1, 0.1), athletes)
    once = significant(counts, athletes, always=False)
    assert 0.04 < once[:, -1].mean() < 0.06
    assert once.any(axis=1).mean() > 0.18
    assert significant(counts, athletes, always=True).any(axis=1).mean() <= ALPHA


@pytest.mark.parametrize(("share", "athletes"), [(0.02, (45, 5)), (0.5, (18, 2)), (0.3, (500, 500))])
def test_looking_early_at_a_small_arm_finds_nothing_either(share: float, athletes: tuple[int, int]) -> None:
    counts = campaigns(5, (share, share), athletes)
    assert significant(counts, athletes, always=True).any(axis=1).mean() <= ALPHA


def test_a_real_effect_is_found() -> None:
    athletes = (150, 150)
    counts = campaigns(6, (0.13, 0.09), athletes, number=1000)
    assert significant(counts, athletes, always=False)[:, -1].mean() > 0.9
    assert significant(counts, athletes, always=True).any(axis=1).mean() > 0.8


@pytest.mark.parametrize(("shares", "sizes"), [((0.05, 0.05), (300, 2700)), ((0.1, 0.16), (400, 400))])
def test_intervals_of_shares_hold_the_truth_as_often_as_they_say(
    shares: tuple[float, float], sizes: tuple[int, int]
) -> None:
    rng = np.random.default_rng(7)
    draws = rng.binomial(sizes, shares, (4000, 2))
    held = []
    for one, other in draws:
        a, b = ordered("a", int(one), sizes[0]), ordered("b", int(other), sizes[1])
        found = (rate(a, Metric.ORDERS, 0.95), compare(a, b, Metric.ORDERS, 0.95))
        truths = (shares[0], shares[0] - shares[1])
        held.append(
            [low <= truth <= high for (low, high), truth in zip(map(bounds, found), truths, strict=True)],
        )
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.015)


def test_intervals_of_revenue_hold_the_truth_as_often_as_they_say() -> None:
    """A tenth orders, for lognormal amounts; everything at twenty looks for the sequence, at the last for the rest."""
    rng = np.random.default_rng(8)
    number, each = 1000, 100
    truth = 0.1 * 5000 * math.exp(0.5)
    sums = []
    for _ in range(2):
        amounts = np.round(rng.lognormal(math.log(5000), 1, (number, LOOKS, each)))
        amounts *= rng.random((number, LOOKS, each)) < 0.1
        cumulated = [part.sum(axis=2).cumsum(axis=1).astype(int) for part in (amounts > 0, amounts, amounts**2)]
        sums.append(np.stack(cumulated, axis=2))
    held, always = [], []
    for a_looks, b_looks in zip(*sums, strict=True):
        pairs = [
            (Arm("a", each * look, *map(int, a)), Arm("b", each * look, *map(int, b)))
            for look, (a, b) in enumerate(zip(a_looks, b_looks, strict=True), 1)
        ]
        last = pairs[-1]
        (low, high), (least, most) = (
            bounds(rate(last[0], Metric.REVENUE, 0.95)),
            bounds(compare(*last, Metric.REVENUE, 0.95)),
        )
        held.append([low <= truth <= high, least <= 0 <= most])
        sequence = [compare_always(*pair, Metric.REVENUE, 0.95, 2 * each * LOOKS) for pair in pairs]
        always.append(not any(found is not None and found.is_significant for found in sequence))
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.02)
    assert np.mean(always) >= 0.95


@pytest.mark.parametrize("method", Method)
def test_one_of_three_equal_variants_rarely_wins(method: Method) -> None:
    rng = np.random.default_rng(9)
    wins = 0
    for draws in rng.binomial(100, 0.1, (600, LOOKS, 3)).cumsum(axis=1):
        looks = [LOOKS] if method is Method.FIXED_HORIZON else range(1, LOOKS + 1)
        wins += any(
            decide(
                [ordered(name, int(draws[look - 1, i]), 100 * look) for i, name in enumerate("abc")],
                method=method,
                metric=Metric.ORDERS,
                confidence=1 - ALPHA,
                is_last=look == LOOKS,
                planned_athletes=300 * LOOKS,
            ).winner
            is not None
            for look in looks
        )
    assert wins / 600 <= ALPHA
