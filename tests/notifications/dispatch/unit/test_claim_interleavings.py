"""Workers at the same time, in any order of their requests: each message goes out once, and caps hold."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.deliveries import store as delivery_store
from notifications.deliveries.domain import Delivery, DeliveryState
from notifications.dispatch import request_service, service
from notifications.dispatch.gate import CAPS
from notifications.dispatch.providers import PROVIDERS, TryLaterError
from notifications.dispatch.service import StillClaimedError
from notifications.dispatch.store import Standing
from notifications.dispatch.work import Send
from notifications.inbox import store as inbox_store
from notifications.inbox.domain import Notification
from notifications.recipients.domain import Recipient
from notifications.recipients.store import RECIPIENTS
from notifications.values import ChannelName, MessageKind
from stadion.athletes import Consent
from stadion.change import Change
from stadion.events.accounts import ConsentKind
from stadion.events.notifications import NotificationRequested
from tests.kit.interleaving import ORDERS, interleaved
from tests.kit.memory import Memory, memory
from tests.kit.size import sized

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANNA = "anna"
EMAIL = ChannelName.EMAIL
MAX_A_DAY = CAPS[MessageKind.MARKETING, EMAIL][0].most


class Provider:
    """Counts what it takes; `busy` calls are put off."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.busy = 0

    def __call__(self, delivery: Delivery, standing: Standing) -> list[str]:
        if self.busy:
            self.busy -= 1
            raise TryLaterError("busy")
        self.taken[delivery.message.notification_id] += 1
        return [f"{delivery.message.notification_id}-{self.taken.total()}"]


@contextmanager
def mails() -> Iterator[tuple[Memory, Provider]]:
    """Anna has an address and lets marketing write to it."""
    provider = Provider()
    consents = {ConsentKind.MARKETING_EMAIL: Consent(granted=True, revision=1)}
    anna = Recipient(email="anna@stadion.test", consents=consents)
    with memory("notifications") as table, pytest.MonkeyPatch.context() as patch:
        patch.setitem(PROVIDERS, EMAIL, provider)
        with Change(ANNA, NOW) as change:
            change.put(RECIPIENTS.at(ANNA), anna)
        yield table, provider


def queued(notification_id: str, kind: MessageKind = MessageKind.TRANSACTIONAL) -> None:
    message = Notification(
        notification_id=notification_id, user_id=ANNA, request_id=notification_id, template="welcome", created_at=NOW
    )
    delivery = Delivery(message=message, channel=EMAIL, kind=kind)
    with Change(ANNA, NOW) as change:
        delivery_store.put(change, delivery, delivery_store.nothing_of(message, EMAIL))


def work(notification_id: str) -> Send:
    return Send(
        correlation_id="none",
        asked_at=NOW,
        user_id=ANNA,
        notification_id=notification_id,
        channel=EMAIL,
        send_id=str(uuid4()),
    )


def state(notification_id: str) -> DeliveryState:
    delivery = delivery_store.read(ANNA, notification_id, EMAIL).value
    assert delivery is not None
    return delivery.state


@given(workers=st.integers(2, 4), busy=st.integers(0, 1), order=ORDERS)
@settings(max_examples=sized(small=32, large=400))
def test_one_message_that_several_workers_hold_goes_out_at_most_once(workers: int, busy: int, order: list[int]) -> None:
    with mails() as (table, provider):
        queued("m-1")
        provider.busy = busy

        calls = [partial(service.send, work("m-1"), NOW) for _ in range(workers)]
        interleaved(table, calls, order)

        assert provider.taken["m-1"] == (state("m-1") is DeliveryState.SENT)
        assert len(table.stored("outbox")) == provider.taken["m-1"]


@given(order=ORDERS)
@settings(max_examples=sized(small=24, large=300))
def test_one_delivery_of_the_queue_that_comes_twice_goes_out_once(order: list[int]) -> None:
    """The second waits for the first, which may have crashed: it comes back later."""
    with mails() as (table, provider):
        queued("m-1")
        same = work("m-1")

        calls = [partial(service.send, same, NOW)] * 2
        interleaved(table, calls, order, expected=(StillClaimedError,))

        assert provider.taken["m-1"] == 1
        assert state("m-1") is DeliveryState.SENT


@given(messages=st.integers(2, 4), order=ORDERS)
@settings(max_examples=sized(small=32, large=400))
def test_messages_at_once_never_pass_the_cap_together(messages: int, order: list[int]) -> None:
    names = [f"m-{number}" for number in range(messages)]
    with mails() as (table, provider):
        for name in names:
            queued(name, MessageKind.MARKETING)

        interleaved(table, [partial(service.send, work(name), NOW) for name in names], order)

        assert provider.taken.total() == MAX_A_DAY
        assert Counter(map(state, names)) == {
            DeliveryState.SENT: MAX_A_DAY,
            DeliveryState.SUPPRESSED: messages - MAX_A_DAY,
        }


@given(requests=st.integers(2, 4), order=ORDERS)
@settings(max_examples=sized(small=24, large=300))
def test_one_request_that_comes_several_times_is_one_message(requests: int, order: list[int]) -> None:
    asked = NotificationRequested(request_id="r-1", template="welcome", channels=["inbox"])
    with mails() as (table, _):
        calls = [partial(request_service.request, ANNA, asked, NOW, correlation_id="none")] * requests

        outcomes = interleaved(table, calls, order)

        assert Counter(outcome["inbox"] for outcome in outcomes) == {"sent": 1, "repeated": requests - 1}
        listed = inbox_store.page(ANNA, unread_only=False, limit=10, cursor=None).items
        assert (inbox_store.unread(ANNA), len(listed)) == (1, 1)
