"""What a run did, as marketing reads it: from what was measured at its last look."""

from collections.abc import Iterator
from datetime import date

from promos.campaigns.experiment import message_store as messages
from promos.campaigns.experiment.findings import Findings, Rates, guardrails
from promos.campaigns.experiment.measures import Sums
from promos.campaigns.plan.values import HOLD_OUT, REST, Plan
from promos.campaigns.run.domain import Campaign, Run
from promos.campaigns.schemas import (
    AmountsResponse,
    ArmResponse,
    AudienceResponse,
    ComparisonResponse,
    DayResponse,
    DecisionResponse,
    GuardrailResponse,
    IntervalResponse,
    MarketingResponse,
    ReportResponse,
    SampleRatioResponse,
    TotalResponse,
)
from promos.offers import funnel_store
from promos.offers.funnel_store import Place


def report(run: Run) -> ReportResponse:
    """Messages are counted as of now: some were put off and went after the last look."""
    found = Findings.model_validate(run.results) if run.results else _unmeasured(run)
    told = messages.by_arm(run.campaign_id, run.run_id)
    arms = [_arm(run, name, role, found, told.get(name, {})) for name, role in _roles(run)]
    ratio, judgement = found.sample_ratio, run.judgement
    return ReportResponse(
        **run.model_dump(include=_RUN_FIELDS),
        name=run.plan.name,
        currency=run.plan.currency,
        plan=run.plan,
        audience=AudienceResponse(**run.chosen.model_dump(exclude={"cursor"})),
        arms=arms,
        comparisons=[ComparisonResponse(**one.model_dump()) for one in found.comparisons],
        sample_ratio=SampleRatioResponse(**ratio.model_dump()) if ratio else None,
        decision=DecisionResponse(**judgement.model_dump()) if judgement else None,
        guardrails=[
            GuardrailResponse(name=one.name, limit=one.limit, value=one.value, is_passed=one.is_passed)
            for one in guardrails(run, found)
        ],
        total=_total(run.plan, arms),
        days=by_day(run),
    )


_RUN_FIELDS = {"campaign_id", "run_id", "state", "outcome", "reason", "begins_at", "opened_at", "sent_at", "ended_at",
               "measured_until"}  # fmt: skip


def _unmeasured(run: Run) -> Findings:
    """Of a run without a look: what the funnel counted. Orders are counted by looks only."""
    arms = {name: Sums(athletes=athletes) for name, athletes in run.chosen.by_arm.items()}
    for place, totals in _funnel(run):
        counted = {name: totals[name] for name in _FUNNEL & totals.keys()}
        arms[place.variant] = arms.get(place.variant, Sums()) + Sums(**counted)
    return Findings(arms=arms)


def _funnel(run: Run) -> Iterator[tuple[Place, dict[str, int]]]:
    """What was counted of the run's own offers."""
    for promo_id in dict.fromkeys(variant.promo_id for variant in run.plan.variants):
        for place, totals in funnel_store.totals(promo_id).items():
            if (place.campaign_id, place.run_id) == (run.campaign_id, run.run_id):
                yield place, totals


_FUNNEL = {"issued", "viewed", "clicked", "dismissed", "redeemed", "reversed", "discount_minor"}


def _roles(run: Run) -> list[tuple[str, str]]:
    found = [(variant.name, "variant") for variant in run.plan.variants]
    found += [(REST, "rest")] if run.chosen.by_arm.get(REST) else []
    return found + ([(HOLD_OUT, "hold_out")] if run.chosen.by_arm.get(HOLD_OUT) else [])


def _arm(run: Run, name: str, role: str, found: Findings, counts: dict[str, int]) -> ArmResponse:
    sums = found.arms.get(name, Sums())
    cost = messages.cost_minor(run.plan, [counts])
    rates = found.rates.get(name, Rates())
    variant = {"variant": name, "rest": run.rollout}.get(role)
    return ArmResponse(
        **sums.model_dump(exclude={"revenue_squares"}),
        name=name,
        role=role,
        promo_id=run.plan.variant(variant).promo_id if variant else None,
        delivered=_below(counts, messages.DELIVERED),
        failed=_below(counts, "failed."),
        messages_minor=cost,
        spend_minor=sums.discount_minor + cost,
        order_rate=IntervalResponse(**rates.orders.model_dump()) if rates.orders else None,
        revenue_per_athlete=IntervalResponse(**rates.revenue.model_dump()) if rates.revenue else None,
    )


def _total(plan: Plan, arms: list[ArmResponse]) -> TotalResponse:
    told = [arm for arm in arms if arm.role != "hold_out"]

    def add(name: str) -> int:
        return sum(getattr(arm, name) for arm in told)

    fixed = plan.costs.fixed_minor
    spend = add("discount_minor") + add("messages_minor") + fixed
    return TotalResponse(
        athletes=add("athletes"),
        impressions=add("viewed"),
        clicks=add("clicked"),
        conversions=add("redeemed"),
        new_customers=add("new_customers"),
        revenue_minor=add("revenue_minor"),
        discount_minor=add("discount_minor"),
        messages_minor=add("messages_minor"),
        fixed_minor=fixed,
        spend_minor=spend,
        cost_per_acquisition_minor=_each(spend, add("redeemed")),
        customer_acquisition_cost_minor=_each(spend, add("new_customers")),
    )


def _each(spend: int, count: int) -> int | None:
    return round(spend / count) if count else None


def _below(counts: dict[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): number for name, number in counts.items() if name.startswith(prefix)}


# --- by day ---------------------------------------------------------------------------------------------------------

_STEPS = {"issued": "issued", "viewed": "impressions", "clicked": "clicks", "redeemed": "conversions",
          "discount_minor": "discount_minor", "revenue_minor": "revenue_minor"}  # fmt: skip


def marketing(campaign: Campaign, runs: list[Run]) -> MarketingResponse:
    """Of all runs, each with the promos and prices of its own plan."""
    days: dict[date, DayResponse] = {}
    for day in (day for run in runs for day in by_day(run)):
        days[day.day] = _sum([days[day.day], day], day.day) if day.day in days else day
    shown = [days[day] for day in sorted(days)]
    return MarketingResponse(
        campaign_id=campaign.campaign_id,
        currency=campaign.plan.currency,
        total=AmountsResponse(**_amounts(shown)),
        days=shown,
    )


def by_day(run: Run) -> list[DayResponse]:
    """Out of the promos' funnels and the messages' ledger: counted once, as they happen."""
    days: dict[str, dict[str, int]] = {}
    for place, totals in _funnel(run):
        found = days.setdefault(place.day, {})
        for step, name in _STEPS.items():
            found[name] = found.get(name, 0) + totals.get(step, 0)
    told = messages.by_day(run.campaign_id, run.run_id)
    return [_day(run.plan, day, days.get(day, {}), told.get(day, {})) for day in sorted({*days, *told})]


def _sum(days: list[DayResponse], day: date) -> DayResponse:
    return DayResponse(day=day, **_amounts(days))


def _amounts(days: list[DayResponse]) -> dict[str, int]:
    return {name: sum(getattr(day, name) for day in days) for name in AmountsResponse.model_fields}


def _day(plan: Plan, day: str, steps: dict[str, int], told: dict[str, int]) -> DayResponse:
    cost = messages.cost_minor(plan, [told])
    return DayResponse(
        day=date.fromisoformat(day),
        **steps,
        messages=sum(_below(told, messages.DELIVERED).values()),
        messages_minor=cost,
        spend_minor=steps.get("discount_minor", 0) + cost,
    )
