"""What devices send, and what is read of it, through the Lambda handlers."""

from typing import Any

import boto3

from tests.kit.services import ATHLETE, Answer, Service
from tests.kit.size import examples

AT = "2026-11-20T05:40:00Z"
DAY = {"from": "2026-11-20", "to": "2026-11-20", "resolution": "full"}
MAY_BE_DEEP = examples(small=8, large=60)


def sample(value: Any = 142, metric: str = "heart_rate", timestamp: Any = AT, **more: Any) -> dict[str, Any]:
    return {"metric": metric, "value": value, "timestamp": timestamp, **more}


def send(telemetry: Service, *samples: Any, device: str = "watch", user: str = ATHLETE, language: str = "en") -> Answer:
    body = {"device_id": device, "samples": samples}
    return telemetry.call("POST", "/v1/telemetry", body, user=user, accept_language=language)


def waiting(telemetry: Service) -> list[dict[str, Any]]:
    """All messages of the queue, as Lambda gets them."""
    queue = boto3.client("sqs")
    url = queue.get_queue_url(QueueName="batches")["QueueUrl"]
    found: list[dict[str, Any]] = []
    while messages := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(record(message["Body"]))
    return found


def record(body: str) -> dict[str, Any]:
    return {
        "messageId": str(abs(hash(body))),
        "receiptHandle": "handle",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "0"},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:batches",
        "awsRegion": "us-east-1",
    }


def deliver(telemetry: Service, records: list[dict[str, Any]] | None = None) -> None:
    for one in waiting(telemetry) if records is None else records:
        assert telemetry.invoke("on_batches", {"Records": [one]}) == {"batchItemFailures": []}


def read(telemetry: Service, metric: str = "heart_rate", user: str = ATHLETE, **query: str) -> Any:
    answer = telemetry.call("GET", f"/v1/telemetry/{metric}", query={**DAY, **query}, user=user)
    assert answer.status == 200, answer.body
    return answer.body


def counts(answer: Answer) -> tuple[int, int, int]:
    assert answer.status == 202, answer.body
    return answer.body["accepted"], answer.body["flagged"], answer.body["rejected"]


def slots(telemetry: Service) -> dict[tuple[str, str], bytes]:
    return {
        (item["pk"]["S"], item["sk"]["S"]): item["data"]["B"]
        for item in telemetry.items()
        if item.get("kind", {}).get("S") == "slot"
    }
