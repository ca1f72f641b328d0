"""One name everywhere, and the same stacks on the laptop as on AWS."""

import json
import re
from ast import literal_eval
from collections import Counter
from dataclasses import replace
from importlib import import_module
from typing import Any, get_args

import pytest

from infra_cdk.environments import DEV, LOCAL, PROD, ROOT, Phone
from infra_cdk.parts.api import ACCESS_TOKEN_SCOPE
from infra_cdk.parts.entry_points import FORMER, PATTERNS, entry_points
from notifications.devices.domain import PushPlatform
from tests.kit.templates import Synthesised

PUBLIC = {
    "GET /docs",
    "GET /docs/{proxy+}",
    "GET /v1/health",
    "GET /v1/app/config",
    "GET /v1/words",
    "$default",
    "POST /v1/auth/register",
    "POST /v1/auth/confirm",
    "POST /v1/auth/resend",
    "POST /v1/auth/sign-in",
    "POST /v1/auth/refresh",
    "POST /v1/auth/sign-out",
    "POST /v1/auth/forgot-password",
    "POST /v1/auth/reset-password",
    "GET /v1/live/shared/{share_token}",
    "GET /v1/unsubscribe",
    "POST /v1/unsubscribe",
}
SOCKET_ROUTES = {"$connect": "CUSTOM", "$disconnect": "NONE", "$default": "NONE"}
MAY_DIFFER = {
    *("Runtime", "Architectures", "SnapStart", "Layers", "Code", "Environment"),
    "LoggingConfig",  # lines of the platform
    "ReservedConcurrentExecutions",  # processes of the laptop are slower to come
}
ONLY_ON_AWS = {
    "AWS::Lambda::Version",
    "AWS::Lambda::Alias",
    *("AWS::Budgets::Budget", "AWS::CE::AnomalyMonitor", "AWS::CE::AnomalySubscription"),
    "AWS::ApiGateway::Account",  # with its role: how a WebSocket or REST API may write its access log
    "AWS::IAM::Role",
    "AWS::Logs::LogGroup",
    "AWS::SSM::Parameter",  # of the edge's secret
    *("AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup", "AWS::CloudWatch::Alarm"),  # of canaries
    *("AWS::CertificateManager::Certificate", "AWS::WAFv2::WebACL", "AWS::SecretsManager::Secret"),  # of the edge
    *(f"AWS::CloudFront::{kind}" for kind in ("CachePolicy", "Distribution", "Function")),
    *(f"AWS::CloudFront::{kind}Policy" for kind in ("OriginRequest", "ResponseHeaders")),
}


def test_every_entry_point_is_a_function_and_every_function_an_entry_point(local: Synthesised) -> None:
    deployed = {p["FunctionName"]: p["Handler"] for _, p in local.of_type("AWS::Lambda::Function")}
    written = {one.name: one for one in entry_points(LOCAL.functions)}

    undeclared = sorted(f"{one.path}: {one.attribute}" for name, one in written.items() if name not in deployed)
    assert undeclared == [], (
        "no stack declares them: self.consume, every, work, workflow … in infra_cdk/stacks/<service>.py. In tasks.py "
        "every public lower-case name that a call makes is taken for a step: _name or NAME is none"
    )
    assert deployed == {name: one.handler for name, one in written.items()}


def test_every_file_with_the_name_of_an_entry_point_has_one() -> None:
    files = {path.relative_to(LOCAL.functions).as_posix() for one in PATTERNS for path in LOCAL.functions.rglob(one)}

    empty = files - {one.path for one in entry_points(LOCAL.functions)}
    assert empty == set(), "no handler found: write handler = Consumer() or the like at the top level"


def test_nothing_is_declared_that_nobody_wrote(local: Synthesised) -> None:
    assert local.missing == []


def test_a_function_bears_one_name_in_its_logs_queue_rule_and_alarms(local: Synthesised) -> None:
    names = {p["FunctionName"] for _, p in local.of_type("AWS::Lambda::Function")}
    groups = {p["LogGroupName"] for _, p in local.of_type("AWS::Logs::LogGroup")}
    groups = {name for name in groups if name.startswith("/aws/lambda/")}
    rules = {p["Name"] for _, p in local.of_type("AWS::Events::Rule")}
    queues = {p["QueueName"] for _, p in local.of_type("AWS::SQS::Queue")} - {"stadion-relay-failures"}
    assert groups == {f"/aws/lambda/{name}" for name in names}
    assert rules <= names
    assert {name.removesuffix("-dlq") for name in queues} <= names


