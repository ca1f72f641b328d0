"""Use cases of webhooks out: subscribe, plan a delivery for each subscriber, attempt it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from partners import store as partner_store
from partners.domain import PartnerStanding, Secret, holding, rotated
from partners.settings import PartnerSettings
from partners.signatures import new_secret, sign
from partners.webhooks import destinations, store, transport
from partners.webhooks.destinations import DestinationRefusedError
from partners.webhooks.domain import (
    DISABLED_AFTER,
    GONE,
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
    HookEvent,
    message_of,
)
from partners.webhooks.errors import EndpointNotFoundError, UrlRefusedError
from partners.webhooks.work import Deliver
from stadion import ids, pseudonyms
from stadion.events.envelope import Envelope
from stadion.observability import count, log
from stadion.retry import WriteConflictError
from stadion.settings import load
from stadion.work import enqueue

MAX_ENDPOINTS = 5
OVERTAKEN = "overtaken"
Post = Callable[[destinations.Destination, dict[str, str], bytes], int]


def subscribe(
    partner_id: str, url: str, events: Iterable[HookEvent], *, by: str, now: datetime
) -> tuple[Endpoint, Secret]:
    """The endpoint, and the secret that its webhooks are signed with."""
    partner_store.get(partner_id)
    try:
        destinations.check(url, is_local=load(PartnerSettings).is_local)
    except DestinationRefusedError as error:
        raise UrlRefusedError(pointer="#/url") from error
    secret = new_secret(ids.new_id(), now)
    endpoint = Endpoint(
        endpoint_id=ids.new_id(),
        partner_id=partner_id,
        url=url,
        events=list(dict.fromkeys(events)),
        secrets=[secret],
        created_at=now,
        updated_at=now,
    )
    store.add_endpoint(endpoint, now, most=MAX_ENDPOINTS)
    log("endpoint added", partner_id=partner_id, endpoint_id=endpoint.endpoint_id, by=pseudonyms.of_signer(by))
    return endpoint, secret


def rotate(partner_id: str, endpoint_id: str, grace: timedelta, *, by: str, now: datetime) -> tuple[Endpoint, Secret]:
    """Attempts carry a signature of each for the grace."""
    secret = new_secret(ids.new_id(), now)

    def with_secret(old: Endpoint) -> Endpoint:
        return old.changed(now, secrets=rotated(old.secrets, secret, now, grace))

    endpoint = store.change_endpoint(partner_id, endpoint_id, with_secret, now)
    log("endpoint secret rotated", partner_id=partner_id, endpoint_id=endpoint_id, by=pseudonyms.of_signer(by))
    return endpoint, secret


def enable(partner_id: str, endpoint_id: str, now: datetime) -> Endpoint:
    fields: dict[str, Any] = {"status": PartnerStanding.ACTIVE, "disabled_because": None, "failures_in_a_row": 0}
    return store.change_endpoint(partner_id, endpoint_id, lambda old: old.changed(now, **fields), now)


def plan(envelope: Envelope[Any], now: datetime) -> int:
    """A delivery for each subscriber whom it concerns; the event again finds them there, and leaves them in the queue
    once more."""
    kind, body = message_of(envelope)
    wanted = [one for one in store.endpoints() if kind in one.events and one.status is PartnerStanding.ACTIVE]
    if wanted:
        concerned = {one.partner_id for one in partner_store.all_partners() if one.is_concerned_by(envelope.data)}
        wanted = [one for one in wanted if one.partner_id in concerned]
    deliveries = [
        Delivery(
            delivery_id=f"{envelope.event_id}-{endpoint.endpoint_id}",
            partner_id=endpoint.partner_id,
            endpoint_id=endpoint.endpoint_id,
            event=kind,
            body=body,
            correlation_id=envelope.correlation_id,
            next_at=now,
            created_at=now,
        )
        for endpoint in wanted
    ]
    for delivery in deliveries:
        store.add(delivery, now)
    enqueue(load(PartnerSettings).webhook_deliveries_queue, [Deliver.of(delivery, now) for delivery in deliveries])
    return len(deliveries)


def attempt(partner_id: str, delivery_id: str, now: datetime, *, post: Post | None = None) -> str:
    """One word of what became of it."""
    delivery = store.find(partner_id, delivery_id)
    if delivery is None or delivery.state is not DeliveryState.WAITING:
        return "over"
    if delivery.next_at is not None and delivery.next_at > now:
        return "early"
    endpoint = _endpoint_of(delivery)
    if endpoint is None or not _is_listening(endpoint) or delivery.is_tried_enough:
        return _keep(delivery, delivery.ended(), now)
    begun = delivery.begun(now)
    if _keep(delivery, begun, now) == OVERTAKEN:
        return OVERTAKEN
    made = _try(begun, endpoint, now, post or transport.post)
    outcome = _keep(begun, begun.after(made), now)
    _learn(endpoint, made, now)
    return outcome


def _is_listening(endpoint: Endpoint) -> bool:
    """Still, and still may."""
    return endpoint.status is PartnerStanding.ACTIVE and partner_store.get(endpoint.partner_id).hears_of_codes


def _try(delivery: Delivery, endpoint: Endpoint, now: datetime, post: Post) -> Attempt:
    body = delivery.body.encode()
    headers = sign(body, webhook_id=delivery.delivery_id, now=now, valid=holding(endpoint.secrets, now))
    try:
        destination = destinations.find(endpoint.url, is_local=load(PartnerSettings).is_local)
        return Attempt(at=now, status=post(destination, headers, body))
    except (DestinationRefusedError, transport.NoAnswerError) as error:
        return Attempt(at=now, error=str(error)[:100])


def _keep(old: Delivery, new: Delivery, now: datetime) -> str:
    try:
        store.save(old, new, now)
    except WriteConflictError:
        return OVERTAKEN  # somebody else attempts it at the same time
    if new.state is DeliveryState.WAITING:
        return "put_off"
    count("WebhookDelivered" if new.state is DeliveryState.DELIVERED else "WebhookDead")
    return new.state.value


def _learn(endpoint: Endpoint, made: Attempt, now: datetime) -> None:
    """Failures in a row disable an endpoint, and so does its own word that it is gone."""

    def wiser(old: Endpoint) -> Endpoint:
        if made.succeeded:
            return old.changed(now, failures_in_a_row=0) if old.failures_in_a_row else old
        failures = old.failures_in_a_row + 1
        because = "gone" if made.status == GONE else "failing" if failures >= DISABLED_AFTER else None
        if because is None or old.status is PartnerStanding.DISABLED:
            return old.changed(now, failures_in_a_row=failures)
        count("WebhookEndpointDisabled")
        log("endpoint disabled", partner_id=old.partner_id, endpoint_id=old.endpoint_id, because=because)
        return old.changed(now, failures_in_a_row=failures, status=PartnerStanding.DISABLED, disabled_because=because)

    store.change_endpoint(endpoint.partner_id, endpoint.endpoint_id, wiser, now)


def _endpoint_of(delivery: Delivery) -> Endpoint | None:
    try:
        return store.endpoint(delivery.partner_id, delivery.endpoint_id)
    except EndpointNotFoundError:
        return None
