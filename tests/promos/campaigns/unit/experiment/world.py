"""Arms of an experiment, and what is found of them."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from promos.campaigns.experiment.statistics import Arm, Difference, ExperimentMetric, Interval

ALPHA = 0.05
LOOKS = 20


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


CONFIDENCES = st.sampled_from([0.8, 0.95, 0.99, 1 - 0.05 / 9])
AMOUNTS = st.lists(st.one_of(st.just(0), st.integers(0, 10**12)), max_size=30)
METRICS = st.sampled_from(ExperimentMetric)


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