def test_the_laptop_and_aws_have_the_same_resources_except_where_the_environment_says(
    local: Synthesised, prod: Synthesised
) -> None:
    former = tuple(name.replace("-", "") for names in FORMER.values() for name in names)

    def kinds(synthesised: Synthesised) -> Counter[str]:
        return Counter(
            resource["Type"]
            for template in synthesised.templates.values()
            for name, resource in template["Resources"].items()
            if not name.startswith(former)
        )

    only_on_aws = kinds(prod) - kinds(local)
    assert kinds(local) - kinds(prod) == Counter()
    assert set(only_on_aws) == ONLY_ON_AWS
    assert only_on_aws["AWS::Logs::LogGroup"] == 3  # the access logs of the HTTP, the WebSocket and the REST API
    shifted = {stack for name, _ in prod.of_type("AWS::CodeDeploy::DeploymentGroup") for stack in [name.split("/")[0]]}
    assert only_on_aws["AWS::IAM::Role"] == 1 + len(shifted)
    assert len(shifted) >= 9


def test_functions_differ_only_in_runtime_processor_and_snapshots(local: Synthesised, prod: Synthesised) -> None:
    on_aws = {p["FunctionName"]: p for _, p in prod.of_type("AWS::Lambda::Function")}
    for _, properties in local.of_type("AWS::Lambda::Function"):
        twin = on_aws[properties["FunctionName"]]
        assert {k: v for k, v in properties.items() if k not in MAY_DIFFER} == {
            k: v for k, v in twin.items() if k not in MAY_DIFFER
        }
        assert twin["Architectures"] == ["arm64"]
        known = twin["Environment"]["Variables"].keys() - {"STADION_EDGE_SECRET"}  # the laptop has no edge
        assert properties["Environment"]["Variables"].keys() == known


def test_snapshots_are_for_functions_that_people_wait_for_on_aws(prod: Synthesised) -> None:
    snapped = {p["FunctionName"] for _, p in prod.of_type("AWS::Lambda::Function") if "SnapStart" in p}
    assert snapped == {e.name for e in entry_points(PROD.functions) if e.starts_from_snapshot}
    for name, integration in prod.of_type("AWS::ApiGatewayV2::Integration"):
        if "AdminIntegration" in name:
            continue  # who signs a command waits a second longer
        target = json.dumps(integration["IntegrationUri"])
        if "stadion-platform/" in name and "accounts" not in target:
            continue  # documents, health and what is not there
        assert "Alias" in target or target.endswith(':function:stadion-accounts-api:live"]]}'), target


def test_a_route_needs_an_access_token_unless_it_is_listed_here(local: Synthesised) -> None:
    sockets = {name for name, api in local.of_type("AWS::ApiGatewayV2::Api") if api["ProtocolType"] == "WEBSOCKET"}
    for name, route in local.of_type("AWS::ApiGatewayV2::Route"):
        if f"{name.split('/')[0]}/{route['ApiId'].get('Ref')}" in sockets:
            assert route["AuthorizationType"] == SOCKET_ROUTES[route["RouteKey"]]
        elif route["RouteKey"] in PUBLIC:
            assert route["AuthorizationType"] == "NONE"
        elif "/v1/admin/" in route["RouteKey"]:
            assert route["AuthorizationType"] == "AWS_IAM"
        else:
            assert route["AuthorizationType"] == "JWT", route["RouteKey"]
            assert route["AuthorizationScopes"] == [ACCESS_TOKEN_SCOPE]


def test_each_route_of_signing_in_is_throttled_by_a_stage_that_waits_for_it(local: Synthesised) -> None:
    """API Gateway refuses a stage that says anything of a route that is not there."""
    [(name, stage)] = [one for one in local.of_type("AWS::ApiGatewayV2::Stage") if one[1]["StageName"] == "$default"]
    platform = local.templates["stadion-platform"]["Resources"]
    waits_for = [platform[other]["Properties"].get("RouteKey") for other in platform[name.split("/")[1]]["DependsOn"]]

    public = {key for key in PUBLIC if "/v1/auth/" in key}
    assert public == set(stage["RouteSettings"]) == set(waits_for)
    assert sum(settings["ThrottlingRateLimit"] for settings in stage["RouteSettings"].values()) < 200


