"""What clients get wrong, by accident or on purpose, ends as a problem that names it: never as a 500."""

import base64
import json
import re
from typing import Any

import pytest

from tests.kit.services import ATHLETE, Service

RUN: dict[str, Any] = {"sport_type": "Run", "started_at": "2026-11-20T05:40:00Z", "elapsed_time_s": 1834}


@pytest.mark.parametrize(
    "body",
    ["[" * 100_000, '{"a":' * 50_000, '{"elapsed_time_s":' + "9" * 5_000 + "}", '{"a"', "\ufeff{}"],
    ids=["deep arrays", "deep objects", "endless number", "cut off", "byte order mark"],
)
def test_json_that_breaks_a_parser_is_the_clients_fault(workouts: Service, body: str) -> None:
    answer = workouts.call("POST", "/v1/workouts", body)
    assert (answer.status, answer.body["code"]) == (400, "request_is_invalid")
    assert answer.body["errors"] == [
        {"pointer": "#", "code": "json_invalid", "detail": "The body is not valid JSON, or says a name twice."}
    ]


def test_bytes_that_are_no_text_are_the_clients_fault(workouts: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.kit.services import Context, http_event
    from workouts import api

    workouts.enter()
    event = http_event("POST", "/v1/workouts", base64.b64encode(b"\xff\xfe").decode(), user=ATHLETE)
    answer = api.handler({**event, "isBase64Encoded": True}, Context())
    assert answer["statusCode"] == 400


@pytest.mark.parametrize("claims", [{"token_use": "access"}, {"token_use": "access", "sub": ""}, {"sub": ATHLETE}])
def test_a_token_that_is_nobodys_or_for_something_else_opens_nothing(workouts: Service, claims: dict[str, str]) -> None:
    from tests.kit.services import Context, http_event
    from workouts import api

    workouts.enter()
    event = http_event("GET", "/v1/workouts", None, user=ATHLETE)
    event["requestContext"]["authorizer"]["jwt"]["claims"] = claims

    answer = api.handler(event, Context())

    assert answer["statusCode"] == 401


@pytest.mark.parametrize("content_type", ["APPLICATION/JSON", "application/json; charset=UTF-8", "Application/json"])
def test_the_content_types_case_does_not_matter(workouts: Service, content_type: str) -> None:
    assert workouts.call("POST", "/v1/workouts", RUN, content_type=content_type).status == 201


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_anything_but_json_is_refused_as_such(workouts: Service, content_type: str) -> None:
    answer = workouts.call("POST", "/v1/workouts", RUN, content_type=content_type)
    assert answer.status == 415
    assert answer.body["errors"][0]["detail"] == "Send JSON, as application/json."


def test_a_thousand_wrong_fields_make_a_short_problem(workouts: Service) -> None:
    answer = workouts.call("POST", "/v1/workouts", {"k" * 10_000: 1, **{f"key{n}": 1 for n in range(1_000)}})
    assert answer.status == 422
    assert len(answer.body["errors"]) == 50
    assert len(json.dumps(answer.body)) < 10_000


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        {**RUN, "started_at": 1_700_000_000},
        {**RUN, "started_at": "0001-01-01T00:00:00Z"},
        {**RUN, "started_at": None},
        {**RUN, "time_zone": "Mars/Olympus"},
        {**RUN, "gear_ids": "shoes"},
    ],
)
def test_every_word_of_a_refusal_is_in_the_callers_language(workouts: Service, body: Any) -> None:
    answer = workouts.call("POST", "/v1/workouts", body, accept_language="ru")
    assert answer.body["errors"]
    for error in answer.body["errors"]:
        assert re.search("[а-я]", error["detail"]), error


