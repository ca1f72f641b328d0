"""SQS: dead letters go back by a task, as on AWS.

Trap: `StartMessageMoveTask` is not known. AWS moves what is in a queue that some queue gives its dead letters to, each
message to the queue it came from, or all to the one that is named. A message that did not come from a queue (but from
EventBridge, SNS, somebody's hand) has no way back: the task ends as FAILED.
"""

import json
import time
from typing import Any, Final

from ministack.core.responses import new_uuid
from ministack.services import sqs

from local.patches.guard import pin

NO_SOURCE: Final = "CouldNotDetermineMessageSource"
SOURCE: Final = "DeadLetterQueueSourceArn"
KEPT: Final = 10

_tasks: dict[str, list[dict[str, Any]]] = {}


def apply() -> None:
    pin(sqs._get_q, "cac74fb142a7")
    pin(sqs._queue_by_arn, "b4981875c818")
    sqs._HANDLERS.update(
        {"StartMessageMoveTask": start, "ListMessageMoveTasks": tasks, "CancelMessageMoveTask": cancel}
    )


def start(asked: dict[str, Any], _: str) -> dict[str, Any]:
    queue = _queue(asked["SourceArn"])
    if asked["SourceArn"] not in _targets():
        raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    destination = asked.get("DestinationArn")
    if destination:
        _queue(destination)
    task = {
        "TaskHandle": new_uuid(),
        "Status": "COMPLETED",
        "SourceArn": asked["SourceArn"],
        **({"DestinationArn": destination} if destination else {}),
        "ApproximateNumberOfMessagesMoved": 0,
        "ApproximateNumberOfMessagesToMove": len(queue["messages"]),
        "StartedTimestamp": int(time.time() * 1000),
    }
    _move(queue, destination, task)
    _tasks[asked["SourceArn"]] = [task, *_tasks.get(asked["SourceArn"], [])][:KEPT]
    return {"TaskHandle": task["TaskHandle"]}


def _move(queue: dict[str, Any], destination: str | None, task: dict[str, Any]) -> None:
    now = time.time()
    for message in [one for one in queue["messages"] if one["visible_at"] <= now]:
        target = sqs._queue_by_arn(destination or message["sys"].get(SOURCE) or "")
        if target is None:
            task.update(Status="FAILED", FailureReason=NO_SOURCE)
            return
        queue["messages"].remove(message)
        told = {name: value for name, value in message["sys"].items() if name != SOURCE}
        fresh = {"receipt_handle": None, "receive_count": 0, "first_receive_at": None, "visible_at": now, "sys": told}
        target["messages"].append({**message, **fresh})
        task["ApproximateNumberOfMessagesMoved"] += 1
    sqs.esm_wake.set()


def tasks(asked: dict[str, Any], _: str) -> dict[str, Any]:
    _queue(asked["SourceArn"])
    return {"Results": _tasks.get(asked["SourceArn"], [])[: int(asked.get("MaxResults", 1))]}


def cancel(_: dict[str, Any], __: str) -> dict[str, Any]:
    raise sqs._Err("ResourceNotFoundException", "The task is not active.")


def _queue(arn: str) -> Any:
    queue = sqs._queue_by_arn(arn)
    if queue is None:
        raise sqs._Err("ResourceNotFoundException", "The resource that you specified for the SourceArn doesn't exist.")
    return queue


def _targets() -> set[str]:
    """Queues that some queue gives its dead letters to."""
    policies = (queue["attributes"].get("RedrivePolicy") for queue in list(sqs._queues._data.values()))
    return {str(json.loads(policy).get("deadLetterTargetArn")) for policy in policies if policy}
