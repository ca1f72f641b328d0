"""Telemetry on moto: claims, and what its API leaves for later."""

import pytest

from stadion import work
from tests.kit.moto import claims_bucket
from tests.kit.services import Service


@pytest.fixture
def telemetry(moto: pytest.MonkeyPatch) -> Service:
    import boto3

    claims_bucket(moto)
    for name in ("batches", "measuring", "touched_days", "pushes"):
        url = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        moto.setenv(f"STADION_{name.upper()}_QUEUE", url)
    moto.setattr("telemetry.metrics.athletes.service.QUIET_S", 0)  # moto counts real seconds
    work.sqs_client.cache_clear()
    return Service.create("telemetry", moto)
