"""The guardrails pass, and each of them bites."""

import copy
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra_cdk.app import unzipped
from infra_cdk.guardrails import limits, routes, violations
from tests.kit.templates import Synthesised

Resource = dict[str, Any]
Breakage = Callable[[Resource], object]


@pytest.mark.parametrize("name", ["local", "dev", "prod"])
def test_the_app_breaks_no_rule(name: str, request: pytest.FixtureRequest) -> None:
    synthesised: Synthesised = request.getfixturevalue(name)
    assert violations(synthesised.templates) == []


BREAKAGES: list[tuple[str, str, Breakage]] = [
    ("AWS::Logs::LogGroup", "kept forever", lambda p: p.pop("RetentionInDays")),
    ("AWS::SQS::Queue", "nowhere to go", lambda p: p.pop("RedrivePolicy")),
    ("AWS::SQS::Queue", "come back while", lambda p: p.update(VisibilityTimeout=60)),
    ("AWS::Lambda::EventSourceMapping", "whole batch", lambda p: p.pop("FunctionResponseTypes")),
    ("AWS::Lambda::EventSourceMapping", "records that fail", lambda p: p.pop("DestinationConfig")),
    ("AWS::Lambda::EventSourceMapping", "stops the stream", lambda p: p.pop("BisectBatchOnFunctionError")),
    ("AWS::Events::Rule", "not delivered is lost", lambda p: p["Targets"][0].pop("DeadLetterConfig")),
    ("AWS::Events::Rule", "not delivered is lost", lambda p: p["Targets"][0].pop("RetryPolicy")),
    ("AWS::IAM::Policy", "on everything", lambda p: p["PolicyDocument"]["Statement"][0].update(Resource="*")),
    ("AWS::IAM::Policy", "grows by itself", lambda p: p["PolicyDocument"]["Statement"][0].update(Action="s3:*")),
    (
        "AWS::StepFunctions::StateMachine",
        "nothing is given for ${send_batch}",
        lambda p: p["DefinitionSubstitutions"].pop("send_batch"),
    ),
    (
        "AWS::StepFunctions::StateMachine",
        "${send_mail} is given, and named nowhere",
        lambda p: p["DefinitionSubstitutions"].update(send_mail="arn"),
    ),
    ("AWS::CloudWatch::Alarm", "what to do", lambda p: p.pop("AlarmDescription")),
    ("AWS::CloudWatch::Alarm", "tells nobody", lambda p: p.pop("AlarmActions")),
    ("AWS::CloudWatch::Alarm", "when a message dies", lambda p: p.update(MetricName="NumberOfMessagesSent")),
]


@pytest.mark.parametrize(("kind", "complaint", "breakage"), BREAKAGES)
def test_each_rule_bites(local: Synthesised, kind: str, complaint: str, breakage: Breakage) -> None:
    assert any(complaint in v for v in _violations_of_each_broken(local, kind, breakage))


def _violations_of_each_broken(local: Synthesised, kind: str, breakage: Breakage) -> list[str]:
    found: list[str] = []
    for stack, template in local.templates.items():
        for name, resource in template["Resources"].items():
            if resource["Type"] == kind:
                broken = copy.deepcopy(dict(template))
                try:
                    breakage(broken["Resources"][name]["Properties"])
                except KeyError:
                    continue
                found += violations({stack: broken})
    return found


def test_a_policy_on_a_lent_role_replaces_no_other(local: Synthesised) -> None:
    templates = {name: copy.deepcopy(dict(template)) for name, template in local.templates.items()}
    services = 0
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::IAM::Policy" and resource["Properties"]["PolicyName"].endswith("-outbox"):
                resource["Properties"]["PolicyName"] = "RelayRights"
                services += 1

    found = violations(templates)

    assert len(found) == services - 1 >= 7, "each service but the first"
    assert all("replaces the policy of the same name" in problem for problem in found)


