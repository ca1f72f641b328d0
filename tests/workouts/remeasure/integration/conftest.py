"""Fixtures of this folder."""

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend

from stadion import storage
from tests.kit.clock import Clock
from tests.kit.services import Service, service_environment
from tests.workouts.remeasure.integration.world import ASL, MACHINE, Diaries, shortened
from workouts.remeasure import choosing_service, measuring_service, service


@pytest.fixture
def diaries(monkeypatch: pytest.MonkeyPatch, standing_clock: Clock) -> Iterator[Diaries]:
    config: Any = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=config):
        service_environment(monkeypatch)
        for cached in (service._machines, storage.s3_client):
            cached.cache_clear()
        boto3.client("s3").create_bucket(Bucket="stadion-remeasure")
        role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
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
        text = shortened(ASL.read_text())
        for stem in set(re.findall(r"\$\{(\w+)\}", text)):
            arn = boto3.client("lambda").create_function(
                FunctionName=stem, Runtime="python3.11", Role=role, Handler="a.b", Code={"ZipFile": b"x"}
            )["FunctionArn"]
            text = text.replace("${" + stem + "}", arn)
        boto3.client("stepfunctions").create_state_machine(name="workout-remeasure", definition=text, roleArn=role)

        def invoke(_: Any, function_name: str, qualifier: Any, body: Any, *more: Any) -> bytes:
            return json.dumps(made.invoke(function_name.rpartition(":")[2], json.loads(body))).encode()

        monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
        yield made
