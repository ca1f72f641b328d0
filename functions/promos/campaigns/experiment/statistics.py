"""What an A/B/n test with a hold-out says. Pure: sums over athletes in, intervals and a decision out.

An arm's sums are over all athletes that were assigned to it, reached by a message or not (intention to treat).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scipy import special

from promos.campaigns.plan.values import ExperimentMethod, ExperimentMetric

SUSPICIOUS: Final = 0.001
"""Below it a split is not the planned one by chance (Fabijan et al. 2019)."""
POWER: Final = 0.8
FEWEST_EXPECTED: Final = 5
"""In each arm, or chi-square is no approximation (Cochran 1954)."""


class Conclusion(StrEnum):
    WAIT = "wait"
    WINNER = "winner"
    NO_WINNER = "no_winner"


class Reason(StrEnum):
    SIGNIFICANTLY_BETTER = "significantly_better"
    NOT_SIGNIFICANT = "not_significant"
    TOO_LITTLE_DATA = "too_little_data"
    NOT_THE_LAST_LOOK = "not_the_last_look"
    NOTHING_TO_COMPARE = "nothing_to_compare"
    SAMPLE_RATIO_MISMATCH = "sample_ratio_mismatch"
    """The athletes did not split as planned: the numbers decide nothing."""


@dataclass(frozen=True)
class Arm:
    """Integer sums over the arm's athletes; `revenue_squares` is the sum of the squares of each one's money.

    Raises ValueError for sums that no athletes could have.
    """

    name: str
    athletes: int
    orderers: int
    revenue_minor: int
    revenue_squares: int

    def __post_init__(self) -> None:
        if not (0 <= self.orderers <= self.athletes and self.revenue_minor**2 <= self.athletes * self.revenue_squares):
            raise ValueError(f"The sums of the arm {self.name} contradict each other.")


@dataclass(frozen=True)
class Interval:
    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Difference:
    """`name` less `versus`."""

    name: str
    versus: str
    estimate: Interval
    p_value: float | None
    is_significant: bool
    detectable: float
    """The true difference that would have been found with `POWER`, either way."""


@dataclass(frozen=True)
class SampleRatio:
    p_value: float | None
    is_suspicious: bool
    expected: dict[str, float]


@dataclass(frozen=True)
class Decision:
    """`comparisons` are those of the best arm with each other one, in the plan's order."""

    conclusion: Conclusion
    winner: str | None
    comparisons: tuple[Difference, ...]
    reason: Reason


def rate(arm: Arm, metric: ExperimentMetric, confidence: float) -> Interval | None:
    """Of orders after Wilson 1927, of revenue after Student 1908; None for no athletes, or the revenue of one.

    Where all spent the same, nothing is known of the spread, and the interval is the value.
    """
    if metric is ExperimentMetric.ORDERS:
        return _wilson(arm, confidence) if arm.athletes else None
    if arm.athletes < 2:
        return None
    error = math.sqrt(_variance(arm, metric) / arm.athletes)
    return _around(_mean(arm, metric), _t(arm.athletes - 1, confidence) * error)


def compare(arm: Arm, versus: Arm, metric: ExperimentMetric, confidence: float) -> Difference | None:
    """At one look that was fixed in advance. None where there is too little to compute it.

    Orders: Newcombe's hybrid score interval (1998, method 10) and the p-value of the score test (Pearson 1900, without
    correction); significant when both say so, as near the edge they may differ. Revenue: Welch 1947.
    """
    if metric is ExperimentMetric.REVENUE:
        return _welch(arm, versus, confidence)
    if not (arm.athletes and versus.athletes):
        return None
    interval, p_value = _newcombe(arm, versus, confidence), _score_test(arm, versus)
    is_significant = p_value < 1 - confidence and not interval.low <= 0 <= interval.high
    detectable = (_z(confidence) + _z_of_power()) * _score_error(arm, versus)
    return Difference(arm.name, versus.name, interval, p_value, is_significant, detectable)


