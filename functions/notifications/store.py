"""The notifications table. Access patterns stand in README.md; nothing outside this module knows the keys."""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from notifications.domain import Delivery, DeliveryState, Device, Notification, Preferences, Recipient
from notifications.errors import NotificationNotFoundError
from notifications.gate import ChannelName, MessageKind, Reason
from stadion import clock, pagination
from stadion.dynamo import Item, Transaction, absent, next_revision, overtaken, page_of, put_over
from stadion.errors import StaleVersionError
from stadion.events.envelope import Event
from stadion.events.outbox import outbox_items

KEPT_FOR = timedelta(days=180)
COUNTED_FOR = timedelta(days=40)
SHARDS = 8
"""Of the index of deferred deliveries, so that it is no single hot partition."""
READ_AT_ONCE = 40
MOST_ASKED_AGAIN = 90
"""Of one transaction's hundred items; caps keep a night far below it."""


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
        item = Item(pk=_user(self.user_id), sk=sk, kind="request", body=body, expires_at=_expiry(self.now))
        self.transaction.put(item, absent(), refused=_requested_before)

    def list_in_inbox(self, message: Notification) -> None:
        self.transaction.put(_item(message.model_copy(update={"created_at": self.now})))
        _count(self.transaction, self.user_id, +1)

    def put_delivery(self, delivery: Delivery, stored: Item | None) -> None:
        """`OvertakenError` when the delivery is not `stored` any more."""
        revision = next_revision(stored)
        put_over(self.transaction, stored, _delivery_item(delivery, revision, self.now))
        if delivery.state is DeliveryState.SENT:
            for provider_id in delivery.provider_ids:
                self.transaction.put(_receipt_item(delivery, provider_id, self.now))

    def count_sent(self, kind: MessageKind, channel: ChannelName, today: date, stored: Item | None) -> None:
        """On the count that was decided upon, so that two messages at once do not both pass the cap."""
        revision = next_revision(stored)
        expires_at = int((self.now + COUNTED_FOR).timestamp())
        sk = _sent_sk(kind, channel, today)
        item = Item(pk=_user(self.user_id), sk=sk, kind="sent", revision=revision, expires_at=expires_at)
        put_over(self.transaction, stored, item)

    def publish(self, *events: Event) -> None:
        for item in outbox_items(events, user_id=self.user_id, correlation_id=self.correlation_id, now=self.now):
            self.transaction.put(item)

    def commit(self) -> None:
        self.transaction.commit()


def _requested_before(raw: dict[str, dict[str, Any]] | None) -> Exception:
    body = Item.of_raw(raw).body if raw else None
    return AlreadyRequestedError((body or {}).get("notification_id", ""))


def page(user_id: str, *, unread_only: bool, limit: int, cursor: str | None) -> pagination.Page[Notification]:
    """Newest first."""
    scope = pagination.fingerprint("notifications", user_id, unread_only)
    where = Item.kind == "unread" if unread_only else None
    page = page_of(_user(user_id), "NOTE#", scope=scope, limit=limit, cursor=cursor, newest_first=True, where=where)
    return page.of(lambda item: Notification.model_validate(item.body))


def recipient_and_unread(user_id: str) -> tuple[Recipient, int]:
    """What this service knows of the athlete, and how many messages are unread in all; one request."""
    keys = [(_user(user_id), "RECIPIENT"), (_user(user_id), "UNREAD")]
    items = {item.sk: item for item in Item.batch_get(keys, consistent_read=True)}
    return _recipient(items.get("RECIPIENT")), _unread(items.get("UNREAD"))


def unread(user_id: str) -> int:
    return _unread(Item.find(_user(user_id), "UNREAD"))


def mark_read(user_id: str, notification_id: str, now: datetime) -> None:
    """Nothing happens when it was read before."""
    item = Item.find(_user(user_id), _sk(notification_id))
    if item is None:
        raise NotificationNotFoundError
    if item.kind == "unread":
        _mark(user_id, [item], now)


def mark_all_read(user_id: str, now: datetime) -> None:
    while True:
        counted = unread(user_id)
        found = Item.query(
            _user(user_id),
            Item.sk.startswith("NOTE#"),
            filter_condition=Item.kind == "unread",
            limit=READ_AT_ONCE,
            consistent_read=True,
        )
        items = list(found)
        if not items:
            return _settle_count(user_id, counted)
        _mark(user_id, items, now)


def _settle_count(user_id: str, counted: int) -> None:
    """Unread messages that went by their age (TTL) are still counted; a delivery that comes between is not lost."""
    if counted:
        transaction = Transaction()
        counter = Item(pk=_user(user_id), sk="UNREAD")
        transaction.update(counter, [Item.revision.set(0)], Item.revision == counted, refused=overtaken)
        transaction.commit()


