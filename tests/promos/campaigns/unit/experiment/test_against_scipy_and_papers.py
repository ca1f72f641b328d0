"""The statistics of campaigns against SciPy's own and published examples."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from promos.campaigns.experiment.statistics import ExperimentMetric, compare, compare_always, rate, sample_ratio
from tests.promos.campaigns.unit.experiment.world import bounds, ordered, spent


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
@pytest.mark.parametrize(("orderers", "athletes"), [(0, 1), (1, 1), (0, 40), (40, 40), (1, 9000), (260, 1000)])
def test_the_share_that_ordered_has_wilsons_interval(orderers: int, athletes: int, confidence: float) -> None:
    theirs = stats.binomtest(orderers, athletes).proportion_ci(confidence, method="wilson")
    assert bounds(rate(ordered("a", orderers, athletes), ExperimentMetric.ORDERS, confidence)) == pytest.approx(
        theirs, abs=1e-12
    )


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
    found = compare(ordered("a", *one), ordered("b", *other), ExperimentMetric.ORDERS, 0.95)
    assert bounds(found) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("one", "other"), [((56, 70), (48, 80)), ((5, 56), (1, 29)), ((300, 9000), (260, 1000))])
def test_the_p_value_of_shares_is_pearsons(one: tuple[int, int], other: tuple[int, int]) -> None:
    found = compare(ordered("a", *one), ordered("b", *other), ExperimentMetric.ORDERS, 0.95)
    table = [[orderers, athletes - orderers] for orderers, athletes in (one, other)]
    assert found is not None
    assert found.p_value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)


@pytest.mark.parametrize(("one", "other"), [((338, 2000), (23, 200)), ((503, 2000), (63, 200))])
def test_where_test_and_interval_disagree_at_the_edge_nothing_is_significant(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    found = compare(ordered("a", *one), ordered("b", *other), ExperimentMetric.ORDERS, 0.95)
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
    assert bounds(rate(a, ExperimentMetric.REVENUE, confidence)) == pytest.approx(student)
    theirs = stats.ttest_ind(one, other, equal_var=False)
    found = compare(a, b, ExperimentMetric.REVENUE, confidence)
    assert found is not None
    assert found.p_value == pytest.approx(theirs.pvalue)
    assert bounds(found) == pytest.approx(tuple(theirs.confidence_interval(confidence)))
    assert found.is_significant == (theirs.pvalue < 1 - confidence)


def test_a_spread_of_single_kopecks_around_billions_is_not_lost() -> None:
    rng = np.random.default_rng(2)
    small, large = rng.integers(0, 5, 50), rng.integers(0, 5, 60)
    near = compare(spent("a", small), spent("b", large), ExperimentMetric.REVENUE, 0.95)
    far = compare(spent("a", small + 10**12), spent("b", large + 10**12), ExperimentMetric.REVENUE, 0.95)
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
        low, high = bounds(compare_always(*arms, ExperimentMetric.ORDERS, 0.95, round(planned)))
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
    low, high = bounds(compare_always(spent("a", a), spent("b", b), ExperimentMetric.REVENUE, 1 - alpha, t))
    assert (high - low) / 2 == pytest.approx(centred.std() * boundary, rel=0.002)
    assert (high + low) / 2 == pytest.approx(a.mean() - b.mean())
