"""What a look may show: sums at any time, comparisons when the plan said that they count."""

from datetime import timedelta
from typing import Any

import pytest

from promos.campaigns import report_service
from promos.campaigns.experiment import message_store
from promos.campaigns.experiment import service as experiment
from promos.campaigns.experiment.measures import Sums
from promos.campaigns.plan.values import HOLD_OUT
from promos.campaigns.run.domain import Chosen, Judgement, Run, RunState
from promos.campaigns.schemas import CampaignReportResponse
from promos.offers import funnel_store
from tests.promos.campaigns.unit.test_plans import NOW, run

HORIZON = NOW + timedelta(hours=72)
CLEAR = {"a": (10, 500), "b": (90, 500), HOLD_OUT: (5, 110)}


@pytest.fixture(autouse=True)
def _no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_store, "by_arm", lambda *_: {})
    monkeypatch.setattr(message_store, "by_day", lambda *_: {})
    monkeypatch.setattr(funnel_store, "totals", lambda *_: {})


def looked(one: Run, hours: float, *, orders: dict[str, tuple[int, int]] = CLEAR) -> Run:
    """As `judge` does, without its table."""
    until = NOW + timedelta(hours=hours)
    sums = {
        arm: Sums(athletes=athletes, orderers=some, revenue_minor=some * 10, revenue_squares=some * 100)
        for arm, (some, athletes) in orders.items()
    }
    chosen = Chosen(by_arm={arm: athletes for arm, (_, athletes) in orders.items()})
    one = one.changed(chosen=chosen)
    is_last = one.state is RunState.MEASURING and until >= HORIZON
    decision = experiment.decide(one, sums, is_last=is_last)
    found = experiment.findings(one, sums, decision).model_dump(mode="json")
    told = {"verdict": decision.conclusion.value, "winner": decision.winner, "reason": decision.reason.value}
    judged = {"judgement": Judgement(**told, decided_at=NOW)} if decision.conclusion.value != "wait" else {}
    return one.changed(results=found, measured_until=until, **({} if one.judgement else judged))


def shown(one: Run) -> dict[str, Any]:
    return CampaignReportResponse.of(report_service.report(one)).model_dump(mode="json")


def measuring(**plan: Any) -> Run:
    return run(**plan).changed(state=RunState.MEASURING)


def test_an_interim_look_at_a_fixed_horizon_tells_sums_alone_and_when_the_test_is() -> None:
    report = shown(looked(measuring(), 24))

    assert (report["is_interim"], report["decides_at"], report["comparisons"]) == (True, "2026-11-24T09:00:00Z", [])
    assert [(arm["orderers"], arm["order_rate"]) for arm in report["arms"]] == [(10, None), (90, None), (5, None)]


def test_what_an_older_look_had_compared_is_not_shown_either() -> None:
    late = looked(measuring(), 72)
    early = late.changed(measured_until=NOW + timedelta(hours=24), judgement=None)

    assert shown(early)["comparisons"] == []


def test_the_look_at_the_horizon_compares_and_says_what_it_could_have_found() -> None:
    report = shown(looked(measuring(), 72))

    assert (report["is_interim"], report["decides_at"]) == (False, None)
    (deciding,) = [one for one in report["comparisons"] if one["decides"]]
    assert (deciding["name"], deciding["versus"], deciding["is_significant"]) == ("b", "a", True)
    assert 0.03 < deciding["detectable"] < 0.06
    assert {arm["name"]: arm["planned_share"] for arm in report["arms"]} == {"a": 0.45, "b": 0.45, HOLD_OUT: 0.1}


def test_what_decided_stays_in_the_report_while_the_last_orders_come() -> None:
    decided = looked(measuring(rollout={"test_percent": 50}), 72)
    closing = decided.changed(state=RunState.CLOSING, rolled_out_at=HORIZON)

    later = looked(closing, 144, orders={"a": (80, 500), "b": (95, 500), HOLD_OUT: (6, 110)})

    assert shown(later)["comparisons"] == shown(decided)["comparisons"] != []
    assert [arm["orderers"] for arm in shown(later)["arms"]][:2] == [80, 95]


def test_a_sequential_test_compares_at_every_look_by_what_holds_at_every_look() -> None:
    report = shown(looked(measuring(experiment={"method": "sequential"}), 24))

    assert report["is_interim"] is False
    pairs = {(one["name"], one["versus"], one["metric"]): one["estimate"] for one in report["comparisons"]}
    (deciding,) = [one for one in report["comparisons"] if one["decides"]]
    assert pairs["b", "a", "orders"] == deciding["estimate"]


def test_too_few_to_test_the_split_is_not_to_have_passed() -> None:
    few = shown(looked(measuring(), 72, orders={"a": (1, 2), "b": (0, 2), HOLD_OUT: (0, 1)}))["sample_ratio"]
    many = shown(looked(measuring(), 72))["sample_ratio"]

    assert (few["is_tested"], few["p_value"], few["is_suspicious"]) == (False, None, False)
    assert (many["is_tested"], many["is_suspicious"]) == (True, False)


def test_a_hold_out_that_is_too_large_decides_nothing() -> None:
    """promos-10: it was told as "The athletes split as planned"."""
    one = looked(measuring(hold_out_percent=50), 72, orders={"a": (1, 90), "b": (60, 110), HOLD_OUT: (5, 1600)})

    report = shown(one)

    assert report["sample_ratio"]["is_suspicious"]
    assert report["decision"]["reason"] == "sample_ratio_mismatch"


def test_messages_cost_the_same_by_arm_by_day_and_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message of 0.09 kopecks was one kopeck each day and in each arm: twenty in the days, two in the total."""
    monkeypatch.setattr(message_store, "by_arm", lambda *_: {arm: {"delivered.email": 10} for arm in "ab"})
    days = {f"2026-12-{day:02}": {"delivered.email": 1} for day in range(1, 21)}
    monkeypatch.setattr(message_store, "by_day", lambda *_: days)

    report = shown(looked(measuring(costs={"per_thousand_minor": {"email": 90}}), 72))

    assert report["total"]["messages_minor"] == 2
    assert sum(arm["messages_minor"] for arm in report["arms"]) == 2
    assert sum(day["messages_minor"] for day in report["days"]) == 2
    assert sum(day["spend_minor"] for day in report["days"]) == 2