def test_cognito_answers_nobody_without_a_right_or_the_secret_of_its_client(prod: Synthesised) -> None:
    [(_, pool)] = prod.of_type("AWS::Cognito::UserPool")
    [(_, client)] = prod.of_type("AWS::Cognito::UserPoolClient")

    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["AccountRecoverySetting"]["RecoveryMechanisms"] == [{"Name": "admin_only", "Priority": 1}]
    assert pool["EmailConfiguration"]["EmailSendingAccount"] == "DEVELOPER"
    assert client["GenerateSecret"] is True
    assert client["ExplicitAuthFlows"] == ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    assert (client["AccessTokenValidity"], client["TokenValidityUnits"]["AccessToken"]) == (15, "minutes")
    assert client["WriteAttributes"] == ["locale"]


def test_preflights_are_left_to_api_gateway(local: Synthesised) -> None:
    keys = [route["RouteKey"] for _, route in local.of_type("AWS::ApiGatewayV2::Route")]
    assert not [key for key in keys if key.startswith(("ANY", "OPTIONS"))]


def test_a_service_ships_its_own_code_only(local: Synthesised) -> None:
    code: dict[str, set[str]] = {}
    for name, properties in local.of_type("AWS::Lambda::Function"):
        code.setdefault(name.split("/")[0], set()).add(properties["Code"]["S3Key"])
    assert all(len(keys) == 1 for keys in code.values())
    assert len({key for keys in code.values() for key in keys}) == len(code)


def test_a_rule_delivers_exactly_what_its_function_subscribes_to(local: Synthesised) -> None:
    """The stack reads the source, the function what was made of it."""
    modules = {one.name: one.handler.rpartition(".")[0] for one in entry_points(LOCAL.functions)}
    rules = [rule for _, rule in local.of_type("AWS::Events::Rule") if "ScheduleExpression" not in rule]
    assert len(rules) > 15

    for rule in rules:
        events = import_module(modules[rule["Name"]].replace("/", ".")).handler.events
        sources = {event.source for event in events}
        assert rule["EventPattern"]["detail-type"] == [event.detail_type() for event in events], rule["Name"]
        assert rule["EventPattern"]["source"] == ([{"prefix": "stadion."}] if None in sources else sorted(sources))


def test_tables_stream_new_outbox_items_to_the_relay(local: Synthesised) -> None:
    tables = [
        (name, table)
        for name, table in local.of_type("AWS::DynamoDB::Table")
        if not re.search("/(Standing|Audit)", name)
    ]
    streams = [p for _, p in local.of_type("AWS::Lambda::EventSourceMapping") if "StartingPosition" in p]
    assert all("Filters" in feed["FilterCriteria"] for feed in streams)
    feeds = [feed for feed in streams if "OUTBOX#" in feed["FilterCriteria"]["Filters"][0]["Pattern"]]
    assert len(feeds) == len(tables)
    for _, table in tables:
        assert table["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
        assert table["SSESpecification"]["SSEType"] == "KMS"
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_production_keeps_its_data_when_a_stack_is_deleted(prod: Synthesised) -> None:
    kept = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Cognito::UserPool"}
    for template in prod.templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] in kept:
                assert resource["DeletionPolicy"] == "RetainExceptOnCreate"


def test_no_template_knows_an_account(local: Synthesised, dev: Synthesised, prod: Synthesised) -> None:
    for synthesised in (local, dev, prod):
        without_hashes = re.sub(r"[0-9a-f]{64}", "", synthesised.text())
        assert not re.search(r"(?<![0-9A-Fa-f])\d{12}(?![0-9A-Fa-f])", without_hashes)


def test_the_environments_are_three() -> None:
    assert [e.name for e in (LOCAL, DEV, PROD)] == ["local", "dev", "prod"]


