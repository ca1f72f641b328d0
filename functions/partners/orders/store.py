"""Orders in the partners table: an order, its events and the answer to its webhook-id in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from partners.orders.domain import Order
from partners.orders.errors import WebhookIdReusedError
from stadion import clock
from stadion.dynamo import Item, Transaction, absent
from stadion.errors import IdempotencyKeyReusedError
from stadion.events.envelope import Event
from stadion.events.outbox import outbox_items
from stadion.idempotency import IdempotencyKey, remember
from stadion.observability import correlation_id

T = TypeVar("T")
SK = "ORDER"


def find(partner_id: str, order_id: str) -> Order:
    """An order of which nothing came yet is empty."""
    item = Item.find(_pk(partner_id, order_id), SK)
    return Order.model_validate(item.body) if item else Order(partner_id=partner_id, order_id=order_id)


def save(
    before: Order,
    after: Order,
    events: Sequence[Event],
    *,
    key: IdempotencyKey,
    answer: dict[str, Any],
    now: datetime,
) -> None:
    transaction = Transaction()
    remember(transaction, key, status=200, answer=answer, now=now)
    unchanged = Item.revision == before.revision if before.revision else absent()
    transaction.put(_item(after), unchanged)
    about = after.user_id
    if about is not None:
        for item in outbox_items(events, user_id=about, correlation_id=correlation_id(), now=now):
            transaction.put(item)
    translated(transaction.commit)


def translated(call: Callable[[], T]) -> T:
    """The words of `Idempotency-Key` are not those of webhooks."""
    try:
        return call()
    except IdempotencyKeyReusedError as error:
        raise WebhookIdReusedError from error


def _pk(partner_id: str, order_id: str) -> str:
    return f"ORDER#{partner_id}#{order_id}"


def _item(order: Order) -> Item:
    body = order.model_dump(mode="json")
    item = Item(pk=_pk(order.partner_id, order.order_id), sk=SK, kind="order", revision=order.revision, body=body)
    if order.user_id is not None and order.completed is not None:
        item.gsi1pk = f"ATHLETE#{order.user_id}"
        item.gsi1sk = f"{clock.rfc3339(order.completed.completed_at)}#{order.partner_id}#{order.order_id}"
    return item
