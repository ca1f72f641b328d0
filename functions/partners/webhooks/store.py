"""Endpoints in the partners table, and deliveries: a log of each partner's, and an index of those that are due."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from partners.webhooks.domain import Delivery, DeliveryState, Endpoint
from partners.webhooks.errors import EndpointNotFoundError, TooManyEndpointsError
from stadion import clock, limits, pagination
from stadion.change import Change, revise
from stadion.dynamo import Item
from stadion.limits import Guard
from stadion.records import Index, Records, values_of

KEPT_FOR = timedelta(days=30)
DUE = "DUE"
ENDPOINTS = Records(
    Endpoint,
    kind="endpoint",
    pk="ENDPOINTS",
    sk="{partner_id}#{endpoint_id}",
    own_revision=True,
    nulls=True,
    missing=EndpointNotFoundError,
)
"""Address, events, secrets, failures: admins, each failed attempt; every promo event (one query: there are tens,
not thousands)."""
DELIVERIES = Records(
    Delivery,
    kind="delivery",
    pk="DELIVERIES#{partner_id}",
    sk="DELIVERY#{delivery_id}",
    own_revision=True,
    nulls=True,
    kept_for=KEPT_FOR,
    kept_since="created_at",
    index=Index(DUE, "{next_at}#{delivery_id}", when=lambda delivery: delivery.state is DeliveryState.WAITING),
)
"""The bus, each attempt; the worker, admins. In the index while it waits."""


COUNTED = Records(Guard, kind="counted", pk="COUNTED#{partner_id}", sk="ENDPOINTS")
"""Replaced with every endpoint that is added, so that their limit holds."""


class KnownDeliveryError(Exception):
    """The same event was delivered, or is about to be. Control flow."""


# --- endpoints ------------------------------------------------------------------------------------------------------


def endpoint(partner_id: str, endpoint_id: str) -> Endpoint:
    return ENDPOINTS.get(partner_id, endpoint_id)


def endpoints(partner_id: str | None = None) -> list[Endpoint]:
    """Of one partner, or of all."""
    return list(ENDPOINTS.every(partner_id) if partner_id else ENDPOINTS.every())


def add_endpoint(new: Endpoint, now: datetime, *, most: int) -> None:
    def wanted() -> Callable[[Change], None]:
        if len(endpoints(new.partner_id)) >= most:
            raise TooManyEndpointsError(most=most)
        return lambda change: change.put(ENDPOINTS, new)

    limits.add(COUNTED.at(new.partner_id), wanted, now)


def change_endpoint(partner_id: str, endpoint_id: str, how: Callable[[Endpoint], Endpoint], now: datetime) -> Endpoint:
    return revise(ENDPOINTS.at(partner_id, endpoint_id), how, now)


def remove_endpoint(partner_id: str, endpoint_id: str, now: datetime) -> None:
    with Change(None, now) as change:
        change.delete(ENDPOINTS.at(partner_id, endpoint_id), only=Item.pk.exists(), refused=EndpointNotFoundError)


# --- deliveries -----------------------------------------------------------------------------------------------------


def add(delivery: Delivery, now: datetime) -> None:
    """The one that is there already stays as it is."""
    with suppress(KnownDeliveryError), Change(None, now) as change:
        change.put(DELIVERIES, delivery, refused=KnownDeliveryError)


def find(partner_id: str, delivery_id: str) -> Delivery | None:
    return DELIVERIES.find(partner_id, delivery_id)


def save(old: Delivery, new: Delivery, now: datetime) -> None:
    with Change(None, now) as change:
        change.replace(DELIVERIES.seen(old), new)


def page(partner_id: str, *, limit: int, cursor: str | None) -> pagination.Page[Delivery]:
    scope = ("deliveries", partner_id)
    return DELIVERIES.page(partner_id, scope=scope, limit=limit, cursor=cursor, newest_first=True)


def due(now: datetime, *, most: int) -> list[Delivery]:
    return list(values_of(DELIVERIES.listed(DUE, clock.rfc3339(now), limit=most)))
