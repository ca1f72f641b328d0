"""Deliveries in the notifications table: by message, by due time, and by what the provider called them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from notifications.deliveries.domain import OPEN, Delivery, DeliveryState
from notifications.inbox.domain import Notification
from notifications.values import COUNTED_FOR, KEPT_FOR, ChannelName, Reason
from stadion import clock, pagination
from stadion.change import Change
from stadion.dynamo import Item
from stadion.records import Index, Records, Stored, fetch, values_of
from stadion.values import Value

MAX_ASKED_AGAIN = 90
"""Of one transaction's hundred items; caps keep a night far below it."""
DUE = Index(
    "DUE#{shard}",
    "{due_at}#{message.notification_id}#{channel}",
    when=lambda delivery: delivery.state is DeliveryState.DEFERRED,
    shards=8,
    shard_by="{message.user_id}",
)
"""Deferred deliveries."""


class _Receipt(Value):
    """What a provider took under an id of its own."""

    user_id: str
    notification_id: str
    channel: ChannelName


DELIVERIES = Records(
    Delivery,
    kind="delivery",
    pk="USER#{user_id}",
    sk="DELIVERY#{notification_id}#{channel}",
    kept_for=KEPT_FOR,
    index=DUE,
)
"""Planning, sending, receipts, on the revision; the log. In the index while it is deferred."""
RECEIPTS = Records(_Receipt, kind="receipt", pk="RECEIPT#{provider_id}", sk="RECEIPT", kept_for=COUNTED_FOR)
"""Sending, by the provider's id of it; `on_mail_events`."""


def read(user_id: str, notification_id: str, channel: ChannelName) -> Stored[Delivery]:
    return DELIVERIES.read(user_id, notification_id, channel)


def nothing_of(message: Notification, channel: ChannelName) -> Stored[Delivery]:
    """Of a message that was never sent by the channel."""
    return DELIVERIES.at(message.user_id, message.notification_id, channel).nothing()


def deliveries(user_id: str, notification_id: str) -> list[Delivery]:
    return list(DELIVERIES.every(user_id, notification_id))


def waiting(user_id: str, notification_ids: Sequence[str]) -> list[Stored[Delivery]]:
    """Of these messages, what is to ring and did not yet; in one request."""
    channels = [channel for channel in ChannelName if channel is not ChannelName.INBOX]
    places = [DELIVERIES.at(user_id, one, channel) for one in notification_ids for channel in channels]
    found = fetch(*places)
    every = [found[place] for place in places]
    return [stored for stored in every if stored.value is not None and stored.value.state in OPEN]


def delivery_log(user_id: str, *, limit: int, cursor: str | None) -> pagination.Page[Delivery]:
    """Newest messages first."""
    scope = ("deliveries", user_id)
    return DELIVERIES.page(user_id, scope=scope, limit=limit, cursor=cursor, newest_first=True)


def due(now: datetime, *, most: int) -> Iterable[Delivery]:
    """Deferred deliveries whose time has come, the oldest of each shard first; from an index, so a moment late."""
    for shard in DUE.partitions():
        yield from values_of(DELIVERIES.listed(shard, clock.rfc3339(now), limit=most))


def put(change: Change, delivery: Delivery, stored: Stored[Delivery]) -> None:
    """`WriteConflictError` when the delivery is not `stored` any more."""
    change.replace(stored, delivery)
    if delivery.state is DeliveryState.SENT:
        message = delivery.message
        receipt = _Receipt(user_id=message.user_id, notification_id=message.notification_id, channel=delivery.channel)
        for provider_id in delivery.provider_ids:
            change.put(RECEIPTS.at(provider_id), receipt, new=False)


def ask_again(change: Change, user_id: str) -> None:
    """What waits for the end of quiet hours is due now: the gate knows when that end is by the new ones."""
    waiting = DELIVERIES.each(user_id, where=Item.gsi1pk.exists(), newest_first=True)
    asleep = (
        (stored, stored.value)
        for stored in waiting
        if stored.value is not None and stored.value.reason == Reason.QUIET_HOURS.value
    )
    for stored, delivery in islice(asleep, MAX_ASKED_AGAIN):
        change.replace(stored, delivery.due(change.now))


def of_receipt(provider_id: str) -> tuple[str, str, ChannelName] | None:
    """Athlete, message and channel of what a provider took under this id."""
    receipt = RECEIPTS.find(provider_id)
    return (receipt.user_id, receipt.notification_id, receipt.channel) if receipt is not None else None
