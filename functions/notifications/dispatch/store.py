"""What a message writes beside its deliveries, and all that the gate asks of an athlete in one request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from notifications.deliveries import store as delivery_store
from notifications.deliveries.domain import Delivery
from notifications.devices.domain import Device
from notifications.devices.store import DEVICES, devices_of
from notifications.inbox import store as inbox_store
from notifications.inbox.domain import Notification
from notifications.recipients.domain import Preferences, Recipient
from notifications.recipients.store import PREFERENCES, RECIPIENTS
from notifications.values import COUNTED_FOR, KEPT_FOR, ChannelName, MessageKind
from stadion.change import Change
from stadion.dynamo import Item
from stadion.records import Count, Records, Stored, counters, fetch
from stadion.values import Value


class AlreadyRequestedError(Exception):
    """The same request was taken before, as the message `notification_id`."""

    def __init__(self, notification_id: str) -> None:
        super().__init__(notification_id)
        self.notification_id = notification_id


class _Request(Value):
    """The message that a request became."""

    notification_id: str = ""


REQUESTS = Records(_Request, kind="request", pk="USER#{user_id}", sk="REQUEST#{request_id}", kept_for=KEPT_FOR)
"""Planning, if absent: a repetition finds its message."""
SENT = counters("USER#{user_id}", "SENT#{message_kind}#{channel}#{day}", kind="sent", kept_for=COUNTED_FOR)
"""Messages of a day, for frequency caps: a claim; the gate."""


def claim_request(change: Change, message: Notification) -> None:
    """The same request twice is one message: `AlreadyRequestedError`."""
    place = REQUESTS.at(message.user_id, message.request_id)
    change.put(place, _Request(notification_id=message.notification_id), refused=_requested_before)


@dataclass(frozen=True)
class Replaced:
    """Of the requests that a message takes the place of: their unread messages, and those that did not come yet."""

    unread: Sequence[Notification] = ()
    waiting: Sequence[Stored[Delivery]] = ()
    """Of the unread ones: by channels that ring, and did not yet."""
    not_yet: Sequence[Stored[_Request]] = ()


def replaced(user_id: str, request_ids: Sequence[str]) -> Replaced:
    """No request for none, else two; a third where there is an unread one."""
    if not request_ids:
        return Replaced()
    places = [REQUESTS.at(user_id, request_id) for request_id in dict.fromkeys(request_ids)]
    found = fetch(*places)
    known = [found[place].value for place in places]
    messages = [one.notification_id for one in known if one is not None and one.notification_id]
    notes = inbox_store.NOTES.some((user_id, notification_id) for notification_id in messages)
    unread = [note for note in notes if note.read_at is None]
    return Replaced(
        unread=unread,
        waiting=delivery_store.waiting(user_id, [note.notification_id for note in unread]),
        not_yet=[found[place] for place in places if found[place].value is None],
    )


def claim_replaced(change: Change, replaced: Replaced) -> None:
    """Those that come later find that they were taken: as no message."""
    for one in replaced.not_yet:
        change.put(one.place, _Request())


def list_in_inbox(change: Change, message: Notification, instead_of: Sequence[Notification] = ()) -> None:
    inbox_store.put(change, message.model_copy(update={"created_at": change.now}), instead_of)


def count_sent(change: Change, counted: Stored[Count]) -> None:
    """On the count that was decided upon, so that two messages at once do not both pass the cap."""
    change.replace(counted, Count(counted.next_revision))


def _requested_before(item: Item | None) -> Exception:
    return AlreadyRequestedError(REQUESTS.value(item).notification_id if item is not None else "")


@dataclass(frozen=True)
class Standing:
    """All that the gate asks of one athlete; one request."""

    recipient: Recipient
    preferences: Preferences
    devices: list[Device]
    counts: Mapping[date, Stored[Count]] = field(default_factory=dict)
    """Messages of one kind by one channel."""

    def counted(self, days: list[date]) -> tuple[int, ...]:
        found = (self.counts[day].value if day in self.counts else None for day in days)
        return tuple(count.n if count is not None else 0 for count in found)


def standing(user_id: str) -> Standing:
    recipient, preferences, devices = RECIPIENTS.at(user_id), PREFERENCES.at(user_id), DEVICES.at(user_id)
    found = fetch(recipient, preferences, devices)
    return Standing(
        found[recipient].value or Recipient(),
        found[preferences].value or Preferences(),
        devices_of(found[devices]),
    )


def with_counts(user_id: str, known: Standing, kind: MessageKind, channel: ChannelName, days: list[date]) -> Standing:
    places = {day: SENT.at(user_id, kind, channel, day) for day in days}
    found = fetch(*places.values())
    return replace(known, counts={day: found[place] for day, place in places.items()})
