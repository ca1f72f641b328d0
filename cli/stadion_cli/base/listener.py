"""A look at the bus as events pass: a rule and a queue of our own, removed at the end."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from stadion_cli.base.target import Target

TEMPORARY: Final = "stadion-tail-"
FORGOTTEN_AFTER_S: Final = 3600
WAIT_S: Final = 1


@dataclass(frozen=True)
class Wanted:
    types: list[str]
    user: str | None = None
    correlation: str | None = None

    def pattern(self) -> dict[str, Any]:
        detail = {"user_id": self.user, "correlation_id": self.correlation}
        named = {key: [value] for key, value in detail.items() if value}
        return {
            "source": [{"prefix": "stadion."}],
            **({"detail-type": self.types} if self.types else {}),
            **({"detail": named} if named else {}),
        }


class Listener:
    def __init__(self, target: Target, wanted: Wanted, name: str | None = None) -> None:
        self._target = target
        self._wanted = wanted
        self._sqs = target.aws.sqs
        self._events = target.aws.events
        self.name = name or f"{TEMPORARY}{uuid4().hex[:8]}"
        self._url = ""

    def open(self) -> None:
        tags = {"product": "stadion", "purpose": "tail"}
        attributes = {"MessageRetentionPeriod": "600", "ReceiveMessageWaitTimeSeconds": str(WAIT_S)}
        self._url = self._sqs.create_queue(QueueName=self.name, Attributes=attributes, tags=tags)["QueueUrl"]  # type: ignore[arg-type]
        queue = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        bus = self._target.bus
        pattern = json.dumps(self._wanted.pattern())
        tagged = [{"Key": key, "Value": value} for key, value in tags.items()]
        rule = self._events.put_rule(Name=self.name, EventBusName=bus, EventPattern=pattern, Tags=tagged)["RuleArn"]  # type: ignore[arg-type]
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": _let_in(queue, rule)})
        self._events.put_targets(Rule=self.name, EventBusName=bus, Targets=[{"Id": "tail", "Arn": queue}])

    def read(self) -> list[dict[str, Any]]:
        """What came since; waits a second when there is nothing."""
        found = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_S)
        messages = found.get("Messages", [])
        for message in messages:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return sorted((json.loads(m["Body"]) for m in messages), key=lambda e: str(e["detail"].get("occurred_at", "")))

    def close(self) -> None:
        remove(self._target, self.name, self._url)


def remove(target: Target, name: str, queue_url: str) -> None:
    """Rule first: a queue that is gone would make the rule fail."""
    refused = (target.aws.events.exceptions.ClientError, target.aws.sqs.exceptions.ClientError)
    with suppress(*refused):
        target.aws.events.remove_targets(Rule=name, EventBusName=target.bus, Ids=["tail"])
    with suppress(*refused):
        target.aws.events.delete_rule(Name=name, EventBusName=target.bus)
    with suppress(*refused):
        target.aws.sqs.delete_queue(QueueUrl=queue_url)


@contextmanager
def listening(target: Target, wanted: Wanted, *, name: str | None = None) -> Iterator[Listener]:
    """A listener that is removed however the command ends, a TERM included. What is killed outright is removed by the
    next one, or by who knows the `name`."""
    remove_forgotten(target)
    listener = Listener(target, wanted, name)
    before = signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    try:
        listener.open()
        yield listener
    finally:
        listener.close()
        signal.signal(signal.SIGTERM, before)


def _interrupt() -> None:
    raise KeyboardInterrupt


def remove_forgotten(target: Target, *, older_than_s: float = FORGOTTEN_AFTER_S) -> list[str]:
    """What a killed `tail` left behind."""
    removed = []
    for url in target.aws.sqs.list_queues(QueueNamePrefix=TEMPORARY).get("QueueUrls", []):
        found = target.aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["CreatedTimestamp"])
        if time.time() - float(found["Attributes"]["CreatedTimestamp"]) >= older_than_s:
            removed.append(url.rpartition("/")[2])
            remove(target, removed[-1], url)
    return removed


def _let_in(queue_arn: str, rule_arn: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
