"""What would fail on an account's first day, and passes on a laptop."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from infra_cdk.app import chosen
from infra_cdk.environments import PROD
from infra_cdk.guardrails import violations
from tests.kit.templates import ALARM_MAIL, DOMAIN, Synthesised, in_process, kept, owned

Template = dict[str, Any]
Break = Callable[[Template], object]


def each(template: Template, kind: str) -> list[dict[str, Any]]:
    return [one for one in template["Resources"].values() if one["Type"] == kind]


def kept_whatever_happens(template: Template) -> None:
    each(template, "AWS::DynamoDB::Table")[0]["DeletionPolicy"] = "Retain"


def exported(template: Template) -> None:
    template["Outputs"]["Lent"] = {"Value": "x", "Export": {"Name": "lent"}}


def side_by_side(template: Template) -> None:
    each(template, "AWS::ApiGatewayV2::Route")[3].pop("DependsOn")


def unheard(template: Template) -> None:
    each(template, "AWS::SNS::Subscription")[0]["Properties"]["TopicArn"] = {"Ref": "Another"}


def without_cloudwatch(template: Template) -> None:
    statements = each(template, "AWS::SNS::TopicPolicy")[0]["Properties"]["PolicyDocument"]["Statement"]
    statements[:] = [one for one in statements if one["Effect"] == "Deny"]


def of_two_hands(template: Template) -> None:
    """The deny alone, and a right of another service's."""
    statements = each(template, "AWS::SNS::TopicPolicy")[0]["Properties"]["PolicyDocument"]["Statement"]
    for one in statements:
        if one["Effect"] == "Allow":
            one["Principal"]["Service"] = "events.amazonaws.com"


def children_that_talk(template: Template) -> None:
    for machine in each(template, "AWS::StepFunctions::StateMachine"):
        text = machine["Properties"]["DefinitionString"]
        machine["Properties"]["DefinitionString"] = text.replace('"OutputPath": null', '"Comment": "talks"')


def never_redriven(template: Template) -> None:
    for policy in each(template, "AWS::IAM::Policy"):
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            if "states:RedriveExecution" in statement["Action"]:
                statement["Action"].remove("states:RedriveExecution")


def never_listed(template: Template) -> None:
    for policy in each(template, "AWS::IAM::Policy"):
        statements = policy["Properties"]["PolicyDocument"]["Statement"]
        statements[:] = [one for one in statements if one["Action"] != "s3:ListBucket"]


def nobodys_mail(template: Template) -> None:
    each(template, "AWS::SES::EmailIdentity")[0]["Properties"]["EmailIdentity"] = "stadion.example"


def nobodys_alarms(template: Template) -> None:
    each(template, "AWS::SNS::Subscription")[0]["Properties"]["Endpoint"] = "on-call@example.com"


def told_by_the_template_alone(template: Template) -> None:
    for version in each(template, "AWS::Lambda::Version"):
        version["Properties"].pop("Description", None)


@pytest.mark.parametrize(
    ("stack", "breaks", "complaint"),
    [
        ("accounts", told_by_the_template_alone, "would go on with the old STADION_USER_POOL_ID"),
        ("notifications", told_by_the_template_alone, "would go on with the old STADION_LINKS_SECRET"),
        ("telemetry", told_by_the_template_alone, "would go on with the old STADION_SOCKET_API"),
        ("inventory", kept_whatever_happens, "stays when its first create is rolled back"),
        ("inventory", exported, "frozen while a stack imports it"),
        ("promos", side_by_side, "made side by side"),
        ("platform", unheard, "nobody hears them"),
        ("platform", without_cloudwatch, "CloudWatch may not publish"),
        ("platform", of_two_hands, "CloudWatch may not publish"),
        ("promos", children_that_talk, "gathers the output of each TestSent"),
        ("workouts", children_that_talk, "gathers the output of each Measured"),
        ("promos", never_redriven, "may not redrive"),
        ("telemetry", never_listed, "takes an absent one for a forbidden one"),
        ("notifications", nobodys_mail, "stadion.example belongs to nobody"),
        ("platform", nobodys_alarms, "on-call@example.com belongs to nobody"),
    ],
)
def test_the_rule_bites(prod: Synthesised, stack: str, breaks: Break, complaint: str) -> None:
    templates = copy.deepcopy(dict(prod.templates))
    before = violations(templates)

    breaks(templates[f"stadion-{stack}"])

    assert before == []
    assert [one for one in violations(templates) if complaint in one]


def test_whose_it_is_is_said_beside_the_stage() -> None:
    told = {"STADION_ENV": "prod", "STADION_DOMAIN": DOMAIN, "STADION_ALARM_MAIL": ALARM_MAIL}
    environment = chosen(told)

    assert environment == owned(PROD)
    assert (environment.api_domain, environment.app_origins) == (f"api.{DOMAIN}", (f"https://app.{DOMAIN}",))
    assert chosen({**told, "STADION_ENV": "dev"}).app_origins == ("http://localhost:3000", f"https://app.{DOMAIN}")


