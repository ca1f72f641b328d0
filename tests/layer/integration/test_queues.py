"""A message that failed comes again in a minute where somebody waits for it."""

from typing import Any

import boto3
import pytest

from stadion import queues
from stadion.queues import queue_handler
from tests.kit.services import Context


@pytest.fixture
def queue(moto: pytest.MonkeyPatch) -> str:
    asked = {"QueueName": "uploads", "Attributes": {"VisibilityTimeout": "720"}}
    return str(boto3.client("sqs").create_queue(**asked)["QueueUrl"])  # type: ignore[arg-type]


def received(queue: str, *bodies: str) -> dict[str, Any]:
    sqs: Any = boto3.client("sqs")
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    for body in bodies:
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    return {
        "Records": [
            {
                "messageId": one["MessageId"],
                "receiptHandle": one["ReceiptHandle"],
                "body": one["Body"],
                "attributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
            }
            for one in found
        ]
    }


def fails(record: Any) -> None:
    if record.body == "bad":
        raise ValueError


def visible(queue: str) -> list[str]:
    found = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    return [one["Body"] for one in found]


@pytest.mark.parametrize(("again_in_s", "there"), [(0, ["bad"]), (60, []), (None, [])])
def test_only_what_failed_comes_again_and_when_it_is_said(queue: str, again_in_s: int | None, there: list[str]) -> None:
    event = received(queue, "good", "bad")

    answer = queue_handler(fails, again_in_s=again_in_s)(event, Context())  # type: ignore[arg-type]

    bad = [one["messageId"] for one in event["Records"] if one["body"] == "bad"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}
    assert visible(queue) == there


def test_where_that_cannot_be_said_it_comes_after_the_queues_own_time(queue: str) -> None:
    event = received(queue, "bad")
    event["Records"][0]["eventSourceARN"] = "arn:aws:sqs:us-east-1:123456789012:gone"

    answer = queue_handler(fails, again_in_s=60)(event, Context())  # type: ignore[arg-type]

    assert len(answer["batchItemFailures"]) == 1


@pytest.mark.parametrize(("tries", "hidden_s"), [(1, 60), (2, 180), (3, 540), (4, 1620), (40, 3600)])
def test_each_failure_makes_the_pause_longer_so_that_no_short_trouble_uses_up_all_tries(
    queue: str, tries: int, hidden_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []
    monkeypatch.setattr(
        queues.sqs_client(), "change_message_visibility_batch", lambda **asked: said.extend(asked["Entries"])
    )
    event = received(queue, "bad")
    event["Records"][0]["attributes"] = {"ApproximateReceiveCount": str(tries)}

    queue_handler(fails, again_in_s=60)(event, Context())  # type: ignore[arg-type]

    assert [one["VisibilityTimeout"] for one in said] == [hidden_s]
