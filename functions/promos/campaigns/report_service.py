"""What a run did, as marketing reads it: from what was measured at its last look.

Money is in the smallest unit of the campaign's currency.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from promos.campaigns.experiment import message_store as messages
from promos.campaigns.experiment.findings import Findings, Guardrail, Rates, guardrails
from promos.campaigns.experiment.measures import Sums
from promos.campaigns.plan.values import HOLD_OUT, REST, CampaignPlan
from promos.campaigns.run.domain import Campaign, Run
from promos.offers import funnel_store
from promos.offers.funnel_store import FunnelCell


@dataclass(frozen=True)
class ArmReport:
    """Counted over all athletes who were chosen, told or not."""

    name: str
    role: str
    """variant, rest or hold_out."""
    promo_id: str | None
    planned_share: float
    """Of all who were chosen."""
    sums: Sums
    rates: Rates
    delivered: Mapping[str, int]
    """Channel -> messages."""
    failed: Mapping[str, int]
    """channel.reason -> messages."""
    messages_minor: int

    @property
    def spend_minor(self) -> int:
        return self.sums.given_minor + self.messages_minor


@dataclass(frozen=True)
class Amounts:
    """Offers by the day (UTC) on which they got there; messages by the day on which they were delivered."""

    issued: int = 0
    impressions: int = 0
    clicks: int = 0
    conversions: int = 0
    messages: int = 0
    discount_minor: int = 0
    cost_minor: int = 0
    messages_minor: int = 0
    spend_minor: int = 0
    paid_with_code_minor: int = 0
    """For orders that used a code, less what came back. Not an arm's revenue, which is of all orders."""

    def __add__(self, other: "Amounts") -> "Amounts":
        names = [field.name for field in fields(Amounts)]
        return Amounts(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True)
class DayReport:
    day: date
    amounts: Amounts


@dataclass(frozen=True)
class Total:
    """Of whoever was not held out."""

    athletes: int
    impressions: int
    clicks: int
    conversions: int
    new_customers: int
    revenue_minor: int
    discount_minor: int
    cost_minor: int
    messages_minor: int
    fixed_minor: int

    @property
    def spend_minor(self) -> int:
        return self.discount_minor + self.cost_minor + self.messages_minor + self.fixed_minor

    @property
    def cost_per_acquisition_minor(self) -> int | None:
        """Spend per conversion; None without one."""
        return _each(self.spend_minor, self.conversions)

    @property
    def customer_acquisition_cost_minor(self) -> int | None:
        """Spend per new customer; None without one."""
        return _each(self.spend_minor, self.new_customers)


def _each(spend: int, count: int) -> int | None:
    return round(spend / count) if count else None


@dataclass(frozen=True)
class RunReport:
    run: Run
    found: Findings
    """Sums alone, when it is an interim look at a fixed horizon."""
    decides_at: datetime | None
    """The look that counts, if it is ahead."""
    arms: Sequence[ArmReport]
    guardrails: Sequence[Guardrail]
    total: Total
    days: Sequence[DayReport]
    """Of this run."""


@dataclass(frozen=True)
class CampaignReport:
    """Of all runs of a campaign, by day."""

    campaign_id: str
    currency: str
    total: Amounts
    days: Sequence[DayReport]


def report(run: Run) -> RunReport:
    """Messages are counted as of now: some were put off and went after the last look."""
    found = Findings.model_validate(run.results) if run.results else _unmeasured(run)
    found = found.sums_alone if run.is_interim else found
    told = messages.by_arm(run.campaign_id, run.run_id)
    roles = _roles(run)
    costs = messages.costs_minor(run.plan, [told.get(name, {}) for name, _ in roles])
    arms = [
        _arm(run, name, role, found, told.get(name, {}), cost) for (name, role), cost in zip(roles, costs, strict=True)
    ]
    return RunReport(
        run=run,
        found=found,
        decides_at=run.horizon if run.is_interim and not run.is_over else None,
        arms=arms,
        guardrails=guardrails(run, found),
        total=_total(run.plan, arms),
        days=by_day(run),
    )


def _unmeasured(run: Run) -> Findings:
    """Of a run without a look: what the funnel counted. Orders are counted by looks only."""
    arms = {name: Sums(athletes=athletes) for name, athletes in run.chosen.by_arm.items()}
    for cell, totals in _funnel(run):
        counted = {name: totals[name] for name in _FUNNEL & totals.keys()}
        arms[cell.variant] = arms.get(cell.variant, Sums()) + Sums(**counted)
    return Findings(arms=arms)


