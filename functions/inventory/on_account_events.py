"""Keeps this service's own copy of the one consent that it asks for, of each partner."""

from inventory.store import OWNERS
from stadion import clock, copies
from stadion.events.accounts import ConsentChanged
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope

handler = Consumer()


@handler.on(ConsentChanged)
def know_owner(envelope: Envelope[ConsentChanged]) -> Consumed:
    merged = copies.keep(OWNERS.at(envelope.user_id), envelope, clock.now())
    return Consumed("kept" if merged.is_news else "stale")