def compare_always(
    arm: Arm, versus: Arm, metric: ExperimentMetric, confidence: float, planned_athletes: int
) -> Difference | None:
    """At any look, however many there are: an asymptotic confidence sequence with Robbins' normal mixture (Waudby-Smith
    et al. 2024), and the p-value that stays valid with it. None where there is too little to compute it.

    `planned_athletes`, of both arms together, is where it is tightest; it must not change from look to look. The
    difference of means is a mean over the athletes of both arms of its influence function.
    Each arm's variance is at least that of both together: a small arm has no orders at first, and no variance.
    """
    if min(arm.athletes, versus.athletes) < 2:
        return None
    pooled = _variance(_together(arm, versus), metric)
    error_squared = sum(max(_variance(one, metric), pooled) / one.athletes for one in (arm, versus))
    if not error_squared:
        return None
    alpha, value = 1 - confidence, _difference(arm, versus, metric)
    time = (arm.athletes + versus.athletes) * _rho_squared(alpha, planned_athletes)
    margin = math.sqrt(error_squared * (time + 1) / time * math.log((time + 1) / alpha**2))
    log_evidence = (time / (time + 1) * value**2 / error_squared - math.log(time + 1)) / 2
    p_value = math.exp(min(0.0, -log_evidence))
    most = 1.0 if metric is ExperimentMetric.ORDERS else math.inf
    interval = Interval(max(value - margin, -most), value, min(value + margin, most))
    detectable = margin + _z_of_power() * math.sqrt(error_squared)
    return Difference(arm.name, versus.name, interval, p_value, abs(value) > margin, detectable)


def sample_ratio(arms: Sequence[Arm], shares: Mapping[str, float]) -> SampleRatio:
    """Are the arms as large as planned? Pearson's chi-square of goodness of fit; the hold-out and the rest are arms
    like any other. Of arms too small for it the others are judged among themselves, down to two; else p is None: the
    split was not tested.

    A split that is not the planned one says that assignment or counting is broken, and nothing else can be believed.
    """
    expected = _expected(arms, shares)
    large = [arm for arm in arms if expected[arm.name] >= FEWEST_EXPECTED]
    among = _expected(large, shares)
    if len(large) < 2 or min(among.values()) < FEWEST_EXPECTED:
        return SampleRatio(None, False, expected)
    statistic = sum((arm.athletes - among[arm.name]) ** 2 / among[arm.name] for arm in large)
    p_value = float(special.chdtrc(len(large) - 1, statistic))
    return SampleRatio(p_value, p_value < SUSPICIOUS, expected)


def _expected(arms: Sequence[Arm], shares: Mapping[str, float]) -> dict[str, float]:
    athletes, whole = sum(arm.athletes for arm in arms), sum(shares[arm.name] for arm in arms)
    return {arm.name: athletes * shares[arm.name] / whole if whole else 0.0 for arm in arms}


def decide(
    arms: Sequence[Arm],
    *,
    method: ExperimentMethod,
    metric: ExperimentMetric,
    confidence: float,
    is_last: bool,
    planned_athletes: int,
) -> Decision:
    """The best arm wins when it is significantly better than every other one. `arms` are without the hold-out,
    `planned_athletes` is how many they will have in all.

    The confidence is split over the k-1 comparisons (Bonferroni). Of k equal arms one then wins by chance with a
    probability of at most alpha k / 2(k-1): chance must lift it above the second best, in one direction.
    """
    if len(arms) < 2:
        return _without_winner((), Reason.NOTHING_TO_COMPARE if is_last else Reason.NOT_THE_LAST_LOOK, is_last)
    best = max(arms, key=lambda arm: _mean(arm, metric))
    each = 1 - (1 - confidence) / (len(arms) - 1)
    of_two = 2 * planned_athletes // len(arms)
    found = [
        compare(best, other, metric, each)
        if method is ExperimentMethod.FIXED_HORIZON
        else compare_always(best, other, metric, each, of_two)
        for other in arms
        if other is not best
    ]
    comparisons = tuple(difference for difference in found if difference is not None)
    if method is ExperimentMethod.FIXED_HORIZON and not is_last:
        return _without_winner(comparisons, Reason.NOT_THE_LAST_LOOK, is_last)
    if len(comparisons) < len(found):
        return _without_winner(comparisons, Reason.TOO_LITTLE_DATA, is_last)
    if not all(difference.is_significant for difference in comparisons):
        return _without_winner(comparisons, Reason.NOT_SIGNIFICANT, is_last)
    return Decision(Conclusion.WINNER, best.name, comparisons, Reason.SIGNIFICANTLY_BETTER)


def _without_winner(comparisons: tuple[Difference, ...], reason: Reason, is_last: bool) -> Decision:
    return Decision(Conclusion.NO_WINNER if is_last else Conclusion.WAIT, None, comparisons, reason)


def _sums(arm: Arm, metric: ExperimentMetric) -> tuple[int, int]:
    """Of the athletes' values and of their squares."""
    return (
        (arm.orderers, arm.orderers) if metric is ExperimentMetric.ORDERS else (arm.revenue_minor, arm.revenue_squares)
    )


