"""Thousands of simulated campaigns: errors as rare as promised."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from promos.campaigns.experiment.statistics import (
    Arm,
    ExperimentMethod,
    ExperimentMetric,
    compare,
    compare_always,
    decide,
    rate,
)
from tests.promos.campaigns.unit.experiment.world import ALPHA, LOOKS, bounds, ordered

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
            compare_always(a, b, ExperimentMetric.ORDERS, 1 - ALPHA, planned)
            if always
            else compare(a, b, ExperimentMetric.ORDERS, 1 - ALPHA)
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
        found = (rate(a, ExperimentMetric.ORDERS, 0.95), compare(a, b, ExperimentMetric.ORDERS, 0.95))
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
            bounds(rate(last[0], ExperimentMetric.REVENUE, 0.95)),
            bounds(compare(*last, ExperimentMetric.REVENUE, 0.95)),
        )
        held.append([low <= truth <= high, least <= 0 <= most])
        sequence = [compare_always(*pair, ExperimentMetric.REVENUE, 0.95, 2 * each * LOOKS) for pair in pairs]
        always.append(not any(found is not None and found.is_significant for found in sequence))
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.02)
    assert np.mean(always) >= 0.95


@pytest.mark.parametrize("method", ExperimentMethod)
def test_one_of_three_equal_variants_rarely_wins(method: ExperimentMethod) -> None:
    rng = np.random.default_rng(9)
    wins = 0
    for draws in rng.binomial(100, 0.1, (600, LOOKS, 3)).cumsum(axis=1):
        looks = [LOOKS] if method is ExperimentMethod.FIXED_HORIZON else range(1, LOOKS + 1)
        wins += any(
            decide(
                [ordered(name, int(draws[look - 1, i]), 100 * look) for i, name in enumerate("abc")],
                method=method,
                metric=ExperimentMetric.ORDERS,
                confidence=1 - ALPHA,
                is_last=look == LOOKS,
                planned_athletes=300 * LOOKS,
            ).winner
            is not None
            for look in looks
        )
    assert wins / 600 <= ALPHA