def test_a_first_deployment_can_be_undone() -> None:
    first = chosen({"STADION_ENV": "prod", "STADION_FIRST": "1"})
    assert (first.protects, first.mail_verified, first.edge) == (False, False, False)
    assert chosen({"STADION_ENV": "prod"}).protects


@pytest.fixture(scope="module")
def first() -> Synthesised:
    return kept(replace(owned(PROD), first=True, mail_verified=False, edge=False), in_process)


PROTECTED = {
    "AWS::DynamoDB::Table": ("DeletionProtectionEnabled", False),
    "AWS::Cognito::UserPool": ("DeletionProtection", "INACTIVE"),
}


@pytest.mark.parametrize("kind", PROTECTED)
def test_nothing_is_protected_before_it_was_made_once(kind: str, first: Synthesised, prod: Synthesised) -> None:
    name, off = PROTECTED[kind]
    then = {resource: p.get(name, off) for resource, p in first.of_type(kind)}
    later = {resource: p.get(name, off) for resource, p in prod.of_type(kind)}

    assert set(then.values()) == {off}
    assert then.keys() == later.keys()
    assert off not in later.values()


def test_the_records_of_the_mail_domain_are_told(prod: Synthesised) -> None:
    outputs = prod.templates["stadion-notifications"]["Outputs"]
    for number in (1, 2, 3):
        said = json.dumps(outputs[f"MailDkim{number}"]["Value"])
        assert f"DkimDNSTokenName{number}" in said
        assert f"DkimDNSTokenValue{number}" in said


def test_a_new_version_of_what_apps_call_is_tried_on_a_tenth(prod: Synthesised, dev: Synthesised) -> None:
    groups = {p["DeploymentGroupName"]: p for _, p in prod.of_type("AWS::CodeDeploy::DeploymentGroup")}
    alarms = {p["AlarmName"] for _, p in prod.of_type("AWS::CloudWatch::Alarm")}
    updated = {
        stack: [one for one in template["Resources"].values() if "UpdatePolicy" in one]
        for stack, template in prod.templates.items()
    }

    assert not list(dev.of_type("AWS::CodeDeploy::DeploymentGroup"))
    functions = {p["FunctionName"] for _, p in prod.of_type("AWS::Lambda::Function")}
    apps = {one for one in functions if one.endswith("-api") and not one.endswith("-admin-api")}
    assert groups.keys() == apps | {"stadion-partners-on-partner-request", "stadion-promos-checkout-on-partner-request"}
    assert sum(map(len, updated.values())) == len(groups)
    for name, group in groups.items():
        assert "Canary10Percent5Minutes" in json.dumps(group["DeploymentConfigName"])
        assert set(group["AutoRollbackConfiguration"]["Events"]) >= {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"}
        assert len(group["AlarmConfiguration"]["Alarms"]) == 2
        assert {f"{name}-errors-canary", f"{name}-status5xx-canary"} <= alarms


def test_partners_call_the_version_that_is_shifted_for_them(prod: Synthesised, dev: Synthesised) -> None:
    called = {json.dumps(p["Integration"]["Uri"]) for _, p in prod.of_type("AWS::ApiGateway::Method")}
    let = {json.dumps(p["FunctionName"]) for _, p in prod.of_type("AWS::Lambda::Permission", stack="stadion-partners")}

    for name in ("stadion-partners-on-partner-request", "stadion-promos-checkout-on-partner-request"):
        assert [one for one in called if f":function:{name}:live/invocations" in one]
        assert [one for one in let if f':function:{name}:live"' in one]
    assert len(called) == 2
    assert ":live" not in json.dumps([p["Integration"] for _, p in dev.of_type("AWS::ApiGateway::Method")])


def test_a_mend_goes_to_everybody_at_once_and_nobody_calls_another_address_for_it(prod: Synthesised) -> None:
    """CodeDeploy stops a deployment whose alarm rings already: what mends a service that answers 5xx would never go."""
    mending = kept(owned(chosen({"STADION_ENV": "prod", "STADION_CANARY": "0"})), in_process)

    def addresses(made: Synthesised) -> list[str]:
        kinds = ("AWS::ApiGatewayV2::Integration", "AWS::ApiGateway::Method")
        return sorted(json.dumps(p) for kind in kinds for _, p in made.of_type(kind))

    assert not list(mending.of_type("AWS::CodeDeploy::DeploymentGroup"))
    assert "UpdatePolicy" not in mending.text()
    assert len(list(mending.of_type("AWS::Lambda::Alias"))) == len(list(prod.of_type("AWS::Lambda::Alias")))
    assert addresses(mending) == addresses(prod)
