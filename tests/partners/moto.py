"""Partners on moto: the gateway of their keys, imports, webhooks to deliver."""

import json

import pytest

from stadion import storage
from tests.kit.services import Service
from tests.kit.store import Gateway


@pytest.fixture
def partners(moto: pytest.MonkeyPatch) -> Service:
    import boto3

    from partners import api_keys

    gateway = Gateway(plans={"plan-1": set()})
    moto.setattr(api_keys, "client", lambda: gateway)
    boto3.client("s3").create_bucket(Bucket="stadion-imports")
    moto.setenv("STADION_PARTNER_PLANS", json.dumps({"standard": "plan-1"}))
    moto.setenv("STADION_PARTNER_API_URL", "https://partners.stadion.test/live")
    moto.setenv("STADION_IMPORTS_BUCKET", "stadion-imports")
    url = boto3.client("sqs").create_queue(QueueName="webhook-deliveries")["QueueUrl"]
    moto.setenv("STADION_WEBHOOK_DELIVERIES_QUEUE", url)
    storage.s3_client.cache_clear()
    return Service.create("partners", moto)