def test_a_permission_waits_for_its_function(local: Synthesised) -> None:
    partners = copy.deepcopy(dict(local.templates["stadion-partners"]))
    for resource in partners["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Permission":
            resource.pop("DependsOn", None)

    found = violations({"stadion-partners": partners})

    assert [problem for problem in found if "before its function stadion-partners-on-partner-request" in problem]


def policy(**statement: Any) -> Resource:
    return {"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Allow", **statement}]}}


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ({"Action": "s3:GetObject", "Resource": "*"}, "allows s3:GetObject on everything"),
        ({"Action": "s3:*", "Resource": "arn"}, "allows s3:*, which grows by itself"),
        (
            {
                "Action": ["dynamodb:Query", "dynamodb:Scan"],
                "Resource": "arn",
                "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*"]}},
            },
            "allows dynamodb:Scan whatever its condition says",
        ),
        ({"NotAction": "iam:*", "Resource": "arn"}, "allows all but what it names"),
        ({"Action": "s3:GetObject", "NotResource": "arn"}, "allows all but what it names"),
    ],
)
def test_what_stands_inside_a_role_is_a_right_too(statement: Resource, complaint: str) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy(**statement)]}}

    assert [one for one in violations({"s": {"Resources": {"Role": role}}}) if one.startswith(f"s/Role: {complaint}")]


def test_what_stands_inside_a_role_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_POLICY", 100)
    inside = policy(Action="s3:GetObject", Resource="arn")
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [inside]}}
    beside = {"Type": "AWS::IAM::Policy", "Properties": {**inside, "Roles": [{"Ref": "Role"}]}}

    assert violations({"s": {"Resources": {"Role": role}}}) == []
    assert "characters of rights, more than 100" in str(violations({"s": {"Resources": {"Role": role, "P": beside}}}))


@pytest.mark.parametrize("second", ["GET /v1/gear/{gear_id}", "GET /v1/gear/{id}"])
def test_a_route_has_one_service(second: str) -> None:
    """Each stack alone is right; the second one would not deploy."""

    def stack(route: str) -> Resource:
        properties = {"ApiId": {"Ref": "Api"}, "RouteKey": route}
        told = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/stadion/platform/ApiId"}
        return {
            "Parameters": {"Api": told},
            "Resources": {"Route": {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}},
        }

    first = stack("GET /v1/gear/{gear_id}")
    assert violations({"a": first, "b": stack("GET /v1/gear/{proxy+}"), "c": stack("PUT /v1/gear/{gear_id}")}) == []
    assert violations({"a": first, "b": stack(second)}) == [f"b/Route: {second} is a route of a/Route"]


QUOTAS: list[tuple[str, str, int]] = [
    ("MAX_ROUTES", "routes", 50),
    ("MAX_RESOURCES", "resources", 150),
    ("MAX_POLICY", "characters of rights", 1_500),
    ("MAX_VARIABLES", "characters of variables", 400),
]


@pytest.mark.parametrize(("quota", "complaint", "lower"), QUOTAS)
def test_a_quota_is_told_before_it_is_reached(
    local: Synthesised, quota: str, complaint: str, lower: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes if quota == "MAX_ROUTES" else limits, quota, lower)

    assert [problem for problem in violations(local.templates) if f"{complaint}, more than {lower}" in problem]


def test_executions_kept_for_functions_leave_some_for_the_others(local: Synthesised) -> None:
    templates = copy.deepcopy(dict(local.templates))
    functions = 0
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Lambda::Function":
                resource["Properties"]["ReservedConcurrentExecutions"] = 20
                functions += 1

    found = violations(templates)
    assert found[0] == f"functions keep {20 * functions} executions for themselves, more than 900"
    assert len(found) == 2
    assert functions > 50


