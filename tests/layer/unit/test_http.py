"""The HTTP edge that every service shares, with routes that tell what arrives."""

from typing import Annotated, Any

import pytest
from aws_lambda_powertools.event_handler.openapi.params import Body

from stadion.http import Api, RequestModel, lambda_handler
from tests.kit.services import ATHLETE, Answer, Context, answer_of, http_event, service_environment

OTHER_KINDS = ["text/plain", "Application/XML", "multipart/form-data; boundary=x", "unsupported"]
JSON_KINDS = ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]


class Note(RequestModel):
    text: str


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    service_environment(monkeypatch)


def call(api: Api, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    event = http_event(method, path, body, user=ATHLETE, headers=headers)
    return answer_of(lambda_handler(api)(event, Context()))  # type: ignore[arg-type]


# --- bodies ---------------------------------------------------------------------------------------------------------


def told() -> Api:
    api = Api()

    @api.post("/told")
    def tell_body() -> dict[str, Any]:
        return {"body": api.event.body, "kind": api.header("content-type")}

    @api.post("/notes")
    def take_note(body: Annotated[Note, Body()]) -> Note:
        return body

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


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
@pytest.mark.parametrize("body", ["no JSON", "[" * 100_000], ids=["text", "deep arrays"])
def test_what_is_said_to_be_json_and_is_none_is_a_400(kind: str, body: str) -> None:
    assert call(told(), "POST", "/notes", body, content_type=kind).status == 400


def test_a_body_without_a_kind_is_taken_for_json() -> None:
    assert call(told(), "POST", "/notes", "no JSON", content_type="").status == 400
    assert call(told(), "POST", "/notes", '{"text": "x"}', content_type="").body == {"text": "x"}
