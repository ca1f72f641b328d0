"""The store's side: what a code is worth, and reserve -> redeem -> reverse. Each is safe to repeat and to race."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from promos.checkout import store
from promos.checkout.changes import OrderChange, of_offer
from promos.checkout.domain import (
    Cart,
    Granted,
    Held,
    Redemption,
    Refused,
    State,
    decide,
    given,
    in_order,
)
from promos.errors import (
    CodeNotFoundError,
    CodeReservedError,
    LimitReachedError,
    OrderCompleteError,
    OrderDiffersError,
    OrderReversedError,
    RedemptionNotFoundError,
)
from promos.offers import store as offer_store
from promos.offers.domain import Code, Promo
from promos.values import Discount
from stadion.records import Stored
from stadion.retry import Policy, WriteConflictError, retry_on_conflict

T = TypeVar("T")
SWEPT_AT_ONCE = 25
MANY = Policy(attempts=40, base_s=0.01)
"""Looks at a code or a budget that others race for. Each that is refused was so by one that succeeded."""


@dataclass(frozen=True)
class OnOrder:
    """What became of a code on an order, and the order's other codes that stand."""

    redemption: Redemption
    others: tuple[Redemption, ...]
    discount: Discount
    """Of its promo."""

    @property
    def state(self) -> State:
        return self.redemption.state

    @property
    def discount_minor(self) -> int:
        return self.redemption.discount_minor

    @property
    def payable_minor(self) -> int:
        """Of the whole order, after all its codes."""
        standing = [one.discount_minor for one in (self.redemption, *self.others) if one.stands]
        return max(0, self.redemption.amount_minor - sum(standing))


def look_up(partner_id: str, typed: str) -> tuple[Code, Promo]:
    """The code, and the promo that it is of."""
    _, code = existing(offer_store.code_of(typed))
    promo = offer_store.get(code.promo_id)
    if not promo.is_for(partner_id):
        raise CodeNotFoundError
    return code, promo


def reserve(typed: str, cart: Cart, now: datetime) -> OnOrder:
    """Holds code and budget for the order; with another amount than before, the hold changes with the cart."""
    return _trying(lambda: _use(typed, cart, State.RESERVED, now))


def redeem(typed: str, cart: Cart, now: datetime) -> OnOrder:
    """The order is paid. What it holds for this very cart it gets in any case; else it is taken, all or nothing."""
    return _trying(lambda: _use(typed, cart, State.REDEEMED, now))


def reverse(partner_id: str, typed: str, order_id: str, now: datetime) -> OnOrder:
    """The order was left or returned: what it held or had used is free again."""
    return _trying(lambda: _reverse(partner_id, typed, order_id, now))


def give_back_due(now: datetime, *, most: int = SWEPT_AT_ONCE) -> int:
    """Reservations that have ended give back what they hold. How many did."""
    return sum(give_back(*due, now) for due in list(store.due(now, most=most)))


def give_back(partner_id: str, order_id: str, code: str, now: datetime) -> int:
    """1 if it had ended and nobody else gave it back or paid it."""
    return retry_on_conflict(lambda: _give_back(partner_id, order_id, code, now))


def let_go(partner_id: str, order_id: str, code: str, now: datetime) -> None:
    """A cart's hold of a code that is sold already ends; what is paid meanwhile stays."""
    retry_on_conflict(lambda: _end_hold(partner_id, order_id, code, now))


def existing(stored: Stored[Code]) -> tuple[Stored[Code], Code]:
    if stored.value is None:
        raise CodeNotFoundError
    return stored, stored.value


def _trying(once: Callable[[], T]) -> T:
    return retry_on_conflict(once, MANY)


# --- one look and one write each ------------------------------------------------------------------------------------


def _use(typed: str, cart: Cart, state: State, now: datetime) -> OnOrder:
    change = OrderChange(cart.partner_id, cart.order_id, now)
    known = change.known(typed)
    if known is not None and known.state is State.REDEEMED:
        return _done(change, _same(known, cart))
    if known is not None and known.state is State.RESERVED and _is_same(known, cart):
        if state is State.REDEEMED:
            return _paid(change, known)
        if known.is_held_at(now):
            return _done(change, known)
    try:
        return _taken(change, typed, cart, state)
    except LimitReachedError as error:
        raise _limit_or_conflict(error, change, typed) from error


def _paid(change: OrderChange, known: Redemption) -> OnOrder:
    """As it is held, whatever has become of promo, hour and budget since."""
    change.put(known.model_copy(update={"state": State.REDEEMED, "reserved_until": None}))
    return _written(change, known.code)


