"""What others get of the routes of gamification: `tests/platform/e2e/test_other_peoples_things.py` tries each."""

from typing import Final

from tests.kit.route_cases import Case, Own

CASES: Final[dict[str, Case]] = {
    "GET /v1/gamification/progress": Own(),
    "GET /v1/gamification/levels": Own(),
    "GET /v1/gamification/rewards": Own(),
    "GET /v1/gamification/xp": Own(),
    "GET /v1/gamification/rules": Own(),
    "GET /v1/gamification/records": Own(),
    "GET /v1/gamification/streaks": Own(),
    "PUT /v1/gamification/streaks/settings": Own({"unit": "day"}),
}
