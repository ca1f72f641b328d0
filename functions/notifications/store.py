"""The notifications table. Access patterns stand in README.md; nothing outside this module knows the keys."""

from datetime import datetime, timedelta
from typing import Any

from notifications.domain import Notification, Recipient
from notifications.errors import NotificationNotFoundError
from stadion import pagination
from stadion.dynamo import Item, OvertakenError, Transaction, absent, overtaken, page_of, put_over
from stadion.events.envelope import Event
from stadion.events.outbox import outbox_items

KEPT_FOR = timedelta(days=180)
READ_AT_ONCE = 40


class AlreadyDeliveredError(Exception):
    """The same request was delivered before."""


def deliver(notification: Notification, events: list[Event], *, correlation_id: str) -> None:
    """Puts the message into the inbox, once per request id, and counts it as unread."""
    transaction = Transaction()
    user_id, now = notification.user_id, notification.created_at
    request = Item(pk=_user(user_id), sk=f"REQUEST#{notification.request_id}", kind="request", expires_at=_expiry(now))
    transaction.put(request, absent(), refused=lambda _: AlreadyDeliveredError())
    transaction.put(_item(notification))
    _count(transaction, user_id, +1)
    for item in outbox_items(events, user_id=user_id, correlation_id=correlation_id, now=now):
        transaction.put(item)
    transaction.commit()


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
        transaction.put(_item(read), Item.kind == "unread", refused=lambda _: OvertakenError())
    _count(transaction, user_id, -len(items))
    transaction.commit()


def _count(transaction: Transaction, user_id: str, amount: int) -> None:
    counter = Item(pk=_user(user_id), sk="UNREAD")
    transaction.update(counter, [Item.revision.add(amount)])


def know(user_id: str, change: Any) -> bool:
    """Applies `change` (Recipient -> Recipient) to the copy; False when it changes nothing."""
    stored = Item.find(_user(user_id), "RECIPIENT")
    known = _recipient(stored)
    changed = change(known)
    if changed == known and stored is not None:
        return False
    revision = int(stored.revision) + 1 if stored is not None else 1
    body = changed.model_dump(mode="json")
    transaction = Transaction()
    new = Item(pk=_user(user_id), sk="RECIPIENT", kind="recipient", revision=revision, body=body)
    put_over(transaction, stored, new)
    transaction.commit()
    return True


def _recipient(item: Item | None) -> Recipient:
    return Recipient.model_validate(item.body) if item is not None else Recipient()


def _unread(item: Item | None) -> int:
    return int(item.revision or 0) if item is not None else 0


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
