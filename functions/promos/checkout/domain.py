"""Whether an order may use a code, and what then is held. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from promos.budget import Take
from promos.errors import (
    CodeExpiredError,
    CodeOfAnotherError,
    CodeUsedError,
    CurrencyError,
    NotStackableError,
    OrderReversedError,
    OrderTooSmallError,
    OutsideHoursError,
    PromoNotActiveError,
    TooManyCodesError,
    UserRequiredError,
)
from promos.offers.domain import Code, Promo, PromoStatus, discount_of, is_open_at, may_stack, period_key
from stadion.errors import StadionError
from stadion.values import Value

HELD_FOR = timedelta(minutes=30)
"""A reservation: as long as people take to pay."""
MAX_CODES = 5
"""On one order."""


class State(StrEnum):
    RESERVED = "reserved"
    REDEEMED = "redeemed"
    RELEASED = "released"
    REVERSED = "reversed"


HOLDING = {State.RESERVED, State.REDEEMED}


class Taken(Value):
    """What was taken from one budget, to be given back to the same shards."""

    pk: str
    period: str | None = None
    takes: list[tuple[str, int, int]]

    def to_give_back(self) -> list[Take]:
        return [Take(sk, uses, minor) for sk, uses, minor in self.takes]


class Redemption(Value):
    """The use of one code by one order."""

    partner_id: str
    order_id: str
    code: str
    promo_id: str
    state: State
    amount_minor: int
    currency: str
    discount_minor: int = 0
    user_id: str | None = None
    offer_id: str | None = None
    campaign_id: str | None = None
    variant: str | None = None
    taken: tuple[Taken, ...] = ()
    counted_period: str | None = None
    """Of the use that counts for the athlete."""
    reserved_until: AwareDatetime | None = None
    changed_at: AwareDatetime
    revision: int = 1

    @property
    def over_at(self) -> datetime | None:
        """None while it is reserved."""
        return None if self.state is State.RESERVED and self.reserved_until is not None else self.changed_at

    def is_held_at(self, now: datetime) -> bool:
        return self.state is State.RESERVED and self.reserved_until is not None and self.reserved_until > now


@dataclass(frozen=True)
class Cart:
    """An order that asks for a code."""

    partner_id: str
    order_id: str
    user_id: str | None
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Seen:
    """All that a decision hangs on, but for what is left in budgets."""

    code: Code
    promo: Promo
    known: Redemption | None
    """The same order's use of this code, before."""
    beside: Sequence[Promo]
    """Of the order's other codes; a promo as often as it is used."""
    zone: str
    """Of the clock by which the promo's hours are read."""


@dataclass(frozen=True)
class Refused:
    error: StadionError


@dataclass(frozen=True)
class Held:
    """By another order: free when that one's time is over."""

    partner_id: str
    order_id: str


@dataclass(frozen=True)
class Moved:
    """The same request, a moment ago: look again."""


@dataclass(frozen=True)
class Granted:
    """What the order gets, if the budgets have it."""

    new: Redemption
    period: str | None
    """Of the promo's limits, that the use falls into."""


Decision = Refused | Held | Moved | Granted


def beside(known: Mapping[str, Redemption], code: str, now: datetime) -> list[str]:
    """The promos of the order's other codes that stand."""
    others = (one for name, one in known.items() if name != code)
    return [one.promo_id for one in others if one.state is State.REDEEMED or one.is_held_at(now)]


def decide(cart: Cart, seen: Seen, state: State, now: datetime) -> Decision:
    """Whether the order may have the code in that state. The first reason against it decides."""
    code = seen.code
    if seen.known is not None and seen.known.state is State.REVERSED:
        return Refused(OrderReversedError())
    if code.state != "free" and (code.partner_id, code.order_id) == (cart.partner_id, cart.order_id):
        return Moved()
    user_id = code.user_id or cart.user_id
    error = _of_code(cart, code, now)
    if error is None and code.state == "reserved" and code.partner_id is not None and code.order_id is not None:
        return Held(code.partner_id, code.order_id)
    error = error or _of_promo(cart, seen, user_id, now) or _of_others(seen)
    return Refused(error) if error is not None else _granted(cart, seen, state, user_id, now)


def _of_code(cart: Cart, code: Code, now: datetime) -> StadionError | None:
    if code.expires_at <= now:
        return CodeExpiredError()
    if code.user_id is not None and cart.user_id not in {None, code.user_id}:
        return CodeOfAnotherError()
    return CodeUsedError() if code.state == "redeemed" else None


def _of_promo(cart: Cart, seen: Seen, user_id: str | None, now: datetime) -> StadionError | None:
    promo, limits = seen.promo, seen.promo.limits
    status = promo.status(now)
    if status is not PromoStatus.ACTIVE:
        return PromoNotActiveError(status=status.value, extensions={"promo_status": status.value})
    if user_id is None and (limits.per_user is not None or limits.per_user_per_period is not None):
        return UserRequiredError(pointer="#/user_id")
    if not is_open_at(promo.windows, now, seen.zone):
        return OutsideHoursError()
    if promo.currency is not None and promo.currency != cart.currency:
        return CurrencyError(currency=promo.currency, pointer="#/currency")
    least = promo.discount.least_order_minor
    if cart.amount_minor < least:
        return OrderTooSmallError(least_minor=least, pointer="#/amount_minor", extensions={"least_minor": least})
    return None


def _of_others(seen: Seen) -> StadionError | None:
    if len(seen.beside) >= MAX_CODES:
        return TooManyCodesError(most=MAX_CODES)
    if not all(may_stack(seen.promo.stacking, other.stacking) for other in seen.beside):
        return NotStackableError()
    return None


def _granted(cart: Cart, seen: Seen, state: State, user_id: str | None, now: datetime) -> Granted:
    promo, limits = seen.promo, seen.promo.limits
    period = period_key(limits.period, now, promo.time_zone) if limits.period else None
    new = Redemption(
        partner_id=cart.partner_id,
        order_id=cart.order_id,
        code=seen.code.code,
        promo_id=promo.promo_id,
        state=state,
        amount_minor=cart.amount_minor,
        currency=cart.currency,
        discount_minor=discount_of(promo.discount, cart.amount_minor),
        user_id=user_id,
        counted_period=period if limits.per_user_per_period is not None else None,
        reserved_until=now + HELD_FOR if state is State.RESERVED else None,
        changed_at=now,
        revision=seen.known.revision + 1 if seen.known is not None else 1,
    )
    return Granted(new, period)
