"""What was bought in the store becomes gear; what came back is gear no more."""

from typing import Any

from inventory import purchase_service
from stadion import clock
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.partners import OrderCompleted, OrderReturned
from stadion.observability import count


def keep_gear(envelope: Envelope[Any]) -> Consumed:
    event = envelope.data
    take = purchase_service.buy if isinstance(event, OrderCompleted) else purchase_service.give_back
    outcome = take(envelope.user_id, event, now=clock.now())
    if outcome == "added":
        count("PurchaseBecameGear")
    return Consumed(outcome, {"order_id": event.order_id, "partner_id": event.partner_id})


handler = consumer(keep_gear, events=(OrderCompleted, OrderReturned))
