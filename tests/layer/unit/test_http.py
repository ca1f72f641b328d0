"""The HTTP edge that every service shares, with routes that tell what arrives."""

import base64
from typing import Annotated, Any

import pytest
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from stadion import audit, settings, standing
from stadion.http import (
    AdminRoutes,
    Api,
    Cursor,
    Limit,
    RequestModel,
    Routes,
    lambda_handler,
    listed,
    located,
    no_content,
    tagged,
)
from stadion.observability import correlation_id
from stadion.pagination import ListResponse, Page
from tests.kit.services import ATHLETE, Answer, Context, answer_of, http_event, service_environment

OTHER_KINDS = [
    "text/plain",
    "Application/XML",
    "multipart/form-data; boundary=x",
    "unsupported",
    "application/json-patch+json",
    "application/jsonl",
    "application/merge-patch+jsonx; charset=utf-8",
]
JSON_KINDS = ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]


class Note(RequestModel):
    text: str


class Anything(RequestModel):
    anything: Any


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no table here: nobody has ended a session, and nobody is counted."""
    service_environment(monkeypatch)
    monkeypatch.setenv("STADION_SERVICE", "test")
    settings.forget()
    monkeypatch.setattr(standing, "admit", lambda *_, **__: None)


def call(api: Api, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    event = http_event(method, path, body, user=ATHLETE, headers=headers)
    return answer_of(lambda_handler(api)(event, Context()))  # type: ignore[arg-type]


# --- versions -------------------------------------------------------------------------------------------------------


def versioned(*, variant: str = "") -> Api:
    """One thing, in its third revision."""
    api = Api()

    @api.get("/thing")
    def show() -> Response[dict[str, int]]:
        return api.versioned({"revision": 3}, 3, variant=variant)

    @api.delete("/thing")
    def remove() -> dict[str, str]:
        api.if_match(3)
        return {}

    return api


@pytest.mark.parametrize("sent", ['"3"', ' "3" ', '"2", "3"', '"3.gear"', 'W/"3", "3"', "*"])
def test_a_strong_tag_of_this_version_edits_it(sent: str) -> None:
    assert call(versioned(), "DELETE", "/thing", if_match=sent).status == 200


@pytest.mark.parametrize("sent", ['"2,x", "3"', '"3.a,b"', ', "3",,', '"2" , "3"'])
def test_a_comma_between_quotes_ends_no_tag(sent: str) -> None:
    assert call(versioned(), "DELETE", "/thing", if_match=sent).status == 200


@pytest.mark.parametrize(
    "sent", ['"3,4"', '"x,3"', '"x,3,y"', '"x,3', "3", "'3'", '""3""', '3"', '"3"x', '"3 "', '"x,*,y"']
)
def test_what_is_no_tag_or_only_holds_one_is_another_versions(sent: str) -> None:
    assert call(versioned(), "DELETE", "/thing", if_match=sent).status == 412
    assert call(versioned(), "GET", "/thing", if_none_match=sent).status == 200


@pytest.mark.parametrize("sent", ['W/"3"', 'W/"3.gear"', 'W/"3", "2"', 'w/"3"', "W/*", '"2"', '"33"', ""])
def test_a_weak_tag_and_one_of_another_version_edit_nothing(sent: str) -> None:
    refused = call(versioned(), "DELETE", "/thing", if_match=sent)
    assert (refused.status, refused.body["code"]) == (412, "version_is_stale")


def test_an_edit_without_a_tag_is_refused() -> None:
    assert call(versioned(), "DELETE", "/thing").status == 428


@pytest.mark.parametrize("sent", ['"3"', 'W/"3"', '"2", W/"3"', ' W/"3" ', "*", " * "])
def test_what_the_client_has_is_not_sent_again_though_its_tag_is_weak(sent: str) -> None:
    answer = call(versioned(), "GET", "/thing", if_none_match=sent)
    assert (answer.status, answer.etag, answer.body) == (304, '"3"', "")


@pytest.mark.parametrize("sent", ['"2"', 'W/"2"', '"3.gear"', 'w/"3"', ""])
def test_another_version_is_sent(sent: str) -> None:
    assert call(versioned(), "GET", "/thing", if_none_match=sent).status == 200


@pytest.mark.parametrize(("sent", "status"), [('"3.gear"', 304), ('W/"3.gear"', 304), ('"3"', 200), ('W/"3"', 200)])
def test_a_variant_of_a_version_is_another_representation_of_it(sent: str, status: int) -> None:
    assert call(versioned(variant="gear"), "GET", "/thing", if_none_match=sent).status == status


@pytest.mark.parametrize("authorizer", [None, {}, {"jwt": None}, {"jwt": {"claims": None}}, {"iam": None}], ids=str)
def test_who_has_no_token_is_told_so(authorizer: dict[str, Any] | None) -> None:
    api = Api()

    @api.get("/me")
    def show() -> dict[str, str]:
        return {"user": api.user_id}

    event = http_event("GET", "/me", None, user=None)
    event["requestContext"]["authorizer"] = authorizer
    assert answer_of(lambda_handler(api)(event, Context())).status == 401  # type: ignore[arg-type]


# --- bodies ---------------------------------------------------------------------------------------------------------


def told() -> Api:
    api = Api()

    @api.post("/told")
    def tell_body() -> dict[str, Any]:
        return {"body": api.event.body, "kind": api.header("content-type")}

    @api.post("/notes")
    def take_note(body: Annotated[Note, Body()]) -> Note:
        return body

    @api.post("/anything")
    def take_anything(body: Annotated[Anything, Body()]) -> dict[str, Any]:
        return body.model_dump()

    return api


@pytest.mark.parametrize("kind", OTHER_KINDS)
@pytest.mark.parametrize("body", ["no JSON", "[" * 100_000], ids=["text", "deep arrays"])
def test_a_body_of_another_kind_is_left_as_it_was_sent(kind: str, body: str) -> None:
    """Whether it is JSON matters to nobody: it is refused for its kind, and a route without a model may want it."""
    assert call(told(), "POST", "/told", body, content_type=kind).body["body"] == body


@pytest.mark.parametrize("kind", OTHER_KINDS)
@pytest.mark.parametrize("body", ["no JSON", "[" * 100_000, '{"text": "x"}'], ids=["text", "deep arrays", "JSON"])
def test_a_body_of_another_kind_is_a_415_and_never_a_400(kind: str, body: str) -> None:
    assert call(told(), "POST", "/notes", body, content_type=kind).status == 415


@pytest.mark.parametrize("kind", JSON_KINDS)
@pytest.mark.parametrize("body", ["no JSON", "[" * 100_000], ids=["text", "deep arrays"])
def test_what_is_said_to_be_json_and_is_none_is_a_400(kind: str, body: str) -> None:
    assert call(told(), "POST", "/notes", body, content_type=kind).status == 400


@pytest.mark.parametrize("depth", [65, 260, 700, 985])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"x":', "}")], ids=["lists", "objects"])
def test_json_that_nobody_could_read_to_its_bottom_is_a_400(depth: int, opens: str, closes: str) -> None:
    deep = opens * (depth - 1) + "1" + closes * (depth - 1)
    assert call(told(), "POST", "/anything", f'{{"anything": {deep}}}').status == 400


@pytest.mark.parametrize("body", ['{"anything": 1, "anything": 2}', '{"anything": {"a": 1, "b": 2, "a": 1}}'])
def test_a_name_that_is_said_twice_says_nothing(body: str) -> None:
    assert call(told(), "POST", "/anything", body).status == 400


def test_json_may_be_as_deep_as_anybody_needs() -> None:
    deep = "[" * 63 + "]" * 63
    assert call(told(), "POST", "/anything", f'{{"anything": {deep}}}').status == 200


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1"])
def test_json_in_anything_but_utf_8_is_a_400(encoding: str) -> None:
    assert sent_as('{"text": "é"}'.encode(encoding)).status == 400


def test_json_may_come_as_bytes() -> None:
    assert sent_as('{"text": "é"}'.encode()).body == {"text": "é"}


def sent_as(body: bytes) -> Answer:
    event = http_event("POST", "/notes", base64.b64encode(body).decode(), user=ATHLETE)
    event["isBase64Encoded"] = True
    return answer_of(lambda_handler(told())(event, Context()))  # type: ignore[arg-type]


def test_a_body_without_a_kind_is_taken_for_json() -> None:
    assert call(told(), "POST", "/notes", "no JSON", content_type="").status == 400
    assert call(told(), "POST", "/notes", '{"text": "x"}', content_type="").body == {"text": "x"}


# --- answers --------------------------------------------------------------------------------------------------------


def test_answers_that_many_routes_give() -> None:
    api = Api()

    @api.get("/notes")
    def list_notes(limit: Limit = 2, cursor: Cursor = None) -> ListResponse[Note]:
        return listed(Page([Note(text=f"{cursor}")] * limit, next_cursor="more"))

    @api.put("/note")
    def put_note() -> Response[Note]:
        return tagged(Note(text="x"), 3, variant="gear")

    @api.post("/notes")
    def make_note() -> Response[Note]:
        return located(Note(text="x"), "/notes/1", 1, status=201)

    @api.delete("/note")
    def remove_note() -> Response[None]:
        return no_content()

    assert call(api, "GET", "/notes").body == {"items": [{"text": "None"}] * 2, "next_cursor": "more"}
    put, made, gone = call(api, "PUT", "/note"), call(api, "POST", "/notes"), call(api, "DELETE", "/note")
    assert (put.status, put.etag, put.body) == (200, '"3.gear"', {"text": "x"})
    assert (made.status, made.etag, made.headers["Location"], made.body) == (201, '"1"', "/notes/1", {"text": "x"})
    assert (gone.status, gone.body) == (204, "")


# --- wings ----------------------------------------------------------------------------------------------------------


def test_a_wings_routes_know_the_caller_and_the_version_as_an_entry_points_do() -> None:
    api, router = Api(), Routes()

    @router.get("/wing")
    def show() -> Response[dict[str, str]]:
        told = {"user": router.user_id, "language": router.language.value, "colour": router.header("x-colour") or ""}
        return router.versioned(told, 3)

    @router.delete("/wing")
    def remove() -> dict[str, str]:
        router.edit(lambda: router.if_match(3))
        return {}

    api.include_router(router)

    shown = call(api, "GET", "/wing", accept_language="ru", x_colour="red")
    assert shown.body == {"user": ATHLETE, "language": "ru", "colour": "red"}
    assert call(api, "GET", "/wing", if_none_match=shown.etag).status == 304
    assert [call(api, "DELETE", "/wing", if_match=tag).status for tag in (shown.etag, 'W/"3"')] == [200, 412]


# --- admins ---------------------------------------------------------------------------------------------------------

ADMIN = {"iam": {"userArn": "arn:aws:iam::000000000000:user/admin"}}
TOKEN = {"jwt": {"claims": {"sub": ATHLETE, "token_use": "access"}}}


def administered() -> Api:
    api, admin = Api(), AdminRoutes()

    @admin.post("/v1/admin/notes/<number>", status_code=201)
    def take_note(number: int, body: Annotated[Note, Body()]) -> dict[str, Any]:
        return {"number": number, "text": body.text, "by": admin.signer}

    api.include_router(admin)
    return api


def call_as(authorizer: dict[str, Any] | None, path: str, body: Any, **headers: str) -> Answer:
    event = http_event("POST", path, body, user=None, headers=headers)
    event["requestContext"] |= {"authorizer": authorizer} if authorizer is not None else {}
    return answer_of(lambda_handler(administered())(event, Context()))  # type: ignore[arg-type]


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How the calls of admins ended, as the audit would be told."""
    ended: list[int] = []
    monkeypatch.setenv("STADION_STAGE", "test")
    monkeypatch.setenv("STADION_SERVICE", "test")
    settings.forget()
    monkeypatch.setattr(audit, "enter", lambda _: None)
    monkeypatch.setattr(audit, "leave", lambda _, status, __: ended.append(status))
    return ended


