"""What others get of the routes of the platform: `tests/platform/e2e/test_other_peoples_things.py` tries each."""

from typing import Final

from tests.kit.route_cases import Case, ForAdmins

CASES: Final[dict[str, Case]] = {
    "GET /v1/admin/audit": ForAdmins(),
    "GET /v1/admin/pseudonyms": ForAdmins(),
}
