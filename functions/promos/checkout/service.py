"""The store's side: what a code is worth, and reserve -> redeem -> reverse. Each is safe to repeat and to race."""

import random
from collections.abc import Sequence
from datetime import datetime

from promos.athletes import store as athletes
from promos.budget import Left, plan
from promos.checkout import store
from promos.checkout.domain import (
    HOLDING,
    Cart,
    Granted,
    Held,
    Redemption,
    Refused,
    Seen,
    State,
    Taken,
    beside,
    decide,
)
from promos.checkout.store import Hold, OnOrder
from promos.errors import (
    CodeNotFoundError,
    CodeReservedError,
    LimitReachedError,
    OrderDiffersError,
    OrderReversedError,
    RedemptionNotFoundError,
)
from promos.offers import store as offer_store
from promos.offers.domain import Code, Offer, Promo, burden_of, walk_in
from promos.offers.store import Stock
from promos.patterns import normal
from stadion.events import promos as promo_events
from stadion.events.envelope import Event
from stadion.events.promos import PromoRedeemed, PromoReversed
from stadion.records import Stored
from stadion.retry import Policy, WriteConflictError, retry_on_conflict

NO_CURRENCY = "XXX"
"""ISO 4217's code for it: of an order that nothing is known of but that it was reversed."""
SWEPT_AT_ONCE = 25
MANY = Policy(attempts=40, base_s=0.01)
"""Looks at a code or a budget that others race for. Each that is refused was so by one that succeeded."""


def look_up(typed: str) -> tuple[Code, Promo]:
    """The code, and the promo that it is of."""
    _, code = _code(typed)
    return code, offer_store.get(code.promo_id)


def reserve(typed: str, cart: Cart, now: datetime) -> Redemption:
    """Holds code and budget for the order; with another amount than before, the hold changes with the cart."""
    code = normal(typed)
    return retry_on_conflict(lambda: _reserve(code, cart, now), MANY)


def redeem(typed: str, cart: Cart, now: datetime) -> Redemption:
    """The order is paid. With a reservation it cannot fail; without one it is reserved and redeemed in one go."""
    code = normal(typed)
    return retry_on_conflict(lambda: _redeem(code, cart, now), MANY)


def redeem_sold(typed: str, cart: Cart, now: datetime) -> Redemption:
    """`redeem` for an order that the store has sold already: what it reserved stands, whatever the order says now."""
    code = normal(typed)
    return retry_on_conflict(lambda: _redeem(code, cart, now, is_sold=True), MANY)


def reverse(partner_id: str, typed: str, order_id: str, now: datetime) -> Redemption:
    """The order was left or returned: what it held or had used is free again."""
    code = normal(typed)
    return retry_on_conflict(lambda: _reverse(partner_id, code, order_id, now), MANY)


def reverse_unseen(partner_id: str, typed: str, order_id: str, now: datetime) -> Redemption:
    """`reverse` for news that may come before the order itself, which then uses nothing."""
    code = normal(typed)

    def once() -> Redemption:
        try:
            return _reverse(partner_id, code, order_id, now)
        except RedemptionNotFoundError:
            return _remember_reversal(partner_id, _code(code)[1], order_id, now)

    return retry_on_conflict(once, MANY)


def give_back_due(now: datetime, *, most: int = SWEPT_AT_ONCE) -> int:
    """Reservations that have ended give back what they hold. How many did."""
    return sum(give_back(*due, now) for due in list(store.due(now, most=most)))


def give_back(partner_id: str, order_id: str, code: str, now: datetime) -> int:
    """1 if it had ended and nobody else gave it back or paid it."""
    return retry_on_conflict(lambda: _give_back(partner_id, order_id, code, now))


# --- one look and one write each ------------------------------------------------------------------------------------


def _reserve(typed: str, cart: Cart, now: datetime) -> Redemption:
    order = store.on_order(cart.partner_id, cart.order_id)
    known = order.redemptions.get(typed)
    if known is not None and known.state is State.REDEEMED:
        return _same(known, cart)
    if known is not None and known.state is State.RESERVED:
        if _is_same(known, cart) and known.is_held_at(now):
            return known
        _release(known, order, now)
        raise WriteConflictError
    return _hold(typed, cart, order, State.RESERVED, now)


