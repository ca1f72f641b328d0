"""Alarms: every one is told to the same topic and ends in the line of the runbook that says what to do."""

from enum import StrEnum

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import Alarm, ComparisonOperator, Metric, TreatMissingData
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_sns import ITopic
from constructs import Construct

RUNBOOK = "docs/runbook.md"
METRICS_NAMESPACE = "Stadion"


class Trouble(StrEnum):
    """The kinds of alarm; each is a heading of the runbook."""

    DEAD_LETTERS = "dead-letters"
    OLDEST_MESSAGE = "oldest-message"
    FUNCTION_ERRORS = "function-errors"
    RELAY_FAILURES = "relay-failures"
    RELAY_LAG = "relay-lag"
    STREAM_LAG = "stream-lag"
    API_FAILURES = "api-failures"
    WORKFLOW_FAILURES = "workflow-failures"
    SMS_SPEND = "sms-spend"
    THROTTLED = "throttled"
    CANARY = "canary"
    CHANNEL_MISCONFIGURED = "channel-misconfigured"
    CODES_SENT = "codes-sent"
    CODES_REFUSED = "codes-refused"
    TABLE_THROTTLES = "table-throttles"


def raise_alarm(
    scope: Construct,
    *,
    trouble: Trouble,
    subject: str,
    meaning: str,
    metric: Metric,
    topic: ITopic,
    above: float = 0,
    minutes: int = 1,
) -> Alarm:
    """An alarm `<subject>-<trouble>` when the metric stays above the threshold for so many minutes."""
    alarm = Alarm(
        scope,
        trouble.title().replace("-", ""),
        alarm_name=f"{subject}-{trouble}",
        alarm_description=f"{meaning} {RUNBOOK}#{trouble}",
        metric=metric,
        threshold=above,
        comparison_operator=ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=minutes,
        treat_missing_data=TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(SnsAction(topic))
    return alarm


def function_metric(name: str, metric: str, statistic: str = "Sum") -> Metric:
    return Metric(
        namespace="AWS/Lambda",
        metric_name=metric,
        dimensions_map={"FunctionName": name},
        statistic=statistic,
        period=Duration.minutes(1),
    )


def account_metric(metric: str, statistic: str = "Sum") -> Metric:
    """Of all functions of the account in this region."""
    return Metric(namespace="AWS/Lambda", metric_name=metric, statistic=statistic, period=Duration.minutes(1))


def rest_api_metric(name: str, metric: str, stage: str, statistic: str = "Sum") -> Metric:
    return Metric(
        namespace="AWS/ApiGateway",
        metric_name=metric,
        dimensions_map={"ApiName": name, "Stage": stage},
        statistic=statistic,
        period=Duration.minutes(1),
    )


def table_metric(name: str, metric: str, index: str = "") -> Metric:
    """Of the table without its indexes, or of one index."""
    return Metric(
        namespace="AWS/DynamoDB",
        metric_name=metric,
        dimensions_map={"TableName": name} | ({"GlobalSecondaryIndexName": index} if index else {}),
        statistic="Sum",
        period=Duration.minutes(1),
    )


def own_metric(service: str, metric: str, statistic: str = "Sum", *, minutes: int = 1) -> Metric:
    return Metric(
        namespace=METRICS_NAMESPACE,
        metric_name=metric,
        dimensions_map={"service": service},
        statistic=statistic,
        period=Duration.minutes(minutes),
    )


def watch_channels(scope: Construct, *, service: str, topic: ITopic) -> Alarm:
    """What SES or SNS refuses for a reason that is ours waits, for a day."""
    return raise_alarm(
        scope,
        trouble=Trouble.CHANNEL_MISCONFIGURED,
        subject=f"stadion-{service}",
        meaning=f"SES or SNS refuses what {service} sends, for a reason that is ours to mend.",
        metric=own_metric(service, "ChannelMisconfigured"),
        topic=topic,
    )


def queue_metric(name: str, metric: str) -> Metric:
    return Metric(
        namespace="AWS/SQS",
        metric_name=metric,
        dimensions_map={"QueueName": name},
        statistic="Maximum",
        period=Duration.minutes(1),
    )
