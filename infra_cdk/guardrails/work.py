"""Functions, what leads to them, and who is told when they fail."""

import re
from collections.abc import Iterator

from infra_cdk.guardrails.templates import Resources, mappings_from, of_type, target_of
from infra_cdk.parts.alarms import RUNBOOK, Trouble

RUNBOOK_LINE = re.compile(rf"{re.escape(RUNBOOK)}#({'|'.join(Trouble)})$")
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
FEWEST_AT_ONCE = 2
"""Which SQS asks of a ceiling."""
WAITED_FOR = re.compile(r"-(api|on-\w+-request|on-socket-(connect|message)|on-tokens)$")
"""Functions for whose answer somebody waits."""


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
