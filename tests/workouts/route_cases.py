"""What others get of the routes of workouts: `tests/platform/e2e/test_other_peoples_things.py` tries each.

An id of somebody else is free for one's own things.
"""

from typing import Final

from tests.kit.route_cases import RUN, Case, ForAdmins, Own, Theirs

CASES: Final[dict[str, Case]] = {
    "POST /v1/workouts": Own({**RUN, "workout_id": "{workout_id}", "gear_ids": ["{gear_id}"]}),
    "GET /v1/workouts": Own(),
    "GET /v1/workouts/totals": Own(),
    "GET /v1/workouts/<workout_id>": Theirs(),
    "PATCH /v1/workouts/<workout_id>": Theirs({"name": "mine"}),
    "DELETE /v1/workouts/<workout_id>": Theirs(),
    "GET /v1/workouts/<workout_id>/files/<sha256>": Theirs(),
    "POST /v1/workouts/<workout_id>/crop": Theirs({"to_s": 60}),
    "DELETE /v1/workouts/<workout_id>/crop": Theirs(),
    "POST /v1/workouts/<workout_id>/split": Theirs({"at_s": 60}),
    "DELETE /v1/workouts/<workout_id>/split": Theirs(),
    "POST /v1/workouts/<workout_id>/photos": Theirs({"content_type": "image/png"}),
    "GET /v1/workouts/<workout_id>/photos/<photo_id>": Theirs(),
    "PATCH /v1/workouts/<workout_id>/photos/<photo_id>": Theirs({"alt": "mine"}),
    "DELETE /v1/workouts/<workout_id>/photos/<photo_id>": Theirs(),
    "POST /v1/workouts/bulk/delete": Own({"workouts": [{"workout_id": "{workout_id}"}]}),
    "POST /v1/workouts/bulk/gear": Own({"workouts": [{"workout_id": "{workout_id}"}], "gear_ids": ["{gear_id}"]}),
    "POST /v1/uploads": Own({"filename": "a.gpx", "upload_id": "{upload_id}"}),
    "GET /v1/uploads": Own(),
    "GET /v1/uploads/<upload_id>": Theirs(),
    "GET /v1/admin/remeasure-runs": ForAdmins(),
    "PUT /v1/admin/remeasure-runs/<run_id>": ForAdmins({}),
    "GET /v1/admin/remeasure-runs/<run_id>": ForAdmins(),
    "POST /v1/admin/remeasure-runs/<run_id>/status": ForAdmins({"action": "stop"}),
    "GET /v1/admin/remeasure-runs/<run_id>/workouts": ForAdmins(),
}