def _mean(arm: Arm, metric: ExperimentMetric) -> float:
    return _sums(arm, metric)[0] / arm.athletes if arm.athletes else 0.0


def _variance(arm: Arm, metric: ExperimentMetric) -> float:
    """Unbiased, of two athletes or more. The subtraction is of integers: of floats it would leave nothing but noise."""
    total, squares = _sums(arm, metric)
    return (arm.athletes * squares - total**2) / (arm.athletes * (arm.athletes - 1))


def _difference(arm: Arm, versus: Arm, metric: ExperimentMetric) -> float:
    crossed = _sums(arm, metric)[0] * versus.athletes - _sums(versus, metric)[0] * arm.athletes
    return crossed / (arm.athletes * versus.athletes)


def _together(arm: Arm, versus: Arm) -> Arm:
    return Arm(
        name="",
        athletes=arm.athletes + versus.athletes,
        orderers=arm.orderers + versus.orderers,
        revenue_minor=arm.revenue_minor + versus.revenue_minor,
        revenue_squares=arm.revenue_squares + versus.revenue_squares,
    )


def _around(value: float, margin: float) -> Interval:
    return Interval(value - margin, value, value + margin)


def _z(confidence: float) -> float:
    return -float(special.ndtri((1 - confidence) / 2))


def _z_of_power() -> float:
    return float(special.ndtri(POWER))


def _t(freedom: float, confidence: float) -> float:
    return -float(special.stdtrit(freedom, (1 - confidence) / 2))


def _wilson(arm: Arm, confidence: float) -> Interval:
    ordered, athletes, z_squared = arm.orderers, arm.athletes, _z(confidence) ** 2
    share = ordered / athletes
    centre = (ordered + z_squared / 2) / (athletes + z_squared)
    deviation = math.sqrt(z_squared * (ordered * (athletes - ordered) / athletes + z_squared / 4))
    margin = deviation / (athletes + z_squared)
    return Interval(max(0.0, min(share, centre - margin)), share, min(1.0, max(share, centre + margin)))


def _newcombe(arm: Arm, versus: Arm, confidence: float) -> Interval:
    one, other = _wilson(arm, confidence), _wilson(versus, confidence)
    value = _difference(arm, versus, ExperimentMetric.ORDERS)
    down = math.hypot(one.value - one.low, other.high - other.value)
    up = math.hypot(one.high - one.value, other.value - other.low)
    return Interval(value - down, value, value + up)


def _score_error(arm: Arm, versus: Arm) -> float:
    """Of the difference of shares, if there is none."""
    both = _together(arm, versus)
    share = both.orderers / both.athletes
    return math.sqrt(share * (1 - share) * (1 / arm.athletes + 1 / versus.athletes))


def _score_test(arm: Arm, versus: Arm) -> float:
    """Two-sided; 1 where nobody or everybody ordered, as nothing speaks against equality."""
    error = _score_error(arm, versus)
    return 2 * float(special.ndtr(-abs(_difference(arm, versus, ExperimentMetric.ORDERS)) / error)) if error else 1.0


def _welch(arm: Arm, versus: Arm, confidence: float) -> Difference | None:
    """An arm where all spent the same (nobody anything, mostly) takes the spread of both arms together: its own would
    make a small arm without orders significantly worse than anything."""
    if min(arm.athletes, versus.athletes) < 2:
        return None
    pooled = _variance(_together(arm, versus), ExperimentMetric.REVENUE)
    one, other = ((_variance(each, ExperimentMetric.REVENUE) or pooled) / each.athletes for each in (arm, versus))
    if not one + other:
        return None
    error, value = math.sqrt(one + other), _difference(arm, versus, ExperimentMetric.REVENUE)
    freedom = (one + other) ** 2 / (one**2 / (arm.athletes - 1) + other**2 / (versus.athletes - 1))
    p_value = 2 * float(special.stdtr(freedom, -abs(value) / error))
    interval = _around(value, _t(freedom, confidence) * error)
    detectable = (_t(freedom, confidence) + _z_of_power()) * error
    return Difference(arm.name, versus.name, interval, p_value, p_value < 1 - confidence, detectable)


def _rho_squared(alpha: float, planned_athletes: int) -> float:
    """Where the margin's derivative by rho is nought at `planned_athletes` (Howard et al. 2021)."""
    best_time = -float(special.lambertw(-(alpha**2) / math.e, -1).real) - 1
    return best_time / max(planned_athletes, 1)
