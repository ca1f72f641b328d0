"""What happened to promos, for the partners who want to hear of it."""

from typing import Any

from partners.webhooks import service
from stadion import clock
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.promos import PromoIssued, PromoRedeemed, PromoReversed


def tell_partners(envelope: Envelope[Any]) -> Consumed:
    planned = service.plan(envelope, clock.now())
    return Consumed("planned" if planned else "nobody_listens", {"deliveries": planned})


handler = consumer(tell_partners, events=(PromoIssued, PromoRedeemed, PromoReversed))
