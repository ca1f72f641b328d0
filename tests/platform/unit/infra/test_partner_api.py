"""What the partner API says by itself, and that its stage says the same."""

from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.aws_apigateway import ResponseType
from aws_cdk.aws_sns import Topic

from infra_cdk.environments import LOCAL
from infra_cdk.parts import partner_api
from infra_cdk.parts.entry_points import EntryPoint
from infra_cdk.parts.partner_api import PROBLEMS, PartnerRestApi
from tests.kit.declared import BY_THE_EDGE, BY_THE_GATEWAY
from tests.kit.templates import Synthesised

ROUTE = "GET /partner/v1/codes/{code}"
RETRY_AFTER = "gatewayresponse.header.Retry-After"


def resources(module: str = "one", route: str = ROUTE) -> dict[str, Any]:
    app = App()
    stack = Stack(app, "s")
    door = PartnerRestApi(stack, environment=LOCAL, alarm_topic=Topic(stack, "Alarms"))
    door.attach(EntryPoint("promos", module), [route], after=None)
    found: dict[str, Any] = app.synth().get_stack_by_name("s").template["Resources"]
    return found


def deployment(module: str = "one", route: str = ROUTE) -> str:
    """A stage serves the snapshot that its deployment of this logical id took."""
    return next(name for name, one in resources(module, route).items() if one["Type"] == "AWS::ApiGateway::Deployment")


def test_every_429_says_when_to_come_back(local: Synthesised) -> None:
    refusals = [p for _, p in local.of_type("AWS::ApiGateway::GatewayResponse") if p["StatusCode"] == "429"]

    assert {p["ResponseType"] for p in refusals} == {"THROTTLED", "QUOTA_EXCEEDED"}
    assert {p["ResponseType"]: p["ResponseParameters"].get(RETRY_AFTER) for p in refusals} == {
        "THROTTLED": "'1'",
        "QUOTA_EXCEEDED": "'3600'",
    }


def test_the_same_api_is_not_deployed_anew() -> None:
    assert deployment() == deployment()


def test_a_method_that_calls_another_function_or_lies_elsewhere_is_deployed_anew() -> None:
    assert len({deployment(), deployment("other"), deployment(route="GET /partner/v1/codes/{sku}")}) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"detail": "Not so fast."},
        {"code": "not_so_fast"},
        {"status": 503},
        {"retry_after_s": 2},
        {"retry_after_s": None},
        {"kind": ResponseType.DEFAULT_4_XX},
    ],
    ids="-".join,
)
def test_another_answer_of_the_gateway_is_deployed_anew(
    change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = deployment()

    *others, last = PROBLEMS
    monkeypatch.setattr(partner_api, "PROBLEMS", (*others, replace(last, **change)))

    assert deployment() != before


def test_the_snapshot_is_taken_when_all_of_it_is_there(local: Synthesised) -> None:
    template = local.templates["stadion-partners"]["Resources"]
    parts = {
        name
        for name, one in template.items()
        if one["Type"] in {"AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse"}
    }
    [taken] = [one for one in template.values() if one["Type"] == "AWS::ApiGateway::Deployment"]

    assert len(parts) == 14
    assert parts - set(taken["DependsOn"]) == set()


def test_clients_of_tests_know_what_the_gateway_says_itself() -> None:
    assert {problem.code for problem in PROBLEMS} <= BY_THE_GATEWAY | BY_THE_EDGE
    assert {problem.code for problem in PROBLEMS} >= BY_THE_GATEWAY
