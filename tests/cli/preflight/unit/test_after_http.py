"""The checks after a deploy that ask over HTTP, against a gateway that answers as it should, and one that does not."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from local.demo.client import Athlete
from stadion_cli.base.signed import Refused
from stadion_cli.preflight.after import campaign, files, http_api, partner_api, sign_in, sizes
from stadion_cli.preflight.checks import Check, Result, Status, made
from stadion_cli.preflight.people import Partner, People
from stadion_cli.preflight.recordings import gpx, png
from tests.cli.preflight import worlds
from tests.cli.preflight.recorded import Answers, Error
from tests.cli.preflight.worlds import words

TOKEN = "e30.eyJzY29wZSI6InN0YWRpb24vYXRobGV0ZSIsImlhdCI6MCwiZXhwIjo5MDB9.x"
PROBLEM = {"content-type": "application/problem+json"}
Answer = Callable[[httpx.Request], httpx.Response]


def problem(status: int, code: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code}, headers={**PROBLEM, **headers})


def result(look: Callable[..., Any], answer: Answer, answers: Answers | None = None) -> Result:
    world = worlds.deployed(answers or {"secretsmanager.get_secret_value": lambda _: Error("AccessDeniedException")})
    world.http = httpx.Client(transport=httpx.MockTransport(answer))
    people = People(world)
    people.athletes["anna"] = Athlete(people.door, "anna", "me+pf00000000-anna@trail.run", TOKEN, "refresh", "u-1")
    people.partner = Partner("pf00000000", "key", world.partner_api)
    world.people = people
    return made(Check(0, "x", "X", (look,)), world)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, names in ((partner_api, ("KEY_WITHIN_S", "PACE_S")), (files, ("WITHIN_S",)), (campaign, ("WITHIN_S",))):
        for name in names:
            monkeypatch.setattr(module, name, 0.001)


# --- gateways -----------------------------------------------------------------------------------------------------


def guarded(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200 if request.headers.get("authorization") == f"Bearer {TOKEN}" else 401, json={})


def open_to_all(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


def for_our_page(request: httpx.Request) -> httpx.Response:
    ours = request.headers["origin"].endswith("trail.run")
    return httpx.Response(204, headers={"access-control-allow-origin": request.headers["origin"]} if ours else {})


def for_every_page(_: httpx.Request) -> httpx.Response:
    return httpx.Response(204, headers={"access-control-allow-origin": "*"})


def braked(after: int, **headers: str) -> Answer:
    tries = iter(range(1000))
    return lambda _: problem(401 if next(tries) < after else 429, **headers)


def sold(quota: int, *, decoded: bool = True) -> Answer:
    """A partner API whose plan ends after so many requests with a key."""
    asked = iter(range(1000))

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["x-api-key"] != "key":
            return problem(403, "api_key_is_invalid")
        if next(asked) >= quota:
            return problem(429, "quota_is_used_up")
        return problem(404, "code_not_found" if decoded else "route_not_found")

    return answer


def uploaded(status: str) -> Answer:
    form = {"url": "https://s3.trail.run", "fields": {}, "max_bytes": 10}

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.url.host == "s3.trail.run":
            return httpx.Response(400 if len(request.read()) > 100_000 and status == "ready" else 204, text="x")
        if path == "/v1/uploads":
            return httpx.Response(202, json={"upload_id": "up-1", "form": form})
        if path.startswith("/v1/uploads/"):
            return httpx.Response(200, json={"status": status, "workout_ids": ["w-1"], "problem": "no_such_key"})
        if "/files/" in path:
            return httpx.Response(302, headers={"location": "https://files.trail.run/a"})
        return httpx.Response(200, json={"files": [{"sha256": "ab"}]}, text=None)

    return answer


def exported(status: int) -> Answer:
    ride = uploaded("ready")

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(("/export", "/streams")):
            return httpx.Response(status, text="too large")
        return httpx.Response(204) if request.url.host == "s3.trail.run" else ride(request)

    return answer


CASES: list[tuple[Callable[..., Any], Answer, Answer]] = [
    (http_api.tokens, guarded, open_to_all),
    (http_api.origins, for_our_page, for_every_page),
    (http_api.addresses, lambda _: problem(404), lambda _: httpx.Response(404, json={"message": "Not Found"})),
    (http_api.retry_after, braked(3, **{"retry-after": "60"}), braked(3)),
    (sign_in.brakes, braked(5), braked(500)),
    (partner_api.keys, sold(99), sold(99, decoded=False)),
    (partner_api.plan, sold(25), sold(99)),
    (files.recording, uploaded("ready"), uploaded("failed")),
    (sizes.long_cursor, lambda _: problem(400), lambda _: httpx.Response(502)),
    (sizes.long_ride, exported(200), exported(500)),
]


@pytest.mark.parametrize(
    ("look", "good", "bad"), CASES, ids=[f"{look.__module__.rpartition('.')[2]}-{look.__name__}" for look, *_ in CASES]
)
def test_a_good_answer_is_green_and_a_bad_one_says_what_to_do(
    look: Callable[..., Any], good: Answer, bad: Answer
) -> None:
    well = result(look, good)
    assert well.status in {Status.PASSED, Status.PARTLY}, well.findings
    refused = result(look, bad)
    assert refused.status is Status.FAILED, refused.findings
    assert all(finding.remedy for finding in refused.findings if finding.status is Status.FAILED)
    assert "went wrong" not in words([refused])


@pytest.mark.parametrize(("status", "expected"), [(200, Status.PASSED), (403, Status.FAILED)])
def test_a_signed_request_finds_the_user_or_says_why_not(
    status: int, expected: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(*_: Any, **__: Any) -> dict[str, Any]:
        if status == 403:
            raise Refused("403: no", status=403)
        return {"user_id": "u-1"}

    monkeypatch.setattr(http_api, "call", call)
    assert result(http_api.signatures, lambda _: httpx.Response(403)).status is expected


def test_a_fresh_key_that_opens_nothing_is_told_to_wait() -> None:
    never = result(partner_api.keys, lambda _: problem(403, "api_key_is_invalid"))
    assert never.status is Status.FAILED
    assert "M12" in never.findings[-1].remedy


@pytest.mark.parametrize(("by_arm", "expected"), [({"only": 1}, Status.PASSED), ({"only": 0}, Status.FAILED)])
def test_a_campaign_has_its_one_athlete(
    by_arm: dict[str, int], expected: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = {"run_id": "r", "state": "ended", "audience": {"by_arm": by_arm}, "failure": None, "outcome": "decided"}
    schedules = iter([[{"Name": "pf00000000-1"}], []])

    def call(_: Any, method: str, path: str, *__: Any, **___: Any) -> dict[str, Any]:
        return {"items": [run]} if path.endswith("/runs") else {"is_in": True}

    monkeypatch.setattr(campaign, "call", call)
    answers: Answers = {"scheduler.list_schedules": lambda _: {"Schedules": next(schedules)}}
    assert result(campaign.runs, lambda _: httpx.Response(200, json={}), answers).status is expected


def test_a_stage_that_serves_an_older_deployment_is_found() -> None:
    def api(made_at: str) -> Answers:
        method = {
            "LogicalResourceId": "M",
            "ResourceType": "AWS::ApiGateway::Method",
            "LastUpdatedTimestamp": "2026-11-30T10:00:00Z",
            "ResourceStatus": "CREATE_COMPLETE",
        }
        return {
            "apigateway.get_stage": {"deploymentId": "d"},
            "apigateway.get_deployment": {"createdDate": made_at},
            "cloudformation.list_stack_resources": {"StackResourceSummaries": [method]},
        }

    # botocore hands on what is recorded, so the times stay text that sorts
    assert result(partner_api.deployment, open_to_all, api("2026-11-30T10:00:05Z")).status is Status.PASSED
    assert result(partner_api.deployment, open_to_all, api("2026-11-29T10:00:00Z")).status is Status.FAILED


def test_recordings_of_the_run_are_files_that_parse() -> None:
    import io

    import gpxpy
    from PIL import Image

    read = gpxpy.parse(gpx(30).decode())
    assert read.get_points_no() == 30
    assert Image.open(io.BytesIO(png())).size == (64, 64)
