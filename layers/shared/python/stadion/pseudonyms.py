"""Keyed hashes that stand for people and networks in logs and in the audit: the same one for the same one, and nobody
can make them from a list of all ids or addresses without the key (HMAC-SHA256; the key is the platform's secret).

One looks like `3f9a-5b6c7d8e9f0112233445566`: which key, and what it says.
"""

import hashlib
import hmac
import time
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from stadion.clients import Client, Patience
from stadion.observability import count, logger
from stadion.settings import MissingSettingError, settings

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

LENGTH: Final = 26
ASKED_AGAIN_S: Final = 60
"""After a failure, so that an unreachable secret costs one request in a minute its patience."""
PATIENCE: Final = Patience(read_s=2, attempts=2)

_failed_at: float | None = None


class Of(StrEnum):
    """What is meant: equal texts of two kinds have nothing in common."""

    ATHLETE = "athlete"
    PARTNER = "partner"
    SIGNER = "signer"
    ADDRESS = "address"
    """An e-mail address, as somebody asked for it."""
    NETWORK = "network"


class NoKeyError(Exception):
    """The key cannot be had: what must not be written without one is refused."""


def of(kind: Of, text: str) -> str:
    """Also of what is no text: half a surrogate pair, which JSON may hold, is told before it is refused."""
    key, meant = _key(), f"{kind.value}\x00{text}".encode(errors="surrogatepass")
    said = hmac.new(key, meant, hashlib.sha256).hexdigest()[:LENGTH]
    return f"{_key_id(key)}-{said}"


def if_possible(kind: Of, text: str | None) -> str | None:
    """For a line of a log, which no request waits for: none without a key, which is counted."""
    try:
        return of(kind, text) if text and settings().pseudonyms_secret else None
    except (MissingSettingError, NoKeyError):
        count("PseudonymsMissing")
        return None


def of_signer(by: str) -> str | None:
    """For a line of a log: whoever signed is a hash there, and a task of ours is named."""
    return if_possible(Of.SIGNER, by) if by.startswith("arn:") else by


def _key() -> bytes:
    global _failed_at  # noqa: PLW0603 - of this instance, as its key is
    if _failed_at is not None and time.monotonic() - _failed_at < ASKED_AGAIN_S:
        raise NoKeyError
    try:
        return _fetched(settings().pseudonyms_secret)
    except Exception as error:
        _failed_at = time.monotonic()
        logger.warning("the key of pseudonyms cannot be had", extra={"error": type(error).__name__})
        raise NoKeyError from error


@cache
def _fetched(secret: str) -> bytes:
    """Once in the life of an instance."""
    return str(_secrets().get_secret_value(SecretId=secret)["SecretString"]).encode()


@cache
def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"which key: " + key).hexdigest()[:4]


_secrets: "Client[SecretsManagerClient]" = Client("secretsmanager", patience=PATIENCE)


def forget() -> None:
    """Ask anew at the next use (tests change it)."""
    global _failed_at  # noqa: PLW0603
    _failed_at = None
    _fetched.cache_clear()
    _secrets.cache_clear()
