"""Keeps whom partners mean at the till: only this service hears what a partner calls an athlete."""

from promos.athletes import link_store
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.partners import PartnerLinkChanged
from stadion.retry import retry_on_conflict

handler = Consumer()


@handler.on(PartnerLinkChanged)
def know_link(envelope: Envelope[PartnerLinkChanged]) -> Consumed:
    is_news = retry_on_conflict(lambda: link_store.keep(envelope.user_id, envelope.data, clock.now()))
    return Consumed("kept" if is_news else "stale")
