"""What others get of the routes of inventory: `tests/platform/e2e/test_other_peoples_things.py` tries each."""

from typing import Final

from tests.kit.route_cases import Case, Own, Theirs

CASES: Final[dict[str, Case]] = {
    "POST /v1/gear": Own({"category": "running_shoes", "gear_id": "{gear_id}"}),
    "GET /v1/gear": Own(),
    "GET /v1/gear/categories": Own(),
    "GET /v1/gear/<gear_id>": Theirs(),
    "PATCH /v1/gear/<gear_id>": Theirs({"nickname": "mine"}),
    "DELETE /v1/gear/<gear_id>": Theirs(),
    "POST /v1/gear/<gear_id>/components": Theirs({"name": "Laces", "limit": 10}),
    "PATCH /v1/gear/<gear_id>/components/<component_id>": Theirs({"name": "mine"}),
    "DELETE /v1/gear/<gear_id>/components/<component_id>": Theirs(),
}
