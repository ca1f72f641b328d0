"""A campaign that comes again and again: what its earlier runs did cuts no arm more than another."""

from collections import Counter
from datetime import timedelta

import pytest

from promos.campaigns.plan.values import CampaignPlan
from promos.campaigns.run.audience import Question, look
from tests.promos.campaigns.integration.workflow.world import CAMPAIGN, NOW, Shop, arms, people

pytestmark = pytest.mark.long


def next_run(shop: Shop, days: int) -> tuple[Counter[str], Counter[str]]:
    """Arms, and who is left out, of a run so many days later."""
    plan = CampaignPlan.model_validate(shop.admin("GET", f"/campaigns/{CAMPAIGN}")["plan"])
    shop.promos.enter()
    question = Question.of(CAMPAIGN, plan)
    cursor, chosen, left_out = None, Counter[str](), Counter[str]()
    while True:
        page = look(question, cursor=cursor, now=NOW + timedelta(days=days), offers_left=None)
        chosen.update(page.by_arm)
        left_out += page.left_out
        cursor = page.cursor
        if cursor is None:
            return chosen, left_out


def test_a_cap_leaves_out_all_arms_alike_in_the_next_run(shop: Shop) -> None:
    """Whoever had got the offer was capped, and nobody who was held out: the next run was of the held-out alone."""
    people(60)
    rollout = {"test_percent": 60}
    shop.plan(schedule={"cron": "0 10 * * mon"}, cap={"offers": 1, "days": 10}, hold_out_percent=30, rollout=rollout)
    shop.act("schedule")
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    first = Counter(arms(shop).values())
    assert {"a", "b", "rest", "hold-out"} == first.keys()

    assert next_run(shop, 7) == (Counter(), Counter(capped=60))
    assert next_run(shop, 14) == (first, Counter())
