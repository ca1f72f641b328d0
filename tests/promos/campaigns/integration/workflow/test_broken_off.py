"""Killed, paused, stopped, failed: it goes on, and nobody gets two offers."""

from collections import Counter

import boto3
import pytest

from stadion import clock
from stadion.events.accounts import ConsentChanged, ConsentKind
from tests.promos.campaigns.integration.workflow.world import CAMPAIGN, NOW, RUN, Shop, arms, people, promo, tell

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("step", "call"),
    [
        ("open_campaign", 1),
        ("choose_athletes", 2),
        ("send_batch", 2),
        ("finish_phase", 1),
        ("measure_batch", 3),
        ("judge_campaign", 1),
        ("close_campaign", 1),
    ],
)
def test_killed_at_any_step_it_goes_on_and_nobody_gets_two_offers(shop: Shop, step: str, call: int) -> None:
    people(26)
    shop.plan()
    shop.act("schedule")

    def kill(number: int) -> None:
        if number == call:
            shop.kill()

    shop.before[step] = kill
    shop.begin()
    assert shop.wait() == ["ABORTED"]
    if step != "close_campaign":  # what was called before the kill is done
        assert shop.run()["is_running"] is False
        shop.act("resume")
        assert set(shop.wait()) == {"ABORTED", "SUCCEEDED"}
    run, chosen = shop.run(), arms(shop)
    told = {who for who, arm in chosen.items() if arm != "hold-out"}
    assert (run["outcome"], len(chosen)) == ("completed", 26)
    assert sorted(offer["user_id"] for offer in shop.offers()) == sorted(told)
    assert len(shop.messages()) == len(set(shop.messages())) == len(told)
    assert sum(arm["athletes"] for arm in shop.report()["arms"]) == 26


def test_a_pause_is_kept_until_it_is_resumed(shop: Shop) -> None:
    people(40)
    shop.plan()
    shop.act("schedule")
    shop.before["send_batch"] = lambda number: shop.act("pause") and None if number == 2 else None
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    told = len(shop.offers())
    assert (shop.run()["state"], shop.admin("GET", f"/campaigns/{CAMPAIGN}")["status"]) == ("sending", "paused")
    assert 0 < told < 30
    shop.before.clear()
    shop.act("resume")
    assert shop.wait() == ["SUCCEEDED", "SUCCEEDED"]
    assert shop.run()["outcome"] == "completed"
    assert len(shop.offers()) == len({offer["user_id"] for offer in shop.offers()}) > told


def test_a_guardrail_stops_the_run_and_pauses_what_recurs(shop: Shop) -> None:
    people(30)
    shop.plan(
        schedule={"cron": "0 10 * * mon"},
        guardrails={"withdrawn_percent": 10, "least_athletes": 10},
    )
    assert shop.act("schedule")["next_at"] == "2025-12-01T07:00:00Z"

    def withdraw(call: int) -> None:
        word = ConsentChanged(
            kind=ConsentKind.MARKETING_PUSH, granted=False, text_version="1", revision=2, changed_at=NOW
        )
        for user_id in list(arms(shop))[:12] if call == 1 else []:
            tell(user_id, word)

    shop.before["measure_batch"] = withdraw
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    campaign, report = shop.admin("GET", f"/campaigns/{CAMPAIGN}"), shop.report()
    assert (report["outcome"], report["reason"]) == ("stopped", "guardrail_withdrawn_percent")
    assert [one["is_passed"] for one in report["guardrails"]] == [True]
    assert (campaign["status"], campaign["next_at"]) == ("paused", None)
    assert campaign["paused_by"] == "guardrail_withdrawn_percent"
    schedules = boto3.client("scheduler").list_schedules(GroupName="stadion-campaigns")["Schedules"]
    assert [one["Name"] for one in schedules] == [RUN]  # fired: on AWS it goes by itself


def test_a_promo_that_is_paused_in_the_middle_costs_nobody_their_offer(shop: Shop) -> None:
    people(30)
    shop.plan()
    shop.act("schedule")
    shop.before["send_batch"] = lambda number: promo(shop, "percent", "pause") if number == 2 else None
    shop.begin()
    assert shop.wait() == ["FAILED"]
    assert "percent is not active" in shop.run()["failure"]["cause"]
    shop.before.clear()
    promo(shop, "percent", "activate")
    shop.act("resume")
    assert sorted(shop.wait()) == ["FAILED", "SUCCEEDED"]
    told = [who for who, arm in arms(shop).items() if arm != "hold-out"]
    assert sorted(offer["user_id"] for offer in shop.offers()) == sorted(told)
    assert shop.run()["outcomes"] == {"told": len(told)}


def test_a_batch_that_was_passed_over_is_sent_when_it_goes_on(shop: Shop) -> None:
    """Paused and resumed so quickly that the execution never noticed its end."""
    people(40)
    shop.plan()
    shop.act("schedule")
    shop.before["send_batch"] = lambda number: shop.act("pause") and None if number == 2 else None
    shop.before["finish_phase"] = lambda number: shop.act("resume") and None if number == 1 else None
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    told = {who for who, arm in arms(shop).items() if arm != "hold-out"}
    assert (shop.run()["outcome"], len(shop.offers())) == ("completed", len(told))


def test_one_ended_by_hand_still_tells_what_was_given(shop: Shop) -> None:
    people(30)
    shop.plan()
    shop.act("schedule")
    shop.before["finish_phase"] = lambda number: shop.act("end") and None if number == 1 else None
    shop.begin()
    shop.wait()
    from promos.offers import service as offer_service
    from stadion.events.promos import Offer as OfferFacts

    for offer in shop.offers():
        facts = OfferFacts(**{name: offer[name] for name in ("offer_id", "promo_id", "campaign_id", "variant")})
        offer_service.count_in_funnel(offer["user_id"], facts, clock.now())
    report = shop.report()
    assert (report["outcome"], report["reason"], report["measured_until"]) == ("stopped", "ended_by_hand", None)
    assert {arm["name"]: arm["issued"] for arm in report["arms"] if arm["role"] == "variant"} == dict(
        Counter(offer["variant"] for offer in shop.offers())
    )


def test_a_step_that_fails_for_good_is_seen_and_the_run_goes_on_from_there(shop: Shop) -> None:
    people(12)
    shop.plan()
    shop.act("schedule")

    def fail(number: int) -> None:
        raise RuntimeError("no table")

    shop.before["judge_campaign"] = fail
    shop.begin()
    assert shop.wait() == ["FAILED"]
    run = shop.run()
    assert (run["state"], run["is_running"], run["failure"]["cause"]) == ("measuring", False, "no table")
    shop.before.clear()
    shop.act("resume")
    assert sorted(shop.wait()) == ["FAILED", "SUCCEEDED"]
    assert (shop.run()["outcome"], shop.run()["failure"]) == ("completed", None)