def test_a_queue_without_a_ceiling_and_an_api_that_keeps_nothing_are_noticed(local: Synthesised) -> None:
    templates = copy.deepcopy(dict(local.templates))
    for template in templates.values():
        for resource in template["Resources"].values():
            resource.get("Properties", {}).pop("ScalingConfig", None)
            resource.get("Properties", {}).pop("ReservedConcurrentExecutions", None)
            resource.get("Properties", {}).pop("ParallelizationFactor", None)

    found = violations(templates)

    assert sum("a crowd in its queue" in problem for problem in found) >= 38
    assert sum("somebody waits for it" in problem for problem in found) >= 15
    assert sum("nobody decided" in problem for problem in found) >= 8
    assert all(re.search("a crowd|waits for it|nobody decided", one) for one in found)


def test_no_crowd_takes_what_somebody_waits_for(prod: Synthesised) -> None:
    """In prod: reserved and by ceilings, together 100 below what an account has."""
    reserved = [p.get("ReservedConcurrentExecutions", 0) for _, p in prod.of_type("AWS::Lambda::Function")]
    mappings = [p.get("ScalingConfig", {}) for _, p in prod.of_type("AWS::Lambda::EventSourceMapping")]
    ceilings = [one["MaximumConcurrency"] for one in mappings if one]

    print(f"{sum(map(bool, reserved))} functions keep {sum(reserved)}, {len(ceilings)} queues may take {sum(ceilings)}")
    assert sum(reserved) + sum(ceilings) <= 900


def test_a_function_is_weighed_with_its_layers(local: Synthesised) -> None:
    layers = [p["Content"]["S3Key"] for _, p in local.of_type("AWS::Lambda::LayerVersion", stack="stadion-inventory")]
    heavy = dict.fromkeys(layers, 120 * 2**20)

    found = violations({"stadion-inventory": local.templates["stadion-inventory"]}, heavy)

    assert len(found) == 4
    assert all("240 MB with its layers, more than 225" in problem for problem in found)


def test_an_asset_is_weighed_as_lambda_unpacks_it(tmp_path: Path) -> None:
    (tmp_path / "asset.folder" / "inside").mkdir(parents=True)
    (tmp_path / "asset.folder" / "inside" / "code.py").write_bytes(b"x" * 100)
    with zipfile.ZipFile(tmp_path / "asset.zipped.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("data", b"0" * 100_000)

    assert unzipped(tmp_path) == {"folder.zip": 100, "zipped.zip": 100_000}


LENT_TO_ALL = {"PlatformKeyArn", "PlatformPseudonymsSecretArn", "PlatformApiId"}
LENT = {"stadion-accounts": {"PlatformUserPoolId", "PlatformClientSecretArn"}}


def test_a_function_reaches_its_own_services_things_only(local: Synthesised) -> None:
    """Resources of the own stack, or what the platform lends: how athletes stand, its key, the users."""
    for name, properties in local.of_type("AWS::IAM::Policy"):
        stack = name.split("/")[0]
        own = local.templates[stack]["Resources"].keys()
        for statement in properties["PolicyDocument"]["Statement"]:
            assert _references(statement["Resource"]) <= own | LENT_TO_ALL | LENT.get(stack, set()), name


def test_only_the_relay_publishes_and_nobody_scans_but_what_walks_over_all_workouts(local: Synthesised) -> None:
    for name, properties in local.of_type("AWS::IAM::Policy"):
        actions = str([s["Action"] for s in properties["PolicyDocument"]["Statement"]])
        assert ("dynamodb:Scan" in actions) == ("workoutsremeasurechooseworkouts" in name)
        assert ("events:PutEvents" in actions) == ("platformonoutbox" in name)


def _references(value: Any) -> set[str]:
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return set() if name.startswith("AWS::") else {name}
        case dict():
            return {r for v in value.values() for r in _references(v)}
        case list():
            return {r for v in value for r in _references(v)}
    return set()


def test_cloudformation_and_nag_accept_production_from_the_command_line(opened: Synthesised) -> None:
    assert opened.refused == ""
    assert "stadion-platform" in opened.templates
    assert violations(opened.templates) == []
