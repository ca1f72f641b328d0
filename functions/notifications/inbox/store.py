"""The inbox in the notifications table, newest first, and the count of what is unread."""

from collections.abc import Sequence
from datetime import datetime

from notifications.errors import NotificationNotFoundError
from notifications.inbox.domain import Notification
from notifications.values import KEPT_FOR
from stadion import pagination
from stadion.change import Change
from stadion.dynamo import Item
from stadion.records import Count, Records, Stored, counters

READ_AT_ONCE = 40
NOTES = Records(
    Notification,
    kind=lambda note: "unread" if note.read_at is None else "read",
    pk="USER#{user_id}",
    sk="NOTE#{notification_id}",
    nulls=True,
    kept_for=KEPT_FOR,
    kept_since="created_at",
    missing=NotificationNotFoundError,
)
"""A delivery, reading it; the inbox, newest first."""
UNREAD = counters("USER#{user_id}", "UNREAD", kind="unread_count")
"""With every message and reading; inbox and badge."""


def page(user_id: str, *, unread_only: bool, limit: int, cursor: str | None) -> pagination.Page[Notification]:
    """Newest first."""
    where = Item.kind == "unread" if unread_only else None
    scope = ("notifications", user_id, unread_only)
    return NOTES.page(user_id, scope=scope, limit=limit, cursor=cursor, newest_first=True, where=where)


def unread(user_id: str) -> int:
    return unread_of(UNREAD.read(user_id))


def unread_of(stored: Stored[Count]) -> int:
    return stored.value.n if stored.value is not None else 0


def mark_read(user_id: str, notification_id: str, now: datetime) -> None:
    """Nothing happens when it was read before."""
    note = NOTES.get(user_id, notification_id)
    if note.read_at is None:
        _mark(user_id, [note], now)


def mark_all_read(user_id: str, now: datetime) -> None:
    while True:
        counted = unread(user_id)
        notes = list(NOTES.every(user_id, where=Item.kind == "unread", limit=READ_AT_ONCE))
        if not notes:
            return _settle_count(user_id, counted, now)
        _mark(user_id, notes, now)


def put(change: Change, message: Notification, instead_of: Sequence[Notification] = ()) -> None:
    """In the transaction of its delivery. `WriteConflictError` when one that it takes the place of was read
    meanwhile."""
    change.put(NOTES, message, new=False)
    for old in instead_of:
        change.delete(NOTES.of(old), only=Item.kind == "unread")
    _count(change, message.user_id, 1 - len(instead_of))


def _settle_count(user_id: str, counted: int, now: datetime) -> None:
    """Unread messages that went by their age (TTL) are still counted; a delivery that comes between is not lost."""
    if counted:
        with Change(user_id, now) as change:
            change.update(UNREAD.at(user_id), [Item.revision.set(0)], Item.revision == counted)


def _mark(user_id: str, notes: list[Notification], now: datetime) -> None:
    with Change(user_id, now) as change:
        for note in notes:
            change.write(NOTES.of(note), note.model_copy(update={"read_at": now}), Item.kind == "unread")
        _count(change, user_id, -len(notes))


def _count(change: Change, user_id: str, amount: int) -> None:
    if amount:
        change.update(UNREAD.at(user_id), [Item.revision.add(amount)])