def _taken(change: OrderChange, typed: str, cart: Cart, state: State) -> OnOrder:
    """A new use, or one for another cart: the hold and what comes of it are one transaction."""
    if (known := change.known(typed)) is not None and known.state is State.REVERSED:
        raise OrderReversedError
    if state is State.RESERVED and change.guard.told.completed is not None:
        raise OrderCompleteError
    stored, code = existing(change.code(typed))
    decision = decide(cart, change.seen(code, cart, change.now), state, change.now)
    if isinstance(decision, Refused):
        raise decision.error
    if isinstance(decision, Held):
        if not give_back(decision.partner_id, decision.order_id, code.code, change.now):
            raise CodeReservedError
        raise WriteConflictError
    if not isinstance(decision, Granted):
        raise WriteConflictError
    _let_go(change, code.code)
    place = decision.new.place or change.next_place
    holds = [one for one in in_order(change.uses.values()) if one.state is State.RESERVED and one.code != code.code]
    for one in holds:
        if one.place < place and one.amount_minor != cart.amount_minor:
            change.regive(one, cart.amount_minor)
    _grant(change, decision, stored, code, place)
    for one in holds:
        if one.place > place:
            change.regive(one, cart.amount_minor)
    return _written(change, code.code)


def _grant(change: OrderChange, granted: Granted, stored: Stored[Code], code: Code, place: int) -> None:
    """With its sum, from the budgets; `LimitReachedError` when they have less."""
    promo, known = change.budgets.promo(code.promo_id), change.uses.get(code.code)
    others = [one for name, one in change.uses.items() if name != code.code]
    discount = given(promo.discount, granted.new.amount_minor, place, others)
    facts = of_offer(code, granted.new)
    new = granted.new.model_copy(update={"place": place, "discount_minor": discount, **facts})
    burden = discount + promo.discount.cost_minor
    if known is None or not known.stands:
        budget = stored.place.pk if not code.is_single else None
        change.put(change.budgets.take(Granted(new, granted.period), budget, burden))
        return
    changed = change.budgets.change(new, burden)
    if changed is None:
        raise LimitReachedError(limit="discount_minor", extensions={"limit": "discount_minor"})
    change.put(changed)


def _let_go(change: OrderChange, code: str) -> None:
    """What has ended of the order's other holds."""
    for one in list(change.uses.values()):
        if one.code != code and one.state is State.RESERVED and not one.is_held_at(change.now):
            change.leave(one, State.RELEASED)


def _reverse(partner_id: str, typed: str, order_id: str, now: datetime) -> OnOrder:
    change = OrderChange(partner_id, order_id, now)
    known = change.known(typed)
    if known is None:
        raise RedemptionNotFoundError
    if not known.stands:
        return _done(change, known)
    change.leave(known, State.RELEASED if known.state is State.RESERVED else State.REVERSED)
    change.close_ranks(known)
    return _written(change, known.code)


def _give_back(partner_id: str, order_id: str, code: str, now: datetime) -> int:
    change = OrderChange(partner_id, order_id, now)
    known = change.known(code)
    if known is None or known.state is not State.RESERVED or known.reserved_until is None or known.reserved_until > now:
        return 0
    _release(change, known)
    return 1


def _end_hold(partner_id: str, order_id: str, code: str, now: datetime) -> None:
    change = OrderChange(partner_id, order_id, now)
    known = change.known(code)
    if known is not None and known.state is State.RESERVED:
        _release(change, known)


def _release(change: OrderChange, known: Redemption) -> None:
    change.leave(known, State.RELEASED)
    change.close_ranks(known)
    _written(change, known.code)


def _written(change: OrderChange, code: str) -> OnOrder:
    change.settle()
    change.write()
    return _done(change, change.uses[code])


def _done(change: OrderChange, redemption: Redemption) -> OnOrder:
    others = [one for one in change.uses.values() if one.code != redemption.code and one.stands]
    discount = change.budgets.promo(redemption.promo_id).discount
    return OnOrder(redemption, tuple(in_order(others)), discount)


def _limit_or_conflict(reached: LimitReachedError, change: OrderChange, typed: str) -> Exception:
    """What is missing may be what the same request took a moment ago, or what has ended and nobody has swept yet."""
    meanwhile = store.on_order(change.partner_id, change.order_id).use_of(typed)
    if meanwhile != change.known(typed):
        return WriteConflictError()
    return WriteConflictError() if give_back_due(change.now) else reached


def _is_same(known: Redemption, cart: Cart) -> bool:
    return (known.amount_minor, known.currency) == (cart.amount_minor, cart.currency) and cart.user_id in {
        None,
        known.user_id,
    }


def _same(known: Redemption, cart: Cart) -> Redemption:
    """Once the order itself was told, its own amount is what holds."""
    is_same = cart.user_id in {None, known.user_id} if known.given_minor is not None else _is_same(known, cart)
    if not is_same:
        raise OrderDiffersError
    return known
