"""Nights, moments, digests, and addresses that are on their way."""

from datetime import datetime, timedelta

from notifications.deliveries import store as delivery_store
from notifications.dispatch.work import Send
from notifications.settings import MessageSettings
from stadion.settings import load
from stadion.work import enqueue
from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.notifications.integration.messages.world import (
    KINDS,
    NIGHT,
    NOON,
    ask,
    choose,
    consent,
    deliver,
    mails,
    offered,
    pushes,
    requested,
    states,
    wake,
)


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


def test_a_message_that_waits_is_not_sent_by_whoever_asks_too_early(anna: Service, now: Clock) -> None:
    """The queue may bring a piece of work again; the delivery says when its hour is."""
    ask(anna, offered(not_before=(NOON + timedelta(hours=1)).isoformat()))
    waiting = [
        one for one in delivery_store.delivery_log(ATHLETE, limit=100, cursor=None).items if one.due_at is not None
    ]

    enqueue(load(MessageSettings).deliveries_queue, [Send.of(one, now.moment) for one in waiting])
    deliver(anna)

    assert waiting
    assert pushes() == []
