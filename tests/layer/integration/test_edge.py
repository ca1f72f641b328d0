"""Behind the edge nobody is answered who passed it by, and a network is the viewer's."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from stadion import edge, settings
from stadion.http import AdminRoutes, Api, lambda_handler
from stadion.partner_http import PartnerApi, partner_handler
from tests.kit.services import (
    ATHLETE,
    Answer,
    Context,
    answer_of,
    create_audit,
    create_standing_table,
    http_event,
    rest_event,
)

NAME = "stadion/platform/edge"
api = Api()
admin = AdminRoutes()
partner_api = PartnerApi()
asked = []


@api.get("/v1/thing")
def get_thing() -> dict[str, str]:
    asked.append(api.user_id)
    return {}


@admin.get("/v1/admin/thing")
def get_admins_thing() -> dict[str, str]:
    return {}


@partner_api.get("/partner/v1/thing")
def get_partners_thing() -> dict[str, str]:
    return {}


api.include_router(admin)


@pytest.fixture(autouse=True)
def behind(moto: pytest.MonkeyPatch) -> Iterator[None]:
    create_standing_table()
    made = boto3.client("secretsmanager").create_secret(Name=NAME, SecretString="first")
    moto.setenv("STADION_EDGE_SECRET", made["ARN"])
    moto.setenv("STADION_SERVICE", "test")
    settings.forget()
    edge.client.cache_clear()
    edge.KNOWN.__init__()  # type: ignore[misc]
    asked.clear()
    yield
    settings.forget()


def ask(path: str = "/v1/thing", **headers: str) -> Answer:
    event = http_event("GET", path, None, user=ATHLETE, headers=headers)
    return answer_of(lambda_handler(api)(event, Context()))


def test_who_comes_through_the_edge_is_answered() -> None:
    assert ask(x_stadion_edge="first").status == 200


@pytest.mark.parametrize(
    "sent", [{}, {"x_stadion_edge": ""}, {"x_stadion_edge": "guess"}, {"x_stadion_edge": "first,x"}]
)
def test_who_passes_it_by_is_refused_before_anything_is_looked_at(sent: dict[str, str]) -> None:
    answer = ask(**sent)
    assert (answer.status, answer.body["code"]) == (403, "address_is_not_public")
    assert ask("/v1/none", **sent).status in {403, 404}
    assert asked == []


def test_partners_come_through_it_too() -> None:
    def tried(**headers: str) -> Any:
        event = rest_event("GET", "/partner/v1/thing", None, {"x-api-key": "store-secret", **headers})
        return answer_of(partner_handler(partner_api)(event, Context())).body["code"]

    assert tried() == "address_is_not_public"
    assert tried(**{"x-stadion-edge": "first"}) == "api_key_is_invalid"


def test_a_signed_request_comes_to_the_gateway_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    create_audit(monkeypatch)
    event = http_event("GET", "/v1/admin/thing", None, user=None)
    event["requestContext"]["authorizer"] = {"iam": {"userArn": "arn:aws:iam::0:user/a"}}
    assert answer_of(lambda_handler(api)(event, Context())).status == 200


def test_while_the_secret_is_rotated_both_are_good_and_then_the_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = boto3.client("secretsmanager")
    assert ask(x_stadion_edge="first").status == 200
    secrets.put_secret_value(SecretId=NAME, SecretString="second")
    later(monkeypatch)
    assert [ask(x_stadion_edge=one).status for one in ("second", "first")] == [200, 200]
    secrets.put_secret_value(SecretId=NAME, SecretString="third")
    later(monkeypatch)
    assert [ask(x_stadion_edge=one).status for one in ("third", "second", "first")] == [200, 200, 403]


def test_guesses_cost_one_look_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    whole = edge._read
    monkeypatch.setattr(edge, "_read", lambda secret: looked.append(1) or whole(secret))
    for _ in range(20):
        assert ask(x_stadion_edge="guess").status == 403
    assert len(looked) == 1


def test_who_passes_it_by_while_the_secret_cannot_be_read_gets_a_problem_and_costs_one_look_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ask(x_stadion_edge="first").status == 200
    looked = []

    def out_of_reach(_: str) -> list[str]:
        looked.append(1)
        raise ConnectionError

    monkeypatch.setattr(edge, "_read", out_of_reach)
    later(monkeypatch)
    assert [ask(x_stadion_edge="guess").status for _ in range(3)] == [403] * 3
    assert ask(x_stadion_edge="first").status == 200
    assert len(looked) == 1


def test_before_the_secret_was_read_once_nobody_is_answered_and_everybody_gets_a_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def out_of_reach(_: str) -> list[str]:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(edge, "_read", out_of_reach)
        assert [ask(x_stadion_edge=one).status for one in ("first", "guess")] == [500, 500]
    assert asked == []
    assert ask(x_stadion_edge="first").status == 200


def test_the_viewer_is_whom_the_edge_names_and_without_an_edge_nobody_may_say(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"x-stadion-edge": "first", "x-stadion-viewer": "203.0.113.9"}
    assert edge.viewer(told, "192.0.2.7") == "203.0.113.9"
    assert edge.viewer({**told, "x-stadion-edge": "guess"}, "192.0.2.7") == "192.0.2.7"
    assert edge.viewer({}, "192.0.2.7") == "192.0.2.7"
    monkeypatch.delenv("STADION_EDGE_SECRET")
    settings.forget()
    assert edge.viewer({"x-stadion-viewer": "203.0.113.9"}, "192.0.2.7") == "192.0.2.7"


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a minute."""
    now = edge.time.monotonic() + 2 * edge.LOOKED_AT_MOST_EVERY_S
    monkeypatch.setattr(edge.time, "monotonic", lambda: now)
