"""What an account refuses or drops on its first day (and a laptop does not)."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from infra_cdk.guardrails.rights import actions_by_role
from infra_cdk.guardrails.templates import Resources, Templates, as_list, of_type, resources_of, target_of

NOBODYS = re.compile(r"(^|[@./])[\w-]+\.example$|(^|[@./])example\.(com|net|org)$")
"""Names that RFC 2606 keeps from everybody."""
ADDRESSES = {
    "AWS::SES::EmailIdentity": "EmailIdentity",
    "AWS::SNS::Subscription": "Endpoint",
    "AWS::CertificateManager::Certificate": "DomainName",
    "AWS::ApiGatewayV2::Api": "CorsConfiguration",
    "AWS::S3::Bucket": "CorsConfiguration",
    "AWS::CloudFront::Distribution": "DistributionConfig",
}
"""Where a domain or an address has to be somebody's."""
CHOSEN_BY_AWS = frozenset(
    {"AWS::ApiGatewayV2::Api", "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::SecretsManager::Secret"}
)
"""What AWS gives another id, or another ending of its ARN, whenever it is made."""


def permissions(resources: Resources) -> Iterator[str]:
    """A permission for a function of the same stack, named and not referred to, may come before it and be refused."""
    own = {properties["FunctionName"]: name for name, properties in of_type(resources, "AWS::Lambda::Function")}
    for name, properties in of_type(resources, "AWS::Lambda::Permission"):
        called = str(properties["FunctionName"])
        missing = [function for function, its_id in own.items() if f":function:{function}'" in called]
        if missing and own[missing[0]] not in as_list(resources[name].get("DependsOn", [])):
            yield f"{name}: may be made before its function {missing[0]}"


def stale_versions(resources: Resources, parameters: Collection[str]) -> Iterator[str]:
    """A version keeps the variables that it was published with. Another value of an id that AWS chose is no other
    template: only a description that says the id makes another version (aws/aws-cdk#25997)."""
    functions = dict(of_type(resources, "AWS::Lambda::Function"))
    for name, properties in of_type(resources, "AWS::Lambda::Version"):
        function = functions.get(target_of(properties["FunctionName"]), {})
        said = json.dumps(properties.get("Description", ""))
        for variable, value in function.get("Environment", {}).get("Variables", {}).items():
            told = target_of(value)
            chosen = told in parameters or resources.get(told, {}).get("Type") in CHOSEN_BY_AWS
            if chosen and json.dumps(value) not in said:
                yield f"{name}: would go on with the old {variable} when it is another"


def kept_after_a_failure(resources: Resources) -> Iterator[str]:
    """A first create that fails leaves it behind, and under its name the next one is refused."""
    for name, resource in resources.items():
        if resource.get("DeletionPolicy") == "Retain":
            yield f"{name}: stays when its first create is rolled back: RETAIN_ON_UPDATE_OR_DELETE"


def exports(templates: Templates) -> Iterator[str]:
    """What one stack exports and another imports can be changed by neither."""
    for stack, template in templates.items():
        for name, output in template.get("Outputs", {}).items():
            if "Export" in output:
                yield f"{stack}/{name}: is exported, and frozen while a stack imports it: tell it (known_platform)"


def unheard_topics(templates: Templates) -> Iterator[str]:
    """SNS's own policy lets the account publish; one of ours replaces it, and then CloudWatch has to be named."""
    rung = {
        _name_of(action, resources_of(template))
        for template in templates.values()
        for _, alarm in of_type(resources_of(template), "AWS::CloudWatch::Alarm")
        for action in alarm.get("AlarmActions", ())
    }
    for stack, template in templates.items():
        resources = resources_of(template)
        for name, topic in of_type(resources, "AWS::SNS::Topic"):
            if topic.get("TopicName") not in rung:
                continue
            if not any(name == target_of(p["TopicArn"]) for _, p in of_type(resources, "AWS::SNS::Subscription")):
                yield f"{stack}/{name}: alarms ring there, and nobody hears them"
            if not _lets_ring(name, resources):
                yield f"{stack}/{name}: alarms ring there, and CloudWatch may not publish to it"


def _name_of(action: object, resources: Resources) -> str:
    topic = resources.get(target_of(action), {}).get("Properties", {})
    if "TopicName" in topic:
        return str(topic["TopicName"])
    match action:
        case {"Fn::Join": [_, [*_, str(end)]]} | str(end):
            return end.rpartition(":")[2]
    return ""


def _lets_ring(topic: str, resources: Resources) -> bool:
    policies = [p for _, p in of_type(resources, "AWS::SNS::TopicPolicy") if topic in map(target_of, p["Topics"])]
    said = [one for policy in policies for one in as_list(policy["PolicyDocument"]["Statement"])]
    rings = [
        one
        for one in said
        if one["Effect"] == "Allow"
        and "cloudwatch.amazonaws.com" in as_list(one.get("Principal", {}).get("Service", []))
        and "sns:Publish" in as_list(one["Action"])
    ]
    return bool(rings) or not policies


def ends_of_maps(resources: Resources) -> Iterator[str]:
    """A distributed map returns what its children do; above 256 KiB it fails, `ResultPath: null` or not."""
    for name, machine in of_type(resources, "AWS::StepFunctions::StateMachine"):
        for where, state in _distributed(_definition(machine).get("States", {})):
            if "ResultWriter" in state:
                continue
            for end, one in state["ItemProcessor"]["States"].items():
                if (one["Type"] == "Succeed" or one.get("End")) and one.get("OutputPath", "$") is not None:
                    yield f'{name}: {where} gathers the output of each {end}, 256 KiB at most: "OutputPath": null'


def redrives_of_maps(resources: Resources) -> Iterator[str]:
    """Without it an execution that failed cannot go on from where it was."""
    allowed = actions_by_role(resources)
    for name, machine in of_type(resources, "AWS::StepFunctions::StateMachine"):
        maps = list(_distributed(_definition(machine).get("States", {})))
        if maps and "states:RedriveExecution" not in allowed.get(target_of(machine.get("RoleArn")), set()):
            yield f"{name}: its role may not redrive the children of {maps[0][0]}"


def _definition(machine: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(machine.get("DefinitionString", "{}"))
    return found


def _distributed(states: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, state in states.items():
        inner = state.get("ItemProcessor", {})
        if inner.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
            yield name, state
        yield from _distributed(inner.get("States", {}))
        for branch in state.get("Branches", ()):
            yield from _distributed(branch["States"])


def placeholders(resources: Resources) -> Iterator[str]:
    """Nobody can prove that a domain of the documents is theirs."""
    for kind, where in ADDRESSES.items():
        for name, properties in of_type(resources, kind):
            for text in _texts(properties.get(where)):
                if NOBODYS.search(text):
                    yield f"{name}: {text} belongs to nobody: STADION_DOMAIN, STADION_ALARM_MAIL"


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)
