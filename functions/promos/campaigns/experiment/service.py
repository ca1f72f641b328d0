"""What a look at a run says, and what follows from it: said beforehand in the plan, decided once."""

from datetime import datetime
from typing import Any

from promos.campaigns.experiment import message_store as messages
from promos.campaigns.experiment import statistics
from promos.campaigns.experiment.findings import Comparison, Estimate, Findings, Rates, Ratio, guardrails
from promos.campaigns.experiment.measures import Sums, total
from promos.campaigns.experiment.statistics import Arm, Conclusion, Decision, Difference, Interval, Reason
from promos.campaigns.plan.values import HOLD_OUT, REST, ExperimentMethod, ExperimentMetric
from promos.campaigns.run import store
from promos.campaigns.run.domain import Judgement, Run, RunOutcome, RunState


class SumsMissingError(Exception):
    """Not every batch was measured."""


def judge(run: Run, look: int, until: datetime, now: datetime) -> Run:
    """Stores what was measured, and the decision if there is one. A look that was judged before changes nothing."""
    if run.looks >= look or run.outcome is not None:
        return run
    parts = store.sums(run.run_id, look)
    if len(parts) != run.chosen.batches:
        raise SumsMissingError(f"{len(parts)} of {run.chosen.batches} batches at look {look}")
    is_last = run.state is RunState.MEASURING and run.horizon is not None and until >= run.horizon
    sums = total(parts)
    decision = decide(run, sums, is_last=is_last)
    found = findings(run, sums, decision)
    update = {"looks": look, "measured_until": until, "results": found.model_dump(mode="json")}
    update |= _what_follows(run, found, decision, now)

    def once(stored: Run) -> Run:
        return stored if stored.looks >= look else stored.changed(**update)

    return store.change_run(run.campaign_id, run.run_id, once, now)


def decide(run: Run, sums: dict[str, Sums], *, is_last: bool) -> Decision:
    """An audience that did not split as planned decides nothing: something is wrong with the numbers."""
    plan = run.plan.experiment
    decision = statistics.decide(
        _variants(run, sums),
        method=plan.method,
        metric=plan.metric,
        confidence=plan.confidence,
        is_last=is_last,
        planned_athletes=sum(run.chosen.by_arm.get(variant.name, 0) for variant in run.plan.variants),
    )
    if decision.conclusion is not Conclusion.WAIT and _ratio(run, sums).is_suspicious:
        return Decision(Conclusion.NO_WINNER, None, decision.comparisons, Reason.SAMPLE_RATIO_MISMATCH)
    return decision


def _what_follows(run: Run, found: Findings, decision: Decision, now: datetime) -> dict[str, Any]:
    broken = next((one for one in guardrails(run, found) if one.is_passed), None)
    if broken is not None:
        return {"outcome": RunOutcome.STOPPED, "reason": f"guardrail_{broken.name}"}
    if run.state is RunState.CLOSING:
        return {"outcome": RunOutcome.COMPLETED, "reason": "rolled_out"}
    if decision.conclusion is Conclusion.WAIT:
        return {}
    judgement = Judgement(
        verdict=decision.conclusion.value, winner=decision.winner, reason=decision.reason, decided_at=now
    )
    variant = _rollout(run, decision)
    if variant is None or not run.chosen.by_arm.get(REST):
        return {"judgement": judgement, "outcome": RunOutcome.COMPLETED, "reason": decision.reason}
    return {"judgement": judgement, "state": RunState.ROLLING_OUT, "rollout": variant}


def _rollout(run: Run, decision: Decision) -> str | None:
    if decision.winner is not None:
        return decision.winner
    is_wanted = run.plan.rollout.without_winner == "first" and decision.reason is not Reason.SAMPLE_RATIO_MISMATCH
    return run.plan.first.name if is_wanted else None


def findings(run: Run, sums: dict[str, Sums], decision: Decision) -> Findings:
    plan = run.plan.experiment
    arms = {name: _arm(name, one) for name, one in sums.items()}
    ratio = _ratio(run, sums)
    return Findings(
        arms=sums,
        messages=messages.by_arm(run.campaign_id, run.run_id),
        rates={
            name: Rates(
                orders=_estimate(statistics.rate(arm, ExperimentMetric.ORDERS, plan.confidence)),
                revenue=_estimate(statistics.rate(arm, ExperimentMetric.REVENUE, plan.confidence)),
            )
            for name, arm in arms.items()
        },
        comparisons=_decided(run) or _comparisons(run, arms, decision),
        sample_ratio=Ratio(p_value=ratio.p_value, is_suspicious=ratio.is_suspicious, expected=ratio.expected),
    )


def _decided(run: Run) -> list[Comparison]:
    """What the test was decided by stays, however the sums grow until the close."""
    return Findings.model_validate(run.results).comparisons if run.judgement is not None and run.results else []


def _comparisons(run: Run, arms: dict[str, Arm], decision: Decision) -> list[Comparison]:
    """Those that decide; then each variant with the hold-out and with the variants before it, by both metrics. Before
    the one look of a fixed horizon there are none: who peeks finds differences that are not there."""
    plan = run.plan.experiment
    if plan.method is ExperimentMethod.FIXED_HORIZON and decision.conclusion is Conclusion.WAIT:
        return []
    names = [variant.name for variant in run.plan.variants]
    pairs = [(name, HOLD_OUT) for name in names]
    pairs += [(name, other) for number, name in enumerate(names) for other in names[:number]]
    found = [_comparison(difference, plan.metric, decides=True) for difference in decision.comparisons]
    for metric in ExperimentMetric:
        for name, versus in pairs:
            if name in arms and versus in arms:
                difference = _compare(run, arms[name], arms[versus], metric)
                found += [_comparison(difference, metric, decides=False)] if difference is not None else []
    return found


def _compare(run: Run, arm: Arm, versus: Arm, metric: ExperimentMetric) -> Difference | None:
    """As the plan looks: once, or at any time."""
    plan = run.plan.experiment
    if plan.method is ExperimentMethod.FIXED_HORIZON:
        return statistics.compare(arm, versus, metric, plan.confidence)
    planned = sum(run.chosen.by_arm.get(one.name, 0) for one in (arm, versus))
    return statistics.compare_always(arm, versus, metric, plan.confidence, planned)


def _comparison(found: Difference, metric: ExperimentMetric, *, decides: bool) -> Comparison:
    estimate = Estimate(low=found.estimate.low, value=found.estimate.value, high=found.estimate.high)
    return Comparison(
        name=found.name,
        versus=found.versus,
        metric=metric,
        estimate=estimate,
        p_value=found.p_value,
        is_significant=found.is_significant,
        decides=decides,
        detectable=found.detectable,
    )


def _ratio(run: Run, sums: dict[str, Sums]) -> statistics.SampleRatio:
    shares = run.plan.shares
    return statistics.sample_ratio([_arm(name, sums.get(name, Sums())) for name in shares], shares)


def _variants(run: Run, sums: dict[str, Sums]) -> list[Arm]:
    return [_arm(variant.name, sums.get(variant.name, Sums())) for variant in run.plan.variants]


def _arm(name: str, sums: Sums) -> Arm:
    return Arm(
        name=name,
        athletes=sums.athletes,
        orderers=sums.orderers,
        revenue_minor=sums.revenue_minor,
        revenue_squares=sums.revenue_squares,
    )


def _estimate(found: Interval | None) -> Estimate | None:
    return Estimate(low=found.low, value=found.value, high=found.high) if found is not None else None
