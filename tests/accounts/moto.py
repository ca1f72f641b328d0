"""Accounts on moto: a user pool with roles, and the avatars."""

import pytest

from tests.kit.services import Service


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
