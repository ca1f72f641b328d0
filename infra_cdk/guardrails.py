"""Rules of ours over the finished templates; any violation fails the synth, on the laptop too.

cdk-nag checks the general practices; these check the habits of this house, which no general pack knows.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra_cdk.parts.alarms import RUNBOOK, Trouble

Resources = Mapping[str, Mapping[str, Any]]
RUNBOOK_LINE = re.compile(rf"{re.escape(RUNBOOK)}#({'|'.join(Trouble)})$")
PARAMETER = re.compile(r"\{\w+\}")
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")

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

MAX_ROUTES = 270
"""Of one HTTP API: the quota is 300, and a raise takes days."""
MAX_RESOURCES = 450
"""Of one stack: CloudFormation takes 500."""
MAX_POLICY = 9_000
"""Characters of all that a role is allowed inline: IAM takes 10 240."""
MAX_UNZIPPED = 225 * 2**20
"""Bytes of a function and its layers: Lambda takes 250 MB."""
MAX_VARIABLES = 3_600
"""Characters of a function's variables, names and values: Lambda takes 4 096 bytes."""
MAX_RESERVED = 900
"""Executions at once that functions keep for themselves, and those that queues may take: an account has 1 000, and 100
must stay free, for workflows and streams."""
FEWEST_AT_ONCE = 2
"""Which SQS asks of a ceiling."""
WAITED_FOR = re.compile(r"-(api|on-\w+-request|on-socket-(connect|message)|on-tokens)$")
"""Functions for whose answer somebody waits."""


def violations(templates: Mapping[str, Mapping[str, Any]], sizes: Mapping[str, int] | None = None) -> list[str]:
    """What is wrong in the templates (by stack name), one line each; `sizes`: bytes of each asset, unzipped."""
    checks = (
        functions,
        last_stops,
        queue_mappings,
        stream_mappings,
        event_rules,
        statements,
        permissions,
        definitions,
        alarms,
        resource_count,
        policy_sizes,
        variables,
    )
    within = [
        f"{stack}/{problem}"
        for stack, template in templates.items()
        for check in checks
        for problem in check(template.get("Resources", {}))
    ]
    everything = [template.get("Resources", {}) for template in templates.values()]
    return [
        *within,
        *lent_roles(templates),
        *route_count(everything),
        *route_owners(templates),
        *reserved_executions(everything),
        *executions_at_once(everything),
        *unzipped_sizes(everything, sizes or {}),
    ]


def route_count(stacks: Iterable[Resources]) -> Iterator[str]:
    counts = Counter(str(p["ApiId"]) for stack in stacks for _, p in of_type(stack, "AWS::ApiGatewayV2::Route"))
    for api, count in counts.items():
        if count > MAX_ROUTES:
            yield f"an API has {count} routes, more than {MAX_ROUTES}: {api}"


