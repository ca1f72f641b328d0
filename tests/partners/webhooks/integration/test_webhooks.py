"""Webhooks out: signed, tried again, given up, and never to where they should not go."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from standardwebhooks.webhooks import Webhook

from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.racing import raced
from tests.kit.services import Service, sqs_event
from tests.kit.store import Receiver

ADMIN = "/v1/admin/partners"
OFFER = {"offer_id": "offer", "promo_id": "winter-shoes"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as running:
        yield running


@pytest.fixture
def hooks(partners: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("STADION_STAGE", "local")  # where 127.0.0.1 may be a partner
    partners.sign("POST", ADMIN, {"partner_id": "store", "name": "The Store"})
    return partners


def subscribe(hooks: Service, receiver: Receiver, *events: str) -> tuple[str, str]:
    made = hooks.sign(
        "POST", f"{ADMIN}/store/endpoints", {"url": receiver.url, "events": list(events or ["promo.redeemed"])}
    )
    assert made.status == 201, made.body
    return made.body["endpoint"]["endpoint_id"], made.body["signing_secret"]


def redeemed(partner: str = "store") -> dict[str, Any]:
    data = {
        "offer": OFFER,
        "code": "RUN-1",
        "partner_id": partner,
        "order_id": "o-1",
        "discount_minor": 1,
        "order_total_minor": 2,
    }
    return entry("PromoRedeemed", {**data, "currency": "RUB"}, source="promos")


def happen(hooks: Service, *events: dict[str, Any]) -> None:
    for event in events:
        assert hooks.invoke("on_promo_events", sqs_event(event)) == {"batchItemFailures": []}
    work(hooks)


def work(hooks: Service) -> None:
    """The queue, until it is empty."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="webhook-deliveries")["QueueUrl"]
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            record = {**sqs_event(redeemed())["Records"][0], "body": message["Body"]}
            assert hooks.invoke("on_webhook_deliveries", {"Records": [record]}) == {"batchItemFailures": []}
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def deliveries(hooks: Service) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = hooks.sign("GET", f"{ADMIN}/store/deliveries").body["items"]
    return items


def later(hooks: Service, standing_clock: Clock, hours: float) -> None:
    standing_clock.set(datetime.now(UTC) + timedelta(hours=hours))
    hooks.invoke("leave_due_webhooks", {})
    work(hooks)


def test_a_subscriber_gets_a_signed_message_without_a_person_in_it(hooks: Service, receiver: Receiver) -> None:
    _, secret = subscribe(hooks, receiver)
    happen(hooks, redeemed())
    [(headers, body)] = receiver.seen
    Webhook(secret).verify(body, headers)
    said = json.loads(body)
    assert (said["type"], said["data"]["code"], said["data"]["order_id"]) == ("promo.redeemed", "RUN-1", "o-1")
    assert "user_id" not in body.decode()
    assert headers["user-agent"].startswith("Stadion")
    assert [(one["state"], one["attempts"][0]["status"]) for one in deliveries(hooks)] == [("delivered", 204)]


def test_the_same_event_again_is_one_message(hooks: Service, receiver: Receiver) -> None:
    subscribe(hooks, receiver)
    event = redeemed()
    happen(hooks, event, event)
    happen(hooks, event)
    assert len(receiver.seen) == 1


def test_who_did_not_ask_hears_nothing(hooks: Service, receiver: Receiver) -> None:
    subscribe(hooks, receiver, "promo.issued")
    happen(hooks, redeemed())
    assert receiver.seen == []


@pytest.mark.parametrize("failure", [500, 302, 429])
def test_a_failure_is_tried_again_with_the_same_id_and_a_new_signature(
    hooks: Service, receiver: Receiver, standing_clock: Clock, failure: int
) -> None:
    subscribe(hooks, receiver)
    receiver.answers = [failure]
    happen(hooks, redeemed())
    hooks.invoke("leave_due_webhooks", {})
    work(hooks)
    assert len(receiver.seen) == 1  # not yet
    later(hooks, standing_clock, 0.02)
    [(first, _), (second, _)] = receiver.seen
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-signature"] != second["webhook-signature"]
    assert [one["state"] for one in deliveries(hooks)] == ["delivered"]


