"""What was bought in the store becomes gear; what came back is gear no more."""

from inventory import purchase_service
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import NOBODY, Envelope
from stadion.events.partners import OrderCompleted, OrderReturned
from stadion.observability import count

handler = Consumer()
GUEST = Consumed("nobody's")
"""A guest's order: it is told for its codes."""


@handler.on(OrderCompleted)
def keep_gear(envelope: Envelope[OrderCompleted]) -> Consumed:
    if envelope.user_id == NOBODY:
        return GUEST
    outcome = purchase_service.buy(envelope.user_id, envelope.data, now=clock.now())
    if outcome == "added":
        count("PurchaseBecameGear")
    return Consumed(outcome)


@handler.on(OrderReturned)
def take_gear_back(envelope: Envelope[OrderReturned]) -> Consumed:
    if envelope.user_id == NOBODY:
        return GUEST
    return Consumed(purchase_service.give_back(envelope.user_id, envelope.data, now=clock.now()))