def test_who_signed_is_known_and_what_they_sent_is_validated(unwritten: list[int]) -> None:
    taken = call_as(ADMIN, "/v1/admin/notes/7", {"text": " x "})
    assert (taken.status, taken.body) == (201, {"number": 7, "text": "x", "by": ADMIN["iam"]["userArn"]})
    assert call_as(ADMIN, "/v1/admin/notes/7", {"colour": "red"}).status == 422
    assert call_as(ADMIN, "/v1/admin/notes/seven", {"text": "x"}).status == 422
    assert call_as(ADMIN, "/v1/admin/notes/7", "no JSON").status == 400
    assert call_as(ADMIN, "/v1/admin/notes/7", "no JSON", content_type="text/plain").status == 415
    assert unwritten == [201, 422, 422, 400, 415]


@pytest.mark.parametrize(
    "authorizer",
    [None, {}, TOKEN, {**TOKEN, **ADMIN}, {"iam": None}],
    ids=["none", "empty", "token", "both", "no signature"],
)
@pytest.mark.parametrize("body", [{"text": "x"}, {"colour": "red"}, "no JSON", None], ids=str)
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize("number", ["7", "seven"])
def test_who_did_not_sign_learns_nothing_of_what_they_sent(authorizer: Any, body: Any, kind: str, number: str) -> None:
    refused = call_as(authorizer, f"/v1/admin/notes/{number}", body, content_type=kind)
    assert (refused.status, refused.body["code"]) == (403, "signed_request_required")
    assert "errors" not in refused.body


