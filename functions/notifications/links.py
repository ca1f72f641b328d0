"""Links that work without signing in: signed, for one athlete, kind and channel, and for nothing else."""

from functools import cache
from typing import Any, Final, NamedTuple

from notifications.errors import LinkInvalidError
from notifications.settings import ChannelSettings
from notifications.values import ChannelName, MessageKind
from stadion.settings import load

SALT: Final = "unsubscribe"
MAX_CHARACTERS: Final = 600


class Unsubscription(NamedTuple):
    user_id: str
    kind: MessageKind
    channel: ChannelName


def unsubscribe_link(asked: Unsubscription) -> str:
    token = _signer().dumps([asked.user_id, asked.kind.value, asked.channel.value])
    return f"{_base()}/v1/unsubscribe?token={token}"


def unsubscription(token: str) -> Unsubscription:
    """`LinkInvalidError` for whatever was not signed by us. It does not expire: old mails keep their way out."""
    from itsdangerous import BadData

    try:
        user_id, kind, channel = _signer().loads(token[:MAX_CHARACTERS])
        return Unsubscription(str(user_id), MessageKind(kind), ChannelName(channel))
    except (BadData, ValueError, TypeError) as error:
        raise LinkInvalidError from error


def _base() -> str:
    """On the local stack, under the path of the emulator: names below `localhost` do not resolve everywhere."""
    known = load(ChannelSettings)
    return f"{known.emulator}/_aws/execute-api/{known.api_id}" if known.emulator else known.api_url


@cache
def _signer() -> Any:
    import boto3
    from itsdangerous import URLSafeSerializer

    name = load(ChannelSettings).links_secret
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    return URLSafeSerializer(secret, salt=SALT)
