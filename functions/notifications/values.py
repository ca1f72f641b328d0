"""What messages are about, the channels that they go by, and why one does not go."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

KEPT_FOR: Final = timedelta(days=180)
"""Messages, and what became of them."""
COUNTED_FOR: Final = timedelta(days=40)
"""What frequency caps count, and receipts."""


class MessageKind(StrEnum):
    """What a message is about; its template says so, not its sender."""

    TRANSACTIONAL = "transactional"
    """The athlete asked for it or must know it: it passes every rule but the lack of an address."""
    ACTIVITY = "activity"
    GEAR = "gear"
    SOCIAL = "social"
    MARKETING = "marketing"


class ChannelName(StrEnum):
    INBOX = "inbox"
    PUSH = "push"
    EMAIL = "email"
    SMS = "sms"


class Reason(StrEnum):
    EXPIRED = "expired"
    NO_ADDRESS = "no_address"
    ADDRESS_REFUSES = "address_refuses"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    MUTED = "muted"
    CAPPED = "capped"
    QUIET_HOURS = "quiet_hours"
    DIGEST = "digest"
    REPLACED = "replaced"
    """By a newer message, before it rang."""
    NOTHING_AGAINST = "nothing_against"


USUAL_CHANNELS: Final[Mapping[MessageKind, tuple[ChannelName, ...]]] = {
    MessageKind.TRANSACTIONAL: (ChannelName.INBOX, ChannelName.EMAIL),
    MessageKind.ACTIVITY: (ChannelName.INBOX, ChannelName.PUSH),
    MessageKind.GEAR: (ChannelName.INBOX, ChannelName.PUSH),
    MessageKind.SOCIAL: (ChannelName.INBOX, ChannelName.PUSH),
    MessageKind.MARKETING: (ChannelName.INBOX, ChannelName.PUSH, ChannelName.EMAIL),
}
CHOSEN: Final = (MessageKind.ACTIVITY, MessageKind.GEAR, MessageKind.SOCIAL, MessageKind.MARKETING)
"""The kinds whose channels an athlete chooses."""


def possible_channels(kind: MessageKind) -> list[ChannelName]:
    """SMS are for offers alone, and for who asks for them."""
    return [*USUAL_CHANNELS[kind], *([ChannelName.SMS] if kind is MessageKind.MARKETING else [])]
