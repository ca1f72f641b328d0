"""22: a campaign of one athlete, from its schedule to its close; what failed can be taken up again."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from stadion_cli.base.signed import call
from stadion_cli.preflight.checks import NOT_THERE, Finding, failed, judged, skipped
from stadion_cli.preflight.queues import OwnQueue, own_queue, seen_within
from stadion_cli.preflight.world import World

BEGINS_IN: Final = timedelta(minutes=3)
LOCALLY_BEGINS_IN: Final = timedelta(seconds=5)
SHORTEST_H: Final = 0.02
"""Of the look and the close: 72 seconds."""
HEARD_WITHIN_S: Final = 60.0
WITHIN_S: Final = 900.0
MACHINE: Final = "stadion-promo-campaign"
GROUP: Final = "stadion-campaigns"
LOGS: Final = "stadion campaign report; aws stepfunctions list-executions; docs/runbook.md#workflow-failures"
LETTER_WITHIN_S: Final = 120.0
FAILS_WITHIN_S: Final = 360.0
"""With the retries of its first step and of the note."""


def runs(world: World) -> Iterator[Finding]:
    anna = world.people.athlete("anna")
    city = f"Preflight {world.run.run_id}"
    anna.call("PATCH", "/v1/me", {"city": city}, if_match="*")
    name, admin = world.run.run_id, world.target
    call(admin, "POST", "/v1/admin/promos", _promo(name))
    call(admin, "POST", f"/v1/admin/promos/{name}/status", {"action": "activate"}, if_match="*")
    begins = datetime.now(UTC) + (LOCALLY_BEGINS_IN if world.is_local else BEGINS_IN)
    address = f"/v1/admin/campaigns/{name}"
    rule = {"profile": {"cities": [city]}}
    if not seen_within(world.within(HEARD_WITHIN_S), lambda: _is_in_segment(world, rule, anna.user_id), every_s=1):
        yield failed("promos has not heard of the athlete within a minute", "stadion dlq list; stadion trace")
        return
    call(admin, "PUT", address, _plan(name, city, begins))
    call(admin, "POST", f"{address}/status", {"action": "schedule"}, if_match="*")
    yield judged(
        bool(_schedules(world)),
        "Scheduler has its schedule",
        "Scheduler has no schedule of it",
        f"aws scheduler list-schedules --group-name {GROUP}",
    )
    ended = seen_within(world.within(WITHIN_S), lambda: _ended(world, address), every_s=2)
    if ended is None:
        shown = call(admin, "GET", address)
        yield failed(f"after {WITHIN_S:.0f} s the campaign is {shown['status']}, run {shown['run_id']}", LOGS)
        return
    yield judged(
        sum(ended["audience"]["by_arm"].values()) == 1 and ended["failure"] is None,
        f"its schedule fired, its map ran, it was looked at and closed in {_age_s(begins):.0f} s",
        f"it ended with {ended['audience']['by_arm']}, {ended['outcome']}, {ended['failure']}",
        LOGS,
        run_id=ended["run_id"],
    )
    yield judged(
        not _schedules(world),
        "its schedule is gone",
        "its schedule is still there",
        f"aws scheduler delete-schedule --group-name {GROUP}",
    )


def _age_s(at: datetime) -> float:
    return (datetime.now(UTC) - at).total_seconds()


def _promo(name: str) -> dict[str, Any]:
    return {
        "promo_id": name,
        "name": f"Preflight {name}",
        "title": {"en": "1 % off", "ru": "Скидка 1 %"},
        "text": {"en": "A test.", "ru": "Проверка."},
        "discount": {"kind": "percent", "percent": 1},
        "starts_at": "2026-01-01T00:00:00Z",
        "ends_at": (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "link": "https://store.example/preflight",
        "codes": {"pattern": "PF-{4}-{4}"},
    }


def _plan(promo: str, city: str, begins: datetime) -> dict[str, Any]:
    return {
        "name": f"Preflight {promo}",
        "time_zone": "UTC",
        "schedule": {"at": begins.replace(tzinfo=None).isoformat(timespec="seconds")},
        "audience": {"profile": {"cities": [city]}},
        "hold_out_percent": 0,
        "variants": [{"name": "only", "promo_id": promo}],
        "experiment": {"for_hours": SHORTEST_H, "look_every_hours": SHORTEST_H},
        "rollout": {"close_after_hours": SHORTEST_H},
        "channels": ["inbox"],
        "currency": "RUB",
    }


def _is_in_segment(world: World, rule: dict[str, Any], user_id: str) -> bool:
    """Promos' copy of the athlete: it is what a campaign chooses from."""
    path = f"/v1/admin/promos/segments/{world.run.run_id}"
    call(world.target, "PUT", path, {"rule": rule}, if_match="*")
    return bool(call(world.target, "GET", f"{path}/explain/{user_id}")["is_in"])


def _ended(world: World, address: str) -> dict[str, Any] | None:
    runs = call(world.target, "GET", f"{address}/runs")["items"]
    return next((run for run in runs if run["state"] == "ended"), None)


def _schedules(world: World) -> list[str]:
    pages = world.client("scheduler").get_paginator("list_schedules").paginate(GroupName=GROUP)
    return [one["Name"] for page in pages for one in page["Schedules"] if world.run.run_id in one["Name"]]


# --- what failed is taken up again --------------------------------------------------------------------------------


