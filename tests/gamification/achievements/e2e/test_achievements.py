"""Achievements on the deployed stack: earned by uploads of the API, told once, taken back; a new rule, counted back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from local.demo.client import Athlete
from tests.kit.command_line import told
from tests.kit.stack import DeployedStack, eventually, settle

BASE = "/v1/gamification/achievements"
RULE = """
id: {rule_id}
title: {{en: Seven miles, ru: Семь миль}}
text: {{en: Two runs of eleven kilometres., ru: Две пробежки по одиннадцать километров.}}
icon: {{glyph: road, tint: teal, mark: 7mi}}
where: {{families: [run], distance_m: {{gte: 11000}}}}
measure: {{kind: count}}
target: 2
"""


def run(athlete: Athlete, days_ago: int, distance_m: int = 12_000) -> str:
    started_at = (datetime.now(UTC) - timedelta(days=days_ago)).replace(hour=1, minute=0, microsecond=0)
    body = {"sport_type": "Run", "elapsed_time_s": 4_000, "distance_m": distance_m}
    return str(athlete.post("/v1/workouts", {**body, "started_at": started_at.isoformat()})["workout_id"])


def one(athlete: Athlete, rule_id: str) -> dict[str, Any]:
    return dict(athlete.get(f"{BASE}/{rule_id}"))


def messages(athlete: Athlete) -> list[dict[str, Any]]:
    return [note for note in athlete.get("/v1/notifications")["items"] if note["template"].startswith("achievement")]


def test_a_workout_earns_what_it_earns_once_and_its_deletion_takes_that_back(
    stack: DeployedStack, ben: Athlete
) -> None:
    workout_id = run(ben, 1)
    eventually(lambda: one(ben, "run_10k")["is_earned"])
    settle(stack, ben.user_id)
    earned = one(ben, "run_10k")
    assert earned["earned"][0]["workout_id"] == workout_id
    assert earned["icon_svg"].startswith("<svg ")
    assert one(ben, "run_distance")["progress"]["value"] == 12_000
    assert len(messages(ben)) == 1
    ben.call("DELETE", f"/v1/workouts/{workout_id}", if_match="*")
    eventually(lambda: not one(ben, "run_10k")["is_earned"])
    assert one(ben, "run_distance")["progress"]["value"] == 0
    run(ben, 2)
    eventually(lambda: one(ben, "run_10k")["is_earned"])
    settle(stack, ben.user_id)
    assert len(messages(ben)) == 1, "what comes back is no news"


def test_a_new_rule_is_earned_by_who_has_done_it_already(stack: DeployedStack, ben: Athlete, tmp_path: Path) -> None:
    rule_id, file = f"seven_miles_{uuid4().hex[:8]}", tmp_path / "rule.yaml"
    file.write_text(RULE.format(rule_id=rule_id), encoding="utf-8")
    workouts = [run(ben, days_ago) for days_ago in (1, 2)]
    eventually(lambda: one(ben, "run_10k")["is_earned"])
    settle(stack, ben.user_id)
    said = len(messages(ben))
    assert told(stack, "achievement", "check", str(file))["is_valid"]
    assert told(stack, "achievement", "add", str(file))["version"] == 1
    run_id = told(stack, "achievement", "backfill", "start")["run_id"]
    ended = eventually(
        lambda: (found := told(stack, "achievement", "backfill", "status", run_id))["state"] == "ended" and found
    )
    assert ended["failed"] == 0
    try:
        earned = eventually(lambda: (found := _there(ben, rule_id)) and found["is_earned"] and found, within_s=90)
        assert earned["earned"][0]["workout_id"] == workouts[0]
        settle(stack, ben.user_id)
        assert len(messages(ben)) == said
    finally:
        assert told(stack, "achievement", "retire", rule_id, "--yes")["is_retired"]


def _there(athlete: Athlete, rule_id: str) -> dict[str, Any] | None:
    """The function that answers may have read the rules a minute ago."""
    pages = [athlete.get(f"{BASE}?limit=200")]
    return next((found for page in pages for found in page["items"] if found["achievement_id"] == rule_id), None)
