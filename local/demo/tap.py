"""Listens on the bus: a queue and a rule that exist only while somebody looks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from stadion_cli.aws import Aws


@dataclass
class Tap:
    """The events that passed since it was opened."""

    aws: "Aws"
    queue: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def drain(self, *, wait_s: int = 0) -> list[dict[str, Any]]:
        """Takes what has come; the new ones, in the order of their ids."""
        new: list[dict[str, Any]] = []
        while messages := self._receive(wait_s if not new else 0):
            new += [json.loads(message["Body"]) for message in messages]
        new.sort(key=lambda event: event["detail"]["event_id"])
        self.events += new
        return new

    def _receive(self, wait_s: int) -> list[Any]:
        answer = self.aws.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=wait_s)
        messages = answer.get("Messages", [])
        for message in messages:
            self.aws.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return messages


@contextmanager
def opened(aws: "Aws", bus: str) -> Iterator[Tap]:
    name = f"stadion-tap-{uuid4().hex[:8]}"
    queue = aws.sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps({"source": [{"prefix": "stadion."}]}))
    aws.events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "tap", "Arn": arn}])
    try:
        yield Tap(aws, queue)
    finally:
        aws.events.remove_targets(Rule=name, EventBusName=bus, Ids=["tap"])
        aws.events.delete_rule(Name=name, EventBusName=bus)
        aws.sqs.delete_queue(QueueUrl=queue)
