"""What this service knows of an athlete, and what they want, in the notifications table."""

from datetime import datetime

from notifications.deliveries.store import ask_again
from notifications.inbox.store import UNREAD, unread_of
from notifications.recipients.domain import Preferences, Recipient
from stadion.change import Change
from stadion.copies import Merged
from stadion.errors import StaleVersionError
from stadion.records import Records, fetch
from stadion.units import Reader

RECIPIENTS = Records(Recipient, kind="recipient", pk="USER#{user_id}", sk="RECIPIENT", nulls=True)
"""`on_account_events`, by the revisions in the events; gate, wording."""
PREFERENCES = Records(
    Preferences, kind="preferences", pk="USER#{user_id}", sk="PREFERENCES", own_revision=True, nulls=True
)
"""The API, on its revision; gate."""


def recipient_and_unread(user_id: str) -> tuple[Recipient, int]:
    """What this service knows of the athlete, and how many messages are unread in all; one request."""
    recipient, unread = RECIPIENTS.at(user_id), UNREAD.at(user_id)
    found = fetch(recipient, unread)
    return found[recipient].value or Recipient(), unread_of(found[unread])


def reader_of(user_id: str) -> Reader:
    return (RECIPIENTS.find(user_id) or Recipient()).reader


def wake_in_the_new_zone(change: Change, merged: Merged[Recipient]) -> None:
    """What waits for the end of quiet hours is asked again when that end lies elsewhere."""
    if change.user_id is not None and merged.after.time_zone != merged.before.time_zone:
        ask_again(change, change.user_id)


def preferences(user_id: str) -> Preferences:
    return PREFERENCES.find(user_id) or Preferences()


def change_preferences(old: Preferences, new: Preferences, user_id: str, now: datetime) -> None:
    """`StaleVersionError` when they are not `old` any more, `WriteConflictError` when a waiting delivery is not."""
    with Change(user_id, now) as change:
        change.replace(PREFERENCES.seen(old, user_id), new, refused=StaleVersionError)
        if new.quiet_hours != old.quiet_hours:
            ask_again(change, user_id)
