"""Messages by the channels that ring, through the Lambda handlers."""

import json
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from notifications import links, sending, store
from notifications.domain import Delivery
from notifications.gate import ChannelName
from notifications.providers import TryLaterError
from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event

NOON = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
NIGHT = datetime.fromisoformat("2026-11-21T21:30:00+00:00")
OFFER = {"title": "Time for new shoes", "title_ru": "Пора сменить кроссовки", "text": "20 % off.", "text_ru": "Скидка."}
KINDS = ("push", "email", "sms")
PUT = "/v1/notifications/devices/phone"


@pytest.fixture
def now(standing_clock: Clock) -> Clock:
    standing_clock.set(NOON)
    return standing_clock


@pytest.fixture
def anna(notifications: Service, now: Clock) -> Service:
    """With an address, a phone and every consent."""
    contact = {"revision": 1, "email": "anna@example.org", "phone": "+79161234567"}
    known = [
        entry("UserRegistered", {"language": "en", "time_zone": "UTC"}, source="accounts"),
        entry("ContactChanged", contact, source="accounts"),
        *[consent(kind) for kind in ("marketing_push", "marketing_email", "marketing_sms")],
    ]
    notifications.invoke("on_account_events", sqs_event(*known))
    assert notifications.call("PUT", PUT, {"platform": "ios", "token": "0123456789abcdef"}).status == 200
    return notifications


def choose(service: Service, **patch: Any) -> None:
    assert service.call("PATCH", "/v1/notifications/preferences", patch, **{"if-match": "*"}).status == 200


def consent(kind: str, *, granted: bool = True, revision: int = 1) -> dict[str, Any]:
    fields = {"kind": kind, "granted": granted, "revision": revision, "text_version": "1"}
    return entry("ConsentChanged", {**fields, "changed_at": "2026-11-21T06:00:00Z"}, source="accounts")


def requested(request_id: str = "r-1", template: str = "gear_wear", **fields: Any) -> dict[str, Any]:
    values = {"name": "Kiprun KD900", "percent": 80, "used": 561, "limit": 700, "unit": "km"}
    data = {"request_id": request_id, "template": template, "values": values, "about": {"gear_id": "g-1"}, **fields}
    return entry("NotificationRequested", data, source="inventory")


def offered(request_id: str = "o-1", **fields: Any) -> dict[str, Any]:
    told = {"values": {**OFFER, "code": "RUN-7F3K"}, "campaign_id": "c-1", **fields}
    return requested(request_id, "promo_offer", **told)


def ask(service: Service, *entries: dict[str, Any]) -> None:
    assert service.invoke("on_notification_requests", sqs_event(*entries)) == {"batchItemFailures": []}