def redriven(world: World) -> Iterator[Finding]:
    """An execution whose input makes no sense fails at its first step; it is asked to go on, and fails again."""
    states = world.client("stepfunctions")
    machines = states.get_paginator("list_state_machines").paginate()
    arn = next(one["stateMachineArn"] for page in machines for one in page["stateMachines"] if one["name"] == MACHINE)
    if not _knows_redrive(world, arn):
        yield skipped("the emulator redrives no execution")
        return
    senseless = {"campaign_id": {}, "run_id": {}, "correlation_id": world.run.run_id, "begins_at": ""}
    name = f"{world.run.run_id}-fails"
    execution = states.start_execution(stateMachineArn=arn, name=name, input=json.dumps(senseless))["executionArn"]
    if (status := _status(world, execution)) != "FAILED":
        yield failed(f"an execution that cannot begin is {status}", LOGS)
        return
    states.redrive_execution(executionArn=execution)
    again = _status(world, execution)
    yield judged(
        again == "FAILED",
        "an execution that failed was redriven and ran again; the alarm workflow-failures rang for it",
        f"redriven, it is {again}",
        LOGS,
    )


def _knows_redrive(world: World, machine: str) -> bool:
    """Asked with an execution that is not there."""
    from botocore.exceptions import ClientError

    nobodys = machine.replace(":stateMachine:", ":execution:") + f":{world.run.run_id}-nobody"
    try:
        world.client("stepfunctions").redrive_execution(executionArn=nobodys)
    except ClientError as error:
        return error.response["Error"]["Code"] not in NOT_THERE
    return True


def _status(world: World, execution: str) -> str:
    def over() -> str | None:
        status = str(world.client("stepfunctions").describe_execution(executionArn=execution)["status"])
        return None if status == "RUNNING" else status

    return seen_within(FAILS_WITHIN_S, over, every_s=1) or "RUNNING"


def letters(world: World) -> Iterator[Finding]:
    """Queues of the run's own: one that SQS would give up, and one that EventBridge gave up (R9)."""
    with own_queue(world, "letters-dlq") as dead:
        redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": "1"})
        with own_queue(world, "letters", RedrivePolicy=redrive) as work:
            yield from _moved(world, work, dead)
            yield from _undeliverable(world, work, dead)


def _moved(world: World, work: OwnQueue, dead: OwnQueue) -> Iterator[Finding]:
    """Received once and left alone: SQS itself puts it aside, and takes it back."""
    sqs = world.client("sqs")
    sqs.send_message(QueueUrl=work.url, MessageBody=json.dumps({"preflight": "poison"}))
    sqs.receive_message(QueueUrl=work.url, VisibilityTimeout=1, WaitTimeSeconds=2)

    def is_dead() -> int:
        sqs.receive_message(QueueUrl=work.url, VisibilityTimeout=1, WaitTimeSeconds=1)
        return _depth(world, dead)

    if not seen_within(LETTER_WITHIN_S, is_dead, every_s=1):
        yield failed(
            "a message that nobody took did not become a dead letter",
            "the redrive policy of queues: infra_cdk/parts/work_queue.py",
        )
        return
    yield from _back(world, work, dead, "a dead letter went back to its queue")


def _undeliverable(world: World, work: OwnQueue, dead: OwnQueue) -> Iterator[Finding]:
    """A rule whose target is gone: EventBridge writes the letter itself, which has no queue that it came from."""
    if world.is_local:
        yield skipped("the emulator's rules give nothing up")
        return
    events, name, bus = world.client("events"), world.run.named("letters"), world.outputs.require("BusName")
    pattern = {"source": ["stadion.preflight"], "detail-type": [world.run.run_id]}
    nowhere = dead.arn.replace(dead.name, f"{dead.name}-is-not-there")
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    try:
        target = {
            "Id": "nowhere",
            "Arn": nowhere,
            "DeadLetterConfig": {"Arn": dead.arn},
            "RetryPolicy": {"MaximumRetryAttempts": 0},
        }
        events.put_targets(Rule=name, EventBusName=bus, Targets=[target])
        time.sleep(5)
        entry = {"Source": "stadion.preflight", "DetailType": world.run.run_id, "Detail": "{}", "EventBusName": bus}
        events.put_events(Entries=[entry])
        if not seen_within(LETTER_WITHIN_S, lambda: _depth(world, dead), every_s=2):
            yield failed(
                "EventBridge wrote no dead letter for a target that is not there",
                "the dead-letter queue's policy for events.amazonaws.com",
            )
            return
        yield from _back(world, work, dead, "a letter that EventBridge wrote went back, with its queue named")
    finally:
        events.remove_targets(Rule=name, EventBusName=bus, Ids=["nowhere"])
        events.delete_rule(Name=name, EventBusName=bus)


def _back(world: World, work: OwnQueue, dead: OwnQueue, words: str) -> Iterator[Finding]:
    from botocore.exceptions import ClientError

    sqs = world.client("sqs")
    try:
        sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=work.arn)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in NOT_THERE:
            yield skipped("the emulator moves no letters by itself: stadion dlq redrive moves each")
            return
        raise
    back = seen_within(LETTER_WITHIN_S, work.read, every_s=1)
    yield judged(
        bool(back),
        words,
        "a dead letter did not come back to its queue",
        "aws sqs list-message-move-tasks --source-arn …",
    )


def _depth(world: World, queue: OwnQueue) -> int:
    found = world.client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"])
