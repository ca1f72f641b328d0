"""13: an alarm that rings is heard."""

from collections.abc import Iterator
from typing import Any, Final

from stadion_cli.preflight.checks import Finding, failed, judged, passed, skipped
from stadion_cli.preflight.queues import subscribed
from stadion_cli.preflight.world import World

TOPIC: Final = ":stadion-alarms"
ALARM: Final = "stadion-relay-failures-relay-failures"
WITHIN_S: Final = 60.0
TO_PEOPLE: Final = frozenset({"email", "email-json", "sms", "https", "lambda", "application"})
PENDING: Final = "PendingConfirmation"


def topic_of(world: World, ending: str = TOPIC) -> str:
    pages = world.client("sns").get_paginator("list_topics").paginate()
    return next(arn for page in pages for arn in map(_arn, page["Topics"]) if arn.endswith(ending))


def _arn(topic: dict[str, str]) -> str:
    return topic["TopicArn"]


def rings(world: World) -> Iterator[Finding]:
    """An alarm is set to ring by hand; CloudWatch sets it back by itself, and so do we."""
    cloudwatch = world.client("cloudwatch")
    before = cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
    if not before:
        yield failed(f"there is no alarm {ALARM}", "deploy stadion-platform")
        return
    if before[0].get("StateValue") == "ALARM":
        yield failed(f"{ALARM} rings already, and not for us: it was left as it is", "docs/runbook.md")
        return
    with subscribed(world, topic_of(world), "alarms") as queue:
        cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason=f"preflight {world.run.run_id}")
        try:
            heard = queue.first(world.within(WITHIN_S), lambda body: ALARM in str(body.get("Message", body)))
        finally:
            cloudwatch.set_alarm_state(
                AlarmName=ALARM, StateValue="OK", StateReason=f"preflight {world.run.run_id} is over"
            )
    if heard is None and world.is_local:
        yield skipped("the emulator's alarms call nobody")
        return
    yield judged(
        heard is not None,
        "an alarm that rings is heard by a queue on the topic",
        f"{ALARM} rang, and nothing was heard on stadion-alarms for {WITHIN_S:.0f} s",
        "the topic must let cloudwatch.amazonaws.com publish (R1): infra_cdk/stacks/platform.py",
    )


def actions_worked(world: World) -> Iterator[Finding]:
    found = world.client("cloudwatch").describe_alarm_history(AlarmName=ALARM, HistoryItemType="Action", MaxRecords=20)
    refused = [one["HistorySummary"] for one in found["AlarmHistoryItems"] if "failed" in one["HistorySummary"].lower()]
    yield judged(
        not refused,
        "no action of the alarm failed",
        f"CloudWatch says: {refused[0][:200] if refused else ''}",
        "the topic's policy (R1)",
    )


def somebody_listens(world: World) -> Iterator[Finding]:
    pages = world.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_of(world))
    found = [one for page in pages for one in page["Subscriptions"] if one["Protocol"] in TO_PEOPLE]
    confirmed = [one for one in found if one["SubscriptionArn"] != PENDING]
    if confirmed:
        yield passed(f"{len(confirmed)} people or tools hear alarms", listeners=len(confirmed))
    elif world.is_local:
        yield skipped("nobody listens to alarms on a laptop")
    else:
        yield failed(
            _unheard(found), "export STADION_ALARM_MAIL=you@… and deploy stadion-platform; then confirm the mail"
        )


def _unheard(found: list[dict[str, Any]]) -> str:
    waiting = ", ".join(str(one["Endpoint"]) for one in found)
    return (
        f"nobody has confirmed: a mail waits for {waiting}"
        if waiting
        else "no alarm reaches anybody: nobody is subscribed"
    )
