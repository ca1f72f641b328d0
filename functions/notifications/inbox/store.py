"""The inbox in the notifications table, newest first, and the count of what is unread."""

from datetime import datetime

from notifications import keys
from notifications.errors import NotificationNotFoundError
from notifications.inbox.domain import Notification
from stadion import pagination
from stadion.dynamo import Item, Transaction, page_of

READ_AT_ONCE = 40


def page(user_id: str, *, unread_only: bool, limit: int, cursor: str | None) -> pagination.Page[Notification]:
    """Newest first."""
    scope = pagination.fingerprint("notifications", user_id, unread_only)
    where = Item.kind == "unread" if unread_only else None
    page = page_of(keys.user(user_id), "NOTE#", scope=scope, limit=limit, cursor=cursor, newest_first=True, where=where)
    return page.of(lambda item: Notification.model_validate(item.body))


def unread(user_id: str) -> int:
    return unread_of(Item.find(keys.user(user_id), "UNREAD"))


def mark_read(user_id: str, notification_id: str, now: datetime) -> None:
    """Nothing happens when it was read before."""
    item = Item.find(keys.user(user_id), _sk(notification_id))
    if item is None:
        raise NotificationNotFoundError
    if item.kind == "unread":
        _mark(user_id, [item], now)


def mark_all_read(user_id: str, now: datetime) -> None:
    while True:
        counted = unread(user_id)
        found = Item.query(
            keys.user(user_id),
            Item.sk.startswith("NOTE#"),
            filter_condition=Item.kind == "unread",
            limit=READ_AT_ONCE,
            consistent_read=True,
        )
        items = list(found)
        if not items:
            return _settle_count(user_id, counted)
        _mark(user_id, items, now)


def put(transaction: Transaction, message: Notification) -> None:
    """In the transaction of its delivery."""
    transaction.put(_item(message))
    _count(transaction, message.user_id, +1)


def _settle_count(user_id: str, counted: int) -> None:
    """Unread messages that went by their age (TTL) are still counted; a delivery that comes between is not lost."""
    if counted:
        transaction = Transaction()
        counter = Item(pk=keys.user(user_id), sk="UNREAD")
        transaction.update(counter, [Item.revision.set(0)], Item.revision == counted)
        transaction.commit()


def _mark(user_id: str, items: list[Item], now: datetime) -> None:
    transaction = Transaction()
    for item in items:
        read = Notification.model_validate(item.body).model_copy(update={"read_at": now})
        transaction.put(_item(read), Item.kind == "unread")
    _count(transaction, user_id, -len(items))
    transaction.commit()


def _count(transaction: Transaction, user_id: str, amount: int) -> None:
    counter = Item(pk=keys.user(user_id), sk="UNREAD")
    transaction.update(counter, [Item.revision.add(amount)])


def unread_of(item: Item | None) -> int:
    return int(item.revision or 0) if item is not None else 0


def _sk(notification_id: str) -> str:
    return f"NOTE#{notification_id}"


def _item(notification: Notification) -> Item:
    return Item(
        pk=keys.user(notification.user_id),
        sk=_sk(notification.notification_id),
        kind="unread" if notification.read_at is None else "read",
        body=notification.model_dump(mode="json"),
        expires_at=keys.expiry(notification.created_at),
    )
