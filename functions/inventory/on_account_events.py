"""Keeps this service's own copy of the one consent that it asks for."""

from inventory import purchase_service
from stadion import clock
from stadion.events.accounts import ConsentChanged, ConsentKind
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope

handler = Consumer()


@handler.on(ConsentChanged)
def know_consent(envelope: Envelope[ConsentChanged]) -> Consumed:
    if envelope.data.kind is not ConsentKind.PURCHASES:
        return Consumed("ignored")
    return Consumed("kept" if purchase_service.know_consent(envelope.user_id, envelope.data, clock.now()) else "stale")
