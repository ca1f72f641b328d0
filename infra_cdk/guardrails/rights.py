"""Who is allowed what."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra_cdk.guardrails.templates import Resources, Templates, as_list, of_type, place_of, resources_of, target_of

WITHOUT_RESOURCES = frozenset(
    {
        "timestream:DescribeEndpoints",
        "sns:Publish",
        *(f"logs:{verb}LogDelivery" for verb in ("Create", "Get", "Update", "Delete")),
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
    }
)
"""Actions that cannot be allowed on less than everything: a phone number has no ARN."""


WITH_A_KEY = frozenset(
    f"dynamodb:{verb}"
    for verb in (
        "GetItem",
        "BatchGetItem",
        "Query",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "ConditionCheckItem",
    )
)
"""Actions of DynamoDB that always name a partition."""


def statements(resources: Resources) -> Iterator[str]:
    for name, document in policy_documents(resources):
        for statement in as_list(document["Statement"]):
            if statement.keys() & {"NotAction", "NotResource"}:
                if statement.get("Effect") != "Deny":
                    yield f"{name}: allows all but what it names, which grows by itself"
                continue
            if "*" in as_list(statement["Resource"]) and not WITHOUT_RESOURCES.issuperset(as_list(statement["Action"])):
                yield f"{name}: allows {statement['Action']} on everything"
            if any("*" in action for action in as_list(statement["Action"])):
                yield f"{name}: allows {statement['Action']}, which grows by itself"
            for action in unconditional(statement):
                yield f"{name}: allows {action} whatever its condition says"


def unconditional(statement: Mapping[str, Any]) -> list[str]:
    """`ForAllValues` is true of a request that has no such value at all: one of DynamoDB without a key, a Scan say."""
    by_all = [asked for kind, asked in statement.get("Condition", {}).items() if kind.startswith("ForAllValues:")]
    if statement.get("Effect") == "Deny" or not any("dynamodb:LeadingKeys" in asked for asked in by_all):
        return []
    return [action for action in as_list(statement["Action"]) if action not in WITH_A_KEY]


def policy_documents(resources: Resources) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What anybody is allowed, as a policy or inside a role."""
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        yield from ((name, properties["PolicyDocument"]) for name, properties in of_type(resources, kind))
    for name, properties in of_type(resources, "AWS::IAM::Role"):
        yield from ((name, policy["PolicyDocument"]) for policy in properties.get("Policies", ()))


def lent_roles(templates: Templates) -> Iterator[str]:
    """Policies that several stacks put on the role of another: under one name the last one replaces the others."""
    owners: dict[tuple[str, str], str] = {}
    for stack, template in templates.items():
        for name, properties in of_type(resources_of(template), "AWS::IAM::Policy"):
            for role in properties.get("Roles", ()):
                owner = owners.setdefault((place_of(role, stack, templates), properties["PolicyName"]), stack)
                if owner != stack:
                    yield f"{stack}/{name}: replaces the policy of the same name that {owner} puts on that role"


def actions_by_role(resources: Resources) -> dict[str, set[str]]:
    """What each role of the stack is allowed, by its logical id."""
    found: dict[str, set[str]] = {}
    for _, properties in of_type(resources, "AWS::IAM::Policy"):
        for role in properties.get("Roles", ()):
            allowed = found.setdefault(target_of(role), set())
            for statement in as_list(properties["PolicyDocument"]["Statement"]):
                if statement.get("Effect") == "Allow":
                    allowed |= set(as_list(statement.get("Action", [])))
    return found


def absent_is_forbidden(resources: Resources) -> Iterator[str]:
    """S3 answers 403 for what is not there, to who may not list: our code waits for *NoSuchKey*."""
    for _, properties in of_type(resources, "AWS::IAM::Policy"):
        for role in map(target_of, properties.get("Roles", ())):
            reads, lists = set(), set()
            for statement in as_list(properties["PolicyDocument"]["Statement"]):
                for resource in as_list(statement.get("Resource", [])):
                    if "s3:GetObject" in as_list(statement.get("Action", [])):
                        reads.add(_bucket(resource))
                    if "s3:ListBucket" in as_list(statement.get("Action", [])):
                        lists.add(_bucket(resource))
            for bucket in sorted(reads - lists):
                yield f"{role}: reads objects of {bucket}, and takes an absent one for a forbidden one: s3:ListBucket"


def _bucket(resource: Any) -> str:
    """`arn:…:s3:::name/prefix*` or a join of it: without what stands behind the first slash."""
    match resource:
        case {"Fn::Join": ["", list(parts)]}:
            named: list[str] = []
            for part in parts:
                text = part if isinstance(part, str) else f"<{target_of(part)}>"
                named.append(text.partition("/")[0])
                if "/" in text:
                    break
            return "".join(named)
        case str():
            return resource.partition("/")[0]
    return f"<{target_of(resource)}>"
