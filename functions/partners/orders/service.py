"""Use case: a partner's signed message about an order."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from partners.catalogue import store as catalogue_store
from partners.domain import Partner, holding
from partners.orders import code_store, store
from partners.orders.domain import Bought, Ignored, Message, Order, Receipt, Return, ignored, news
from partners.signatures import verify
from stadion.events.partners import OrderLine
from stadion.idempotency import IdempotencyKey, idempotency_key, recall
from stadion.retry import retry_on_conflict

Answer = Callable[[Receipt], Mapping[str, Any]]
"""What the partner is told, for the message's id."""


def signed_by(partner: Partner, body: bytes, header: Callable[[str], str | None], now: datetime) -> IdempotencyKey:
    """What makes the message the same one again: the partner's id for it, and its very bytes."""
    webhook_id = verify(body, header, holding(partner.secrets, now))
    digest = hashlib.sha256(body).hexdigest()
    key = idempotency_key(webhook_id, user_id=partner.partner_id, operation="webhook", request=digest)
    assert key is not None  # noqa: S101 - a verified message has an id
    return key


def parts_ignored(partner: Partner, message: Message) -> list[Ignored]:
    """What of the message does nothing."""
    told = message.tells
    return (
        [] if isinstance(told, Return) else ignored(told, code_store.issued_at(partner.partner_id, told.codes.values()))
    )


def receive(partner: Partner, message: Message, key: IdempotencyKey, *, answer: Answer, now: datetime) -> Receipt:
    store.translated(lambda: recall(key, now))
    return retry_on_conflict(lambda: _receive(partner, message, key, answer, now))


def _receive(partner: Partner, message: Message, key: IdempotencyKey, answer: Answer, now: datetime) -> Receipt:
    before = store.find(partner.partner_id, message.order_id)
    if before.knows(message.version, message.digest, message.spelled):
        return "unchanged"
    after = _applied(before, message)
    events = news(before, after)
    receipt: Receipt = "accepted" if events else "kept"
    store.save(before, after, events, key=key, answer=answer(receipt), now=now)
    return receipt


def _applied(before: Order, message: Message) -> Order:
    told = message.tells
    if isinstance(told, Return):
        return before.with_return(told, message.digest)
    completed = told.completed(_lines(before.partner_id, told.bought))
    return before.with_completion(
        completed, user_id=told.user_id, codes=list(told.codes.values()), digest=message.digest
    )


def _lines(partner_id: str, bought: Iterable[Bought]) -> list[OrderLine]:
    """With what the catalogue knows and the message does not say."""
    known = catalogue_store.some(partner_id, [line.sku for line in bought])
    made = []
    for line in bought:
        product = known.get(line.sku)
        made.append(
            OrderLine(
                sku=line.sku,
                name=line.name or (product.name if product else line.sku),
                brand=product.brand if product else None,
                quantity=line.quantity,
                price_minor=line.price_minor,
                discount_minor=line.discount_minor,
                wear_category=line.wear_category or (product.wear_category if product else None),
            )
        )
    return made
