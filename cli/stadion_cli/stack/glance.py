"""What an AWS account says of the product at a glance: `stadion status --aws`."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from stadion_cli.base.outputs import PREFIX
from stadion_cli.base.target import Target

WAITING: Final = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
THREADS: Final = 8
RESTING: Final = ("Enabled",)
LOOK_BACK: Final = timedelta(hours=1)


def look(target: Target) -> dict[str, Any]:
    """Empty lists are good news."""
    who = target.aws.client("sts").get_caller_identity()  # type: ignore[attr-defined]
    limits = target.aws.functions.get_account_settings()["AccountLimit"]
    return {
        "account": {
            "account": who["Account"],
            "as": who["Arn"],
            "region": target.aws.session.region_name,
            "executions": f"{limits['ConcurrentExecutions']} at once, "
            f"{limits['UnreservedConcurrentExecutions']} of them kept by no function",
        },
        "stacks": {name: state for name, state in sorted(target.aws.stack_states().items()) if name.startswith(PREFIX)},
        "alarms": list(_alarms(target)),
        "throttled": throttled(target.aws.client("cloudwatch")),
        "mappings": list(_mappings(target)),
        "queues": _queues(target),
    }


def _alarms(target: Target) -> Iterator[tuple[str, str, str]]:
    """That ring: name, since when, what it means and where the runbook has it."""
    pages = target.aws.client("cloudwatch").get_paginator("describe_alarms")
    for page in pages.paginate(StateValue="ALARM"):
        for alarm in page["MetricAlarms"]:
            if not alarm["AlarmName"].startswith(PREFIX):
                continue
            yield alarm["AlarmName"], f"{alarm['StateUpdatedTimestamp']:%Y-%m-%d %H:%M}", alarm["AlarmDescription"]


def throttled(cloudwatch: Any) -> list[tuple[str, int]]:
    """Functions that had no room in the last hour, and how often, ours or others': the account's alarm names none."""
    now = datetime.now(UTC)
    query = {
        "Id": "refused",
        "Expression": """SEARCH('{AWS/Lambda,FunctionName} MetricName="Throttles"', 'Sum', 300)""",
        "Label": "${PROP('Dim.FunctionName')}",
    }
    answer = cloudwatch.get_metric_data(MetricDataQueries=[query], StartTime=now - LOOK_BACK, EndTime=now)
    found = [(one["Label"], int(sum(one["Values"]))) for one in answer["MetricDataResults"]]
    return sorted((row for row in found if row[1]), key=lambda row: -row[1])


def _mappings(target: Target) -> Iterator[tuple[str, str, str]]:
    """Of queues and streams to functions, that are not enabled: nothing would be heard of them otherwise."""
    for page in target.aws.functions.get_paginator("list_event_source_mappings").paginate():
        for one in page["EventSourceMappings"]:
            function = one["FunctionArn"].partition(":function:")[2]
            if function.startswith(PREFIX) and one["State"] not in RESTING:
                yield function, one["EventSourceArn"].rpartition(":")[2], one["State"]


def _queues(target: Target) -> list[tuple[str, int, int]]:
    """Name, waiting and in work, of those that are not empty; dead letters first, then the deepest."""
    sqs = target.aws.sqs
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=PREFIX)
    urls = [url for page in pages for url in page.get("QueueUrls", [])]

    def depth(url: str) -> tuple[str, int, int]:
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(WAITING))["Attributes"]
        return url.rpartition("/")[2], int(found[WAITING[0]]), int(found[WAITING[1]])

    with ThreadPoolExecutor(THREADS) as pool:
        rows = [row for row in pool.map(depth, urls) if row[1] or row[2]]
    return sorted(rows, key=lambda row: (not row[0].endswith("-dlq"), -row[1], row[0]))
