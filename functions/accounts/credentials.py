"""The secret that our client shares with Cognito, and the keyed digests that are made with it."""

import base64
import hashlib
import hmac
from functools import cache
from typing import TYPE_CHECKING, Final

from accounts.settings import SignInSettings
from stadion.clients import Client
from stadion.settings import load

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

DIGESTS: Final = b"stadion accounts: digests of addresses and codes"
"""Tells the key of our digests from the secret that it is derived from."""

_secrets: "Client[SecretsManagerClient]" = Client("secretsmanager")


def secret_hash(username: str) -> str:
    """What Cognito wants beside a name from a client with a secret."""
    known = load(SignInSettings)
    told = hmac.new(client_secret().encode(), (username + known.user_pool_client_id).encode(), hashlib.sha256)
    return base64.b64encode(told.digest()).decode()


def keyed(*parts: str) -> str:
    """A digest that nobody can make from a list of addresses, or of all codes, without the secret."""
    return hmac.new(_key(), "\x00".join(parts).encode(), hashlib.sha256).hexdigest()


@cache
def client_secret() -> str:
    arn = load(SignInSettings).client_secret
    return str(_secrets().get_secret_value(SecretId=arn)["SecretString"])


@cache
def _key() -> bytes:
    return hmac.new(client_secret().encode(), DIGESTS, hashlib.sha256).digest()


def forget() -> None:
    """Ask anew at the next use (tests change it)."""
    client_secret.cache_clear()
    _key.cache_clear()
