"""The port to Cognito: its calls, and its exceptions as ours."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from accounts.domain import UserRole
from accounts.errors import UserNotFoundError
from accounts.settings import AccountSettings
from accounts.sign_in.errors import (
    InvalidEmailError,
    SignInFailedError,
    TooManyAttemptsError,
    WeakPasswordError,
    WrongCodeError,
    WrongPasswordError,
)
from stadion.errors import SessionOverError, StadionError
from stadion.settings import load

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

OURS: dict[str, type[StadionError]] = {
    "NotAuthorizedException": SignInFailedError,
    "PasswordResetRequiredException": SignInFailedError,
    "UserNotConfirmedException": SignInFailedError,
    "CodeMismatchException": WrongCodeError,
    "ExpiredCodeException": WrongCodeError,
    "InvalidPasswordException": WeakPasswordError,
    "TooManyRequestsException": TooManyAttemptsError,
    "LimitExceededException": TooManyAttemptsError,
    "TooManyFailedAttemptsException": TooManyAttemptsError,
    "UserNotFoundException": UserNotFoundError,
}


class EmailTakenError(Exception):
    """There is an account with this e-mail. Never told to the caller."""


class MailedEnoughError(Exception):
    """Cognito has mailed as many codes to this account as it does in an hour. Never told: only accounts get mail."""


CODE_REFUSALS = (
    "UserNotFoundException",
    "NotAuthorizedException",
    "InvalidParameterException",
    "LimitExceededException",
    "TooManyFailedAttemptsException",
)
"""Whatever is wrong, it is the code: an answer of its own for too many tries would tell who has an account."""
TOKEN_REFUSALS = (
    "NotAuthorizedException",
    "RefreshTokenReuseException",
    "UnauthorizedException",
    "InvalidParameterException",
    "UnsupportedTokenTypeException",
    "UnsupportedOperationException",
)


@dataclass(frozen=True)
class Session:
    access_token: str
    refresh_token: str
    expires_in: int

    @property
    def user_id(self) -> str:
        """The token's subject. It comes from Cognito itself, so its signature needs no look."""
        payload = self.access_token.split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


@dataclass(frozen=True)
class Identity:
    """A user as Cognito knows it."""

    user_id: str
    email: str
    status: str
    enabled: bool
    created_at: datetime
    language: str | None
    time_zone: str | None


def sign_up(email: str, password: str, *, language: str, time_zone: str) -> None:
    attributes = {"email": email, "locale": language, "zoneinfo": time_zone}
    with _our_errors(UsernameExistsException=EmailTakenError, InvalidParameterException=InvalidEmailError):
        client().sign_up(
            ClientId=_settings().user_pool_client_id,
            Username=email,
            Password=password,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        )


def confirm(email: str, code: str) -> None:
    with _our_errors(**dict.fromkeys(CODE_REFUSALS, WrongCodeError)):
        client().confirm_sign_up(ClientId=_settings().user_pool_client_id, Username=email, ConfirmationCode=code)


def set_password(username: str, password: str) -> None:
    with _our_errors():
        client().admin_set_user_password(
            UserPoolId=_settings().user_pool_id, Username=username, Password=password, Permanent=True
        )


def resend(email: str) -> None:
    with _our_errors(LimitExceededException=MailedEnoughError):
        client().resend_confirmation_code(ClientId=_settings().user_pool_client_id, Username=email)


def sign_in(email: str, password: str) -> Session:
    with _our_errors(UserNotFoundException=SignInFailedError, InvalidParameterException=SignInFailedError):
        answer = client().initiate_auth(
            ClientId=_settings().user_pool_client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
    result = answer.get("AuthenticationResult")
    if result is None:  # a challenge that this API does not offer
        raise SignInFailedError
    return Session(result["AccessToken"], result["RefreshToken"], result["ExpiresIn"])


def refresh(refresh_token: str) -> Session:
    """A new pair; the old refresh token is worth nothing after a short grace."""
    with _our_errors(**dict.fromkeys(TOKEN_REFUSALS, SessionOverError)):
        answer = client().get_tokens_from_refresh_token(
            RefreshToken=refresh_token, ClientId=_settings().user_pool_client_id
        )
    result = answer["AuthenticationResult"]
    return Session(result["AccessToken"], result.get("RefreshToken", refresh_token), result["ExpiresIn"])


def sign_out(refresh_token: str) -> None:
    with _our_errors(**dict.fromkeys(TOKEN_REFUSALS, SessionOverError)):
        client().revoke_token(Token=refresh_token, ClientId=_settings().user_pool_client_id)


def sign_out_everywhere(access_token: str) -> None:
    with _our_errors(NotAuthorizedException=SessionOverError):
        client().global_sign_out(AccessToken=access_token)


def forgot_password(email: str) -> None:
    with _our_errors(LimitExceededException=MailedEnoughError):
        client().forgot_password(ClientId=_settings().user_pool_client_id, Username=email)


def reset_password(email: str, code: str, new_password: str) -> None:
    with _our_errors(**dict.fromkeys(CODE_REFUSALS, WrongCodeError)):
        client().confirm_forgot_password(
            ClientId=_settings().user_pool_client_id, Username=email, ConfirmationCode=code, Password=new_password
        )


def change_password(access_token: str, current: str, new: str) -> None:
    """A wrong current password is no 401: the app's token is good, and signing in again would not help."""
    try:
        client().change_password(AccessToken=access_token, PreviousPassword=current, ProposedPassword=new)
    except ClientError as error:
        with _our_errors(NotAuthorizedException=_of_password_or_token(error)):
            raise


def _of_password_or_token(error: ClientError) -> type[StadionError]:
    """Cognito has one code for both: "Incorrect username or password." and "Access Token has been revoked"."""
    return WrongPasswordError if "password" in error.response["Error"]["Message"].lower() else SessionOverError


def find(username: str) -> Identity:
    """By e-mail or by id."""
    with _our_errors(InvalidParameterException=UserNotFoundError):
        found = client().admin_get_user(UserPoolId=_settings().user_pool_id, Username=username)
    attributes = {attribute["Name"]: attribute.get("Value", "") for attribute in found["UserAttributes"]}
    return Identity(
        user_id=attributes["sub"],
        email=attributes["email"],
        status=found["UserStatus"],
        enabled=found["Enabled"],
        created_at=found["UserCreateDate"],
        language=attributes.get("locale"),
        time_zone=attributes.get("zoneinfo"),
    )


def roles(username: str) -> list[UserRole]:
    with _our_errors():
        answer = client().admin_list_groups_for_user(UserPoolId=_settings().user_pool_id, Username=username)
    groups = {group.get("GroupName") for group in answer["Groups"]}
    return [role for role in UserRole if role is UserRole.USER or role.value in groups]


def grant(username: str, role: UserRole) -> None:
    with _our_errors():
        client().admin_add_user_to_group(UserPoolId=_settings().user_pool_id, Username=username, GroupName=role.value)


def revoke(username: str, role: UserRole) -> None:
    with _our_errors():
        client().admin_remove_user_from_group(
            UserPoolId=_settings().user_pool_id, Username=username, GroupName=role.value
        )


@contextmanager
def _our_errors(**special: type[Exception]) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        ours = special.get(code) or OURS.get(code)
        if ours is None:
            raise
        raise ours from error


def _settings() -> AccountSettings:
    return load(AccountSettings)


@cache
def client() -> "CognitoIdentityProviderClient":
    import boto3

    return boto3.client("cognito-idp")
