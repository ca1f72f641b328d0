"""Services on moto, called through their Lambda handlers."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.services import Service, service_environment


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with mock_aws():
        service_environment(monkeypatch)
        yield monkeypatch


@pytest.fixture
def workouts(aws: pytest.MonkeyPatch) -> Service:
    import boto3

    aws.setenv("STADION_FILES_BUCKET", "stadion-files")
    boto3.client("s3").create_bucket(Bucket="stadion-files")
    return Service.create("workouts", aws)


@pytest.fixture
def inventory(aws: pytest.MonkeyPatch) -> Service:
    return Service.create("inventory", aws)


@pytest.fixture
def gamification(aws: pytest.MonkeyPatch) -> Service:
    return Service.create("gamification", aws)


@pytest.fixture
def notifications(aws: pytest.MonkeyPatch) -> Service:
    return Service.create("notifications", aws)