def test_an_address_that_leads_nowhere_is_not_written_down(
    telemetry: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """It may be a share link's, with something behind it."""
    assert telemetry.call("GET", "/v1/live/shared/a-secret/x").status == 404
    [line] = [vars(record) for record in caplog.records if record.message == "answered"]
    assert (line["method"], line["status"]) == ("GET", 404)
    assert "route" not in line


@pytest.mark.parametrize("length", [600, 1_500, 3_000])
@pytest.mark.parametrize("path", ["/v1/workouts/", "/v1/uploads/"])
def test_an_id_that_no_table_can_hold_is_not_found(workouts: Service, path: str, length: int) -> None:
    assert workouts.call("GET", path + "a" * length).status == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"started_from": "0001-01-01T00:00:00%2B14:00"}, 422),
        ({"started_to": "9999-12-31T23:59:59-14:00"}, 422),
        ({"started_from": "1700000000"}, 422),
        ({"started_from": "2026-01-02T00:00:00Z", "started_to": "2026-01-01T00:00:00Z"}, 200),
        ({"min_distance_m": "1e-200"}, 200),
        ({"min_distance_m": "1e300"}, 422),
        ({"max_distance_m": "inf"}, 422),
        ({"max_distance_m": "nan"}, 422),
        ({"cursor": "AAAA"}, 400),
    ],
)
def test_a_filter_at_the_edge_of_the_calendar_or_of_numbers_is_no_accident(
    workouts: Service, query: dict[str, str], status: int
) -> None:
    decoded = {name: value.replace("%2B", "+") for name, value in query.items()}
    assert workouts.call("GET", "/v1/workouts", query=decoded).status == status


def test_a_cursor_that_was_tampered_with_is_refused(workouts: Service) -> None:
    for name in ("a", "b", "c"):
        workouts.call("POST", "/v1/uploads", {"filename": f"{name}.fit"})
    cursor = workouts.call("GET", "/v1/uploads", query={"limit": "1"}).body["next_cursor"]
    scope, position = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    for changed in (
        {**position, "gsi1pk": {"S": "USER#somebody else#UPLOADS"}},
        {**position, "pk": {"N": "1"}},
        {**position, "gsi1sk": "text"},
        {},
    ):
        forged = base64.urlsafe_b64encode(json.dumps([scope, changed]).encode()).decode().rstrip("=")
        answer = workouts.call("GET", "/v1/uploads", query={"cursor": forged, "limit": "1"})
        assert (answer.status, answer.body["code"]) == (400, "cursor_is_invalid")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("elapsed_time_s", True),
        ("elapsed_time_s", "1834"),
        ("elapsed_time_s", 1e-300),
        ("started_at", 1_700_000_000),
        ("started_at", "0001-01-01T00:00:00+14:00"),
        ("time_zone", "localtime"),
        ("time_zone", "Factory"),
        ("name", "two\nlines"),
        ("name", "\ud800"),
        ("name", "\u202eturned"),
    ],
)
def test_a_value_of_another_kind_is_refused_not_guessed_at(workouts: Service, field: str, value: Any) -> None:
    answer = workouts.call("POST", "/v1/workouts", {**RUN, field: value})
    assert answer.status == 422, answer.body
    assert answer.body["errors"][0]["pointer"] == f"#/{field}"


def test_a_distance_finer_than_dynamodbs_numbers_is_rounded(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", {**RUN, "distance_m": 1e-200})
    assert (created.status, created.body["distance_m"]) == (201, 0)


@pytest.mark.parametrize("limit", [1e-320, 0, True])
def test_gear_that_is_worn_out_before_it_is_used_is_refused(inventory: Service, limit: Any) -> None:
    assert inventory.call("POST", "/v1/gear", {"category": "running_shoes", "limit": limit}).status == 422


def test_a_replayed_answer_carries_the_version_that_an_edit_needs(workouts: Service) -> None:
    named = {**RUN, "name": "Before work"}
    first = workouts.call("POST", "/v1/workouts", named, idempotency_key="k")
    again = workouts.call("POST", "/v1/workouts", named, idempotency_key="k")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.etag == first.etag
