"""What a look at a run found: kept with the run, so that a report shows what was decided by."""

from dataclasses import dataclass

from pydantic import Field

from promos.campaigns.experiment import message_store as messages
from promos.campaigns.experiment.measures import Sums
from promos.campaigns.plan.values import HOLD_OUT, ExperimentMetric
from promos.campaigns.run.domain import Run
from stadion.values import Value


class Estimate(Value):
    low: float
    value: float
    high: float


class Rates(Value):
    orders: Estimate | None = None
    revenue: Estimate | None = None


class Comparison(Value):
    name: str
    versus: str
    metric: ExperimentMetric
    estimate: Estimate
    p_value: float | None = None
    is_significant: bool
    decides: bool
    """One of those that the winner is chosen by."""
    detectable: float | None = None
    """The true difference that the arms were large enough to find, four times of five; None of looks before 2026-12."""


class Ratio(Value):
    p_value: float | None = None
    is_suspicious: bool
    expected: dict[str, float]

    @property
    def is_tested(self) -> bool:
        """Too few athletes are not tested: that is not to have passed."""
        return self.p_value is not None


class Findings(Value):
    arms: dict[str, Sums] = Field(default_factory=dict)
    messages: dict[str, dict[str, int]] = Field(default_factory=dict)
    """Arm -> `delivered.<channel>` and `failed.<channel>.<reason>` -> messages."""
    rates: dict[str, Rates] = Field(default_factory=dict)
    comparisons: list[Comparison] = Field(default_factory=list)
    sample_ratio: Ratio | None = None

    @property
    def sums_alone(self) -> "Findings":
        """Without what must not be looked at yet."""
        return self.model_copy(update={"rates": {}, "comparisons": []})


@dataclass(frozen=True)
class Guardrail:
    name: str
    limit: float
    value: float

    @property
    def is_passed(self) -> bool:
        """It is there to be kept: past it the run stops."""
        return self.value > self.limit


def guardrails(run: Run, found: Findings) -> list[Guardrail]:
    """Those of the plan, each with what it is now. A percentage of too few athletes says nothing."""
    limits = run.plan.guardrails
    told = sum((sums for arm, sums in found.arms.items() if arm != HOLD_OUT), Sums())
    rails = []
    if limits.spend_minor is not None:
        spend = told.given_minor + messages.cost_minor(run.plan, found.messages.values())
        rails.append(Guardrail("spend_minor", limits.spend_minor, spend))
    if limits.withdrawn_percent is not None and told.issued >= limits.least_athletes:
        rails.append(Guardrail("withdrawn_percent", limits.withdrawn_percent, 100 * told.withdrawn / told.issued))
    used = told.redeemed + told.reversed
    if limits.returned_percent is not None and used >= limits.least_athletes:
        rails.append(Guardrail("returned_percent", limits.returned_percent, 100 * told.reversed / used))
    return rails
