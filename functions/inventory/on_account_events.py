"""Keeps this service's own copy of whom texts are for, and of the one consent that it asks for, of each partner."""

from inventory.store import OWNERS
from stadion import clock, copies
from stadion.events.accounts import ConsentChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope

handler = Consumer()


@handler.on(UserRegistered, ProfileUpdated, ConsentChanged)
def know_owner(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged]) -> Consumed:
    merged = copies.keep(OWNERS.at(envelope.user_id), envelope, clock.now())
    return Consumed("kept" if merged.is_news else "stale")
