"""Who opens a connection: by an access token of our user pool, or by a share link.

Cognito itself is asked (GetUser): it checks the signature and the end of the token, and that nobody signed out since.
That also holds for tokens of other pools, so the claims are compared with ours afterwards.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from stadion.errors import InvalidTokenError, UnavailableError
from stadion.i18n import Language, Text, preferred_language
from stadion.settings import load
from stadion.values import Value
from telemetry.live.audience import store as audience_store
from telemetry.live.audience.domain import link_id_of
from telemetry.live.settings import ConnectSettings

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class CannotCheckTokenError(UnavailableError):
    code = "token_not_checked"
    title = Text(en="Not checked", ru="Не проверено")
    explanation = Text(
        en="The token could not be checked. Connect again in a moment.",
        ru="Не удалось проверить токен. Подключитесь чуть позже.",
    )


class Caller(Value):
    """The context that API Gateway gives with every message of the connection: either the athlete, or the link."""

    user_id: str | None = None
    athlete_id: str | None = None
    session_id: str | None = None
    link_id: str | None = None
    language: Language = Language.EN

    def context(self) -> dict[str, str]:
        return self.model_dump(mode="json", exclude_none=True)


def caller(headers: Mapping[str, str], query: Mapping[str, str], now: datetime) -> Caller:
    """`Authorization: Bearer …` or `?token=` (browsers cannot send headers); `?share_token=` for a link."""
    sent = {name.lower(): value for name, value in headers.items()}
    language = preferred_language(sent.get("accept-language"))
    if share_token := query.get("share_token"):
        link = audience_store.find_link(link_id_of(share_token), now)
        about = {"athlete_id": link.user_id, "session_id": link.session_id, "link_id": link.link_id}
        return Caller(**about, language=language)
    token = _bearer(sent.get("authorization", "")) or query.get("token") or ""
    return Caller(user_id=_subject(token), language=language)


def _bearer(authorization: str) -> str | None:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _subject(token: str) -> str:
    if token.count(".") != 2:
        raise InvalidTokenError
    _ask_cognito(token)
    claims = _claims(token)
    ours = load(ConnectSettings)
    if (
        not str(claims.get("iss", "")).endswith(f"/{ours.user_pool_id}")
        or claims.get("client_id") != ours.user_pool_client_id
        or claims.get("token_use") != "access"
        or not claims.get("sub")
    ):
        raise InvalidTokenError
    return str(claims["sub"])


def _ask_cognito(token: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client().get_user(AccessToken=token)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"TooManyRequestsException", "InternalErrorException"}:
            raise CannotCheckTokenError from error
        raise InvalidTokenError from error
    except BotoCoreError as error:
        raise CannotCheckTokenError from error


def _claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    try:
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError) as error:
        raise InvalidTokenError from error
    return claims


@cache
def client() -> "CognitoIdentityProviderClient":
    """GetUser is authorised by the token alone: the function needs no right, and signs nothing."""
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(signature_version=UNSIGNED, connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    return boto3.client("cognito-idp", config=config)
