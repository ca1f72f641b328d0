"""Use case: a partner's signed message about an order."""

import hashlib
from datetime import datetime

from partners.catalogue import store as catalogue_store
from partners.domain import Partner, holding
from partners.orders import store
from partners.orders.domain import Completed, Order, Return, news
from partners.orders.schemas import BoughtLine, CompletedOrder, OrderMessage, Received, ReturnedOrder
from partners.signatures import verify
from stadion.events.partners import OrderLine
from stadion.idempotency import IdempotencyKey, idempotency_key, recall
from stadion.partner_http import PartnerApi
from stadion.retry import retry_on_conflict


def signed_by(partner: Partner, api: PartnerApi, now: datetime) -> IdempotencyKey:
    """What makes the message the same one again: the partner's id for it, and its very bytes."""
    webhook_id = verify(api.raw_body, api.header, holding(partner.secrets, now))
    digest = hashlib.sha256(api.raw_body).hexdigest()
    key = idempotency_key(webhook_id, user_id=partner.partner_id, operation="webhook", request=digest)
    assert key is not None  # noqa: S101 - a verified message has an id
    return key


def receive(partner: Partner, message: OrderMessage, key: IdempotencyKey, now: datetime) -> Received:
    store.translated(lambda: recall(key))
    return retry_on_conflict(lambda: _receive(partner, message, key, now))


def _receive(partner: Partner, message: OrderMessage, key: IdempotencyKey, now: datetime) -> Received:
    data = message.data
    before = store.find(partner.partner_id, data.order_id)
    digest = hashlib.sha256(data.model_dump_json().encode()).hexdigest()
    if before.knows(data.version, digest):
        return Received(order_id=data.order_id, outcome="unchanged")
    after = _applied(before, data, digest)
    events = news(before, after)
    answer = Received(order_id=data.order_id, outcome="accepted" if events else "kept")
    store.save(before, after, events, key=key, answer=answer.model_dump(mode="json"), now=now)
    return answer


def _applied(before: Order, data: CompletedOrder | ReturnedOrder, digest: str) -> Order:
    if isinstance(data, ReturnedOrder):
        quantities = None if data.lines is None else {line.sku: line.quantity for line in data.lines}
        came_back = Return(version=data.version, quantities=quantities, returned_at=data.returned_at)
        return before.with_return(came_back, digest)
    fields = data.model_dump(include={"version", "total_minor", "discount_minor", "currency", "completed_at"})
    completed = Completed(lines=_lines(before.partner_id, data.lines), **fields)
    return before.with_completion(completed, user_id=data.user_id, code=data.code, digest=digest)


def _lines(partner_id: str, lines: list[BoughtLine]) -> list[OrderLine]:
    """With what the catalogue knows and the message does not say."""
    known = catalogue_store.some(partner_id, [line.sku for line in lines])
    made = []
    for line in lines:
        product = known.get(line.sku)
        made.append(
            OrderLine(
                sku=line.sku,
                name=line.name or (product.name if product else line.sku),
                brand=product.brand if product else None,
                quantity=line.quantity,
                price_minor=line.price_minor,
                wear_category=line.wear_category or (product.wear_category if product else None),
            )
        )
    return made
