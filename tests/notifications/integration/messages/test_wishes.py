"""Consents, caps, ways out and preferences: what an athlete does not want does not come."""

import base64
import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from notifications import links
from notifications.links import Unsubscription
from notifications.values import ChannelName, MessageKind
from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.notifications.integration.messages.world import (
    NIGHT,
    NOON,
    ask,
    consent,
    deliver,
    mails,
    offered,
    pushes,
    states,
    wake,
)


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


def token_of(anna: Service) -> str:
    """Of the link in a mail."""
    anna.enter()
    link = links.unsubscribe_link(Unsubscription(ATHLETE, MessageKind.MARKETING, ChannelName.EMAIL), NOON)
    return link.partition("token=")[2]


@pytest.mark.parametrize("of_before", [False, True], ids=["now", "of before"])
def test_a_link_from_a_mail_unsubscribes_without_signing_in(anna: Service, of_before: bool) -> None:
    token = links._signers()[1].dumps([ATHLETE, "marketing", "email"]) if of_before else token_of(anna)
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


def test_a_link_names_nobody_and_is_the_same_in_every_mail(anna: Service) -> None:
    token, again = token_of(anna), token_of(anna)
    assert token == again
    told, signature = token.split(".")
    said = base64.urlsafe_b64decode(told + "==").decode()
    assert ATHLETE not in said
    assert "anna" not in said
    assert len(base64.urlsafe_b64decode(signature + "==")) == 32  # SHA-256


def test_a_new_key_signs_and_the_old_ones_are_good(anna: Service) -> None:
    old = token_of(anna)
    secret = boto3.client("secretsmanager")
    before = secret.get_secret_value(SecretId="links")["SecretString"]
    secret.put_secret_value(SecretId="links", SecretString=json.dumps(["a key of another year", before]))
    links._made.cache_clear()
    new = token_of(anna)
    assert new != old
    for token in (old, new):
        assert anna.call("GET", "/v1/unsubscribe", query={"token": token}, user=None).status == 200
    secret.put_secret_value(SecretId="links", SecretString=json.dumps(["a key of another year"]))
    links._made.cache_clear()
    assert anna.call("GET", "/v1/unsubscribe", query={"token": old}, user=None).status == 400


def test_the_pages_run_nothing_and_stand_in_no_frame(anna: Service) -> None:
    token = token_of(anna)
    for method in ("GET", "POST"):
        page = anna.call(method, "/v1/unsubscribe", query={"token": token}, user=None)
        policy = page.headers["Content-Security-Policy"]
        for rule in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert rule in policy
        assert "unsafe" not in policy
        assert "style=" not in str(page.body)
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Strict-Transport-Security"].startswith("max-age=")


FORGED = ["", "x", "WyJhIiwibWFya2V0aW5nIiwiZW1haWwiXQ.AAAA", "é" * 50]


@pytest.mark.parametrize("token", FORGED)
def test_a_forged_link_does_nothing(anna: Service, token: str) -> None:
    refused = anna.call("POST", "/v1/unsubscribe", query={"token": token}, user=None)
    assert (refused.status, refused.body["code"]) == (400, "link_is_invalid")


def test_an_athlete_of_before_is_named_by_no_signature_of_now(anna: Service) -> None:
    """Else an id that somebody chose could be another athlete's."""
    for token in (
        links._signers()[0].dumps([ATHLETE, "marketing", "email"]),
        links.signers(["another key"])[1].dumps([ATHLETE, "marketing", "email"]),
    ):
        assert anna.call("POST", "/v1/unsubscribe", query={"token": token}, user=None).status == 400


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"channels": {"transactional": {"email": False}}}, "messages_are_always_on"),
        ({"rhythm": {"marketing": "daily"}}, "no_digest_of_this_kind"),
        ({"quiet_hours": {"start": "25:00", "end": "08:00"}}, "request_is_invalid"),
        ({"quiet_hours": {"start": "2\u0663:00", "end": "08:00"}}, "request_is_invalid"),
        ({"digest_at": "1\u0663:00"}, "request_is_invalid"),
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
