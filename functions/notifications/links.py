"""Links that work without signing in: signed, for one athlete, kind and channel, and for nothing else.

Each character of an SMS is paid for: its links are short, by kind and channel in a letter each and a shorter signature.

The secret is a key, or a JSON list of keys, the newest first: that one signs, all are good. They do not expire: old
mails keep their way out, also those of before December 2026, which name the athlete and are signed with SHA-1.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from notifications import ways_out
from notifications.errors import LinkInvalidError
from notifications.settings import ChannelSettings
from notifications.values import ChannelName, MessageKind
from stadion.clients import Client
from stadion.settings import load

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_secrets: "Client[SecretsManagerClient]" = Client("secretsmanager")
SALT: Final = "way out"
SALT_OF_BEFORE: Final = "unsubscribe"
SALT_OF_SHORT: Final = b"short way out"
SHORT: Final = re.compile(
    r"(?P<told>(?P<way>[A-Za-z0-9_-]{22})(?P<kind>[a-z])(?P<channel>[a-z]))(?P<signature>[A-Za-z0-9_-]{12})"
)
SHORT_BYTES: Final = 9
"""Of its signature: 72 bits, beside an id of 128 that nobody can guess."""
MAX_CHARACTERS: Final = 600
KEYS_FOR_S: Final = 300.0
"""So long a process signs with keys that are no more the newest; and so long it takes to learn of a new one."""


_KINDS: Final = {kind.value[0]: kind for kind in MessageKind}
_CHANNELS: Final = {channel.value[0]: channel for channel in ChannelName}
_LETTERS: Final = {named: letter for known in (_KINDS, _CHANNELS) for letter, named in known.items()}


class Unsubscription(NamedTuple):
    user_id: str
    kind: MessageKind
    channel: ChannelName


def unsubscribe_link(asked: Unsubscription, now: datetime) -> str:
    way_id = ways_out.id_of(asked.user_id, now)
    if asked.channel is ChannelName.SMS:
        told = f"{way_id}{_LETTERS[asked.kind]}{_LETTERS[asked.channel]}"
        return f"{_base()}/v1/unsubscribe?token={told}{_short_signature(_known_keys()[0], told)}"
    token = _signers()[0].dumps([way_id, asked.kind.value, asked.channel.value])
    return f"{_base()}/v1/unsubscribe?token={token}"


def unsubscription(token: str) -> Unsubscription:
    """`LinkInvalidError` for whatever was not signed by us, and for an athlete who is no more."""
    if (short := SHORT.fullmatch(token)) is not None:
        return _short_unsubscription(short)
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


def _short_unsubscription(token: re.Match[str]) -> Unsubscription:
    said = [_short_signature(key, token["told"]) for key in _known_keys()]
    if not any(hmac.compare_digest(one, token["signature"]) for one in said):
        raise LinkInvalidError
    user_id = ways_out.user_of(token["way"])
    if user_id is None:
        raise LinkInvalidError
    return Unsubscription(user_id, _KINDS[token["kind"]], _CHANNELS[token["channel"]])


def _short_signature(key: str, told: str) -> str:
    digest = hmac.new(key.encode(), SALT_OF_SHORT + told.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:SHORT_BYTES]).decode()


def _base() -> str:
    """On the local stack, under the path of the emulator: names below `localhost` do not resolve everywhere."""
    known = load(ChannelSettings)
    return f"{known.emulator}/_aws/execute-api/{known.api_id}" if known.emulator else known.api_url


def _signers() -> tuple[Any, Any]:
    """Of links, and of those of before."""
    return signers(_known_keys())


def _known_keys() -> Sequence[str]:
    """The newest first."""
    return _made(int(time.monotonic() // KEYS_FOR_S))


@lru_cache(maxsize=1)
def _made(_: int) -> Sequence[str]:
    return _keys()


def signers(keys: Sequence[str]) -> tuple[Any, Any]:
    from itsdangerous import URLSafeSerializer

    oldest_first = list(reversed(keys))
    options = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return (
        URLSafeSerializer(oldest_first, salt=SALT, signer_kwargs=options),
        URLSafeSerializer(oldest_first, salt=SALT_OF_BEFORE),
    )


def _keys() -> list[str]:
    name = load(ChannelSettings).links_secret
    secret = _secrets().get_secret_value(SecretId=name)["SecretString"]
    return list(json.loads(secret)) if secret.startswith("[") else [secret]
