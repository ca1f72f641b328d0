"""What happened to promos, for the partners who want to hear of it."""

from partners.webhooks import service
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.promos import PromoIssued, PromoRedeemed, PromoReversed

handler = Consumer()


@handler.on(PromoIssued, PromoRedeemed, PromoReversed)
def tell_partners(envelope: Envelope[PromoIssued | PromoRedeemed | PromoReversed]) -> Consumed:
    planned = service.plan(envelope, clock.now())
    return Consumed("planned" if planned else "nobody_listens", {"deliveries": planned})
