"""A look that is repeated until it shows something, and queues of a run's own."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from stadion_cli.preflight.world import World

T = TypeVar("T")
WAIT_S: Final = 1


def seen_within(seconds: float, look: Callable[[], T | None], *, every_s: float = 0.5) -> T | None:
    """The first result that is not empty; None when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > deadline:
            return found or None
        time.sleep(every_s)


@dataclass(frozen=True)
class OwnQueue:
    world: "World"
    name: str
    url: str
    arn: str

    def read(self) -> list[dict[str, Any]]:
        """Bodies, as JSON; gone from the queue. Waits a second where there is nothing."""
        sqs = self.world.client("sqs")
        found = sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_S).get(
            "Messages", []
        )
        for message in found:
            sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in found]

    def first(self, within_s: float, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
        found = seen_within(within_s, lambda: [one for one in self.read() if fits(one)], every_s=0)
        return found[0] if found else None


@contextmanager
def own_queue(world: "World", what: str, **attributes: str) -> Iterator[OwnQueue]:
    """Into which topics, rules and queues of the account may write; removed at the end."""
    sqs = world.client("sqs")
    name = world.run.named(what)
    url = sqs.create_queue(QueueName=name, Attributes={"MessageRetentionPeriod": "3600", **attributes})["QueueUrl"]
    try:
        asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = asked["Attributes"]["QueueArn"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": _let_in(world.account, arn)})
        yield OwnQueue(world, name, url, arn)
    finally:
        sqs.delete_queue(QueueUrl=url)


@contextmanager
def subscribed(world: "World", topic: str, what: str) -> Iterator[OwnQueue]:
    sns = world.client("sns")
    with own_queue(world, what) as queue:
        heard = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, ReturnSubscriptionArn=True)
        try:
            yield queue
        finally:
            sns.unsubscribe(SubscriptionArn=heard["SubscriptionArn"])


def _let_in(account: str, queue: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
