"""Use case: a partner's signed message about an order."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from partners.catalogue import store as catalogue_store
from partners.domain import Partner, holding
from partners.links import service as links
from partners.links.domain import KnownAthlete
from partners.orders import code_store, store
from partners.orders.domain import (
    OF_NOBODY,
    Bought,
    Ignored,
    Message,
    Order,
    Receipt,
    Return,
    codes_ignored,
    ignored,
    news,
)
from partners.signatures import verify
from stadion.events.partners import OrderLine, PartnerAbility
from stadion.idempotency import IdempotencyKey, idempotency_key, recall
from stadion.records import Stored
from stadion.retry import retry_on_conflict

Answer = Callable[[Receipt, Iterable[Ignored]], Mapping[str, Any]]
"""What the partner is told, for the message's id."""


def signed_by(partner: Partner, body: bytes, header: Callable[[str], str | None], now: datetime) -> IdempotencyKey:
    """What makes the message the same one again: the partner's id for it, and its very bytes."""
    webhook_id = verify(body, header, holding(partner.secrets, now))
    digest = hashlib.sha256(body).hexdigest()
    key = idempotency_key(webhook_id, user_id=partner.partner_id, operation="webhook", request=digest)
    assert key is not None  # noqa: S101 - a verified message has an id
    return key


def receive(
    partner: Partner, message: Message, key: IdempotencyKey, *, answer: Answer, now: datetime
) -> tuple[Receipt, list[Ignored]]:
    """What became of it, and what of it does nothing."""
    store.translated(lambda: recall(key, now))
    refused: list[Ignored] = []
    if PartnerAbility.CODES not in partner.may:
        refused, message = codes_ignored(message), message.without_codes()
    parts = [*refused, *_parts_ignored(partner, message)]
    return retry_on_conflict(lambda: _receive(partner, message, key, answer, parts, now))


def _parts_ignored(partner: Partner, message: Message) -> list[Ignored]:
    told = message.tells
    return (
        [] if isinstance(told, Return) else ignored(told, code_store.issued_at(partner.partner_id, told.codes.values()))
    )


def _receive(
    partner: Partner, message: Message, key: IdempotencyKey, answer: Answer, parts: list[Ignored], now: datetime
) -> tuple[Receipt, list[Ignored]]:
    whose = _whose(partner, message)
    if whose is not None and whose.value is not None and whose.value.user_id is None:
        parts = [OF_NOBODY, *parts]
    before = store.find(partner.partner_id, message.order_id)
    if before.knows(message.version, message.digest, message.spelled):
        return "unchanged", parts
    after = _applied(before, message, whose.value.user_id if whose is not None and whose.value is not None else None)
    events = news(before, after)
    receipt: Receipt = "accepted" if events else "kept"
    store.save(before, after, events, key=key, answer=answer(receipt, parts), whose=whose, now=now)
    return receipt, parts


def _whose(partner: Partner, message: Message) -> Stored[KnownAthlete] | None:
    """None for a guest's. One who has unlinked the partner is known, and is nobody."""
    told = message.tells
    if isinstance(told, Return) or told.athlete_id is None:
        return None
    return links.named(partner.partner_id, told.athlete_id)


def _applied(before: Order, message: Message, user_id: str | None) -> Order:
    told = message.tells
    if isinstance(told, Return):
        return before.with_return(told, message.digest)
    completed = told.completed(_lines(before.partner_id, told.bought))
    return before.with_completion(completed, user_id=user_id, codes=list(told.codes.values()), digest=message.digest)


def _lines(partner_id: str, bought: Iterable[Bought]) -> list[OrderLine]:
    """With the catalogue's words: what a partner says of a single order is shown to nobody."""
    known = catalogue_store.some(partner_id, [line.sku for line in bought])
    made = []
    for line in bought:
        product = known.get(line.sku)
        made.append(
            OrderLine(
                sku=line.sku,
                name=product.name if product else None,
                brand=product.brand if product else None,
                quantity=line.quantity,
                price_minor=line.price_minor,
                discount_minor=line.discount_minor,
                wear_category=line.wear_category or (product.wear_category if product else None),
            )
        )
    return made