def test_push_applications_are_named_as_apps_register_their_devices() -> None:
    assert set(get_args(Phone)) == {platform.value for platform in PushPlatform}
    with pytest.raises(ValueError, match="no app registers as APNS"):
        replace(PROD, push_applications=(("APNS", "APNS/stadion-ios"),))  # type: ignore[arg-type]


def test_the_first_day_shows_push_applications_that_an_environment_takes() -> None:
    page = (ROOT / "docs" / "how-to" / "first-day-on-aws.md").read_text(encoding="utf-8")
    shown = re.findall(r"push_applications=(\(\(.*?\)\))`", page)

    assert [dict(replace(PROD, push_applications=literal_eval(one)).push_applications) for one in shown] == [
        {"ios": "APNS/stadion-ios", "android": "GCM/stadion-android"}
    ]
    assert (ROOT / "cdk.json").is_file()


@pytest.mark.parametrize(
    ("sender", "worker"),
    [
        ("api", "on-batches"),
        ("api", "live-audience-on-pushes"),
        ("live-on-socket-message", "live-audience-on-pushes"),
        ("on-workout-events", "metrics-workouts-on-measuring"),
        ("metrics-on-account-events", "metrics-workouts-on-touched-days"),
        ("metrics-workouts-on-touched-days", "metrics-workouts-on-measuring"),
    ],
)
def test_who_leaves_work_in_a_queue_knows_it_and_may_do_no_more_than_send(
    local: Synthesised, sender: str, worker: str
) -> None:
    [function] = [
        p
        for _, p in local.of_type("AWS::Lambda::Function", stack="stadion-telemetry")
        if p["FunctionName"] == f"stadion-telemetry-{sender}"
    ]
    variable = f"STADION_{worker.rpartition('on-')[2].upper().replace('-', '_')}_QUEUE"
    queue = function["Environment"]["Variables"][variable]["Ref"]
    queues = local.templates["stadion-telemetry"]["Resources"]
    assert queues[queue]["Properties"]["QueueName"] == f"stadion-telemetry-{worker}"
    rights = [
        statement["Action"]
        for policy, p in local.of_type("AWS::IAM::Policy", stack="stadion-telemetry")
        for statement in p["PolicyDocument"]["Statement"]
        if f"telemetry{sender.replace('-', '')}Role" in policy
        and {"Fn::GetAtt": [queue, "Arn"]} in _listed(statement["Resource"])
    ]
    assert rights == ["sqs:SendMessage"]


def _listed(resource: Any) -> list[Any]:
    return resource if isinstance(resource, list) else [resource]


def test_only_who_answers_over_the_socket_may_post_to_its_connections(local: Synthesised) -> None:
    allowed = {
        policy.split("/")[1]
        for policy, p in local.of_type("AWS::IAM::Policy")
        for statement in p["PolicyDocument"]["Statement"]
        if statement["Action"] == "execute-api:ManageConnections"
    }
    assert {name.removeprefix("telemetry").partition("Role")[0] for name in allowed} == {
        "api",
        "liveonsocketmessage",
        "livesocketonsessionsended",
        "livesocketonuploads",
        "liveaudienceonpushes",
    }


def test_what_may_be_forgotten_is_looked_for_every_few_minutes(local: Synthesised) -> None:
    rates = {
        p["Name"]: p["ScheduleExpression"] for _, p in local.of_type("AWS::Events::Rule") if "ScheduleExpression" in p
    }
    assert rates == {
        "stadion-gamification-boards-building-end-boards": "rate(1 day)",
        "stadion-gamification-boards-history-settle-periods": "rate(15 minutes)",
        "stadion-notifications-dispatch-send-due": "rate(1 minute)",
        "stadion-promos-checkout-give-back-reservations": "rate(1 minute)",
        "stadion-partners-finish-rotations": "rate(1 hour)",
        "stadion-partners-webhooks-leave-due-webhooks": "rate(1 minute)",
        "stadion-telemetry-live-close-forgotten-sessions": "rate(5 minutes)",
    }