def _funnel(run: Run) -> Iterator[tuple[FunnelCell, dict[str, int]]]:
    """What was counted of the run's own offers."""
    for promo_id in dict.fromkeys(variant.promo_id for variant in run.plan.variants):
        for cell, totals in funnel_store.totals(promo_id, run.plan.currency).items():
            if (cell.campaign_id, cell.run_id) == (run.campaign_id, run.run_id):
                yield cell, totals


_FUNNEL = {"issued", "viewed", "clicked", "dismissed", "redeemed", "reversed", "discount_minor", "cost_minor"}


def _roles(run: Run) -> list[tuple[str, str]]:
    found = [(variant.name, "variant") for variant in run.plan.variants]
    found += [(REST, "rest")] if run.chosen.by_arm.get(REST) else []
    return found + ([(HOLD_OUT, "hold_out")] if run.chosen.by_arm.get(HOLD_OUT) else [])


def _arm(run: Run, name: str, role: str, found: Findings, counts: dict[str, int], messages_minor: int) -> ArmReport:
    variant = {"variant": name, "rest": run.rollout}.get(role)
    return ArmReport(
        name=name,
        role=role,
        promo_id=run.plan.variant(variant).promo_id if variant else None,
        planned_share=run.plan.shares.get(name, 0.0),
        sums=found.arms.get(name, Sums()),
        rates=found.rates.get(name, Rates()),
        delivered=_below(counts, messages.DELIVERED),
        failed=_below(counts, "failed."),
        messages_minor=messages_minor,
    )


def _total(plan: CampaignPlan, arms: Iterable[ArmReport]) -> Total:
    told = [arm for arm in arms if arm.role != "hold_out"]
    sums = sum((arm.sums for arm in told), Sums())
    return Total(
        athletes=sums.athletes,
        impressions=sums.viewed,
        clicks=sums.clicked,
        conversions=sums.redeemed,
        new_customers=sums.new_customers,
        revenue_minor=sums.revenue_minor,
        discount_minor=sums.discount_minor,
        cost_minor=sums.cost_minor,
        messages_minor=sum(arm.messages_minor for arm in told),
        fixed_minor=plan.costs.fixed_minor,
    )


def _below(counts: dict[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): number for name, number in counts.items() if name.startswith(prefix)}


# --- by day ---------------------------------------------------------------------------------------------------------

_STEPS = {
    "issued": "issued",
    "viewed": "impressions",
    "clicked": "clicks",
    "redeemed": "conversions",
    "discount_minor": "discount_minor",
    "cost_minor": "cost_minor",
    "revenue_minor": "paid_with_code_minor",
}


def marketing(campaign: Campaign, runs: Iterable[Run]) -> CampaignReport:
    """Of all runs, each with the promos and prices of its own plan."""
    days: dict[date, Amounts] = {}
    for one in (day for run in runs for day in by_day(run)):
        days[one.day] = days.get(one.day, Amounts()) + one.amounts
    return CampaignReport(
        campaign_id=campaign.campaign_id,
        currency=campaign.plan.currency,
        total=sum(days.values(), Amounts()),
        days=[DayReport(day, days[day]) for day in sorted(days)],
    )


def by_day(run: Run) -> list[DayReport]:
    """Out of the promos' funnels and the messages' ledger: counted once, as they happen."""
    days: dict[str, dict[str, int]] = {}
    for cell, totals in _funnel(run):
        found = days.setdefault(cell.day, {})
        for step, name in _STEPS.items():
            found[name] = found.get(name, 0) + totals.get(step, 0)
    told = messages.by_day(run.campaign_id, run.run_id)
    listed = sorted({*days, *told})
    costs = messages.costs_minor(run.plan, [told.get(day, {}) for day in listed])
    return [
        DayReport(date.fromisoformat(day), _amounts(days.get(day, {}), told.get(day, {}), cost))
        for day, cost in zip(listed, costs, strict=True)
    ]


def _amounts(steps: Mapping[str, int], told: dict[str, int], cost: int) -> Amounts:
    return Amounts(
        **steps,
        messages=sum(_below(told, messages.DELIVERED).values()),
        messages_minor=cost,
        spend_minor=steps.get("discount_minor", 0) + steps.get("cost_minor", 0) + cost,
    )