def work_of(service: Service) -> list[dict[str, Any]]:
    """Takes what waits in the queue."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="deliveries")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=600).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    record = sqs_event({"source": "", "detail_type": "", "detail": {}})["Records"][0]
    return [{**record, "body": message["Body"], "messageId": message["MessageId"]} for message in found]


def deliver(service: Service) -> list[dict[str, Any]]:
    """The failures."""
    records = work_of(service)
    if not records:
        return []
    answer = service.invoke("on_deliveries", {"Records": records})
    return list(answer["batchItemFailures"])


def wake(service: Service) -> int:
    return int(service.invoke("task_send_due", {})["due"])


def pushes() -> list[dict[str, Any]]:
    backend = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
    found = []
    for endpoint in backend.platform_endpoints.values():
        found += [json.loads(message) for message in endpoint.messages.values()]
    return found


def mails() -> list[Any]:
    return list(ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages)


def states(user: str = ATHLETE) -> dict[tuple[str, str], tuple[str, str | None]]:
    page = store.delivery_log(user, limit=100, cursor=None)
    return {(one.message.request_id, one.channel.value): (one.state.value, one.reason) for one in page.items}


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


def test_at_night_it_waits_for_the_first_open_minute(anna: Service, now: Clock) -> None:
    anna.call(
        "PATCH",
        "/v1/notifications/preferences",
        {"quiet_hours": {"start": "21:00", "end": "07:30"}},
        **{"if-match": "*"},
    )
    now.set(NIGHT)
    ask(anna, requested())
    deliver(anna)
    assert (pushes(), states()) == ([], {("r-1", "push"): ("deferred", "quiet_hours")})
    now.set(datetime.fromisoformat("2026-11-22T07:29:59+00:00"))
    assert wake(anna) == 0
    now.advance(seconds=1)
    assert wake(anna) == 1
    assert wake(anna) == 1  # left twice is sent once
    deliver(anna)
    assert len(pushes()) == 1
    assert wake(anna) == 0


def sleep_from(anna: Service, start: str, end: str) -> None:
    quiet = {"quiet_hours": {"start": start, "end": end}}
    answer = anna.call("PATCH", "/v1/notifications/preferences", quiet, **{"if-match": "*"})
    assert answer.status == 200, answer.body


def fall_asleep_before_a_push(anna: Service, now: Clock) -> None:
    sleep_from(anna, "21:00", "07:30")
    now.set(NIGHT)
    ask(anna, requested())
    deliver(anna)


def test_who_gets_up_earlier_gets_what_waits_earlier(anna: Service, now: Clock) -> None:
    fall_asleep_before_a_push(anna, now)
    sleep_from(anna, "21:00", "02:00")
    assert wake(anna) == 1
    deliver(anna)
    assert (pushes(), states()) == ([], {("r-1", "push"): ("deferred", "quiet_hours")})
    now.set(datetime.fromisoformat("2026-11-22T02:00:00+00:00"))
    assert wake(anna) == 1
    deliver(anna)
    assert len(pushes()) == 1


def test_other_preferences_leave_what_waits_where_it_is(anna: Service, now: Clock) -> None:
    fall_asleep_before_a_push(anna, now)
    sleep_from(anna, "21:00", "07:30")
    anna.call("PATCH", "/v1/notifications/preferences", {"digest_at": "19:00"}, **{"if-match": "*"})
    assert wake(anna) == 0


def test_who_flies_into_the_day_gets_what_waits_at_once(anna: Service, now: Clock) -> None:
    fall_asleep_before_a_push(anna, now)
    landed = entry(
        "ProfileUpdated", {"revision": 2, "language": "en", "time_zone": "America/New_York"}, source="accounts"
    )
    anna.invoke("on_account_events", sqs_event(landed))
    assert wake(anna) == 1
    deliver(anna)
    assert len(pushes()) == 1


def test_a_consent_withdrawn_between_planning_and_sending_is_heeded(anna: Service, now: Clock) -> None:
    now.set(NIGHT + timedelta(hours=1))
    ask(anna, offered())
    deliver(anna)
    assert states()["o-1", "push"] == ("deferred", "quiet_hours")
    withdrawn = [consent(f"marketing_{kind}", granted=False, revision=2) for kind in ("push", "email", "sms")]
    anna.invoke("on_account_events", sqs_event(*withdrawn))
    now.set(NOON + timedelta(days=1))
    wake(anna)
    deliver(anna)
    assert (pushes(), mails()) == ([], [])
    assert states()["o-1", "push"] == ("suppressed", "no_consent")
    failed = anna.published("NotificationFailed")
    assert {event["detail"]["data"]["reason"] for event in failed} == {"no_consent"}
    ask(anna, offered("o-2"))
    assert states()["o-2", "inbox"] == ("suppressed", "no_consent")


def test_no_more_than_one_offer_a_day_by_push_whoever_asks(anna: Service, now: Clock) -> None:
    for number in range(3):
        ask(anna, offered(f"o-{number}"))
    deliver(anna)
    sent = [state for (_, channel), state in states().items() if channel == "push"]
    assert sorted(sent) == [("sent", None), ("suppressed", "capped"), ("suppressed", "capped")]
    now.set(NOON + timedelta(days=1))
    ask(anna, offered("o-9"))
    deliver(anna)
    assert states()["o-9", "push"] == ("sent", None)


def test_a_provider_that_is_down_is_tried_again_later_and_at_last_given_up(
    anna: Service, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(delivery: Delivery, standing: Any) -> list[str]:
        raise TryLaterError("Throttling")

    monkeypatch.setitem(sending.PROVIDERS, ChannelName.PUSH, down)  # type: ignore[arg-type]
    ask(anna, requested())
    deliver(anna)
    waits = []
    while states()["r-1", "push"][0] == "deferred":
        (one,) = store.deliveries(ATHLETE, note_id(anna))
        assert one.due_at is not None
        waits.append((one.due_at - now.moment).total_seconds())
        now.set(one.due_at)
        wake(anna)
        deliver(anna)
    assert states()["r-1", "push"] == ("failed", "Throttling")
    assert len(waits) == 7
    assert waits[0] <= 45
    assert waits[-1] > waits[0]


def note_id(service: Service) -> str:
    return str(service.call("GET", "/v1/notifications").body["items"][0]["notification_id"])


def test_a_crash_while_sending_does_not_ring_twice(anna: Service, now: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sending.PROVIDERS[ChannelName.PUSH]

    def sent_and_died(delivery: Delivery, standing: Any) -> list[str]:
        real(delivery, standing)
        raise MemoryError

    monkeypatch.setitem(sending.PROVIDERS, ChannelName.PUSH, sent_and_died)  # type: ignore[arg-type]
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
    from notifications import planning

    def broken(*_: Any) -> None:
        raise OSError

    real = planning.leave
    monkeypatch.setattr(planning, "leave", broken)
    answer = anna.invoke("on_notification_requests", sqs_event(requested()))
    assert len(answer["batchItemFailures"]) == 1
    monkeypatch.setattr(planning, "leave", real)
    ask(anna, requested())
    deliver(anna)
    assert len(pushes()) == 1
    assert anna.call("GET", "/v1/notifications").body["unread_count"] == 1


def test_a_message_may_be_kept_until_a_moment_also_from_the_inbox(anna: Service, now: Clock) -> None:
    ask(anna, offered(not_before=(NOON + timedelta(hours=1)).isoformat()))
    assert deliver(anna) == []
    assert anna.call("GET", "/v1/notifications").body["items"] == []
    now.set(NOON + timedelta(hours=1))
    wake(anna)
    assert deliver(anna) == []
    assert anna.call("GET", "/v1/notifications").body["unread_count"] == 1
    assert states() == {("o-1", channel): ("sent", None) for channel in ("inbox", "push", "email")}
    ask(anna, offered("o-2", not_before=(NOON + timedelta(hours=2)).isoformat()))
    anna.invoke("on_account_events", sqs_event(*[consent(f"marketing_{k}", granted=False, revision=2) for k in KINDS]))
    now.set(NOON + timedelta(hours=2))
    wake(anna)
    assert deliver(anna) == []
    assert states()["o-2", "inbox"] == ("suppressed", "no_consent")


def test_an_error_of_ours_costs_nobody_their_device(anna: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from notifications import providers

    def refused(device: Any, payload: str) -> str:
        raise providers.RefusedError("InvalidParameter")

    monkeypatch.setattr(providers, "_pushed", refused)
    ask(anna, requested())
    deliver(anna)
    assert states()["r-1", "push"] == ("failed", "InvalidParameter")
    assert len(store.devices(ATHLETE)[0]) == 1


def test_a_welcome_waits_for_an_address_that_is_still_on_its_way(notifications: Service, now: Clock) -> None:
    ask(notifications, requested("welcome", "welcome", values={}))
    deliver(notifications)
    assert states()["welcome", "email"] == ("deferred", "no_address")
    contact = {"revision": 1, "email": "anna@example.org", "phone": None}
    notifications.invoke("on_account_events", sqs_event(entry("ContactChanged", contact, source="accounts")))
    now.advance(seconds=30)
    wake(notifications)
    deliver(notifications)
    assert len(mails()) == 1


def test_who_has_no_address_is_not_waited_for_for_ever(notifications: Service, now: Clock) -> None:
    ask(notifications, requested("welcome", "welcome", values={}))
    now.advance(minutes=6)
    deliver(notifications)
    assert states()["welcome", "email"] == ("suppressed", "no_address")


def test_what_may_wait_comes_in_one_digest(anna: Service, now: Clock) -> None:
    choose(anna, rhythm={"gear": "daily"})
    for number in range(3):
        ask(anna, requested(f"r-{number}"))
    deliver(anna)
    assert pushes() == []
    assert anna.call("GET", "/v1/notifications").body["unread_count"] == 3
    now.set(NOON.replace(hour=18))
    wake(anna)
    deliver(anna)
    (push,) = pushes()
    assert "3 things happened" in push["APNS"]


def test_a_link_from_a_mail_unsubscribes_without_signing_in(anna: Service) -> None:
    token = links._signer().dumps([ATHLETE, "marketing", "email"])
    asked = anna.call("GET", "/v1/unsubscribe", query={"token": token}, user=None)
    assert (asked.status, "Unsubscribe?" in str(asked.body)) == (200, True)
    assert anna.call("GET", "/v1/notifications/preferences").body["channels"]["marketing"]["email"] is True
    for _ in range(2):
        assert anna.call("POST", "/v1/unsubscribe", query={"token": token}, user=None).status == 200
    preferences = anna.call("GET", "/v1/notifications/preferences").body
    assert preferences["channels"]["marketing"] == {"inbox": True, "push": True, "email": False, "sms": True}
    ask(anna, offered())
    deliver(anna)
    assert mails() == []
    assert states()["o-1", "email"] == ("suppressed", "opted_out")


@pytest.mark.parametrize("token", ["", "x", "WyJhIiwibWFya2V0aW5nIiwiZW1haWwiXQ.AAAA", "é" * 50])
def test_a_forged_link_does_nothing(anna: Service, token: str) -> None:
    refused = anna.call("POST", "/v1/unsubscribe", query={"token": token}, user=None)
    assert (refused.status, refused.body["code"]) == (400, "link_is_invalid")


def test_a_bounce_ends_the_mails_and_a_late_receipt_changes_nothing(anna: Service) -> None:
    ask(anna, offered())
    deliver(anna)
    (delivery,) = [one for one in store.delivery_log(ATHLETE, limit=9, cursor=None).items if one.channel == "email"]
    for fate in ("Delivery", "Bounce", "Delivery"):
        receive(anna, {"eventType": fate, "bounce": {"bounceType": "Permanent"}}, delivery.provider_ids[0])
    assert states()["o-1", "email"] == ("failed", "bounced")
    ask(anna, requested("w-1", "welcome", values={}))
    deliver(anna)
    assert states()["w-1", "email"] == ("suppressed", "address_refuses")
    contact = {"revision": 2, "email": "anna@example.com", "phone": None}
    anna.invoke("on_account_events", sqs_event(entry("ContactChanged", contact, source="accounts")))
    ask(anna, requested("w-2", "welcome", values={}))
    deliver(anna)
    assert states()["w-2", "email"] == ("sent", None)


def receive(service: Service, event: dict[str, Any], message_id: str) -> None:
    record = sqs_event({"source": "", "detail_type": "", "detail": {}})["Records"][0]
    body = {"Type": "Notification", "Message": json.dumps({**event, "mail": {"messageId": message_id}})}
    answer = service.invoke("on_mail_events", {"Records": [{**record, "body": json.dumps(body)}]})
    assert answer == {"batchItemFailures": []}


def test_a_phone_that_changed_hands_rings_for_its_new_owner_only(anna: Service) -> None:
    body = {"platform": "ios", "token": "0123456789abcdef"}
    assert anna.call("PUT", PUT, body, user=OTHER).status == 200
    assert anna.call("GET", "/v1/notifications/devices").body["items"] == []
    assert len(anna.call("GET", "/v1/notifications/devices", user=OTHER).body["items"]) == 1
    assert anna.call("DELETE", PUT, user=OTHER).status == 204
    assert anna.call("GET", "/v1/notifications/devices", user=OTHER).body["items"] == []


def test_a_device_that_is_gone_is_forgotten(anna: Service) -> None:
    (device,) = store.devices(ATHLETE)[0]
    boto3.client("sns").set_endpoint_attributes(EndpointArn=device.endpoint, Attributes={"Enabled": "false"})
    ask(anna, requested())
    deliver(anna)
    assert states()["r-1", "push"] == ("failed", "no_device_left")
    assert store.devices(ATHLETE)[0] == []


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"channels": {"transactional": {"email": False}}}, "messages_are_always_on"),
        ({"rhythm": {"marketing": "daily"}}, "no_digest_of_this_kind"),
        ({"quiet_hours": {"start": "25:00", "end": "08:00"}}, "request_is_invalid"),
        ({"digest_at": None}, "field_is_required"),
    ],
)
def test_preferences_that_make_no_sense_are_refused(anna: Service, patch: dict[str, Any], code: str) -> None:
    refused = anna.call("PATCH", "/v1/notifications/preferences", patch, **{"if-match": "*"})
    assert refused.status in {400, 422}
    assert refused.body["code"] == code


def test_preferences_are_edited_with_their_etag(anna: Service) -> None:
    shown = anna.call("GET", "/v1/notifications/preferences")
    assert shown.body["quiet_hours"] == {"start": "22:00", "end": "08:00"}
    patch = {"quiet_hours": None, "channels": {"gear": {"push": False}}}
    assert anna.call("PATCH", "/v1/notifications/preferences", patch).status == 428
    changed = anna.call("PATCH", "/v1/notifications/preferences", patch, **{"if-match": shown.etag})
    assert changed.body["quiet_hours"] is None
    assert changed.body["channels"]["gear"] == {"inbox": True, "push": False}
    assert anna.call("PATCH", "/v1/notifications/preferences", patch, **{"if-match": shown.etag}).status == 412


def test_an_admin_sees_what_was_sent_and_why_not(anna: Service) -> None:
    ask(anna, requested())
    path = f"/v1/admin/notifications/users/{ATHLETE}/deliveries"
    assert anna.call("GET", path).status == 403
