"""From the timer to the report."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.promos.campaigns.integration.workflow.world import CAMPAIGN, Shop, arms, buys, people, uses

pytestmark = pytest.mark.long


def test_a_campaign_runs_from_its_timer_to_its_report(shop: Shop) -> None:
    people(64, without_consent=4)
    shop.plan(most_offers=45)
    assert shop.act("schedule")["next_at"] == "2025-12-01T07:00:00Z"
    buys("athlete-0009", 5_000, after=timedelta(days=-300))
    spent: dict[str, int] = {}

    def shopping(call: int) -> None:
        if call > 1:
            return
        for number, (user_id, arm) in enumerate(sorted(arms(shop).items())):
            if number % 3 == 0:
                buys(user_id, 10_000 + number)
                spent[user_id] = 10_000 + number
            elif number % 7 == 0 and arm != "hold-out":
                uses(shop, user_id, 20_000)
                spent[user_id] = 16_000 if arm == "a" else 20_000
        buys(min(arms(shop)), 99_000, after=timedelta(days=3))  # too late to count

    shop.before["measure_batch"] = shopping
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]

    run, report, chosen = shop.run(), shop.report(), arms(shop)
    assert (run["state"], run["outcome"], run["reason"]) == ("ended", "completed", "not_significant")
    assert run["looks"] == 2
    left_out = run["audience"]["left_out"]
    assert left_out["no_consent"] == 4
    assert left_out["no_offer_left"] + len(chosen) == 60
    told = {user_id: arm for user_id, arm in chosen.items() if arm != "hold-out"}
    assert len(told) == 45
    assert {offer["user_id"]: offer["variant"] for offer in shop.offers()} == told
    assert sorted(shop.messages()) == sorted(f"promo_offer:{offer['offer_id']}" for offer in shop.offers())
    for arm in report["arms"]:
        members = [user_id for user_id, its in chosen.items() if its == arm["name"]]
        bought = [user_id for user_id in members if user_id in spent]
        codes = [one for one in shop.offers() if one["user_id"] in members and one["redemptions"]]
        assert arm["athletes"] == len(members)
        assert (arm["orderers"], arm["revenue_minor"]) == (len(bought), sum(spent[who] for who in bought))
        assert arm["new_customers"] == len([who for who in bought if who != "athlete-0009"])
        assert (arm["redeemed"], arm["clicked"], arm["viewed"]) == (len(codes), 0, 0)
        assert arm["discount_minor"] == sum(
            money["discount_minor"] for one in codes for money in one["orders"].values()
        )
        assert arm["order_rate"]["low"] <= len(bought) / len(members) <= arm["order_rate"]["high"]
    total = report["total"]
    assert total["spend_minor"] == 100_000 + total["discount_minor"] + total["cost_minor"]
    assert total["cost_per_acquisition_minor"] == round(total["spend_minor"] / total["conversions"])
    assert [one["name"] for one in report["comparisons"] if one["decides"]] in (["a"], ["b"])
    assert shop.admin("GET", f"/campaigns/{CAMPAIGN}")["status"] == "ended"
    news = [entry["detail_type"] for entry in shop.promos.published() if "Campaign" in entry["detail_type"]]
    assert news == ["CampaignStarted", "CampaignEnded"]


def test_the_winner_of_a_test_on_a_part_goes_to_the_rest(shop: Shop) -> None:
    people(60)
    shop.plan(hold_out_percent=0, rollout={"test_percent": 50})
    shop.act("schedule")

    def all_of_b_buy(call: int) -> None:
        for user_id, arm in arms(shop).items() if call == 1 else []:
            if arm == "b":
                buys(user_id, 10_000)

    shop.before["measure_batch"] = all_of_b_buy
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    run, report, chosen = shop.run(), shop.report(), arms(shop)
    assert (run["outcome"], run["reason"], run["rollout"]) == ("completed", "rolled_out", "b")
    assert report["decision"]["winner"] == "b"
    promo = {"a": "percent", "b": "delivery", "rest": "delivery"}
    assert Counter(chosen.values())["rest"] > 15
    assert {one["user_id"]: one["promo_id"] for one in shop.offers()} == {who: promo[a] for who, a in chosen.items()}
    assert len(shop.messages()) == len(chosen)
