"""What others get of the routes of app: `tests/platform/e2e/test_other_peoples_things.py` tries each."""

from typing import Final

from tests.kit.route_cases import Case, ForAdmins

PUBLIC: Final = frozenset({"GET /v1/app/config", "GET /v1/words"})
CASES: Final[dict[str, Case]] = {
    "GET /v1/admin/app/config": ForAdmins(),
    "PATCH /v1/admin/app/config": ForAdmins(),
}
