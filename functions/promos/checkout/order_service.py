"""Orders that the store told of: their codes are settled out of all that is known of them. Safe to repeat, in any
order of the news and of what the till asks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from promos.checkout import settlement, store
from promos.checkout.changes import OrderChange, of_offer
from promos.checkout.domain import Cart, Decision, Granted, Held, Redemption, Refused, Seen, State, decide, in_order
from promos.checkout.service import MANY, existing, let_go
from promos.checkout.store import Guard
from promos.errors import LimitReachedError, OrderNotFoundError
from promos.facts import GivenBack, Purchase
from promos.offers.domain import Code
from promos.values import PromoLimits
from stadion import codes
from stadion.errors import RequestInProgressError, StadionError
from stadion.paid import CodeDiscount, Paid
from stadion.records import Stored
from stadion.retry import WriteConflictError, retry_on_conflict


class KnownOrder:
    """An order's money and its codes, as they are known."""

    def __init__(self, guard: Guard, uses: Sequence[Redemption]) -> None:
        self.uses = [one for one in in_order(uses) if one.state is not State.RELEASED]
        self.refused = guard.refused
        self.paid: Paid | None = None
        known = guard.told.paid()
        if known is not None:
            given = tuple(CodeDiscount(one.code, one.given_minor or 0) for one in self.uses)
            told = settlement.told_discount(known)
            self.paid = known.model_copy(update={"discounts": given, "discount_minor": told})


def know(
    partner_id: str, order_id: str, user_id: str | None, news: Purchase | GivenBack, now: datetime
) -> dict[str, str]:
    """Code -> what became of it: its state, or the code of the problem that it was refused for.

    What the promo refuses is the loss of a store that has sold already: it is noted, and nothing is booked.
    """
    return retry_on_conflict(lambda: _know(partner_id, order_id, user_id, news, now), MANY)


def show(partner_id: str, order_id: str) -> KnownOrder:
    order = store.on_order(partner_id, order_id)
    guard, uses = order.guard.value or Guard(), list(order.redemptions.values())
    if guard.told.completed is None and not uses:
        raise OrderNotFoundError
    return KnownOrder(guard, uses)


def _know(
    partner_id: str, order_id: str, user_id: str | None, news: Purchase | GivenBack, now: datetime
) -> dict[str, str]:
    change = OrderChange(partner_id, order_id, now)
    told = change.guard.told.with_news(news)
    change.guard = change.guard.model_copy(update={"told": told, "user_id": change.guard.user_id or user_id})
    if told.completed is not None:
        named = _unsettled(change, told.completed)
        if change.drop_unused() and named:
            change.settle()
            change.write()
            raise WriteConflictError  # look again: five codes that go and five that come are more than a transaction
        cart = _cart(partner_id, order_id, change.guard.user_id, told.completed)
        sold_at = min(told.completed.completed_at, now)  # a code that was good then is good, however late the news
        for name in named:
            _claim(change, name, cart, sold_at)
    change.settle()
    try:
        change.write()
    except LimitReachedError as error:
        raise WriteConflictError from error  # somebody took the athlete's last use meanwhile
    return {code: one.state.value for code, one in change.uses.items()} | change.guard.refused


def _cart(partner_id: str, order_id: str, user_id: str | None, told: Purchase) -> Cart:
    lines = sum(line.quantity * line.price_minor for line in told.lines)
    return Cart(partner_id, order_id, user_id, lines, told.currency)


def _unsettled(change: OrderChange, told: Purchase) -> list[str]:
    """Codes that the order names, and of which nothing is known yet. Of two spellings of one, the first."""
    known = {codes.key(code) for code, one in change.uses.items() if one.state is not State.RELEASED}
    known |= {codes.key(code) for code in change.guard.refused}
    named = {codes.key(code): code for code in reversed(told.codes)}
    return [code for key, code in reversed(named.items()) if key not in known]


def _claim(change: OrderChange, name: str, cart: Cart, sold_at: datetime) -> None:
    """A code that only the order names: it is used, whatever is left in the budgets, or the reason is noted."""
    try:
        stored, code = existing(change.code(name))
        seen = change.seen(code, cart, sold_at)
        decision = decide(cart, seen, State.REDEEMED, sold_at)
        if isinstance(decision, Held):
            _end_hold(decision, cart, seen, sold_at, change.now)
        _book(change, _granted(decision, change), stored, code)
    except RequestInProgressError:
        raise
    except StadionError as error:
        change.guard = change.guard.model_copy(update={"refused": {**change.guard.refused, name: error.code}})


def _end_hold(held: Held, cart: Cart, seen: Seen, sold_at: datetime, now: datetime) -> None:
    """A cart may still be left, and what is sold is sold: else its code would be free again when the hold ends. A code
    that the order could not have anyway stays with the cart."""
    free = replace(seen.code, state="free", partner_id=None, order_id=None)
    without = decide(cart, replace(seen, code=free), State.REDEEMED, sold_at)
    if isinstance(without, Refused):
        raise without.error
    let_go(held.partner_id, held.order_id, free.code, now)


def _granted(decision: Decision, change: OrderChange) -> Granted:
    if isinstance(decision, Refused):
        raise decision.error
    if not isinstance(decision, Granted):
        raise WriteConflictError
    _check_uses(decision.new, change.budgets.promo(decision.new.promo_id).limits, change)
    return decision


def _check_uses(new: Redemption, limits: PromoLimits, change: OrderChange) -> None:
    """The limits of an athlete hold also for what is sold; those of money and number do not."""
    stood = {code for code, one in change.order.redemptions.items() if one.stands}
    begun = [one for code, one in change.uses.items() if one.stands and code not in stood]
    ours = sum((new.user_id, new.promo_id) == (one.user_id, one.promo_id) for one in begun)
    for (user_id, name), (most, said) in store.limits_of(new, limits).items():
        if store.used_by(user_id, name) + ours >= most:
            raise LimitReachedError(limit=said, extensions={"limit": said})


def _book(change: OrderChange, granted: Granted, stored: Stored[Code], code: Code) -> None:
    """A use of nothing yet: what it gives follows from all codes of the order."""
    promo = change.budgets.promo(code.promo_id)
    new = granted.new.model_copy(
        update={
            "place": granted.new.place or change.next_place,
            "is_told": True,
            **of_offer(code, granted.new),
        }
    )
    budget = stored.place.pk if not code.is_single else None
    cost = promo.discount.cost_minor
    change.put(change.budgets.take(Granted(new, granted.period), budget, cost, past=True))
