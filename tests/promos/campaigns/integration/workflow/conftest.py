"""Fixtures of this folder."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from promos.campaigns.run import audience, timer
from promos.campaigns.run import selection as choosing
from stadion import storage
from tests.kit.clock import Clock
from tests.kit.interpreter import INTERPRETED, interpret
from tests.kit.services import Service, service_environment
from tests.promos.campaigns.integration.workflow.world import ASL, NOW, Shop


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, standing_clock: Clock) -> Iterator[Shop]:
    with mock_aws(config=INTERPRETED):
        service_environment(monkeypatch)
        for cached in (timer._scheduler, timer._machines, storage.s3_client):
            cached.cache_clear()
        boto3.client("s3").create_bucket(Bucket="stadion-campaigns")
        boto3.client("scheduler").create_schedule_group(Name="stadion-campaigns")
        role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        for name, value in {
            "CAMPAIGNS_BUCKET": "stadion-campaigns",
            "CAMPAIGN_WORKFLOW": "arn:aws:states:us-east-1:123456789012:stateMachine:promo-campaign",
            "CAMPAIGN_TIMER_GROUP": "stadion-campaigns",
            "CAMPAIGN_TIMER_ROLE": role,
            "CAMPAIGN_TIMER_DEAD_LETTERS": "arn:aws:sqs:us-east-1:123456789012:dlq",
        }.items():
            monkeypatch.setenv(f"STADION_{name}", value)
        monkeypatch.setattr(audience, "PAGE", 5)
        monkeypatch.setattr(choosing, "BATCH", 12)
        made = Shop(Service.create("promos", monkeypatch))
        standing_clock.set(NOW)
        text = ASL.read_text().replace("${bucket}", "stadion-campaigns").replace("${partition}", "aws")
        text = text.replace('"IntervalSeconds": 2', '"IntervalSeconds": 1').replace(
            '"MaxDelaySeconds": 60', '"MaxDelaySeconds": 1'
        )
        interpret(monkeypatch, "promo-campaign", text, made.invoke)
        yield made
