"""Services on moto, called through their Lambda handlers."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from stadion import storage, work
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
    claims_bucket(aws)
    return Service.create("workouts", aws)


@pytest.fixture
def telemetry(aws: pytest.MonkeyPatch) -> Service:
    import boto3

    claims_bucket(aws)
    for name in ("batches", "measuring"):
        url = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        aws.setenv(f"STADION_{name.upper()}_QUEUE", url)
    work.sqs_client.cache_clear()
    return Service.create("telemetry", aws)


def claims_bucket(aws: pytest.MonkeyPatch) -> None:
    import boto3

    aws.setenv("STADION_CLAIMS_BUCKET", "stadion-claims")
    boto3.client("s3").create_bucket(Bucket="stadion-claims")
    storage.s3_client.cache_clear()


@pytest.fixture
def inventory(aws: pytest.MonkeyPatch) -> Service:
    return Service.create("inventory", aws)


@pytest.fixture
def gamification(aws: pytest.MonkeyPatch) -> Service:
    return Service.create("gamification", aws)


@pytest.fixture
def notifications(aws: pytest.MonkeyPatch) -> Service:
    return Service.create("notifications", aws)


@pytest.fixture
def accounts(aws: pytest.MonkeyPatch) -> Service:
    import boto3

    from accounts import identity

    cognito = boto3.client("cognito-idp")
    pool = cognito.create_user_pool(
        PoolName="stadion",
        UsernameAttributes=["email"],
        Policies={
            "PasswordPolicy": {
                "MinimumLength": 10,
                "RequireUppercase": False,
                "RequireLowercase": False,
                "RequireNumbers": False,
                "RequireSymbols": False,
            }
        },
    )["UserPool"]["Id"]
    app = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    for role in ("admin", "partner"):
        cognito.create_group(UserPoolId=pool, GroupName=role)
    boto3.client("s3").create_bucket(Bucket="stadion-avatars")
    aws.setenv("STADION_USER_POOL_ID", pool)
    aws.setenv("STADION_USER_POOL_CLIENT_ID", app)
    aws.setenv("STADION_AVATARS_BUCKET", "stadion-avatars")
    identity.client.cache_clear()
    return Service.create("accounts", aws)