def test_every_method_of_the_partner_api_wants_a_key_and_has_a_function(local: Synthesised) -> None:
    """A function believes the beginning of the key: a method without one would let anybody name themselves."""
    methods = list(local.of_type("AWS::ApiGateway::Method"))
    assert methods
    for name, method in methods:
        assert method["ApiKeyRequired"] is True, name
        assert method["Integration"]["Type"] == "AWS_PROXY"
    [(_, api)] = local.of_type("AWS::ApiGateway::RestApi")
    assert api["BinaryMediaTypes"] == ["*/*"]  # what is signed arrives byte for byte


def test_the_partner_api_routes_what_its_document_says(local: Synthesised) -> None:
    documented = json.loads((ROOT / "contracts" / "partner-api.json").read_text(encoding="utf-8"))["paths"]
    resources = dict(local.of_type("AWS::ApiGateway::Resource", stack="stadion-partners"))

    def path(reference: dict[str, Any]) -> str:
        resource = resources.get(f"stadion-partners/{reference.get('Ref')}")
        return f"{path(resource['ParentId'])}/{resource['PathPart']}" if resource else ""

    routed = {
        (method["HttpMethod"].lower(), path(method["ResourceId"]))
        for _, method in local.of_type("AWS::ApiGateway::Method")
    }
    assert routed == {(verb, where) for where, verbs in documented.items() for verb in verbs}


def test_partners_have_plans_with_a_rate_and_a_quota(local: Synthesised) -> None:
    plans = {p["UsagePlanName"]: p for _, p in local.of_type("AWS::ApiGateway::UsagePlan")}
    assert plans.keys() == {"stadion-standard", "stadion-trial"}
    for plan in plans.values():
        assert plan["Throttle"].keys() == {"RateLimit", "BurstLimit"}
        assert plan["Quota"]["Period"] == "DAY"


def test_only_admins_function_and_its_task_make_and_remove_keys(local: Synthesised) -> None:
    allowed = {
        policy.split("/")[1]
        for policy, p in local.of_type("AWS::IAM::Policy")
        for statement in p["PolicyDocument"]["Statement"]
        if "apigateway:" in str(statement["Action"])
    }
    assert {name.removeprefix("partners").partition("Role")[0] for name in allowed} == {"adminapi", "finishrotations"}


def test_lines_that_say_who_asked_are_kept_for_a_month(prod: Synthesised) -> None:
    kept = {p["LogGroupName"]: p["RetentionInDays"] for _, p in prod.of_type("AWS::Logs::LogGroup")}
    hear = {p["FunctionName"] for _, p in prod.of_type("AWS::Lambda::Function") if "PSEUDONYMS" in str(p)}

    assert len(hear) >= 14
    assert {name for name in hear if kept[f"/aws/lambda/{name}"] != 30} == set()
    assert {name.removeprefix("/aws/lambda/") for name, days in kept.items() if days == 30} == hear
    assert set(kept.values()) == {30, 180}


def test_the_audit_is_kept_for_four_hundred_days_and_nobody_takes_anything_out(local: Synthesised) -> None:
    [(_, table)] = [one for one in local.of_type("AWS::DynamoDB::Table") if "/Audit" in one[0]]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    allowed = {
        action
        for _, p in local.of_type("AWS::IAM::Policy")
        for statement in p["PolicyDocument"]["Statement"]
        if ":table/stadion-audit" in str(statement["Resource"])
        for action in _listed(statement["Action"])
    }
    assert allowed == {"dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"}


MEASURE_RECORDINGS = ("uploads-on-upload", "measuring-on-measuring", "live-on-live-sessions")


@pytest.mark.parametrize("name", MEASURE_RECORDINGS)
def test_whoever_measures_a_recording_can_take_the_largest_and_keeps_no_other_waiting(
    prod: Synthesised, name: str
) -> None:
    """In a batch of ten, one athlete's large one would take the others' time, again and again."""
    functions = dict(prod.of_type("AWS::Lambda::Function", stack="stadion-workouts"))
    [(place, made)] = [one for one in functions.items() if one[1]["FunctionName"] == f"stadion-workouts-{name}"]
    assert (made["Timeout"], made["MemorySize"]) == (120, 2048)
    batches = [
        one["BatchSize"]
        for _, one in prod.of_type("AWS::Lambda::EventSourceMapping", stack="stadion-workouts")
        if one["FunctionName"] == {"Ref": place.partition("/")[2]}
    ]
    assert batches == [1]
