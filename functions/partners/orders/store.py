"""Orders in the partners table: an order, its events and the answer to its webhook-id in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from partners.links.domain import KnownAthlete
from partners.orders.domain import Order
from partners.orders.errors import WebhookIdReusedError
from stadion.change import Change
from stadion.errors import IdempotencyKeyReusedError
from stadion.events.envelope import Event
from stadion.idempotency import IdempotencyKey
from stadion.records import Index, Records, Stored

T = TypeVar("T")
ORDERS = Records(
    Order,
    kind="order",
    pk="ORDER#{partner_id}#{order_id}",
    sk="ORDER",
    own_revision=True,
    nulls=True,
    index=Index(
        "ATHLETE#{user_id}",
        "{completed.completed_at}#{partner_id}#{order_id}",
        when=lambda order: order.completed is not None,
    ),
)
"""With the digests of its messages: a webhook, on its revision. The index is for export and erasure."""


def find(partner_id: str, order_id: str) -> Order:
    """An order of which nothing came yet is empty."""
    return ORDERS.find(partner_id, order_id) or Order(partner_id=partner_id, order_id=order_id)


def save(
    before: Order,
    after: Order,
    events: Sequence[Event],
    *,
    key: IdempotencyKey,
    answer: Mapping[str, Any],
    whose: Stored[KnownAthlete] | None,
    now: datetime,
) -> None:
    """`whose`: the athlete whom the message names is linked, or unlinked, as was read."""
    change = Change(after.user_id, now, key)
    change.remember(status=200, answer=answer)
    change.replace(ORDERS.seen(before), after)
    if whose is not None:
        change.check(whose)
    change.publish(*events)
    translated(change.commit)


def translated(call: Callable[[], T]) -> T:
    """The words of `Idempotency-Key` are not those of webhooks."""
    try:
        return call()
    except IdempotencyKeyReusedError as error:
        raise WebhookIdReusedError from error