def _mark(user_id: str, items: list[Item], now: datetime) -> None:
    transaction = Transaction()
    for item in items:
        read = Notification.model_validate(item.body).model_copy(update={"read_at": now})
        transaction.put(_item(read), Item.kind == "unread", refused=overtaken)
    _count(transaction, user_id, -len(items))
    transaction.commit()


def _count(transaction: Transaction, user_id: str, amount: int) -> None:
    counter = Item(pk=_user(user_id), sk="UNREAD")
    transaction.update(counter, [Item.revision.add(amount)])


def know(user_id: str, change: Callable[[Recipient], Recipient], now: datetime) -> bool:
    """Applies `change` to the copy; False when it changes nothing."""
    stored = Item.find(_user(user_id), "RECIPIENT")
    known = _recipient(stored)
    changed = change(known)
    if changed == known and stored is not None:
        return False
    revision = next_revision(stored)
    body = changed.model_dump(mode="json")
    transaction = Transaction()
    new = Item(pk=_user(user_id), sk="RECIPIENT", kind="recipient", revision=revision, body=body)
    put_over(transaction, stored, new)
    if changed.time_zone != known.time_zone:
        _ask_again(transaction, user_id, now)
    transaction.commit()
    return True


def _recipient(item: Item | None) -> Recipient:
    return Recipient.model_validate(item.body) if item is not None else Recipient()


def _unread(item: Item | None) -> int:
    return int(item.revision or 0) if item is not None else 0


# --- deliveries -----------------------------------------------------------------------------------------------------


def delivery(user_id: str, notification_id: str, channel: ChannelName) -> tuple[Delivery | None, Item | None]:
    item = Item.find(_user(user_id), _delivery_sk(notification_id, channel))
    return (Delivery.model_validate(item.body) if item is not None else None), item


def deliveries(user_id: str, notification_id: str) -> list[Delivery]:
    found = Item.query(_user(user_id), Item.sk.startswith(f"DELIVERY#{notification_id}#"), consistent_read=True)
    return [Delivery.model_validate(item.body) for item in found]


def delivery_log(user_id: str, *, limit: int, cursor: str | None) -> pagination.Page[Delivery]:
    """Newest messages first."""
    scope = pagination.fingerprint("deliveries", user_id)
    page = page_of(_user(user_id), "DELIVERY#", scope=scope, limit=limit, cursor=cursor, newest_first=True)
    return page.of(lambda item: Delivery.model_validate(item.body))


def due(shard: int, now: datetime, *, most: int) -> list[Delivery]:
    """Deferred deliveries whose time has come, the oldest first; from an index, so a moment late."""
    found = Item.by_gsi1.query(_due_pk(shard), Item.gsi1sk <= clock.rfc3339(now) + "~", limit=most)
    return [Delivery.model_validate(item.body) for item in found]


def _ask_again(transaction: Transaction, user_id: str, now: datetime) -> None:
    """What waits for the end of quiet hours is due now: the gate knows when that end is by the new ones."""
    waiting = Item.query(
        _user(user_id),
        Item.sk.startswith("DELIVERY#"),
        filter_condition=Item.gsi1pk.exists(),
        scan_index_forward=False,
        consistent_read=True,
    )
    asleep = ((stored, Delivery.model_validate(stored.body)) for stored in waiting)
    asleep = ((stored, one) for stored, one in asleep if one.reason == Reason.QUIET_HOURS.value)
    for stored, one in islice(asleep, MOST_ASKED_AGAIN):
        put_over(transaction, stored, _delivery_item(one.due(now), int(stored.revision) + 1, now))


def of_receipt(provider_id: str) -> tuple[str, str, ChannelName] | None:
    """Athlete, message and channel of what a provider took under this id."""
    item = Item.find(f"RECEIPT#{provider_id}", "RECEIPT")
    if item is None:
        return None
    return item.body["user_id"], item.body["notification_id"], ChannelName(item.body["channel"])


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
    pk = _user(user_id)
    keys = [(pk, sk) for sk in ("RECIPIENT", "PREFERENCES", "DEVICES")]
    items = {item.sk: item for item in Item.batch_get(keys, consistent_read=True)}
    return Standing(
        _recipient(items.get("RECIPIENT")), _preferences(items.get("PREFERENCES")), _devices(items.get("DEVICES")), {}
    )


def with_counts(user_id: str, known: Standing, kind: MessageKind, channel: ChannelName, days: list[date]) -> Standing:
    keys = [(_user(user_id), _sent_sk(kind, channel, day)) for day in days]
    counts = {item.sk: item for item in Item.batch_get(keys, consistent_read=True)}
    return replace(known, counts=counts)


