"""What others get of the routes of telemetry: `tests/platform/e2e/test_other_peoples_things.py` tries each."""

from typing import Final

from tests.kit.route_cases import NOBODYS, SAMPLE, TODAY, Case, Own, Theirs

PUBLIC: Final = ("GET /v1/live/shared/<share_token>",)
CASES: Final[dict[str, Case]] = {
    "GET /v1/workouts/<workout_id>/streams": Theirs(),
    "GET /v1/workouts/<workout_id>/export": Theirs(),
    "POST /v1/telemetry": Own({"device_id": "Only-My-Watch", "samples": [{**SAMPLE, "value": 99}]}, frozenset({202})),
    "GET /v1/telemetry/<metric>": Own(),
    "GET /v1/workouts/<workout_id>/metrics": Theirs(),
    "GET /v1/metrics/fitness": Own(),
    "GET /v1/metrics/trends/<metric>": Own(),
    "GET /v1/metrics/zones": Own(),
    "GET /v1/metrics/histogram": Own(),
    "GET /v1/metrics/mean-max": Own(),
    "GET /v1/metrics/series/<metric>": Own(),
    "GET /v1/metrics/latest": Own(),
    "POST /v1/live/sessions": Own({"session_id": NOBODYS, "sport_type": "Run", "started_at": TODAY}),
    "GET /v1/live/sessions": Own(),
    "GET /v1/live/sessions/<session_id>": Theirs(),
    "POST /v1/live/sessions/<session_id>/samples": Theirs({"time_s": [1], "heart_rate_bpm": [99]}),
    "POST /v1/live/sessions/<session_id>/pause": Theirs({"at_s": 1}),
    "POST /v1/live/sessions/<session_id>/resume": Theirs({"at_s": 1}),
    "POST /v1/live/sessions/<session_id>/stop": Theirs({"at_s": 1}),
    "POST /v1/live/sessions/<session_id>/discard": Theirs(),
    "POST /v1/live/sessions/<session_id>/share-links": Theirs({"expires_in_s": 600}),
    "GET /v1/live/sessions/<session_id>/share-links": Theirs(),
    "DELETE /v1/live/sessions/<session_id>/share-links/<link_id>": Theirs(),
    "GET /v1/live/followers": Own(),
    "PUT /v1/live/followers/<follower>": Own(),
    "DELETE /v1/live/followers/<follower>": Own(),
}
