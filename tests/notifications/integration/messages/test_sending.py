"""A message is sent once, whatever crashes, and by whom it may be sent."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from notifications.deliveries import store as delivery_store
from notifications.deliveries.domain import Delivery
from notifications.devices import store as device_store
from notifications.dispatch import service
from notifications.dispatch.providers import TryLaterError
from notifications.values import ChannelName
from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.notifications.integration.messages.world import (
    NOON,
    OFFER,
    ask,
    deliver,
    mails,
    note_id,
    offered,
    pushes,
    requested,
    states,
    wake,
    work_of,
)


def test_a_message_is_in_the_inbox_and_rings_once_however_often_it_is_asked_for(anna: Service) -> None:
    ask(anna, requested(), requested())
    assert deliver(anna) == []
    ask(anna, requested())
    assert deliver(anna) == []
    assert len(pushes()) == 1
    assert "Kiprun KD900: 80 % worn" in pushes()[0]["APNS"]
    assert states() == {("r-1", "push"): ("sent", None)}
    told = [event["detail"]["data"]["channel"] for event in anna.published("NotificationDelivered")]
    assert sorted(told) == ["inbox", "push"]


def test_an_offer_comes_by_mail_with_text_html_and_a_way_out(anna: Service) -> None:
    ask(anna, offered(values={**OFFER, "title": "A <b>bold</b> & fast pair", "code": "RUN-7F3K"}))
    deliver(anna)
    (mail,) = mails()
    text = str(vars(mail))
    assert "anna@example.org" in text
    assert "RUN-7F3K" in text
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; fast" in text
    assert "https://api.stadion.test/v1/unsubscribe?token=" in text


def test_an_offer_from_before_is_taken_and_reads_in_the_language_of_its_reader(anna: Service) -> None:
    """Replayed from the archive, or kept in the inbox: its Russian text stands beside the English one."""
    before = {"title": "New shoes", "title_ru": "Новые кроссовки", "text": "20 % off.", "text_ru": "Скидка."}
    ask(anna, offered(values={**before, "code": "RUN-7F3K"}))
    assert anna.call("GET", "/v1/notifications").body["items"][0]["title"] == "New shoes"
    moved = {"revision": 2, "language": "ru", "time_zone": "UTC"}
    anna.invoke("on_account_events", sqs_event(entry("ProfileUpdated", moved, source="accounts")))
    read = anna.call("GET", "/v1/notifications").body["items"][0]
    assert (read["title"], read["body"]) == ("Новые кроссовки", "Скидка.\nВаш код: RUN-7F3K")
    deliver(anna)
    assert "Новые кроссовки" in str(vars(mails()[0]))


def test_a_provider_that_is_down_is_tried_again_later_and_at_last_given_up(
    anna: Service, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(delivery: Delivery, standing: Any) -> list[str]:
        raise TryLaterError("Throttling")

    monkeypatch.setitem(service.PROVIDERS, ChannelName.PUSH, down)  # type: ignore[arg-type]
    ask(anna, requested())
    deliver(anna)
    waits = []
    while states()["r-1", "push"][0] == "deferred":
        (one,) = delivery_store.deliveries(ATHLETE, note_id(anna))
        assert one.due_at is not None
        waits.append((one.due_at - now.moment).total_seconds())
        now.set(one.due_at)
        wake(anna)
        deliver(anna)
    assert states()["r-1", "push"] == ("failed", "Throttling")
    assert len(waits) == 7
    assert waits[0] <= 45
    assert waits[-1] > waits[0]


def test_a_mail_waits_until_our_domain_is_verified(anna: Service, now: Clock) -> None:
    """SES refuses a sender that it has not verified, which no fault of the mail's is."""
    ses = boto3.client("sesv2")
    ses.delete_email_identity(EmailIdentity="stadion.test")
    ask(anna, offered())
    deliver(anna)
    assert states()["o-1", "email"] == ("deferred", "MessageRejected")
    for _ in range(12):
        now.advance(minutes=95)
        wake(anna)
        deliver(anna)
        assert states()["o-1", "email"][0] == "deferred"

    ses.create_email_identity(EmailIdentity="stadion.test")
    now.set(NOON + timedelta(days=1))
    wake(anna)
    deliver(anna)

    assert states()["o-1", "email"] == ("sent", None)


def test_a_mail_that_we_never_let_leave_fails_in_the_end(anna: Service, now: Clock) -> None:
    boto3.client("sesv2").delete_email_identity(EmailIdentity="stadion.test")
    ask(anna, offered())
    deliver(anna)
    while states()["o-1", "email"][0] == "deferred":
        now.advance(minutes=95)
        wake(anna)
        deliver(anna)
    assert states()["o-1", "email"] == ("failed", "MessageRejected")


def test_a_crash_while_sending_does_not_ring_twice(anna: Service, now: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    real = service.PROVIDERS[ChannelName.PUSH]

    def sent_and_died(delivery: Delivery, standing: Any) -> list[str]:
        real(delivery, standing)
        raise MemoryError

    monkeypatch.setitem(service.PROVIDERS, ChannelName.PUSH, sent_and_died)  # type: ignore[arg-type]
    ask(anna, requested())
    records = work_of(anna)
    first = anna.invoke("on_deliveries", {"Records": records})
    assert len(first["batchItemFailures"]) == 1
    again = anna.invoke("on_deliveries", {"Records": records})
    assert len(again["batchItemFailures"]) == 1  # the claim is still its own
    (work,) = [json.loads(one["body"]) for one in records]
    twin = [{**records[0], "body": json.dumps({**work, "send_id": "another"})}]
    assert anna.invoke("on_deliveries", {"Records": twin}) == {"batchItemFailures": []}  # left twice is no failure
    now.advance(minutes=3)
    assert anna.invoke("on_deliveries", {"Records": records}) == {"batchItemFailures": []}
    assert states()["r-1", "push"] == ("failed", "outcome_unknown")
    assert len(pushes()) == 1


def test_a_crash_between_the_write_and_the_queue_is_made_good_by_the_repetition(
    anna: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notifications.dispatch import request_service

    def broken(*_: Any) -> None:
        raise OSError

    real = request_service.enqueue
    monkeypatch.setattr(request_service, "enqueue", broken)
    answer = anna.invoke("on_notification_requests", sqs_event(requested()))
    assert len(answer["batchItemFailures"]) == 1
    monkeypatch.setattr(request_service, "enqueue", real)
    ask(anna, requested())
    deliver(anna)
    assert len(pushes()) == 1
    assert anna.call("GET", "/v1/notifications").body["unread_count"] == 1


def test_an_error_of_ours_costs_nobody_their_device(anna: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from notifications.dispatch import providers

    def refused(device: Any, payload: str) -> str:
        raise providers.RefusedError("InvalidParameter")

    monkeypatch.setattr(providers, "_pushed", refused)
    ask(anna, requested())
    deliver(anna)
    assert states()["r-1", "push"] == ("failed", "InvalidParameter")
    assert len(device_store.devices(ATHLETE)) == 1


def test_an_admin_sees_what_was_sent_and_why_not(anna: Service) -> None:
    ask(anna, requested())
    path = f"/v1/admin/notifications/users/{ATHLETE}/deliveries"
    assert anna.call("GET", path).status == 403