def _redeem(typed: str, cart: Cart, now: datetime, *, is_sold: bool = False) -> Redemption:
    order = store.on_order(cart.partner_id, cart.order_id)
    known = order.redemptions.get(typed)
    if known is not None and known.state is State.REDEEMED:
        return known if is_sold else _same(known, cart)
    if known is None or known.state is not State.RESERVED:
        return _hold(typed, cart, order, State.REDEEMED, now)
    if not (is_sold or _is_same(known, cart)):
        _release(known, order, now)
        raise WriteConflictError
    new = _changed(known, State.REDEEMED, now)
    offer = _offer_after(new, now)
    events: list[Event] = [_redeemed(new)]
    store.settle(order.stored[typed], new, offer, events, now)
    return new


def _reverse(partner_id: str, typed: str, order_id: str, now: datetime) -> Redemption:
    order = store.on_order(partner_id, order_id)
    known = order.redemptions.get(typed)
    if known is None:
        raise RedemptionNotFoundError
    if known.state is State.RESERVED:
        return _release(known, order, now)
    if known.state is not State.REDEEMED:
        return known
    new = _changed(known, State.REVERSED, now)
    before = offer_store.offer(known.user_id, known.offer_id) if known.user_id and known.offer_id else None
    paid = known.amount_minor - known.discount_minor
    after = before.reversed(now, discount_minor=known.discount_minor, revenue_minor=paid) if before else None
    offer = (before, after) if before and after else None
    events: list[Event] = [
        PromoReversed(
            offer=_offer_facts(known),
            code=known.code,
            order_id=order_id,
            discount_minor=known.discount_minor,
            currency=known.currency,
        )
    ]
    store.settle(order.stored[typed], new, offer, events, now)
    return new


def _release(known: Redemption, order: OnOrder, now: datetime) -> Redemption:
    new = _changed(known, State.RELEASED, now)
    store.settle(order.stored[known.code], new, None, [], now)
    return new


def _give_back(partner_id: str, order_id: str, code: str, now: datetime) -> int:
    order = store.on_order(partner_id, order_id)
    known = order.redemptions.get(code)
    if known is None or known.state is not State.RESERVED or known.reserved_until is None or known.reserved_until > now:
        return 0
    _release(known, order, now)
    return 1


def _remember_reversal(partner_id: str, code: Code, order_id: str, now: datetime) -> Redemption:
    new = Redemption(
        partner_id=partner_id,
        order_id=order_id,
        code=code.code,
        promo_id=code.promo_id,
        state=State.REVERSED,
        amount_minor=0,
        currency=NO_CURRENCY,
        changed_at=now,
    )
    store.remember_reversal(new, now)
    return new


def _hold(typed: str, cart: Cart, order: OnOrder, state: State, now: datetime) -> Redemption:
    try:
        return _new_hold(typed, cart, order, state, now)
    except LimitReachedError as error:
        meanwhile = store.on_order(cart.partner_id, cart.order_id).redemptions.get(typed)
        if meanwhile != order.redemptions.get(typed):
            raise WriteConflictError from error  # what is missing may be what the same request took a moment ago
        raise


def _new_hold(typed: str, cart: Cart, order: OnOrder, state: State, now: datetime) -> Redemption:
    if (known := order.redemptions.get(typed)) is not None and known.state is State.REVERSED:
        raise OrderReversedError
    stored, code = _code(typed)
    stock = offer_store.stock(code.promo_id)
    decision = decide(cart, _seen(code, stock.promo, cart, order, now), state, now)
    if isinstance(decision, Granted):
        return _take(decision, stored, code, stock, order, now)
    if isinstance(decision, Refused):
        raise decision.error
    if isinstance(decision, Held) and not _give_back(decision.partner_id, decision.order_id, code.code, now):
        raise CodeReservedError
    raise WriteConflictError


def _seen(code: Code, promo: Promo, cart: Cart, order: OnOrder, now: datetime) -> Seen:
    others = beside(order.redemptions, code.code, now)
    promos = offer_store.promos_by_id(others)
    user_id = code.user_id or cart.user_id
    zone = promo.time_zone if user_id is None or not promo.windows else athletes.athlete(user_id).time_zone
    known = order.redemptions.get(code.code)
    return Seen(code, promo, known, [promos[name] for name in others if name in promos], zone)


