"""Telemetry on moto: claims, and what its API leaves for later."""

import pytest

from stadion.events.accounts import ConsentKind
from tests.kit.consents import agreed
from tests.kit.moto import claims_bucket
from tests.kit.services import ATHLETE, OTHER, Service


@pytest.fixture
def telemetry(moto: pytest.MonkeyPatch) -> Service:
    import boto3

    claims_bucket(moto)
    moto.setenv("STADION_ANSWERS_BUCKET", "stadion-answers")
    boto3.client("s3").create_bucket(Bucket="stadion-answers")
    for name in ("batches", "measuring", "touched_days", "pushes"):
        url = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        moto.setenv(f"STADION_{name.upper()}_QUEUE", url)
    moto.setattr("telemetry.metrics.athletes.service.EACH_S", 0)
    moto.setattr("telemetry.metrics.athletes.service.QUIET_S", 0)  # moto counts real seconds
    service = Service.create("telemetry", moto)
    agree(ATHLETE, OTHER)
    return service


def agree(*user_ids: str) -> None:
    """To health data, as the service's copy has it."""
    from telemetry.athletes.store import HEADS

    for user_id in user_ids:
        agreed(HEADS.at(user_id), ConsentKind.HEALTH_DATA)
