"""Counts purchases, and settles the codes of an order by what the store told of it."""

from promos.athletes import store as athletes
from promos.checkout import order_service
from promos.facts import GivenBack, Line, Purchase
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import NOBODY, Envelope
from stadion.events.partners import OrderCompleted, OrderReturned
from stadion.retry import retry_on_conflict

handler = Consumer()
TOLD = {"completed_at", "total_minor", "discount_minor", "shipping_minor", "tax_minor", "currency"}


@handler.on(OrderCompleted, OrderReturned)
def know_order(envelope: Envelope[OrderCompleted | OrderReturned]) -> Consumed:
    """A guest's order has codes as well."""
    event, news, now = envelope.data, _news(envelope.data), clock.now()
    order, user_id = (event.partner_id, event.order_id), None if envelope.user_id == NOBODY else envelope.user_id
    outcome = "nobody's"
    if user_id is not None:
        outcome = retry_on_conflict(lambda: athletes.know_order(user_id, *order, news, now)).value
    settled = order_service.know(*order, user_id, news, now)
    return Consumed(outcome, {"codes": settled} if settled else {})


def _news(event: OrderCompleted | OrderReturned) -> Purchase | GivenBack:
    """What promos keep of it."""
    lines = [Line.model_validate(line, from_attributes=True) for line in event.lines]
    if isinstance(event, OrderReturned):
        return GivenBack(
            version=event.order_version, returned_at=event.returned_at, is_whole=event.is_whole, lines=lines
        )
    named = event.codes or [*filter(None, [event.code])]
    return Purchase(**event.model_dump(include=TOLD), codes=named, lines=lines)
