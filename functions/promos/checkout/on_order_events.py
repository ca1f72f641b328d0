"""Counts purchases, and settles the code of an order where the store did not say so itself."""

from promos.athletes import store as athletes
from promos.checkout import service
from promos.checkout.domain import Cart
from promos.facts import GivenBack, Line, Purchase
from stadion import clock
from stadion.errors import RequestInProgressError, StadionError
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import NOBODY, Envelope
from stadion.events.partners import OrderCompleted, OrderReturned
from stadion.retry import retry_on_conflict

handler = Consumer()
TOLD = {"completed_at", "total_minor", "discount_minor", "shipping_minor", "tax_minor", "currency"}


@handler.on(OrderCompleted, OrderReturned)
def know_order(envelope: Envelope[OrderCompleted | OrderReturned]) -> Consumed:
    event, user_id = envelope.data, envelope.user_id
    outcome = "nobody's"
    if user_id != NOBODY:
        news, order, now = _news(event), (event.partner_id, event.order_id), clock.now()
        outcome = retry_on_conflict(lambda: athletes.know_order(user_id, *order, news, now)).value
    settled = _settle(event, None if user_id == NOBODY else user_id)
    return Consumed(outcome, {"code": settled} if settled else {})


def _news(event: OrderCompleted | OrderReturned) -> Purchase | GivenBack:
    """What promos keep of it."""
    lines = [Line.model_validate(line, from_attributes=True) for line in event.lines]
    if isinstance(event, OrderReturned):
        return GivenBack(
            version=event.order_version, returned_at=event.returned_at, is_whole=event.is_whole, lines=lines
        )
    fields = event.model_dump(include={"completed_at", "total_minor", "discount_minor", "shipping_minor", "currency"})
    return Purchase(
        **fields, tax_minor=event.tax_minor, codes=event.codes or [*filter(None, [event.code])], lines=lines
    )


def _settle(event: OrderCompleted | OrderReturned, user_id: str | None) -> str | None:
    """What the promo refuses is the loss of a store that has sold already: it goes to the log only."""
    if event.code is None or (isinstance(event, OrderReturned) and not event.is_whole):
        return None
    try:
        if isinstance(event, OrderCompleted):
            before = event.total_minor + event.discount_minor
            cart = Cart(event.partner_id, event.order_id, user_id, before, event.currency)
            sold_at = min(event.completed_at, clock.now())  # a code that was good then is good, however late the news
            return service.redeem_sold(event.code, cart, sold_at).state.value
        return service.reverse_unseen(event.partner_id, event.code, event.order_id, clock.now()).state.value
    except RequestInProgressError:
        raise
    except StadionError as error:
        return error.code
