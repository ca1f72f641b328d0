"""Whether an order may use a code, and what then is held. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from promos.budget import Take
from promos.errors import (
    CodeExpiredError,
    CodeNotFoundError,
    CodeNotIssuedError,
    CodeOfAnotherError,
    CodeTakenBackError,
    CodeUsedError,
    CurrencyError,
    NotStackableError,
    OrderDiffersError,
    OrderReversedError,
    OrderTooSmallError,
    OutsideHoursError,
    PromoNotActiveError,
    TooManyCodesError,
    UserRequiredError,
)
from promos.offers.domain import Code, Promo, PromoStatus, discount_of, is_open_at, may_stack, period_key
from promos.values import Discount
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

    @property
    def minor(self) -> int:
        return sum(minor for _, _, minor in self.takes)

    def less(self, minor: int) -> "tuple[Taken, list[Take]]":
        """With so much less money, and the takes that are undone by it."""
        undone = []
        for sk, _, taken in self.takes:
            part = min(taken, minor)
            undone.append(Take(sk, 0, part))
            minor -= part
        return self.more([Take(one.sk, 0, -one.minor) for one in undone]), [one for one in undone if one.minor]

    def more(self, takes: Iterable[Take]) -> "Taken":
        """One entry of each shard; what one shard paid of another's debt stays with the one that paid it."""
        found: dict[str, tuple[int, int]] = {sk: (uses, minor) for sk, uses, minor in self.takes}
        for take in takes:
            uses, minor = found.get(take.sk, (0, 0))
            found[take.sk] = (uses + take.uses, minor + take.minor)
        counts = _without_debts([one for one, _ in found.values()])
        sums = _without_debts([one for _, one in found.values()])
        entries = zip(found, counts, sums, strict=True)
        return self.model_copy(update={"takes": [entry for entry in entries if entry[1] or entry[2]]})


def _without_debts(taken: Sequence[int]) -> list[int]:
    """The same sum, with nothing below zero."""
    owed = sum(max(0, -one) for one in taken)
    found = []
    for one in taken:
        paid = min(max(0, one), owed)
        owed -= paid
        found.append(max(0, one) - paid)
    return found


class Redemption(Value):
    """The use of one code by one order."""

    partner_id: str
    order_id: str
    code: str
    promo_id: str
    state: State
    amount_minor: int
    """The cart, before any discount."""
    currency: str
    discount_minor: int = 0
    """Of a sold order, on what was kept of it."""
    place: int = 1
    """Among the order's codes: 1 is the first that was reserved, and takes first."""
    is_told: bool = False
    """The order named it, and the till never saw it: it takes after those that the till knows."""
    given_minor: int | None = None
    """By what the order said, before anything came back; None until it said so."""
    revenue_minor: int | None = None
    """Its share of what was paid for the order and kept. None before it is redeemed, and in what was stored before
    2026-12."""
    user_id: str | None = None
    offer_id: str | None = None
    campaign_id: str | None = None
    variant: str | None = None
    taken: tuple[Taken, ...] = ()
    counted_period: str | None = None
    """Of the use that counts for the athlete."""
    reserved_until: AwareDatetime | None = None
    redeemed_at: AwareDatetime | None = None
    """When it was first redeemed; None in what was stored before 2026-12."""
    changed_at: AwareDatetime
    revision: int = 1

    @property
    def over_at(self) -> datetime | None:
        """None while it is reserved."""
        return None if self.state is State.RESERVED and self.reserved_until is not None else self.changed_at

    def is_held_at(self, now: datetime) -> bool:
        return self.state is State.RESERVED and self.reserved_until is not None and self.reserved_until > now

    @property
    def stands(self) -> bool:
        """It holds what it took; also for the moment in which it has ended and nobody has given it back."""
        return self.state in HOLDING

    @property
    def source(self) -> str:
        """Of the order's money in an offer."""
        return f"{self.partner_id}#{self.order_id}"

    @property
    def paid_minor(self) -> int:
        return self.revenue_minor if self.revenue_minor is not None else self.amount_minor - self.discount_minor

    def left(self, state: State) -> "Redemption":
        """It holds nothing any more."""
        return self.model_copy(update={"state": state, "taken": (), "reserved_until": None})


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
    others: Sequence[Redemption] = ()
    """The order's other codes that stand."""
    is_returned: bool = False
    """The order came back as a whole."""


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


def beside(known: Mapping[str, Redemption], code: str, now: datetime) -> list[Redemption]:
    """The order's other codes that stand, in their order."""
    others = (one for name, one in known.items() if name != code)
    return in_order(one for one in others if one.state is State.REDEEMED or one.is_held_at(now))


