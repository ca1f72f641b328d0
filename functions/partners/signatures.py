"""Standard Webhooks (standardwebhooks.com): `webhook-id`, `webhook-timestamp`, `webhook-signature`, HMAC-SHA256.

The library keeps the window of five minutes by its own clock, and compares in constant time.
"""

import base64
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from partners.domain import Secret
from partners.errors import SignatureInvalidError, WebhookOutOfWindowError

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
SECRET_BYTES = 32
OUT_OF_WINDOW = "Message timestamp"
"""How the library's two complaints about the time begin."""


def new_secret(secret_id: str, now: datetime) -> Secret:
    value = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return Secret(secret_id=secret_id, value=value, created_at=now)


def verify(body: bytes, header: Callable[[str], str | None], valid: Iterable[Secret]) -> str:
    """The webhook-id of a message that one of the secrets has signed."""
    headers = {name: header(name) or "" for name in (ID, TIMESTAMP)}
    headers[SIGNATURE] = " ".join(_well_formed(header(SIGNATURE) or ""))
    if "." in headers[ID]:  # it would blur where the id ends in what is signed; the standard forbids it
        raise SignatureInvalidError
    for secret in valid:
        try:
            Webhook(secret.value).verify(body, headers, json_parse=False)
        except WebhookVerificationError as refused:
            if str(refused).startswith(OUT_OF_WINDOW):
                raise WebhookOutOfWindowError from refused
        except ValueError:  # no text, no base64, no version: the library lets these through
            continue
        else:
            return headers[ID]
    raise SignatureInvalidError


def _well_formed(signatures: str) -> Iterable[str]:
    """The library refuses a list for one that is no `version,signature`; the standard ignores what is unknown."""
    return (one for one in signatures.split() if one.count(",") == 1 and one.isascii())


def sign(body: bytes, *, webhook_id: str, now: datetime, valid: Iterable[Secret]) -> dict[str, str]:
    """The headers of an attempt: one signature for each valid secret, so that a rotation breaks nothing."""
    signatures = [Webhook(secret.value).sign(webhook_id, now, body.decode()) for secret in valid]
    return {ID: webhook_id, TIMESTAMP: str(int(now.timestamp())), SIGNATURE: " ".join(signatures)}
