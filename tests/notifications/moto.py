"""Notifications on moto: push, mail, and the secret of its links."""

import json

import pytest

from tests.kit.services import Service


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
    for cached in (clients.sns, clients.ses, links._made):
        cached.cache_clear()
    return Service.create("notifications", moto)
