"""One transaction about an athlete's messages, and all that the gate asks of an athlete in one request."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from notifications import keys
from notifications.deliveries import store as delivery_store
from notifications.deliveries.domain import Delivery
from notifications.devices.domain import Device
from notifications.devices.store import devices_of
from notifications.inbox import store as inbox_store
from notifications.inbox.domain import Notification
from notifications.recipients.domain import Preferences, Recipient
from notifications.recipients.store import preferences_of, recipient_of
from notifications.values import ChannelName, MessageKind
from stadion.dynamo import Item, Transaction, absent, next_revision, put_over
from stadion.events.envelope import Event
from stadion.events.outbox import outbox_items


class AlreadyRequestedError(Exception):
    """The same request was taken before, as the message `notification_id`."""

    def __init__(self, notification_id: str) -> None:
        super().__init__(notification_id)
        self.notification_id = notification_id


@dataclass
class Change:
    """One transaction about the messages of one athlete."""

    user_id: str
    now: datetime
    correlation_id: str
    transaction: Transaction = field(default_factory=Transaction)

    def claim_request(self, message: Notification) -> None:
        """The same request twice is one message: `AlreadyRequestedError`."""
        sk = f"REQUEST#{message.request_id}"
        body = {"notification_id": message.notification_id}
        item = Item(pk=keys.user(self.user_id), sk=sk, kind="request", body=body, expires_at=keys.expiry(self.now))
        self.transaction.put(item, absent(), refused=_requested_before)

    def list_in_inbox(self, message: Notification) -> None:
        inbox_store.put(self.transaction, message.model_copy(update={"created_at": self.now}))

    def put_delivery(self, delivery: Delivery, stored: Item | None) -> None:
        """`WriteConflictError` when the delivery is not `stored` any more."""
        delivery_store.put(self.transaction, delivery, stored, self.now)

    def count_sent(self, kind: MessageKind, channel: ChannelName, today: date, stored: Item | None) -> None:
        """On the count that was decided upon, so that two messages at once do not both pass the cap."""
        revision = next_revision(stored)
        expires_at = int((self.now + keys.COUNTED_FOR).timestamp())
        sk = _sent_sk(kind, channel, today)
        item = Item(pk=keys.user(self.user_id), sk=sk, kind="sent", revision=revision, expires_at=expires_at)
        put_over(self.transaction, stored, item)

    def publish(self, *events: Event) -> None:
        for item in outbox_items(events, user_id=self.user_id, correlation_id=self.correlation_id, now=self.now):
            self.transaction.put(item)

    def commit(self) -> None:
        self.transaction.commit()


def _requested_before(raw: dict[str, dict[str, Any]] | None) -> Exception:
    body = Item.of_raw(raw).body if raw else None
    return AlreadyRequestedError((body or {}).get("notification_id", ""))


@dataclass(frozen=True)
class Standing:
    """All that the gate asks of one athlete; one request."""

    recipient: Recipient
    preferences: Preferences
    devices: list[Device]
    counts: dict[str, Item]

    def counted(self, kind: MessageKind, channel: ChannelName, days: list[date]) -> tuple[int, ...]:
        items = (self.counts.get(_sent_sk(kind, channel, day)) for day in days)
        return tuple(int(item.revision) if item is not None else 0 for item in items)

    def count_item(self, kind: MessageKind, channel: ChannelName, day: date) -> Item | None:
        return self.counts.get(_sent_sk(kind, channel, day))


def standing(user_id: str) -> Standing:
    pk = keys.user(user_id)
    wanted = [(pk, sk) for sk in ("RECIPIENT", "PREFERENCES", "DEVICES")]
    items = {item.sk: item for item in Item.batch_get(wanted, consistent_read=True)}
    return Standing(
        recipient_of(items.get("RECIPIENT")),
        preferences_of(items.get("PREFERENCES")),
        devices_of(items.get("DEVICES")),
        {},
    )


def with_counts(user_id: str, known: Standing, kind: MessageKind, channel: ChannelName, days: list[date]) -> Standing:
    wanted = [(keys.user(user_id), _sent_sk(kind, channel, day)) for day in days]
    counts = {item.sk: item for item in Item.batch_get(wanted, consistent_read=True)}
    return replace(known, counts=counts)


def _sent_sk(kind: MessageKind, channel: ChannelName, day: date) -> str:
    return f"SENT#{kind.value}#{channel.value}#{day.isoformat()}"