def route_owners(templates: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """API Gateway takes a route once, whatever its parameters are called: the second stack would not deploy."""
    owners: dict[tuple[str, str], str] = {}
    for stack, template in templates.items():
        for name, properties in of_type(template.get("Resources", {}), "AWS::ApiGatewayV2::Route"):
            route = PARAMETER.sub("{}", properties["RouteKey"])
            api = properties["ApiId"]
            place = json.dumps(api) if "Fn::ImportValue" in api or isinstance(api, str) else f"{stack}:{api}"
            owner = owners.setdefault((place, route), f"{stack}/{name}")
            if owner != f"{stack}/{name}":
                yield f"{stack}/{name}: {properties['RouteKey']} is a route of {owner}"


def reserved_executions(stacks: Iterable[Resources]) -> Iterator[str]:
    reserved = sum(
        p.get("ReservedConcurrentExecutions", 0) for stack in stacks for _, p in of_type(stack, "AWS::Lambda::Function")
    )
    if reserved > MAX_RESERVED:
        yield f"functions keep {reserved} executions for themselves, more than {MAX_RESERVED}"


def executions_at_once(stacks: Iterable[Resources]) -> Iterator[str]:
    """Reserved and by ceilings: then no crowd in any queue takes what somebody waits for, nor the rest of others."""
    stacks = list(stacks)
    reserved = sum(
        p.get("ReservedConcurrentExecutions", 0) for stack in stacks for _, p in of_type(stack, "AWS::Lambda::Function")
    )
    ceilings = sum(
        p.get("ScalingConfig", {}).get("MaximumConcurrency", 0)
        for stack in stacks
        for _, p in of_type(stack, "AWS::Lambda::EventSourceMapping")
    )
    if reserved + ceilings > MAX_RESERVED:
        yield f"functions keep {reserved} executions and queues may take {ceilings}, together more than {MAX_RESERVED}"


def unzipped_sizes(stacks: Iterable[Resources], sizes: Mapping[str, int]) -> Iterator[str]:
    for stack in stacks:
        layers = {name: p["Content"]["S3Key"] for name, p in of_type(stack, "AWS::Lambda::LayerVersion")}
        for name, p in of_type(stack, "AWS::Lambda::Function"):
            assets = [p["Code"]["S3Key"], *(layers.get(target_of(layer), "") for layer in p.get("Layers", ()))]
            size = sum(sizes.get(asset, 0) for asset in assets)
            if size > MAX_UNZIPPED:
                yield f"{name}: {size / 2**20:.0f} MB with its layers, more than {MAX_UNZIPPED / 2**20:.0f}"


def resource_count(resources: Resources) -> Iterator[str]:
    if len(resources) > MAX_RESOURCES:
        yield f"{len(resources)} resources, more than {MAX_RESOURCES}: a wing becomes a stack"


def policy_sizes(resources: Resources) -> Iterator[str]:
    sizes: Counter[str] = Counter()
    for _, properties in of_type(resources, "AWS::IAM::Policy"):
        for role in properties.get("Roles", ()):
            sizes[str(role)] += _length(properties)
    for name, properties in of_type(resources, "AWS::IAM::Role"):
        sizes[str({"Ref": name})] += sum(map(_length, properties.get("Policies", ())))
    for role, size in sizes.items():
        if size > MAX_POLICY:
            yield f"{role}: {size} characters of rights, more than {MAX_POLICY}"


def _length(policy: Mapping[str, Any]) -> int:
    return len(json.dumps(policy["PolicyDocument"], separators=(",", ":")))


def variables(resources: Resources) -> Iterator[str]:
    for name, properties in of_type(resources, "AWS::Lambda::Function"):
        known = properties.get("Environment", {}).get("Variables", {})
        size = sum(len(one if isinstance(one, str) else json.dumps(one)) for pair in known.items() for one in pair)
        if size > MAX_VARIABLES:
            yield f"{name}: {size} characters of variables, more than {MAX_VARIABLES}"


def lent_roles(templates: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Policies that several stacks put on the role of another: under one name the last one replaces the others."""
    owners: dict[tuple[str, str], str] = {}
    for stack, template in templates.items():
        for name, properties in of_type(template.get("Resources", {}), "AWS::IAM::Policy"):
            for role in properties.get("Roles", ()):
                key = (str(role), properties["PolicyName"])
                if "Fn::ImportValue" in role and owners.setdefault(key, stack) != stack:
                    yield f"{stack}/{name}: replaces the policy of the same name that {owners[key]} puts on that role"


def functions(resources: Resources) -> Iterator[str]:
    for name, properties in of_type(resources, "AWS::Lambda::Function"):
        group = resources.get(target_of(properties.get("LoggingConfig", {}).get("LogGroup")), {})
        if not group.get("Properties", {}).get("RetentionInDays"):
            yield f"{name}: its logs are kept forever"
        if WAITED_FOR.search(properties["FunctionName"]) and not properties.get("ReservedConcurrentExecutions"):
            yield f"{name}: somebody waits for it, and it keeps no executions for itself"


def last_stops(resources: Resources) -> Iterator[str]:
    """Queues that nothing leads out of: what ends there must be heard of."""
    watched = {
        dimension["Value"]
        for _, properties in of_type(resources, "AWS::CloudWatch::Alarm")
        if properties.get("MetricName") == "ApproximateNumberOfMessagesVisible"
        for dimension in properties["Dimensions"]
    }
    for name, properties in of_type(resources, "AWS::SQS::Queue"):
        if "RedrivePolicy" not in properties and properties["QueueName"] not in watched:
            yield f"{name}: nobody is told when a message dies"


def queue_mappings(resources: Resources) -> Iterator[str]:
    for name, properties in mappings_from(resources, "AWS::SQS::Queue"):
        queue = resources[target_of(properties["EventSourceArn"])]["Properties"]
        function = resources[target_of(properties["FunctionName"])]["Properties"]
        if "RedrivePolicy" not in queue:
            yield f"{name}: what cannot be handled has nowhere to go"
        if properties.get("ScalingConfig", {}).get("MaximumConcurrency", 0) < FEWEST_AT_ONCE:
            yield f"{name}: a crowd in its queue takes the executions of all"
        if "ReportBatchItemFailures" not in properties.get("FunctionResponseTypes", []):
            yield f"{name}: one bad message fails its whole batch"
        if queue.get("VisibilityTimeout", 30) < 6 * function["Timeout"]:
            yield f"{name}: messages come back while the function still works on them"


def stream_mappings(resources: Resources) -> Iterator[str]:
    for name, properties in mappings_from(resources, "AWS::DynamoDB::Table"):
        if not properties.get("DestinationConfig", {}).get("OnFailure"):
            yield f"{name}: records that fail are lost"
        if properties.get("MaximumRetryAttempts", -1) < 0 or not properties.get("BisectBatchOnFunctionError"):
            yield f"{name}: one bad record stops the stream"
        if "ParallelizationFactor" not in properties:
            yield f"{name}: how many batches of a shard at once nobody decided"


def event_rules(resources: Resources) -> Iterator[str]:
    for name, properties in of_type(resources, "AWS::Events::Rule"):
        for target in properties["Targets"]:
            if not target.get("DeadLetterConfig") or not target.get("RetryPolicy"):
                yield f"{name}: an event that is not delivered is lost"


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


def permissions(resources: Resources) -> Iterator[str]:
    """A permission for a function of the same stack, named and not referred to, may come before it and be refused."""
    own = {properties["FunctionName"]: name for name, properties in of_type(resources, "AWS::Lambda::Function")}
    for name, properties in of_type(resources, "AWS::Lambda::Permission"):
        called = str(properties["FunctionName"])
        missing = [function for function, its_id in own.items() if f":function:{function}'" in called]
        if missing and own[missing[0]] not in as_list(resources[name].get("DependsOn", [])):
            yield f"{name}: may be made before its function {missing[0]}"


def definitions(resources: Resources) -> Iterator[str]:
    """CloudFormation leaves a placeholder without a value as it is: the step would be called `${send_batch}`."""
    for name, properties in of_type(resources, "AWS::StepFunctions::StateMachine"):
        named = set(PLACEHOLDER.findall(str(properties.get("DefinitionString", ""))))
        given = set(properties.get("DefinitionSubstitutions", {}))
        yield from (f"{name}: nothing is given for ${{{one}}}" for one in sorted(named - given))
        yield from (f"{name}: ${{{one}}} is given, and named nowhere" for one in sorted(given - named))


def alarms(resources: Resources) -> Iterator[str]:
    for name, properties in of_type(resources, "AWS::CloudWatch::Alarm"):
        if not RUNBOOK_LINE.search(properties.get("AlarmDescription", "")):
            yield f"{name}: does not say what to do"
        if not properties.get("AlarmActions"):
            yield f"{name}: tells nobody"


def of_type(resources: Resources, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, resource in resources.items():
        if resource["Type"] == kind:
            yield name, resource.get("Properties", {})


def mappings_from(resources: Resources, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, properties in of_type(resources, "AWS::Lambda::EventSourceMapping"):
        if resources.get(target_of(properties["EventSourceArn"]), {}).get("Type") == kind:
            yield name, properties


def target_of(value: object) -> str:
    """The logical id that `{Ref: id}` or `{Fn::GetAtt: [id, attribute]}` points to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
    return ""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
