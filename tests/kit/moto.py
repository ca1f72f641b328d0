"""Services on moto, called through their Lambda handlers."""

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws

from stadion import storage, work
from tests.kit.services import Service, service_environment
from tests.kit.store import Gateway


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with mock_aws():
        service_environment(monkeypatch)
        yield monkeypatch


@pytest.fixture
def workouts(moto: pytest.MonkeyPatch) -> Service:
    import boto3

    moto.setenv("STADION_FILES_BUCKET", "stadion-files")
    boto3.client("s3").create_bucket(Bucket="stadion-files")
    claims_bucket(moto)
    return Service.create("workouts", moto)


@pytest.fixture
def telemetry(moto: pytest.MonkeyPatch) -> Service:
    import boto3

    claims_bucket(moto)
    for name in ("batches", "measuring"):
        url = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        moto.setenv(f"STADION_{name.upper()}_QUEUE", url)
    work.sqs_client.cache_clear()
    return Service.create("telemetry", moto)


def claims_bucket(moto: pytest.MonkeyPatch) -> None:
    import boto3

    moto.setenv("STADION_CLAIMS_BUCKET", "stadion-claims")
    boto3.client("s3").create_bucket(Bucket="stadion-claims")
    storage.s3_client.cache_clear()


@pytest.fixture
def inventory(moto: pytest.MonkeyPatch) -> Service:
    return Service.create("inventory", moto)


@pytest.fixture
def gamification(moto: pytest.MonkeyPatch) -> Service:
    return Service.create("gamification", moto)


@pytest.fixture
def promos(moto: pytest.MonkeyPatch) -> Service:
    return Service.create("promos", moto)


@pytest.fixture
def notifications(moto: pytest.MonkeyPatch) -> Service:
    import boto3

    from notifications import clients, links

    sns = boto3.client("sns")
    application = sns.create_platform_application(Name="stadion-ios", Platform="APNS", Attributes={})
    boto3.client("secretsmanager").create_secret(Name="links", SecretString="a secret of sixty-four characters")
    boto3.client("sesv2").create_email_identity(EmailIdentity="stadion.test")
    moto.setenv("STADION_DELIVERIES_QUEUE", boto3.client("sqs").create_queue(QueueName="deliveries")["QueueUrl"])
    moto.setenv("STADION_MAIL_SENDER", "Stadion <hello@stadion.test>")
    moto.setenv("STADION_LINKS_SECRET", "links")
    moto.setenv("STADION_API_URL", "https://api.stadion.test")
    moto.setenv("STADION_PUSH_APPLICATIONS", json.dumps({"ios": application["PlatformApplicationArn"]}))
    for cached in (work.sqs_client, clients.sns, clients.ses, links._signer):
        cached.cache_clear()
    return Service.create("notifications", moto)


@pytest.fixture
def accounts(moto: pytest.MonkeyPatch) -> Service:
    import boto3

    from accounts.sign_in import identity

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
    moto.setenv("STADION_USER_POOL_ID", pool)
    moto.setenv("STADION_USER_POOL_CLIENT_ID", app)
    moto.setenv("STADION_AVATARS_BUCKET", "stadion-avatars")
    identity.client.cache_clear()
    return Service.create("accounts", moto)


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
    for cached in (work.sqs_client, storage.s3_client):
        cached.cache_clear()
    return Service.create("partners", moto)
