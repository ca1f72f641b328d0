"""Moves the funnel, by where each offer stands."""

from datetime import datetime
from typing import Any

from promos.offers import service as offer_service
from promos.offers.domain import WALK_IN
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.promos import (
    PromoClicked,
    PromoDismissed,
    PromoIssued,
    PromoRedeemed,
    PromoReversed,
    PromoSettled,
    PromoViewed,
)
from stadion.observability import count
from stadion.retry import retry_on_conflict

handler = Consumer()


@handler.on(PromoIssued, PromoViewed, PromoClicked, PromoDismissed)
def move_funnel(envelope: Envelope[PromoIssued | PromoViewed | PromoClicked | PromoDismissed]) -> Consumed:
    return _move(envelope)


@handler.on(PromoRedeemed, PromoSettled, PromoReversed)
def count_money(envelope: Envelope[PromoRedeemed | PromoSettled | PromoReversed]) -> Consumed:
    event = envelope.data
    if not event.offer.offer_id.startswith(WALK_IN):
        return _move(envelope)
    day, posting = _day_of(event) or envelope.occurred_at, _walk_in(event)
    outcome = retry_on_conflict(
        lambda: offer_service.count_walk_in(event.offer, *posting, day.date().isoformat(), clock.now())
    )
    return _counted(event, outcome)


def _move(envelope: Envelope[Any]) -> Consumed:
    event = envelope.data
    outcome = retry_on_conflict(lambda: offer_service.count_in_funnel(envelope.user_id, event.offer, clock.now()))
    return _counted(event, outcome)


def _counted(event: Any, outcome: str) -> Consumed:
    count(type(event).__name__)
    return Consumed(outcome, {"promo_id": event.offer.promo_id})


def _day_of(event: PromoRedeemed | PromoSettled | PromoReversed) -> datetime | None:
    """Of the use: what comes back later is taken off the day on which it was counted."""
    return None if isinstance(event, PromoReversed) else event.redeemed_at


def _walk_in(event: PromoRedeemed | PromoSettled | PromoReversed) -> tuple[int, dict[str, int]]:
    """The version of what is told, and what counts for it."""
    if isinstance(event, PromoReversed):
        return event.revision, {}
    currency = event.currency
    money = {
        f"discount.{currency}": event.discount_minor,
        f"cost.{currency}": event.cost_minor,
        f"revenue.{currency}": event.order_total_minor,
    }
    return event.revision, {"walk_ins": 1, **{name: minor for name, minor in money.items() if minor}}