# --- correlation ----------------------------------------------------------------------------------------------------

SOMEBODY_ELSES = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"


def correlated() -> Api:
    api = Api()

    @api.get("/thing")
    def show() -> dict[str, str]:
        return {"correlation_id": correlation_id()}

    return api


def test_a_clients_correlation_id_stands_beside_ours_and_is_never_it(caplog: pytest.LogCaptureFixture) -> None:
    answer = call(correlated(), "GET", "/thing", x_correlation_id=SOMEBODY_ELSES)
    ours = answer.headers["x-correlation-id"]
    assert ours != SOMEBODY_ELSES
    assert answer.body == {"correlation_id": ours}
    assert answer.headers["x-client-correlation-id"] == SOMEBODY_ELSES
    [line] = [record.__dict__ for record in caplog.records if record.message == "answered"]
    assert line["client_correlation_id"] == SOMEBODY_ELSES


def test_a_problem_tells_our_correlation_id() -> None:
    answer = call(correlated(), "GET", "/nothing", x_correlation_id=SOMEBODY_ELSES)
    assert (answer.status, answer.body["trace_id"]) == (404, answer.headers["x-correlation-id"])
    assert answer.body["trace_id"] != SOMEBODY_ELSES


@pytest.mark.parametrize("sent", ["", "short", "a b c d e f g h", "x" * 65, "{}{}{}{}{}", "новости-новости"])
def test_what_a_client_cannot_be_called_by_is_not_said_back(sent: str) -> None:
    answer = call(correlated(), "GET", "/thing", x_correlation_id=sent)
    assert "x-client-correlation-id" not in answer.headers
    assert len({call(correlated(), "GET", "/thing").headers["x-correlation-id"] for _ in range(3)}) == 3
