"""The port to Cognito, which keeps passwords and makes tokens: its calls, and its exceptions as ours.

All are calls of ours with rights and with the client's secret: none is open to whoever knows the client's id.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from accounts.credentials import client_secret, secret_hash
from accounts.domain import UserRole
from accounts.errors import TooManyAttemptsError, UserNotFoundError
from accounts.settings import UserPoolSettings
from accounts.sign_in.domain import Identity, Session
from accounts.sign_in.errors import InvalidEmailError, SignInFailedError, WeakPasswordError
from stadion.clients import SLOW, Client
from stadion.errors import SessionOverError, StadionError
from stadion.settings import load

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

OURS: dict[str, type[StadionError]] = {
    "NotAuthorizedException": SignInFailedError,
    "PasswordResetRequiredException": SignInFailedError,
    "UserNotConfirmedException": SignInFailedError,
    "UserLambdaValidationException": SignInFailedError,
    "InvalidPasswordException": WeakPasswordError,
    "PasswordHistoryPolicyViolationException": WeakPasswordError,
    "TooManyRequestsException": TooManyAttemptsError,
    "LimitExceededException": TooManyAttemptsError,
    "TooManyFailedAttemptsException": TooManyAttemptsError,
    "UserNotFoundException": UserNotFoundError,
}


class EmailTakenError(Exception):
    """There is a user with this e-mail. Never told to the caller."""


TOKEN_REFUSALS = (
    "NotAuthorizedException",
    "RefreshTokenReuseException",
    "UnauthorizedException",
    "InvalidParameterException",
    "UnsupportedTokenTypeException",
    "UnsupportedOperationException",
    "UserLambdaValidationException",
    "UserNotFoundException",
)


# --- users ----------------------------------------------------------------------------------------------------------


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
        email_verified=attributes.get("email_verified") == "true",
    )


def known(email: str) -> Identity | None:
    try:
        return find(email)
    except UserNotFoundError:
        return None


def create(email: str, *, language: str, time_zone: str) -> None:
    """A user whose password nobody knows and who must set another one before any token."""
    attributes = {"email": email, "email_verified": "true", "locale": language, "zoneinfo": time_zone}
    with _our_errors(UsernameExistsException=EmailTakenError, InvalidParameterException=InvalidEmailError):
        client().admin_create_user(
            UserPoolId=_settings().user_pool_id,
            Username=email,
            TemporaryPassword=secrets.token_urlsafe(48),
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        )


def set_password(user_id: str, password: str) -> None:
    """From now on, and no other one."""
    with _our_errors(InvalidParameterException=WeakPasswordError):
        client().admin_set_user_password(
            UserPoolId=_settings().user_pool_id, Username=user_id, Password=password, Permanent=True
        )


def mark_verified(user_id: str) -> None:
    """The address is theirs."""
    with _our_errors():
        _set_attributes(user_id, email_verified="true")


def set_email(user_id: str, email: str) -> None:
    """`EmailTakenError` when another one has it."""
    with _our_errors(AliasExistsException=EmailTakenError, InvalidParameterException=InvalidEmailError):
        _set_attributes(user_id, email=email, email_verified="true")


def _set_attributes(user_id: str, **attributes: str) -> None:
    client().admin_update_user_attributes(
        UserPoolId=_settings().user_pool_id,
        Username=user_id,
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )


# --- sessions -------------------------------------------------------------------------------------------------------


def sign_in(email: str, password: str) -> Session:
    with _our_errors(UserNotFoundException=SignInFailedError, InvalidParameterException=SignInFailedError):
        answer = client().admin_initiate_auth(
            UserPoolId=_settings().user_pool_id,
            ClientId=_settings().user_pool_client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password, "SECRET_HASH": secret_hash(email)},
        )
    result = answer.get("AuthenticationResult")
    if result is None:  # a challenge that this API does not offer
        raise SignInFailedError
    return Session(result["AccessToken"], result["RefreshToken"], result["ExpiresIn"])


def refresh(refresh_token: str) -> Session:
    """A new pair; the old refresh token is worth nothing after a short grace."""
    with _our_errors(**dict.fromkeys(TOKEN_REFUSALS, SessionOverError)):
        answer = client().get_tokens_from_refresh_token(
            RefreshToken=refresh_token, ClientId=_settings().user_pool_client_id, ClientSecret=client_secret()
        )
    result = answer["AuthenticationResult"]
    return Session(result["AccessToken"], result.get("RefreshToken", refresh_token), result["ExpiresIn"])


def revoke(refresh_token: str) -> None:
    with _our_errors(**dict.fromkeys(TOKEN_REFUSALS, SessionOverError)):
        client().revoke_token(
            Token=refresh_token, ClientId=_settings().user_pool_client_id, ClientSecret=client_secret()
        )


def revoke_all(user_id: str) -> None:
    """Every refresh token that there is."""
    with _our_errors():
        client().admin_user_global_sign_out(UserPoolId=_settings().user_pool_id, Username=user_id)


# --- roles ----------------------------------------------------------------------------------------------------------


def roles(username: str) -> list[UserRole]:
    with _our_errors():
        answer = client().admin_list_groups_for_user(UserPoolId=_settings().user_pool_id, Username=username)
    groups = {group.get("GroupName") for group in answer["Groups"]}
    return [role for role in UserRole if role is UserRole.USER or role.value in groups]


def grant(username: str, role: UserRole) -> None:
    with _our_errors():
        client().admin_add_user_to_group(UserPoolId=_settings().user_pool_id, Username=username, GroupName=role.value)


def withdraw(username: str, role: UserRole) -> None:
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


def _settings() -> UserPoolSettings:
    return load(UserPoolSettings)


client: "Client[CognitoIdentityProviderClient]" = Client("cognito-idp", patience=SLOW)