def in_order(redemptions: Iterable[Redemption]) -> list[Redemption]:
    """In which an order's codes take their discounts."""
    return sorted(redemptions, key=lambda one: (one.is_told, one.place, one.code))


def given(discount: Discount, amount_minor: int, place: int, others: Iterable[Redemption]) -> int:
    """What the code in this place gives on the cart: a part of what those before it leave, never more than is left."""
    standing = [one for one in others if one.stands]
    before = sum(one.discount_minor for one in standing if one.place < place)
    fixed = sum(one.discount_minor for one in standing if one.place < place or one.state is State.REDEEMED)
    if amount_minor < discount.least_order_minor:
        return 0
    return min(discount_of(discount, max(0, amount_minor - before)), max(0, amount_minor - fixed))


def decide(cart: Cart, seen: Seen, state: State, now: datetime) -> Decision:
    """Whether the order may have the code in that state. The first reason against it decides. A partner learns nothing
    of a code that is not for its orders."""
    code, known = seen.code, seen.known
    if not seen.promo.is_for(cart.partner_id):
        return Refused(CodeNotFoundError())
    if seen.is_returned or (known is not None and known.state is State.REVERSED):
        return Refused(OrderReversedError())
    is_ours = (code.partner_id, code.order_id) == (cart.partner_id, cart.order_id)
    if code.state != "free" and is_ours and (known is None or not known.stands):
        return Moved()
    user_id = code.user_id or cart.user_id
    error = _of_athlete(cart, seen)
    if error is None and not is_ours and code.state == "redeemed":
        error = CodeUsedError()
    error = error or _of_code(code, now)
    if error is None and not is_ours and code.state == "reserved" and code.partner_id and code.order_id:
        return Held(code.partner_id, code.order_id)
    error = error or _of_promo(cart, seen, user_id, now) or _of_others(cart, seen)
    return Refused(error) if error is not None else _granted(cart, seen, state, user_id, now)


def _of_athlete(cart: Cart, seen: Seen) -> StadionError | None:
    if cart.user_id is None:
        return None
    return CodeOfAnotherError() if seen.code.user_id not in {None, cart.user_id} else None


def _of_code(code: Code, now: datetime) -> StadionError | None:
    if code.issued_at is not None and now < code.issued_at:
        return CodeNotIssuedError()
    if code.taken_back_at is not None and now >= code.taken_back_at:
        return CodeTakenBackError()
    return CodeExpiredError() if code.expires_at <= now else None


def _of_promo(cart: Cart, seen: Seen, user_id: str | None, now: datetime) -> StadionError | None:
    promo, limits = seen.promo, seen.promo.limits
    status = promo.status(now)
    if status is not PromoStatus.ACTIVE:
        return PromoNotActiveError(status=status.value, extensions={"promo_status": status.value})
    if user_id is None and (limits.per_user is not None or limits.per_user_per_period is not None):
        return UserRequiredError(pointer="#/athlete_id")
    if not is_open_at(promo.windows, now, seen.zone):
        return OutsideHoursError()
    if promo.currency is not None and promo.currency != cart.currency:
        return CurrencyError(currency=promo.currency, pointer="#/currency")
    least = promo.discount.least_order_minor
    if cart.amount_minor < least:
        return OrderTooSmallError(least_minor=least, pointer="#/amount_minor", extensions={"least_minor": least})
    return None


def _of_others(cart: Cart, seen: Seen) -> StadionError | None:
    if any(other.currency != cart.currency for other in seen.others):
        return OrderDiffersError()
    if len(seen.beside) >= MAX_CODES:
        return TooManyCodesError(most=MAX_CODES)
    if not all(may_stack(seen.promo.stacking, other.stacking) for other in seen.beside):
        return NotStackableError()
    return None


def _granted(cart: Cart, seen: Seen, state: State, user_id: str | None, now: datetime) -> Granted:
    """A hold that changes keeps its place, and the period that it was counted in."""
    promo, limits, known = seen.promo, seen.promo.limits, seen.known
    stands = known is not None and known.stands
    place = known.place if known is not None and stands else 0
    period = period_key(limits.period, now, promo.time_zone) if limits.period else None
    counted = period if limits.per_user_per_period is not None else None
    new = Redemption(
        partner_id=cart.partner_id,
        order_id=cart.order_id,
        code=seen.code.code,
        promo_id=promo.promo_id,
        state=state,
        amount_minor=cart.amount_minor,
        currency=cart.currency,
        place=place,
        user_id=user_id,
        taken=known.taken if known is not None and stands else (),
        counted_period=known.counted_period if known is not None and stands else counted,
        reserved_until=now + HELD_FOR if state is State.RESERVED else None,
        changed_at=now,
        revision=known.revision if known is not None else 0,
    )
    return Granted(new, period)
