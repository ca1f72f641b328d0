"""Moves the funnel, by where each offer stands."""

from typing import Any

from promos.offers import service as offer_service
from promos.offers.domain import WALK_IN
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.promos import PromoClicked, PromoDismissed, PromoIssued, PromoRedeemed, PromoReversed, PromoViewed
from stadion.observability import count
from stadion.retry import retry_on_conflict

handler = Consumer()


@handler.on(PromoIssued, PromoViewed, PromoClicked, PromoDismissed, PromoRedeemed, PromoReversed)
def move_funnel(
    envelope: Envelope[PromoIssued | PromoViewed | PromoClicked | PromoDismissed | PromoRedeemed | PromoReversed],
) -> Consumed:
    event, day, now = envelope.data, envelope.occurred_at.date().isoformat(), clock.now()
    if event.offer.offer_id.startswith(WALK_IN):
        outcome = retry_on_conflict(lambda: offer_service.count_walk_in(event.offer, *_walk_in(event), day, now))
    else:
        outcome = retry_on_conflict(lambda: offer_service.count_in_funnel(envelope.user_id, event.offer, now))
    count(type(event).__name__)
    return Consumed(outcome, {"promo_id": event.offer.promo_id})


def _walk_in(event: Any) -> tuple[int, dict[str, int]]:
    if isinstance(event, PromoReversed):
        return 2, {}
    money = {"discount_minor": event.discount_minor, "revenue_minor": event.order_total_minor}
    return 1, {"walk_ins": 1, **money}
