"""Deliveries in the notifications table: by message, by due time, and by what the provider called them."""

import zlib
from datetime import datetime
from itertools import islice

from notifications import keys
from notifications.deliveries.domain import Delivery, DeliveryState
from notifications.values import ChannelName, Reason
from stadion import clock, pagination
from stadion.dynamo import Item, Transaction, next_revision, page_of, put_over

SHARDS = 8
"""Of the index of deferred deliveries, so that it is no single hot partition."""
MOST_ASKED_AGAIN = 90
"""Of one transaction's hundred items; caps keep a night far below it."""


def delivery(user_id: str, notification_id: str, channel: ChannelName) -> tuple[Delivery | None, Item | None]:
    item = Item.find(keys.user(user_id), _delivery_sk(notification_id, channel))
    return (Delivery.model_validate(item.body) if item is not None else None), item


def deliveries(user_id: str, notification_id: str) -> list[Delivery]:
    found = Item.query(keys.user(user_id), Item.sk.startswith(f"DELIVERY#{notification_id}#"), consistent_read=True)
    return [Delivery.model_validate(item.body) for item in found]


def delivery_log(user_id: str, *, limit: int, cursor: str | None) -> pagination.Page[Delivery]:
    """Newest messages first."""
    scope = pagination.fingerprint("deliveries", user_id)
    page = page_of(keys.user(user_id), "DELIVERY#", scope=scope, limit=limit, cursor=cursor, newest_first=True)
    return page.of(lambda item: Delivery.model_validate(item.body))


def due(shard: int, now: datetime, *, most: int) -> list[Delivery]:
    """Deferred deliveries whose time has come, the oldest first; from an index, so a moment late."""
    found = Item.by_gsi1.query(_due_pk(shard), Item.gsi1sk <= clock.rfc3339(now) + "~", limit=most)
    return [Delivery.model_validate(item.body) for item in found]


def put(transaction: Transaction, delivery: Delivery, stored: Item | None, now: datetime) -> None:
    """`WriteConflictError` when the delivery is not `stored` any more."""
    revision = next_revision(stored)
    put_over(transaction, stored, _delivery_item(delivery, revision, now))
    if delivery.state is DeliveryState.SENT:
        for provider_id in delivery.provider_ids:
            transaction.put(_receipt_item(delivery, provider_id, now))


def ask_again(transaction: Transaction, user_id: str, now: datetime) -> None:
    """What waits for the end of quiet hours is due now: the gate knows when that end is by the new ones."""
    waiting = Item.query(
        keys.user(user_id),
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


def _delivery_sk(notification_id: str, channel: ChannelName) -> str:
    return f"DELIVERY#{notification_id}#{channel.value}"


def _due_pk(shard: int) -> str:
    return f"DUE#{shard}"


def _delivery_item(delivery: Delivery, revision: int, now: datetime) -> Item:
    message = delivery.message
    item = Item(
        pk=keys.user(message.user_id),
        sk=_delivery_sk(message.notification_id, delivery.channel),
        kind="delivery",
        revision=revision,
        body=delivery.model_dump(mode="json", exclude_none=True),
        expires_at=keys.expiry(now),
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
    expires_at = int((now + keys.COUNTED_FOR).timestamp())
    return Item(pk=f"RECEIPT#{provider_id}", sk="RECEIPT", kind="receipt", body=body, expires_at=expires_at)
