"""Streaks and goals on the deployed stack: the diary moves them, and the inbox tells of them once."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from local.demo.client import Athlete
from tests.kit.stack import DeployedStack, eventually, settle

HOME: Final = ZoneInfo("Europe/Berlin")
STREAKS = "/v1/gamification/streaks"
GOAL = "/v1/gamification/goals/0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b91"


def run(athlete: Athlete, days_ago: int, distance_m: int = 6_000) -> str:
    """By the clock of where the athlete lives, and over a few minutes ago."""
    started_at = datetime.now(HOME) - timedelta(days=days_ago, minutes=35)
    body = {"sport_type": "Run", "elapsed_time_s": 1_800, "distance_m": distance_m, "time_zone": HOME.key}
    return str(athlete.post("/v1/workouts", {**body, "started_at": started_at.isoformat()})["workout_id"])


def told(athlete: Athlete, template: str) -> list[dict[str, Any]]:
    return [one for one in athlete.get("/v1/notifications")["items"] if one["template"] == template]


def test_seven_days_in_a_row_are_told_once_and_a_gap_takes_the_freeze(stack: DeployedStack, ben: Athlete) -> None:
    ben.call("PUT", f"{STREAKS}/settings", {"unit": "day"}, if_match="*")
    workouts = [run(ben, days_ago) for days_ago in range(8, 0, -1)]
    day = eventually(lambda: (got := ben.get(STREAKS)["day"])["current"] == 8 and got)
    assert (day["freezes"]["held"], day["freezes"]["frozen"]) == (1, [])
    settle(stack, ben.user_id)
    assert [one["title"] for one in told(ben, "streak_of_days")] == ["7 days in a row!"]

    ben.call("DELETE", f"/v1/workouts/{workouts[7]}", if_match="*")
    frozen = eventually(lambda: (got := ben.get(STREAKS)["day"])["freezes"]["frozen"] and got)
    assert (frozen["current"], frozen["freezes"]["held"]) == (7, 0)
    run(ben, 1)
    eventually(lambda: ben.get(STREAKS)["day"]["freezes"]["held"] == 1)
    settle(stack, ben.user_id)
    assert len(told(ben, "streak_of_days")) == 1


def test_a_goal_counts_what_the_month_has_and_is_told_once(stack: DeployedStack, ben: Athlete) -> None:
    today = datetime.now(HOME)
    run(ben, 0, distance_m=4_000)
    settle(stack, ben.user_id)
    goal = {"metric": "distance", "period": "month", "sport_family": "run", "target": 10_000}
    begun = ben.call("PUT", GOAL, goal)
    assert begun["progress"]["value"] == 4_000
    reached = run(ben, 0, distance_m=6_500)
    eventually(lambda: ben.get(GOAL)["progress"]["is_reached"])
    settle(stack, ben.user_id)
    assert len(told(ben, "goal_of_distance")) == 1

    ben.call("DELETE", f"/v1/workouts/{reached}", if_match="*")
    eventually(lambda: ben.get(GOAL)["progress"]["value"] == 4_000)
    assert ben.get(GOAL)["progress"]["first_day"] == f"{today:%Y-%m-01}"
    run(ben, 0, distance_m=7_000)
    eventually(lambda: ben.get(GOAL)["progress"]["value"] == 11_000)
    settle(stack, ben.user_id)
    assert len(told(ben, "goal_of_distance")) == 1
