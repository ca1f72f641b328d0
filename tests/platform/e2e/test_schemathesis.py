"""The API keeps the promises of its OpenAPI document, whatever is sent to it.

Schemathesis makes requests out of the document, right ones and wrong ones; half of them are about things that exist.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from local.demo.client import Athlete, Client
from local.paths import ROOT
from stadion.errors import SessionOverError
from stadion.problems import CONTENT_TYPE
from tests.kit import declared
from tests.kit.athletes import agreeing
from tests.kit.promos import offer_for
from tests.kit.size import sized
from tests.kit.stack import PATIENCE_S, DeployedStack

DOCUMENT = json.loads((ROOT / "contracts/openapi.json").read_text(encoding="utf-8"))
API = schemathesis.openapi.from_dict(DOCUMENT)
SIGNED = "/v1/admin/"
"""Admins' routes take signed requests: the command line's tests call them."""
ANY_TEXT = {"/v1/live/shared/{share_token}"}
"""Public, with nothing but a path parameter that may be any text."""
EXAMPLES = sized(small=3, large=30)  # of each operation, of right and of wrong requests
PROMISES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
OPERATIONS = sorted(
    (method.upper(), path)
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if method in {"get", "post", "put", "patch", "delete"} and not path.startswith(SIGNED)
)


@dataclass(frozen=True)
class Visitor:
    """An athlete who has one of each thing, and signs in again when a request has ended the session."""

    athlete: Athlete
    things: dict[str, str]
    http: requests.Session

    def call(self, case: Case, **headers: str) -> requests.Response:
        answer = self._call(case, headers)
        if (
            answer.status_code == HTTPStatus.UNAUTHORIZED
            and (problem_of(answer) or {}).get("code") == SessionOverError.code
        ):
            self.athlete.sign_in()
            answer = self._call(case, headers)
        if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR and problem_of(answer) is None:
            answer = self._call(case, headers)  # the gateway's own word: a laptop that stood still for 15 seconds
        return answer

    def _call(self, case: Case, headers: dict[str, str]) -> requests.Response:
        known = {"Authorization": self.athlete.bearer, **headers}
        answer = case.call(base_url=self.athlete.door.api, headers=known, session=self.http, timeout=PATIENCE_S)
        return cast("requests.Response", answer)


@pytest.fixture(scope="module")
def visitor(door: Client, stack: DeployedStack) -> Visitor:
    athlete = agreeing(Athlete.register(door, "Fuzz"))
    things = {"user_id": athlete.user_id, "kind": "analytics", "measured_on": "2026-11-01", "sha256": "original"}
    things["metric"] = "heart_rate"
    live = {"session_id": str(uuid4()), "sport_type": "Run", "started_at": datetime.now(UTC).isoformat()}
    things["session_id"] = athlete.post("/v1/live/sessions", live)["session_id"]
    link = athlete.post(f"/v1/live/sessions/{live['session_id']}/share-links", {})
    things |= {"link_id": link["link_id"], "share_token": link["share_token"], "follower": str(uuid4())}
    run = {"sport_type": "Run", "started_at": "2026-11-20T05:40:00Z", "elapsed_time_s": 1834, "distance_m": 6400}
    things["workout_id"] = athlete.post("/v1/workouts", run)["workout_id"]
    bike = athlete.post("/v1/gear", {"category": "bike", "components": [{"name": "Chain", "limit": 3000}]})
    things |= {"gear_id": bike["gear_id"], "component_id": bike["components"][0]["component_id"]}
    consent = {"granted": True, "text_version": "2026-10"}
    athlete.call("PUT", "/v1/me/consents/marketing_push", consent)
    things["offer_id"] = offer_for(stack, athlete.user_id)["offer_id"]
    things["upload_id"] = athlete.post("/v1/uploads", {"filename": "a.fit"})["upload_id"]
    return Visitor(athlete, things, requests.Session())


def promises() -> list[Any]:
    load_all_checks()
    return CHECKS.get_by_names(list(PROMISES))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_an_operation_keeps_its_promises(visitor: Visitor, method: str, path: str, mode: GenerationMode) -> None:
    operation = API[path][method]
    something = operation.body or operation.query or operation.path_parameters
    if mode is GenerationMode.NEGATIVE and (not something or path in ANY_TEXT):
        pytest.skip("nothing can be wrong in it")

    @seed(20261121)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans(), current=st.booleans())
    def keeps(case: Case, known: bool, current: bool) -> None:
        if known:
            about(case, visitor.things)
        answer = visitor.call(case, **({"If-Match": "*"} if current and method in {"PATCH", "DELETE"} else {}))
        if not leads_nowhere(answer):
            case.validate_response(answer, checks=promises())
            declared.check(method, case.formatted_path, answer.status_code, answer.headers, problem_of(answer))

    keeps()


def problem_of(answer: Any) -> Any:
    return answer.json() if answer.headers.get("Content-Type", "").startswith(CONTENT_TYPE) else None


def leads_nowhere(answer: Any) -> bool:
    """What no id can look like is no path of ours: a 404 that the document has no operation for."""
    return answer.status_code == 404 and answer.json().get("code", "route_not_found") == "route_not_found"


def about(case: Case, things: dict[str, str]) -> None:
    """The same request, about something that exists."""
    for name in case.path_parameters or {}:
        if name in things:
            case.path_parameters[name] = things[name]
