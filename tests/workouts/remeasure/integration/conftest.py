"""Fixtures of this folder."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from stadion import storage
from tests.kit.clock import Clock
from tests.kit.interpreter import INTERPRETED, interpret
from tests.kit.services import Service, service_environment
from tests.workouts.remeasure.integration.world import ASL, MACHINE, Diaries, shortened
from workouts.remeasure import choosing_service, measuring_service, service


@pytest.fixture
def diaries(monkeypatch: pytest.MonkeyPatch, standing_clock: Clock) -> Iterator[Diaries]:
    with mock_aws(config=INTERPRETED):
        service_environment(monkeypatch)
        for cached in (service._machines, storage.s3_client):
            cached.cache_clear()
        boto3.client("s3").create_bucket(Bucket="stadion-remeasure")
        for name, value in {
            "FILES_BUCKET": "stadion-files",
            "REMEASURE_BUCKET": "stadion-remeasure",
            "WORKOUT_REMEASURE_WORKFLOW": MACHINE,
        }.items():
            monkeypatch.setenv(f"STADION_{name}", value)
        made = Diaries(Service.create("workouts", monkeypatch))
        monkeypatch.setattr(choosing_service, "PAGE", 3)
        monkeypatch.setattr(choosing_service, "BATCH", 4)
        monkeypatch.setattr(measuring_service, "measured_anew", made.measure)
        interpret(monkeypatch, "workout-remeasure", shortened(ASL.read_text()), made.invoke)
        yield made
