"""25: what is left in queues, what was throttled, what it cost; and that the run left nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from stadion_cli.oncall.queues_store import dead_letter_queues, depth
from stadion_cli.preflight.checks import Finding, failed, judged, passed, skipped, warned
from stadion_cli.preflight.queues import seen_within
from stadion_cli.preflight.sweep import left, swept
from stadion_cli.preflight.world import World

QUIET_WITHIN_S: Final = 120.0
OLDEST_S: Final = 60
HOUR: Final = timedelta(hours=1)
COSTS: Final = "docs/cost.md"
DEAR_USD: Final = 10.0
"""A day of an account without traffic: the keys, alarms and metrics of an empty month are less than a hundred."""


def dead_letters(world: World) -> Iterator[Finding]:
    found = {queue.short: depth(world.target, queue) for queue in dead_letter_queues(world.target)}
    full = {name: count for name, count in found.items() if count}
    yield judged(
        not full,
        f"{len(found)} queues of dead letters are empty",
        ", ".join(f"{count} in {name}" for name, count in full.items()),
        f"stadion dlq show {next(iter(full), 'QUEUE')}" + ("" if world.is_local else " --aws"),
        queues=full,
    )


def nothing_waits(world: World) -> Iterator[Finding]:
    def waiting() -> list[str]:
        return [name for name, count in _depths(world) if count]

    seen_within(world.within(QUIET_WITHIN_S), lambda: True if not waiting() else None, every_s=2)
    left_over = waiting()
    yield judged(
        not left_over,
        "no queue has work left",
        f"work is left in {', '.join(left_over[:5])}",
        "docs/runbook.md#oldest-message",
    )
    if not world.is_local:
        oldest = _metric(world, "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum")
        yield judged(
            oldest <= OLDEST_S,
            f"the oldest message is {oldest:.0f} s old",
            f"a message is {oldest:.0f} s old",
            "docs/runbook.md#oldest-message",
        )


def _depths(world: World) -> Iterator[tuple[str, int]]:
    pages = world.client("sqs").get_paginator("list_queues").paginate(QueueNamePrefix="stadion-")
    for url in (url for page in pages for url in page.get("QueueUrls", []) if not url.endswith("-dlq")):
        found = world.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        yield url.rpartition("/")[2], int(found["ApproximateNumberOfMessages"])


def throttles(world: World) -> Iterator[Finding]:
    if world.is_local:
        yield skipped("the emulator throttles nobody, and keeps no such metric")
        return
    found = _metric(world, "AWS/Lambda", "Throttles", "Sum")
    yield judged(
        not found,
        "nothing was throttled within an hour",
        f"{found:.0f} calls were throttled within an hour",
        "stadion preflight --aws --only 3: ask for more",
    )


def _metric(world: World, namespace: str, name: str, statistic: str) -> float:
    """Of the account; of queues, of the worst of ours."""
    search = (
        f"SEARCH('{{{namespace},QueueName}} MetricName=\"{name}\" QueueName=\"stadion-\"', '{statistic}', 300)"
        if namespace == "AWS/SQS"
        else None
    )
    now = datetime.now(UTC)
    query: dict[str, Any] = {"Id": "asked"}
    if search:
        query |= {"Expression": search}
        now_minus = now - timedelta(minutes=10)
    else:
        query |= {
            "MetricStat": {"Metric": {"Namespace": namespace, "MetricName": name}, "Period": 300, "Stat": statistic}
        }
        now_minus = now - HOUR
    answer = world.client("cloudwatch").get_metric_data(StartTime=now_minus, EndTime=now, MetricDataQueries=[query])
    values = [value for one in answer["MetricDataResults"] for value in one["Values"]]
    return (max if search else sum)(values) if values else 0.0


def nothing_is_left(world: World) -> Iterator[Finding]:
    removed = swept(world)
    found = left(world)
    count = sum(removed.values())
    yield judged(
        not found,
        f"nothing of the run is left: {count} things were removed",
        f"left: {', '.join(found[:4])}",
        f"stadion preflight --sweep {world.run.run_id}" + ("" if world.is_local else " --aws"),
        removed=removed,
    )


def cost(world: World) -> Iterator[Finding]:
    if world.is_local:
        yield skipped("a laptop costs nothing")
        return
    today = datetime.now(UTC).date()
    found = world.client("ce").get_cost_and_usage(
        TimePeriod={"Start": (today - timedelta(days=1)).isoformat(), "End": today.isoformat()},
        Granularity="DAILY",
        Metrics=["UnblendedCost"],
        GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}],
    )
    groups = found["ResultsByTime"][0]["Groups"] if found["ResultsByTime"] else []
    costs = {one["Keys"][0]: float(one["Metrics"]["UnblendedCost"]["Amount"]) for one in groups}
    total, dearest = sum(costs.values()), sorted(costs, key=lambda name: -costs[name])[:3]
    words = f"yesterday cost ${total:.2f}" + (
        ": " + ", ".join(f"{name} ${costs[name]:.2f}" for name in dearest) if dearest else ""
    )
    if total > DEAR_USD:
        yield warned(f"{words}: more than an account without traffic", COSTS, services=costs)
    else:
        yield passed(words, services=costs)


def failures(world: World) -> Iterator[Finding]:
    """Of the relay: what it could not publish is in nobody's queue of dead letters."""
    alarms = (
        world.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(StateValue="ALARM", AlarmNamePrefix="stadion-")
    )
    ringing = [one["AlarmName"] for page in alarms for one in page["MetricAlarms"]]
    if ringing:
        yield failed(f"these alarms ring: {', '.join(ringing[:5])}", "docs/runbook.md")
    else:
        yield passed("no alarm rings")
