"""One message by one channel: what becomes of it, step by step."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from pydantic import AwareDatetime, Field

from notifications.inbox.domain import Notification
from notifications.values import ChannelName, MessageKind
from stadion.values import Value


class DeliveryState(StrEnum):
    """Of a delivery. `sent`: the provider has taken it; `delivered`: its receipt came."""

    QUEUED = "queued"
    DEFERRED = "deferred"
    SENDING = "sending"
    DIGESTED = "digested"
    SENT = "sent"
    DELIVERED = "delivered"
    SUPPRESSED = "suppressed"
    FAILED = "failed"


OPEN: Final = frozenset({DeliveryState.QUEUED, DeliveryState.DEFERRED})


class DeliveryLogEntry(Value):
    state: DeliveryState
    at: AwareDatetime
    reason: str | None = None


class Delivery(Value):
    """One message by one channel, with all that it takes to send it."""

    message: Notification
    channel: ChannelName
    kind: MessageKind
    state: DeliveryState = DeliveryState.QUEUED
    reason: str | None = None
    due_at: AwareDatetime | None = None
    attempts: int = 0
    claimed_by: str | None = Field(default=None, description="the message in the queue that is sending it")
    parts: list[Notification] = Field(default_factory=list, description="of a digest: what it gathers")
    provider_ids: list[str] = Field(default_factory=list)
    log: list[DeliveryLogEntry] = Field(default_factory=list)

    @property
    def is_counted(self) -> bool:
        """By the frequency caps: the first claim counts it, further attempts are the same message."""
        return self.attempts > 0

    def became(self, state: DeliveryState, now: datetime, *, reason: str | None = None, **fields: Any) -> "Delivery":
        entry = DeliveryLogEntry(state=state, at=now, reason=reason)
        return self.model_copy(update={"state": state, "reason": reason, "log": [*self.log, entry], **fields})

    def due(self, now: datetime) -> "Delivery":
        """As it was, and to be looked at now."""
        return self.model_copy(update={"due_at": now})


def backoff(attempts: int, jitter: float) -> timedelta:
    """After the first failure about half a minute, then twice as long each time, an hour at most."""
    return timedelta(seconds=min(3600.0, 30.0 * 2 ** (attempts - 1)) * (0.5 + jitter))


MAX_ATTEMPTS: Final = 8
"""Within about an hour; what a provider does not take by then has failed."""
MAX_ATTEMPTS_OF_OURS: Final = 30
"""Within about a day: so long a message waits for us to mend its channel."""
