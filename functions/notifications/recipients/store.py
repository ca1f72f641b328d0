"""What this service knows of an athlete, and what they want, in the notifications table."""

from collections.abc import Callable
from datetime import datetime

from notifications import keys
from notifications.deliveries.store import ask_again
from notifications.inbox.store import unread_of
from notifications.recipients.domain import Preferences, Recipient
from stadion.dynamo import Item, Transaction, absent, next_revision, put_over
from stadion.errors import StaleVersionError


def recipient_and_unread(user_id: str) -> tuple[Recipient, int]:
    """What this service knows of the athlete, and how many messages are unread in all; one request."""
    wanted = [(keys.user(user_id), "RECIPIENT"), (keys.user(user_id), "UNREAD")]
    items = {item.sk: item for item in Item.batch_get(wanted, consistent_read=True)}
    return recipient_of(items.get("RECIPIENT")), unread_of(items.get("UNREAD"))


def know(user_id: str, change: Callable[[Recipient], Recipient], now: datetime) -> bool:
    """Applies `change` to the copy; False when it changes nothing."""
    stored = Item.find(keys.user(user_id), "RECIPIENT")
    known = recipient_of(stored)
    changed = change(known)
    if changed == known and stored is not None:
        return False
    revision = next_revision(stored)
    body = changed.model_dump(mode="json")
    transaction = Transaction()
    new = Item(pk=keys.user(user_id), sk="RECIPIENT", kind="recipient", revision=revision, body=body)
    put_over(transaction, stored, new)
    if changed.time_zone != known.time_zone:
        ask_again(transaction, user_id, now)
    transaction.commit()
    return True


def recipient_of(item: Item | None) -> Recipient:
    return Recipient.model_validate(item.body) if item is not None else Recipient()


def preferences(user_id: str) -> Preferences:
    return preferences_of(Item.find(keys.user(user_id), "PREFERENCES"))


def change_preferences(old: Preferences, new: Preferences, user_id: str, now: datetime) -> None:
    """`StaleVersionError` when they are not `old` any more, `WriteConflictError` when a waiting delivery is not."""
    transaction = Transaction()
    body = new.model_dump(mode="json")
    item = Item(pk=keys.user(user_id), sk="PREFERENCES", kind="preferences", revision=new.revision, body=body)
    unchanged = Item.revision == old.revision if old.revision else absent()
    transaction.put(item, unchanged, refused=lambda _: StaleVersionError())
    if new.quiet_hours != old.quiet_hours:
        ask_again(transaction, user_id, now)
    transaction.commit()


def preferences_of(item: Item | None) -> Preferences:
    return Preferences.model_validate(item.body) if item is not None else Preferences()
