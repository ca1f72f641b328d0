"""Links that work without signing in: signed, for one athlete, kind and channel, and for nothing else.

The secret is a key, or a JSON list of keys, the newest first: that one signs, all are good. They do not expire: old
mails keep their way out, also those of before December 2026, which name the athlete and are signed with SHA-1.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from notifications import ways_out
from notifications.errors import LinkInvalidError
from notifications.settings import ChannelSettings
from notifications.values import ChannelName, MessageKind
from stadion.settings import load

SALT: Final = "way out"
SALT_OF_BEFORE: Final = "unsubscribe"
MAX_CHARACTERS: Final = 600
KEYS_FOR_S: Final = 300.0
"""So long a process signs with keys that are no more the newest; and so long it takes to learn of a new one."""


class Unsubscription(NamedTuple):
    user_id: str
    kind: MessageKind
    channel: ChannelName


def unsubscribe_link(asked: Unsubscription, now: datetime) -> str:
    way_id = ways_out.id_of(asked.user_id, now)
    token = _signers()[0].dumps([way_id, asked.kind.value, asked.channel.value])
    return f"{_base()}/v1/unsubscribe?token={token}"


def unsubscription(token: str) -> Unsubscription:
    """`LinkInvalidError` for whatever was not signed by us, and for an athlete who is no more."""
    sent = token[:MAX_CHARACTERS]
    signer, signer_of_before = _signers()
    found = _read(signer, sent)
    user_id = ways_out.user_of(found[0]) if found is not None else None
    if found is None:
        found = _read(signer_of_before, sent)
        user_id = found[0] if found is not None else None
    if found is None or user_id is None:
        raise LinkInvalidError
    return Unsubscription(user_id, found[1], found[2])


def _read(signer: Any, token: str) -> tuple[str, MessageKind, ChannelName] | None:
    from itsdangerous import BadData

    try:
        name, kind, channel = signer.loads(token)
        return str(name), MessageKind(kind), ChannelName(channel)
    except (BadData, ValueError, TypeError):
        return None


def _base() -> str:
    """On the local stack, under the path of the emulator: names below `localhost` do not resolve everywhere."""
    known = load(ChannelSettings)
    return f"{known.emulator}/_aws/execute-api/{known.api_id}" if known.emulator else known.api_url


def _signers() -> tuple[Any, Any]:
    """Of links, and of those of before."""
    return _made(int(time.monotonic() // KEYS_FOR_S))


@lru_cache(maxsize=1)
def _made(_: int) -> tuple[Any, Any]:
    return signers(_keys())


def signers(keys: Sequence[str]) -> tuple[Any, Any]:
    from itsdangerous import URLSafeSerializer

    oldest_first = list(reversed(keys))
    options = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return (
        URLSafeSerializer(oldest_first, salt=SALT, signer_kwargs=options),
        URLSafeSerializer(oldest_first, salt=SALT_OF_BEFORE),
    )


def _keys() -> list[str]:
    import boto3

    name = load(ChannelSettings).links_secret
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    return list(json.loads(secret)) if secret.startswith("[") else [secret]
