"""What others get of the routes of gamification: `tests/platform/e2e/test_other_peoples_things.py` tries each."""

from typing import Final

from local.demo.client import Athlete
from tests.kit.route_cases import Case, ForAdmins, Own, Theirs

CASES: Final[dict[str, Case]] = {
    "GET /v1/gamification/progress": Own(),
    "GET /v1/gamification/levels": Own(),
    "GET /v1/gamification/rewards": Own(),
    "GET /v1/gamification/xp": Own(),
    "GET /v1/gamification/rules": Own(),
    "GET /v1/gamification/records": Own(),
    "GET /v1/gamification/streaks": Own(),
    "PUT /v1/gamification/streaks/settings": Own({"unit": "day"}),
    "GET /v1/gamification/goals": Own(),
    "GET /v1/gamification/goals/<goal_id>": Theirs(),
    "PUT /v1/gamification/goals/<goal_id>": Own({"metric": "distance", "period": "week", "target": 1000}),
    "PATCH /v1/gamification/goals/<goal_id>": Theirs({"target": 2000}),
    "DELETE /v1/gamification/goals/<goal_id>": Theirs(),
    "GET /v1/gamification/achievements": Own(),
    "GET /v1/gamification/achievements/<achievement_id>": Own(),
    "GET /v1/admin/achievements": ForAdmins(),
    "POST /v1/admin/achievements/check": ForAdmins(),
    "GET /v1/admin/achievements/<achievement_id>": ForAdmins(),
    "PUT /v1/admin/achievements/<achievement_id>": ForAdmins(),
    "POST /v1/admin/achievements/<achievement_id>/retire": ForAdmins(),
    "GET /v1/admin/achievement-backfills": ForAdmins(),
    "PUT /v1/admin/achievement-backfills/<backfill_id>": ForAdmins(),
    "GET /v1/admin/achievement-backfills/<backfill_id>": ForAdmins(),
    "POST /v1/admin/achievement-backfills/<backfill_id>/status": ForAdmins(),
    "GET /v1/leaderboards": Own(),
    "GET /v1/leaderboards/me": Own(),
    "PUT /v1/leaderboards/me": Own({"shown": "anonymous"}),
    "GET /v1/leaderboards/<board>": Own(),
    "GET /v1/leaderboards/<board>/history": Own(),
    "GET /v1/admin/boards/<board>/drift": ForAdmins(),
    "POST /v1/admin/boards/<board>/recount": ForAdmins(),
}

GOAL: Final = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b90"


def things(athlete: Athlete) -> dict[str, str]:
    athlete.call("PUT", f"/v1/gamification/goals/{GOAL}", {"metric": "ascent", "period": "month", "target": 6125})
    return {"goal_id": GOAL, "achievement_id": "early_bird", "board": "global.all.xp.week"}
