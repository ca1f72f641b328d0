"""A level's reward is an offer, on the deployed stack: given, taken back with the workout, given again, once each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.demo.client import Athlete
from stadion_cli.base.signed import call
from stadion_cli.base.target import Target
from tests.kit.command_line import told
from tests.kit.promos import a_promo, launched
from tests.kit.stack import DeployedStack, eventually, settle

PROMO = a_promo(
    "level-delivery",
    title={"en": "Free delivery", "ru": "Бесплатная доставка"},
    discount={"kind": "free_delivery"},
    codes={"pattern": "SHIP-{4}-{4}", "valid_for_days": 30},
)
FULL_DAY = {"sport_type": "Run", "elapsed_time_s": 18_000, "distance_m": 45_000}
"""300 XP, which is what a day counts."""


@pytest.fixture
def admin(stack: DeployedStack) -> Iterator[Target]:
    """The promo is there and the reward is none yet; afterwards it is none again, for whoever comes."""
    chosen = Target(stack.aws, stack.outputs)
    launched(chosen, PROMO)
    yield chosen
    call(chosen, "DELETE", "/v1/admin/reward-offers/free_delivery")


def run(athlete: Athlete, days_ago: int, hour: int = 1) -> str:
    day = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
    started_at = day.replace(hour=hour)
    made = athlete.post("/v1/workouts", {**FULL_DAY, "started_at": started_at.isoformat()})
    return str(made["workout_id"])


def offers(athlete: Athlete, *, active: bool = True) -> list[dict[str, Any]]:
    """Those that levels brought: three runs within a week earn an achievement, and that has a reward of its own."""
    found = athlete.get(f"/v1/promos?active={str(active).lower()}")["items"]
    return [one for one in found if (one["earned_by"] or "").startswith("level:")]


def test_an_athlete_climbs_to_an_offer_loses_it_with_a_workout_and_gets_the_same_again(
    stack: DeployedStack, admin: Target, ben: Athlete
) -> None:
    workouts = [run(ben, days_ago) for days_ago in range(1, 5)]
    progress = eventually(lambda: (got := ben.get("/v1/gamification/progress"))["level"] == 5 and got)
    assert (progress["xp"], progress["next_reward_words"]["title"]) == (1200, "5 % off")
    settle(stack, ben.user_id)
    given = [one for one in ben.get("/v1/gamification/rewards")["items"] if one["reason"] == "level"]
    rewards = {one["earned_by"]: one["state"] for one in given}
    assert rewards == {"level:3": "held", "level:5": "held"}
    assert offers(ben) == [], "the reward is no promo yet"

    done = told(stack, "promo", "reward-offers", "set", "free_delivery", "level-delivery")
    assert done["issued"] >= 1
    [first] = eventually(lambda: offers(ben))
    assert (first["earned_by"], first["reward"], first["title"]) == ("level:5", "free_delivery", "Free delivery")
    levels = [one for one in ben.get("/v1/notifications")["items"] if one["template"].startswith("level_reached")]
    assert [(one["title"], "Free delivery" in one["body"]) for one in levels] == [("Level 5!", True)]

    for _ in range(2):
        ben.call("DELETE", f"/v1/workouts/{workouts.pop()}", if_match="*")
        eventually(lambda: not offers(ben))
        [gone] = offers(ben, active=False)
        assert (gone["offer_id"], gone["status"]) == (first["offer_id"], "taken_back")
        workouts.append(run(ben, 5))
        [again] = eventually(lambda: offers(ben))
        assert (again["offer_id"], again["code"]) == (first["offer_id"], first["code"])
    settle(stack, ben.user_id)
    assert len(offers(ben, active=False)) == 1


def test_the_history_of_xp_says_why_and_sums_to_the_total(ben: Athlete) -> None:
    for days_ago, hour in ((2, 1), (2, 7), (3, 1)):
        run(ben, days_ago, hour)
    eventually(lambda: ben.get("/v1/gamification/progress")["xp"] == 600)
    entries = eventually(lambda: (got := ben.get("/v1/gamification/xp")["items"]) and len(got) == 3 and got)
    assert sum(one["xp"] for one in entries) == 600
    assert sorted(one["xp"] for one in entries) == [0, 300, 300]
    assert all("300 min × 1 × 1 = 300 XP" in one["why"] for one in entries)
    assert ben.get("/v1/gamification/rules")["xp_per_day"] == 300
