"""An order's messages, in any order and number, tell each fact once."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.orders.domain import Completed, Order, Return, news
from partners.orders.errors import MoreReturnedThanBoughtError, OrderVersionTakenError
from stadion.events.envelope import Event
from stadion.events.partners import OrderCompleted, OrderLine, OrderReturned

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LINES = [OrderLine(sku=sku, name=sku, quantity=3, price_minor=1) for sku in ("a", "b")]
COMPLETED = Completed(version=1, lines=LINES, total_minor=6, currency="RUB", completed_at=NOW)
RETURNS = st.lists(
    st.none() | st.dictionaries(st.sampled_from("ab"), st.integers(1, 2), min_size=1, max_size=2), max_size=4
)


def take(order: Order, message: Completed | Return) -> tuple[Order, list[Event]]:
    digest = message.model_dump_json()
    if order.knows(message.version, digest):
        return order, []
    if isinstance(message, Completed):
        after = order.with_completion(message, user_id="anna", codes=[], digest=digest)
    else:
        after = order.with_return(message, digest)
    return after, news(order, after)


@given(returns=RETURNS, data=st.data())
def test_what_is_told_adds_up_to_what_came_back(returns: list[dict[str, int] | None], data: st.DataObject) -> None:
    messages = [COMPLETED, *(Return(version=n, quantities=r, returned_at=NOW) for n, r in enumerate(returns, start=2))]
    arriving = data.draw(st.permutations(messages + messages))
    order, told = Order(order_id="o", partner_id="store"), []
    for message in arriving:
        try:
            order, events = take(order, message)
        except MoreReturnedThanBoughtError:
            continue
        told += events
    assert sum(isinstance(event, OrderCompleted) for event in told) == (order.completed is not None)
    back: Counter[str] = Counter()
    for event in told:
        if isinstance(event, OrderReturned):
            back.update({line.sku: line.quantity for line in event.lines})
    assert back == order.returned()
    assert all(quantity <= 3 for quantity in back.values())
    versions = [event.order_version for event in told if isinstance(event, OrderReturned)]
    assert len(set(versions)) == len(versions)
    wholes = [event.is_whole for event in told if isinstance(event, OrderReturned)]
    assert wholes.count(True) == (back.total() == 6 and bool(wholes))


def test_a_message_that_was_kept_by_its_spelling_is_known_again() -> None:
    order = Order(order_id="o", partner_id="store", digests={"1": "as it was spelled"})
    assert order.knows(1, "by its values", "as it was spelled")
    with pytest.raises(OrderVersionTakenError):
        order.knows(1, "by its values", "spelled otherwise")
