"""Accounts on moto: a user pool with roles and a client with a secret, the avatars, letters and text messages."""

import re
from typing import Any, Final

import pytest

from tests.kit.services import Service

SENDER: Final = "Stadion <hello@stadion.test>"
ANNA: Final = {
    "email": "Anna@Example.org",
    "password": "blue-otters-swim",
    "language": "ru",
    "time_zone": "Europe/Moscow",
}
CODE: Final = re.compile(r">(\d{8})<")
TEXTED: Final = re.compile(r"\b\d{6}\b")


@pytest.fixture
def accounts(moto: pytest.MonkeyPatch) -> Service:
    import boto3

    from accounts import credentials
    from accounts.letters import port
    from accounts.sign_in import identity

    cognito = boto3.client("cognito-idp")
    pool = cognito.create_user_pool(
        PoolName="stadion",
        UsernameAttributes=["email"],
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
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
        UserPoolId=pool,
        ClientName="app",
        GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]
    secret = boto3.client("secretsmanager").create_secret(Name="client", SecretString=app["ClientSecret"])
    for role in ("admin", "partner"):
        cognito.create_group(UserPoolId=pool, GroupName=role)
    boto3.client("ses").verify_domain_identity(Domain="stadion.test")
    boto3.client("s3").create_bucket(Bucket="stadion-avatars")
    for name, value in {
        "USER_POOL_ID": pool,
        "USER_POOL_CLIENT_ID": app["ClientId"],
        "CLIENT_SECRET": secret["ARN"],
        "AVATARS_BUCKET": "stadion-avatars",
        "MAIL_SENDER": SENDER,
        "PHONE_COUNTRIES": '["RU", "DE"]',
    }.items():
        moto.setenv(f"STADION_{name}", value)
    for client in (identity.client, port.ses, port.sns):
        client.cache_clear()
    credentials.forget()
    return Service.create("accounts", moto)


def join(accounts: Service, who: dict[str, str]) -> str:
    assert accounts.call("POST", "/v1/auth/register", who, user=None).status == 202
    given = {"email": who["email"], "code": code_to(who["email"].lower()), "password": who["password"]}
    confirmed = accounts.call("POST", "/v1/auth/confirm", given, user=None)
    assert confirmed.status == 204, confirmed.body
    return str(accounts.published("UserRegistered")[-1]["detail"]["user_id"])


def letters_to(address: str) -> list[Any]:
    """Oldest first: `subject` and `body`, which is the HTML."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.ses.models import ses_backends

    sent = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
    return [message for message in sent if address in message.destinations["ToAddresses"]]


def code_to(address: str) -> str:
    """Of the newest letter that has one."""
    found = [code[1] for letter in letters_to(address) if (code := CODE.search(letter.body))]
    return found[-1]


def texts_to(number: str) -> list[str]:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.sns.models import sns_backends

    sent = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sms_messages.values()
    return [message for to, message in sent if to == number]


def code_texted_to(number: str) -> str:
    return next(code[0] for message in reversed(texts_to(number)) if (code := TEXTED.search(message)))
