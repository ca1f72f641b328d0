"""How many samples a second one process takes into the API's handler, and keeps in the table (moto, in process).

moto answers for SQS and DynamoDB, and most of the keeping is its time: a floor, not what AWS would do.

Run from the repository's root: python -m tests.bench.bench_telemetry
"""

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / root) for root in ("functions", "layers/shared/python") if str(ROOT / root) not in sys.path]

import os  # noqa: E402

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Stadion")  # read when the layer is imported

import boto3  # noqa: E402
import pytest  # noqa: E402
from moto import mock_aws  # noqa: E402

from stadion import clock  # noqa: E402
from stadion.observability import logger  # noqa: E402
from tests.kit.services import ATHLETE, Service, service_environment  # noqa: E402
from tests.telemetry.moto import agree  # noqa: E402

BATCHES = 20
ENTRIES = 500
METRICS = 8


@dataclass(frozen=True)
class Rates:
    samples: int
    api_s: float
    store_s: float
    messages: int
    message_bytes: int
    item_bytes: int

    @property
    def into_api(self) -> float:
        return self.samples / self.api_s

    @property
    def into_store(self) -> float:
        return self.samples / self.store_s


def batch(number: int) -> dict[str, Any]:
    """Eight metrics at 1 Hz, 500 seconds of a ride; the numbers only have to look like it."""
    start = clock.now() - timedelta(hours=6) + timedelta(seconds=ENTRIES * number)
    return {"device_id": "bench", "samples": [_entry(start + timedelta(seconds=n), n) for n in range(ENTRIES)]}


def _entry(moment: Any, n: int) -> dict[str, Any]:
    values = {
        "heart_rate": 130 + n % 31,
        "power": 180 + n * 7 % 90,
        "cadence": 80 + n % 13,
        "speed": round(8 + n % 17 / 10, 3),
        "altitude": round(150 + n / 10, 1),
        "temperature": 18,
        "spo2": 97,
        "position": {"lat": round(55.75 + n * 7e-5, 7), "lon": round(37.61 + n * 3e-5, 7)},
    }
    return {"timestamp": clock.rfc3339(moment), "values": values}


def measured(batches: int = BATCHES) -> Rates:
    with mock_aws(), pytest.MonkeyPatch.context() as patch, quiet():
        service_environment(patch)
        url = boto3.client("sqs").create_queue(QueueName="batches")["QueueUrl"]
        patch.setenv("STADION_BATCHES_QUEUE", url)
        telemetry = Service.create("telemetry", patch)
        agree(ATHLETE)
        return _rates(telemetry, url, batches)


@contextmanager
def quiet() -> Iterator[None]:
    """The functions' own lines go nowhere; they are written all the same, so their time counts."""
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        before = handler.setStream(nowhere)
        try:
            yield
        finally:
            handler.setStream(before)


def _rates(telemetry: Service, url: str, batches: int) -> Rates:
    telemetry.call("POST", "/v1/telemetry", {"device_id": "warm", "samples": [{}]})
    sent = [json.dumps(batch(number)) for number in range(batches)]
    started = time.perf_counter()
    taken = [telemetry.call("POST", "/v1/telemetry", body).body["accepted"] for body in sent]
    api_s = time.perf_counter() - started
    bodies = _waiting(url)
    started = time.perf_counter()
    for body in bodies:
        done = telemetry.invoke("on_batches", {"Records": [_record(body)]})
        assert done == {"batchItemFailures": []}
    store_s = time.perf_counter() - started
    items = [len(item["data"]["B"]) for item in telemetry.items() if "data" in item]
    return Rates(sum(taken), api_s, store_s, len(bodies), max(map(len, bodies)), max(items))


def _waiting(url: str) -> list[str]:
    queue = boto3.client("sqs")
    found: list[str] = []
    while messages := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(message["Body"])
    return found


def _record(body: str) -> dict[str, Any]:
    return {
        "messageId": "bench",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:batches",
    }


def report(rates: Rates) -> str:
    return (
        f"samples {rates.samples}: {rates.into_api:,.0f}/s into the API, {rates.into_store:,.0f}/s into the store; "
        f"{rates.messages} messages of up to {rates.message_bytes / 1024:.0f} KB, "
        f"items of up to {rates.item_bytes} bytes"
    )


if __name__ == "__main__":
    print(report(measured()))