# --- preferences and devices ----------------------------------------------------------------------------------------


def preferences(user_id: str) -> Preferences:
    return _preferences(Item.find(_user(user_id), "PREFERENCES"))


def change_preferences(old: Preferences, new: Preferences, user_id: str, now: datetime) -> None:
    """`StaleVersionError` when they are not `old` any more, `OvertakenError` when a waiting delivery is not."""
    transaction = Transaction()
    body = new.model_dump(mode="json")
    item = Item(pk=_user(user_id), sk="PREFERENCES", kind="preferences", revision=new.revision, body=body)
    unchanged = Item.revision == old.revision if old.revision else absent()
    transaction.put(item, unchanged, refused=lambda _: StaleVersionError())
    if new.quiet_hours != old.quiet_hours:
        _ask_again(transaction, user_id, now)
    transaction.commit()


def devices(user_id: str) -> tuple[list[Device], Item | None]:
    item = Item.find(_user(user_id), "DEVICES")
    return _devices(item), item


def put_devices(user_id: str, known: list[Device], stored: Item | None) -> None:
    """`OvertakenError` when the list is not `stored` any more."""
    revision = next_revision(stored)
    body = {"devices": [device.model_dump(mode="json") for device in known]}
    transaction = Transaction()
    put_over(transaction, stored, Item(pk=_user(user_id), sk="DEVICES", kind="devices", revision=revision, body=body))
    transaction.commit()


def owner_of_token(token: str) -> tuple[tuple[str, str] | None, Item | None]:
    """Athlete and device that this push token was registered for last."""
    item = Item.find(_token_pk(token), "TOKEN")
    return ((item.body["user_id"], item.body["device_id"]) if item is not None else None), item


def put_owner_of_token(token: str, user_id: str, device_id: str, stored: Item | None) -> None:
    revision = next_revision(stored)
    body = {"user_id": user_id, "device_id": device_id}
    transaction = Transaction()
    put_over(transaction, stored, Item(pk=_token_pk(token), sk="TOKEN", kind="token", revision=revision, body=body))
    transaction.commit()


def _token_pk(token: str) -> str:
    return f"TOKEN#{hashlib.sha256(token.encode()).hexdigest()}"


def _preferences(item: Item | None) -> Preferences:
    return Preferences.model_validate(item.body) if item is not None else Preferences()


def _devices(item: Item | None) -> list[Device]:
    return [Device.model_validate(device) for device in item.body["devices"]] if item is not None else []


def _delivery_sk(notification_id: str, channel: ChannelName) -> str:
    return f"DELIVERY#{notification_id}#{channel.value}"


def _sent_sk(kind: MessageKind, channel: ChannelName, day: date) -> str:
    return f"SENT#{kind.value}#{channel.value}#{day.isoformat()}"


def _due_pk(shard: int) -> str:
    return f"DUE#{shard}"


def _delivery_item(delivery: Delivery, revision: int, now: datetime) -> Item:
    message = delivery.message
    item = Item(
        pk=_user(message.user_id),
        sk=_delivery_sk(message.notification_id, delivery.channel),
        kind="delivery",
        revision=revision,
        body=delivery.model_dump(mode="json", exclude_none=True),
        expires_at=_expiry(now),
    )
    if delivery.state is DeliveryState.DEFERRED and delivery.due_at is not None:
        item.gsi1pk = _due_pk(zlib.crc32(message.user_id.encode()) % SHARDS)
        item.gsi1sk = f"{clock.rfc3339(delivery.due_at)}#{message.notification_id}#{delivery.channel.value}"
    return item


def _receipt_item(delivery: Delivery, provider_id: str, now: datetime) -> Item:
    body = {
        "user_id": delivery.message.user_id,
        "notification_id": delivery.message.notification_id,
        "channel": delivery.channel.value,
    }
    expires_at = int((now + COUNTED_FOR).timestamp())
    return Item(pk=f"RECEIPT#{provider_id}", sk="RECEIPT", kind="receipt", body=body, expires_at=expires_at)


def _user(user_id: str) -> str:
    return f"USER#{user_id}"


def _sk(notification_id: str) -> str:
    return f"NOTE#{notification_id}"


def _item(notification: Notification) -> Item:
    return Item(
        pk=_user(notification.user_id),
        sk=_sk(notification.notification_id),
        kind="unread" if notification.read_at is None else "read",
        body=notification.model_dump(mode="json"),
        expires_at=_expiry(notification.created_at),
    )


def _expiry(now: datetime) -> int:
    return int((now + KEPT_FOR).timestamp())