def _take(
    granted: Granted, stored: Stored[Code], code: Code, stock: Stock, order: OnOrder, now: datetime
) -> Redemption:
    """From the budgets, in the transaction that writes all of it."""
    promo = stock.promo
    offer = _offer_of(code, promo, granted.new.user_id)
    burden = burden_of(promo.discount, granted.new.amount_minor)
    taken = tuple(_takes(stock, code, burden, granted.period, now))
    facts = offer.model_dump(include={"offer_id", "campaign_id", "variant"}) if offer is not None else {}
    new = granted.new.model_copy(update={**facts, "taken": taken})
    redeemed = new.state is State.REDEEMED
    after = _redeemed_offer(offer, new, now) if redeemed and offer else None
    events: list[Event] = [_redeemed(new)] if redeemed else []
    try:
        store.hold(Hold(promo, stored, order, new, (offer, after) if offer and after else None, events), now)
    except LimitReachedError as error:
        raise _limit_or_conflict(error, now) from error
    return new


def _takes(stock: Stock, code: Code, minor: int, period: str | None, now: datetime) -> list[Taken]:
    """From the promo's budget, from that of the period, and from that of a shared code."""
    promo = stock.promo
    pk = offer_store.budget_of_promo(promo.promo_id)
    name = "redemptions" if stock.uses_left < 1 else "discount_minor"
    taken = [_taken(pk, stock.shards, minor, name, now)]
    if period is not None and promo.limits.per_period is not None:
        left = store.period_budget(promo, period, now)
        taken.append(_taken(pk, left, 0, "per_period", now).model_copy(update={"period": period}))
    if not code.is_single and promo.codes.most_uses is not None:
        budget = offer_store.budget_of_code(code.code)
        taken.append(_taken(budget, offer_store.shares(budget), 0, "code", now))
    return taken


def _taken(pk: str, shards: Sequence[Left], minor: int, name: str, now: datetime) -> Taken:
    takes = plan(shards, uses=1, minor=minor, start=random.randrange(len(shards) or 1))  # noqa: S311 - spreads load
    if takes is None:
        raise _limit_or_conflict(LimitReachedError(limit=name, extensions={"limit": name}), now)
    return Taken(pk=pk, takes=[(take.sk, take.uses, take.minor) for take in takes])


def _limit_or_conflict(reached: LimitReachedError, now: datetime) -> Exception:
    """What has ended and nobody has swept yet may be just what is missing."""
    return WriteConflictError() if give_back_due(now) else reached


# --- offers and news ------------------------------------------------------------------------------------------------


def _offer_of(code: Code, promo: Promo, user_id: str | None) -> Offer | None:
    """Whose funnel it counts in. Who comes with a shared code that nobody offered them has none."""
    if code.offer_id is not None and code.user_id is not None:
        return offer_store.offer(code.user_id, code.offer_id)
    return offer_store.last_offer_of(user_id, promo.promo_id) if user_id is not None else None


def _offer_after(new: Redemption, now: datetime) -> tuple[Offer, Offer] | None:
    if new.user_id is None or new.offer_id is None:
        return None
    before = offer_store.offer(new.user_id, new.offer_id)
    return before, _redeemed_offer(before, new, now)


def _redeemed_offer(offer: Offer, new: Redemption, now: datetime) -> Offer:
    paid = new.amount_minor - new.discount_minor
    return offer.redeemed(now, discount_minor=new.discount_minor, revenue_minor=paid)


def _redeemed(new: Redemption) -> PromoRedeemed:
    return PromoRedeemed(
        offer=_offer_facts(new),
        code=new.code,
        order_id=new.order_id,
        discount_minor=new.discount_minor,
        order_total_minor=new.amount_minor - new.discount_minor,
        currency=new.currency,
    )


def _offer_facts(new: Redemption) -> promo_events.Offer:
    return promo_events.Offer(
        offer_id=new.offer_id or walk_in(new.partner_id, new.order_id, new.code),
        promo_id=new.promo_id,
        campaign_id=new.campaign_id,
        variant=new.variant,
    )


def _code(typed: str) -> tuple[Stored[Code], Code]:
    stored = offer_store.code_of(normal(typed))
    if stored.value is None:
        raise CodeNotFoundError
    return stored, stored.value


def _changed(known: Redemption, state: State, now: datetime) -> Redemption:
    update = {"state": state, "changed_at": now, "reserved_until": None, "revision": known.revision + 1}
    if state not in HOLDING:
        update["taken"] = ()
    return known.model_copy(update=update)


def _is_same(known: Redemption, cart: Cart) -> bool:
    return (known.amount_minor, known.currency) == (cart.amount_minor, cart.currency) and cart.user_id in {
        None,
        known.user_id,
    }


def _same(known: Redemption, cart: Cart) -> Redemption:
    if not _is_same(known, cart):
        raise OrderDiffersError
    return known