def test_an_attempt_that_comes_before_its_hour_is_none(hooks: Service, receiver: Receiver) -> None:
    """Left twice, say: the worker looks at the delivery, not at who sent it."""
    from partners.webhooks.work import Deliver
    from stadion import clock
    from stadion.work import enqueue

    subscribe(hooks, receiver)
    receiver.answers = [500]
    happen(hooks, redeemed())
    [waiting] = deliveries(hooks)

    now = clock.now()
    again = Deliver(correlation_id="c", asked_at=now, partner_id="store", delivery_id=waiting["delivery_id"])
    enqueue(boto3.client("sqs").get_queue_url(QueueName="webhook-deliveries")["QueueUrl"], [again])
    work(hooks)

    assert len(receiver.seen) == 1


def test_in_the_end_it_is_given_up(hooks: Service, receiver: Receiver, standing_clock: Clock) -> None:
    subscribe(hooks, receiver)
    receiver.answers = [500] * 50
    happen(hooks, redeemed())
    for attempt in range(1, 12):
        later(hooks, standing_clock, 24 * attempt)
    [one] = deliveries(hooks)
    assert (one["state"], len(one["attempts"]), one["next_at"]) == ("dead", 8, None)


def test_a_crash_in_an_attempt_is_a_failure_like_any(
    hooks: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, standing_clock: Clock
) -> None:
    from partners.webhooks import transport

    subscribe(hooks, receiver)
    whole = transport.post
    monkeypatch.setattr(transport, "post", lambda *_: 1 // 0)
    assert hooks.invoke("on_promo_events", sqs_event(redeemed())) == {"batchItemFailures": []}
    with pytest.raises(AssertionError, match="batchItemFailures"):
        work(hooks)
    monkeypatch.setattr(transport, "post", whole)
    hooks.invoke("leave_due_webhooks", {})
    work(hooks)
    assert receiver.seen == []  # not yet
    later(hooks, standing_clock, 0.02)
    assert len(receiver.seen) == 1
    assert [one["state"] for one in deliveries(hooks)] == ["delivered"]


def test_who_fails_and_fails_is_disabled_until_somebody_enables_it(
    hooks: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint_id, _ = subscribe(hooks, receiver)
    receiver.answers = [500] * 20
    happen(hooks, *(redeemed() for _ in range(25)))
    assert len(receiver.seen) == 20
    [endpoint] = hooks.sign("GET", f"{ADMIN}/store/endpoints").body["items"]
    assert (endpoint["status"], endpoint["disabled_because"]) == ("disabled", "failing")
    hooks.sign("POST", f"{ADMIN}/store/endpoints/{endpoint_id}/enable")
    happen(hooks, redeemed())
    assert len(receiver.seen) == 21


def test_gone_is_gone(hooks: Service, receiver: Receiver) -> None:
    subscribe(hooks, receiver)
    receiver.answers = [410]
    happen(hooks, redeemed(), redeemed())
    [endpoint] = hooks.sign("GET", f"{ADMIN}/store/endpoints").body["items"]
    assert (endpoint["disabled_because"], len(receiver.seen)) == ("gone", 1)


def test_after_a_rotation_either_secret_verifies(hooks: Service, receiver: Receiver) -> None:
    endpoint_id, old = subscribe(hooks, receiver)
    new = hooks.sign("POST", f"{ADMIN}/store/endpoints/{endpoint_id}/secrets", {}).body["signing_secret"]
    happen(hooks, redeemed())
    [(headers, body)] = receiver.seen
    for secret in (old, new):
        Webhook(secret).verify(body, headers)


def test_an_address_inside_is_refused_when_named_and_when_used(
    hooks: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(hooks, receiver)
    monkeypatch.setenv("STADION_STAGE", "prod")
    hooks.enter()
    refused = hooks.sign("POST", f"{ADMIN}/store/endpoints", {"url": receiver.url, "events": ["promo.issued"]})
    assert (refused.status, refused.body["code"]) == (400, "url_refused")
    happen(hooks, redeemed())
    assert receiver.seen == []
    assert deliveries(hooks)[0]["attempts"][0]["error"] == "not https"


def test_an_endpoint_can_be_removed(hooks: Service, receiver: Receiver) -> None:
    endpoint_id, _ = subscribe(hooks, receiver)
    for status in (204, 404):
        assert hooks.sign("DELETE", f"{ADMIN}/store/endpoints/{endpoint_id}").status == status
    happen(hooks, redeemed())
    assert receiver.seen == []


def test_eight_subscriptions_at_once_find_room_for_one(hooks: Service) -> None:
    from partners.webhooks import service, store
    from partners.webhooks.domain import HookEvent

    def subscribe_once(number: int) -> str:
        url = f"http://127.0.0.1:{8000 + number}/"
        return service.subscribe("store", url, [HookEvent.PROMO_REDEEMED], by="me", now=datetime.now(UTC))[
            0
        ].endpoint_id

    hooks.enter()
    for number in range(service.MAX_ENDPOINTS - 1):
        subscribe_once(number)
    found = raced(hooks, (store, "endpoints"), subscribe_once)
    assert found.count("too_many_endpoints") == 7
    assert len(store.endpoints("store")) == service.MAX_ENDPOINTS


def issued(*partners: str) -> dict[str, Any]:
    data = {"offer": OFFER, "code": "RUN-1", "partners": list(partners), "expires_at": "2026-12-05T20:59:59Z"}
    return entry("PromoIssued", data, source="promos")


class TestTenants:
    """A partner hears of its own orders, and of codes that it may redeem."""

    @pytest.fixture(autouse=True)
    def listening(self, hooks: Service, receiver: Receiver) -> None:
        subscribe(hooks, receiver, "promo.issued", "promo.redeemed", "promo.reversed")

    def test_of_another_partners_order_nobody_else_hears(self, hooks: Service, receiver: Receiver) -> None:
        happen(hooks, redeemed("another"))
        assert (receiver.seen, deliveries(hooks)) == ([], [])
        happen(hooks, redeemed("store"))
        assert len(receiver.seen) == 1

    def test_a_code_is_told_to_those_whom_its_promo_names(self, hooks: Service, receiver: Receiver) -> None:
        happen(hooks, issued("another"))
        assert receiver.seen == []
        happen(hooks, issued("another", "store"), issued())
        assert len(receiver.seen) == 2

    def test_who_may_not_redeem_hears_of_no_code(self, hooks: Service, receiver: Receiver) -> None:
        hooks.sign("POST", ADMIN, {"partner_id": "seller", "name": "S", "may": ["catalogue"]})
        hooks.sign("POST", f"{ADMIN}/seller/endpoints", {"url": receiver.url, "events": ["promo.issued"]})
        happen(hooks, issued())
        assert len(receiver.seen) == 1

    def test_a_disabled_partner_hears_nothing(self, hooks: Service, receiver: Receiver) -> None:
        hooks.sign("POST", f"{ADMIN}/store/disable")
        happen(hooks, redeemed(), issued())
        assert (receiver.seen, deliveries(hooks)) == ([], [])

    @pytest.mark.parametrize("is_disabled", [True, False], ids=["disabled", "without codes"])
    def test_what_waited_for_who_may_hear_no_more_is_given_up(
        self, hooks: Service, receiver: Receiver, standing_clock: Clock, is_disabled: bool
    ) -> None:
        receiver.answers = [500]
        happen(hooks, redeemed())
        if is_disabled:
            hooks.sign("POST", f"{ADMIN}/store/disable")
        else:
            hooks.sign("PATCH", f"{ADMIN}/store", {"may": ["orders"]}, if_match="*")
        later(hooks, standing_clock, hours=1)
        assert (len(receiver.seen), [one["state"] for one in deliveries(hooks)]) == (1, ["dead"])
