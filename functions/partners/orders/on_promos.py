"""Remembers when personal codes were issued."""

from partners.orders import code_store
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.promos import PromoIssued

handler = Consumer()


@handler.on(PromoIssued)
def know_code(envelope: Envelope[PromoIssued]) -> Consumed:
    if not envelope.data.is_personal:
        return Consumed("shared")
    code_store.note(envelope.data, envelope.occurred_at, clock.now())
    return Consumed("noted")
