"""Endpoints in the partners table, and deliveries: a log of each partner's, and an index of those that are due."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from partners.webhooks.domain import Delivery, DeliveryState, Endpoint
from partners.webhooks.errors import EndpointNotFoundError
from stadion import clock, pagination
from stadion.dynamo import Item, Transaction, absent, page_of
from stadion.retry import retry_on_conflict

ENDPOINTS = "ENDPOINTS"
"""One partition: there are tens of them, not thousands."""
DUE = "DUE"
KEPT_FOR = timedelta(days=30)


class KnownDeliveryError(Exception):
    """The same event was delivered, or is about to be. Control flow."""


def endpoint(partner_id: str, endpoint_id: str) -> Endpoint:
    item = Item.find(ENDPOINTS, _endpoint_sk(partner_id, endpoint_id))
    if item is None:
        raise EndpointNotFoundError
    return Endpoint.model_validate(item.body)


def endpoints(partner_id: str | None = None) -> list[Endpoint]:
    """Of one partner, or of all."""
    where = Item.sk.startswith(f"{partner_id}#") if partner_id else None
    return [Endpoint.model_validate(item.body) for item in Item.query(ENDPOINTS, where, consistent_read=True)]


def add_endpoint(new: Endpoint) -> None:
    Transaction().put(_endpoint_item(new), absent()).commit()


def change_endpoint(partner_id: str, endpoint_id: str, how: Callable[[Endpoint], Endpoint]) -> Endpoint:
    def once() -> Endpoint:
        old = endpoint(partner_id, endpoint_id)
        new = how(old)
        if new.revision != old.revision:
            Transaction().put(_endpoint_item(new), Item.revision == old.revision).commit()
        return new

    return retry_on_conflict(once)


def remove_endpoint(partner_id: str, endpoint_id: str) -> None:
    item = Item(pk=ENDPOINTS, sk=_endpoint_sk(partner_id, endpoint_id))
    Transaction().delete(item, Item.pk.exists(), refused=lambda _: EndpointNotFoundError()).commit()


def _endpoint_sk(partner_id: str, endpoint_id: str) -> str:
    return f"{partner_id}#{endpoint_id}"


def _endpoint_item(one: Endpoint) -> Item:
    return Item(
        pk=ENDPOINTS,
        sk=_endpoint_sk(one.partner_id, one.endpoint_id),
        kind="endpoint",
        revision=one.revision,
        body=one.model_dump(mode="json"),
    )


# --- deliveries -----------------------------------------------------------------------------------------------------


def add(delivery: Delivery) -> None:
    """The one that is there already stays as it is."""
    with suppress(KnownDeliveryError):
        Transaction().put(_item(delivery), absent(), refused=lambda _: KnownDeliveryError()).commit()


def find(partner_id: str, delivery_id: str) -> Delivery | None:
    item = Item.find(_pk(partner_id), _sk(delivery_id))
    return Delivery.model_validate(item.body) if item else None


def save(old: Delivery, new: Delivery) -> None:
    Transaction().put(_item(new), Item.revision == old.revision).commit()


def page(partner_id: str, *, limit: int, cursor: str | None) -> pagination.Page[Delivery]:
    scope = pagination.fingerprint("deliveries", partner_id)
    found = page_of(_pk(partner_id), "DELIVERY#", scope=scope, limit=limit, cursor=cursor, newest_first=True)
    return found.of(lambda item: Delivery.model_validate(item.body))


def due(now: datetime, *, most: int) -> list[Delivery]:
    found = Item.by_gsi1.query(DUE, Item.gsi1sk <= clock.rfc3339(now) + "~", limit=most)
    return [Delivery.model_validate(item.body) for item in found]


def _pk(partner_id: str) -> str:
    return f"DELIVERIES#{partner_id}"


def _sk(delivery_id: str) -> str:
    return f"DELIVERY#{delivery_id}"


def _item(delivery: Delivery) -> Item:
    item = Item(
        pk=_pk(delivery.partner_id),
        sk=_sk(delivery.delivery_id),
        kind="delivery",
        revision=delivery.revision,
        expires_at=int((delivery.created_at + KEPT_FOR).timestamp()),
        body=delivery.model_dump(mode="json"),
    )
    if delivery.state is DeliveryState.WAITING and delivery.next_at is not None:
        item.gsi1pk, item.gsi1sk = DUE, f"{clock.rfc3339(delivery.next_at)}#{delivery.delivery_id}"
    return item
