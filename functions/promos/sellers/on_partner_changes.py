"""Keeps the copy of the partners that promos may name."""

from promos.sellers import partner_store
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.partners import PartnerChanged
from stadion.retry import retry_on_conflict

handler = Consumer()


@handler.on(PartnerChanged)
def know_partner(envelope: Envelope[PartnerChanged]) -> Consumed:
    changed = retry_on_conflict(lambda: partner_store.know(envelope.data, clock.now()))
    return Consumed("kept" if changed else "stale")
