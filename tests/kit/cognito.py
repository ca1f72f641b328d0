"""Cognito asked past our API: by nobody, by whoever knows the client's id, and with an athlete's token."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from local.aws import Aws
from tests.kit.stack import DeployedStack

PASSWORD: Final = "Long-enough-1"


@dataclass(frozen=True)
class ClosedPool:
    """A pool that takes users of its admins only, and its client with a secret."""

    aws: Aws
    pool_id: str
    client_id: str
    secret: str

    def hashed(self, username: str) -> str:
        told = hmac.new(self.secret.encode(), (username + self.client_id).encode(), hashlib.sha256)
        return base64.b64encode(told.digest()).decode()

    def add(self, email: str) -> None:
        asked: dict[str, Any] = {"UserPoolId": self.pool_id, "Username": email}
        verified = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        self.aws.cognito.admin_create_user(**asked, MessageAction="SUPPRESS", UserAttributes=verified)
        self.aws.cognito.admin_set_user_password(**asked, Password=PASSWORD, Permanent=True)

    def move(self, email: str, to: str) -> None:
        self.aws.cognito.admin_update_user_attributes(
            UserPoolId=self.pool_id, Username=email, UserAttributes=[{"Name": "email", "Value": to}]
        )

    def sign_in(
        self, email: str, password: str = PASSWORD, *, hashed: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        more = {"SECRET_HASH": self.hashed(email)} if hashed is None else hashed
        answer = self.aws.cognito.admin_initiate_auth(
            UserPoolId=self.pool_id,
            ClientId=self.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password, **more},
        )
        return dict(answer["AuthenticationResult"])


def pool_of(stack: DeployedStack) -> ClosedPool:
    """The deployed one, as whoever has every right knows it."""
    asked = {"UserPoolId": stack.user_pool_id, "ClientId": stack.client_id}
    client = stack.aws.cognito.describe_user_pool_client(**asked)["UserPoolClient"]
    return ClosedPool(stack.aws, stack.user_pool_id, stack.client_id, client["ClientSecret"])


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    """Code and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call()
    told = caught.value.response["Error"]
    return str(told["Code"]), str(told["Message"])


def _direct(name: str, *, with_code: bool = False, password: str = "") -> Callable[..., Any]:
    def call(pool: ClosedPool, email: str, *, with_hash: bool = False) -> Any:
        asked: dict[str, Any] = {"ClientId": pool.client_id, "Username": email}
        if with_code:
            asked["ConfirmationCode"] = "123456"
        if password:
            asked["Password"] = password
        if name == "sign_up":
            asked["UserAttributes"] = [{"Name": "email", "Value": email}]
        if with_hash:
            asked["SecretHash"] = pool.hashed(email)
        return getattr(pool.aws.cognito, name)(**asked)

    return call


def _initiate(pool: ClosedPool, email: str, *, with_hash: bool = False) -> Any:
    hashed = {"SECRET_HASH": pool.hashed(email)} if with_hash else {}
    parameters = {"USERNAME": email, "PASSWORD": PASSWORD, **hashed}
    return pool.aws.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
    )


def _respond(pool: ClosedPool, email: str, *, with_hash: bool = False) -> Any:
    hashed = {"SECRET_HASH": pool.hashed(email)} if with_hash else {}
    return pool.aws.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session="a" * 30,
        ChallengeResponses={"USERNAME": email, "NEW_PASSWORD": PASSWORD, **hashed},
    )


DIRECT: Final[Mapping[str, Callable[..., Any]]] = {
    "SignUp": _direct("sign_up", password=PASSWORD),
    "ConfirmSignUp": _direct("confirm_sign_up", with_code=True),
    "ResendConfirmationCode": _direct("resend_confirmation_code"),
    "ForgotPassword": _direct("forgot_password"),
    "ConfirmForgotPassword": _direct("confirm_forgot_password", with_code=True, password=PASSWORD),
    "InitiateAuth": _initiate,
    "RespondToAuthChallenge": _respond,
}
"""What needs no token: (pool, address)."""

OF_TOKENS: Final[Mapping[str, Callable[[ClosedPool, str], Any]]] = {
    "GetUser": lambda pool, token: pool.aws.cognito.get_user(AccessToken=token),
    "UpdateUserAttributes": lambda pool, token: pool.aws.cognito.update_user_attributes(
        AccessToken=token, UserAttributes=[{"Name": "email", "Value": "thief@example.org"}]
    ),
    "ChangePassword": lambda pool, token: pool.aws.cognito.change_password(
        AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="Another-long-1"
    ),
    "DeleteUser": lambda pool, token: pool.aws.cognito.delete_user(AccessToken=token),
    "GlobalSignOut": lambda pool, token: pool.aws.cognito.global_sign_out(AccessToken=token),
    "AssociateSoftwareToken": lambda pool, token: pool.aws.cognito.associate_software_token(AccessToken=token),
    "SetUserMFAPreference": lambda pool, token: pool.aws.cognito.set_user_mfa_preference(AccessToken=token),
}
"""What an access token is enough for: (pool, token)."""
