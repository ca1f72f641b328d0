"""A change of an order: its codes as they are to be, and everything that moves with them, in one transaction."""

from dataclasses import replace
from datetime import datetime

from promos.athletes import store as athletes
from promos.checkout import settlement, store
from promos.checkout.budgets import Budgets
from promos.checkout.domain import Cart, Redemption, Seen, State, beside, given, in_order
from promos.checkout.settlement import Terms
from promos.checkout.store import Guard, OnOrder, Step
from promos.facts import Athlete
from promos.offers import store as offer_store
from promos.offers.domain import Code, Offer, OrderMoney, walk_in
from stadion import codes
from stadion.events import promos as promo_events
from stadion.events.envelope import Event
from stadion.events.promos import PromoRedeemed, PromoReversed, PromoSettled
from stadion.records import Stored


class OrderChange:
    """Nothing is written before `write`, and then all of it or nothing."""

    def __init__(self, partner_id: str, order_id: str, now: datetime) -> None:
        self.partner_id, self.order_id = partner_id, order_id
        self.order: OnOrder = store.on_order(partner_id, order_id)
        self.guard: Guard = self.order.guard.value or Guard()
        self.uses: dict[str, Redemption] = dict(self.order.redemptions)
        """As they are to be, by the code as it was issued."""
        self.budgets = Budgets(now)
        self.now = now
        self._codes: dict[str, Stored[Code]] = {}

    # --- looking ---

    def known(self, typed: str) -> Redemption | None:
        return self.order.use_of(typed)

    def code(self, typed: str) -> Stored[Code]:
        key = codes.key(typed)
        if key not in self._codes:
            self._codes[key] = offer_store.code_of(typed)
        return self._codes[key]

    def seen(self, code: Code, cart: Cart, at: datetime) -> Seen:
        """All that a decision hangs on, of a code of this order."""
        promo = self.budgets.promo(code.promo_id)
        others = beside(self.uses, code.code, at)
        promos = offer_store.promos_by_id(other.promo_id for other in others)
        user_id = code.user_id or cart.user_id
        athlete = athletes.ATHLETES.find(user_id) if user_id and promo.windows else None
        return Seen(
            code,
            promo,
            self.uses.get(code.code),
            [promos[other.promo_id] for other in others if other.promo_id in promos],
            promo.time_zone if user_id is None or not promo.windows else (athlete or Athlete()).time_zone,
            others=others,
            is_returned=self.guard.told.is_returned,
        )

    @property
    def next_place(self) -> int:
        return max((one.place for one in self.uses.values()), default=0) + 1

    # --- changing ---

    def put(self, new: Redemption) -> None:
        """What was refused to the news and is had at the till is refused no more."""
        self.uses[new.code] = new
        key = codes.key(new.code)
        refused = {code: why for code, why in self.guard.refused.items() if not new.stands or codes.key(code) != key}
        if refused != self.guard.refused:
            self.guard = self.guard.model_copy(update={"refused": refused})

    def leave(self, known: Redemption, state: State) -> None:
        """What it holds is given back."""
        self.budgets.give_back(known)
        self.put(known.left(state))

    def regive(self, known: Redemption, amount_minor: int) -> None:
        """A hold follows the cart and the codes before it. One that there is no budget for keeps what it has."""
        promo = self.budgets.promo(known.promo_id)
        others = [one for code, one in self.uses.items() if code != known.code]
        discount = given(promo.discount, amount_minor, known.place, others)
        changed = self.budgets.change(known, discount + promo.discount.cost_minor)
        if changed is None:
            self.put(known.model_copy(update={"amount_minor": amount_minor}))
        else:
            self.put(changed.model_copy(update={"amount_minor": amount_minor, "discount_minor": discount}))

    def close_ranks(self, gone: Redemption) -> None:
        """A code went: the holds after it take of what it leaves."""
        for one in in_order(self.uses.values()):
            if one.state is State.RESERVED and one.place > gone.place:
                self.regive(one, one.amount_minor)

    def settle(self) -> None:
        """The money of what is redeemed: as the order says, or as the till does before the order is told."""
        if self.guard.told.completed is not None:
            self._settle_told()
        elif self.guard.told.is_returned:
            for one in [one for one in self.uses.values() if one.stands]:
                self.leave(one, State.REVERSED)
        else:
            for one in settlement.at_the_till(in_order(self.uses.values())):
                if not _is_old(self.order.redemptions.get(one.code)):
                    self.put(one)

    def drop_unused(self) -> bool:
        """Holds that the order, as it was told, has made no use of. Whether there were any."""
        told = self.guard.told.completed
        unused = [
            one
            for one in self.uses.values()
            if told is not None and one.stands and settlement.is_unused(told, one, self._terms(one.promo_id))
        ]
        for one in unused:
            self.leave(one, State.RELEASED)
        return bool(unused)

    def _settle_told(self) -> None:
        self.drop_unused()
        used = in_order(one for one in self.uses.values() if one.stands)
        terms = {one.promo_id: self._terms(one.promo_id) for one in used}
        for one in settlement.settled(self.guard.told, used, terms):
            if one.state is State.REVERSED:
                self.budgets.give_back(one)
                self.put(one.left(State.REVERSED))
            else:
                burden = one.discount_minor + terms[one.promo_id].discount.cost_minor
                self.put(self.budgets.change(one, burden, past=True) or one)

    def _cost(self, one: Redemption) -> int:
        return self.budgets.promo(one.promo_id).discount.cost_minor

    def _terms(self, promo_id: str) -> Terms:
        promo = self.budgets.promo(promo_id)
        return Terms(promo.discount, promo.currency)

    # --- writing ---

    def write(self) -> None:
        """Nothing, if nothing is to change."""
        steps = [self._step(code) for code in self.uses if self._is_changed(code)]
        if not steps and self.guard == (self.order.guard.value or Guard()):
            return
        guard = self.guard.model_copy(update={"changed_at": self.now})
        store.write((self.order.guard, guard), steps, self.budgets.moves, self.now)

    def _is_changed(self, code: str) -> bool:
        return self.uses[code] != self.order.redemptions.get(code)

    def _step(self, code: str) -> Step:
        old = self.order.stored.get(code)
        before = old.value if old is not None else None
        new = self.uses[code].model_copy(
            update={
                "changed_at": self.now,
                "revision": before.revision + 1 if before is not None else 1,
                "redeemed_at": self._redeemed_at(before, self.uses[code]),
            }
        )
        self.put(new)
        begins = new.stands and not (before is not None and before.stands)
        return Step(
            old or store.REDEMPTIONS.of(new).nothing(),
            new,
            limits=self.budgets.promo(new.promo_id).limits if new.stands and new.user_id is not None else None,
            code=self._code_step(before, new) if begins or before is None or before.state is not new.state else None,
            offer=self._offer_step(before, new),
            news=_news(before, new, self._cost(new)),
        )

    def _redeemed_at(self, before: Redemption | None, new: Redemption) -> datetime | None:
        """Of uses from before it was kept, as near as is known."""
        if new.redeemed_at is not None or new.state is not State.REDEEMED:
            return new.redeemed_at
        return before.changed_at if before is not None and before.state is State.REDEEMED else self.now

    def _code_step(self, before: Redemption | None, new: Redemption) -> tuple[Stored[Code], Code] | None:
        stored = self.code(new.code)
        code = stored.value
        if code is None or not code.is_single:
            return None
        if new.stands:
            return stored, replace(code, state=new.state.value, partner_id=new.partner_id, order_id=new.order_id)
        was_ours = before is not None and before.stands
        return (stored, replace(code, state="free", partner_id=None, order_id=None)) if was_ours else None

    def _offer_step(self, before: Redemption | None, new: Redemption) -> tuple[Offer, Offer] | None:
        was_redeemed = before is not None and before.state is State.REDEEMED
        if new.user_id is None or new.offer_id is None or not (was_redeemed or new.state is State.REDEEMED):
            return None
        offer = offer_store.OFFERS.find(new.user_id, new.offer_id)
        if offer is None:
            return None
        base = _without_old(offer, before, self.now) if before is not None and _is_old(before) else offer
        if new.state is State.REDEEMED:
            base = base.model_copy(update={"reversed_at": offer.reversed_at})
        after = self._with_order(base, new)
        return (offer, after) if after != offer else None

    def _with_order(self, offer: Offer, new: Redemption) -> Offer:
        """With this order's money, or without it."""
        if new.state is not State.REDEEMED:
            return offer.unsettled(new.source, self.now)
        money = OrderMoney(
            currency=new.currency,
            discount_minor=new.discount_minor,
            cost_minor=self._cost(new),
            revenue_minor=new.paid_minor,
        )
        return offer.settled(new.source, money, self.now)


def _is_old(before: Redemption | None) -> bool:
    """Redeemed before 2026-12, when a use did not say what was paid."""
    return before is not None and before.state is State.REDEEMED and before.revenue_minor is None


def _without_old(offer: Offer, before: Redemption, now: datetime) -> Offer:
    """An order that was redeemed before 2026-12 is one of the offer's redemptions, without a name."""
    if before.source in offer.orders:
        return offer
    without = offer.reversed(now, discount_minor=before.discount_minor, revenue_minor=before.paid_minor)
    return without.model_copy(update={"redeemed_at": offer.redeemed_at})


def of_offer(code: Code, new: Redemption) -> dict[str, str | None]:
    """Whose funnel it counts in. Who comes with a shared code that nobody had offered them by then has none."""
    offer: Offer | None = None
    if code.offer_id is not None and code.user_id is not None:
        offer = offer_store.OFFERS.find(code.user_id, code.offer_id)
    elif new.user_id is not None:
        offer = offer_store.last_offer_of(new.user_id, new.promo_id, new.changed_at)
    return offer.model_dump(include={"offer_id", "campaign_id", "variant"}) if offer is not None else {}


def _news(before: Redemption | None, new: Redemption, cost_minor: int) -> Event | None:
    """What others hear: that a code is used, what it came to, that it is free again."""
    was_redeemed = before is not None and before.state is State.REDEEMED
    about = {
        "offer": _offer_facts(new),
        "code": new.code,
        "partner_id": new.partner_id,
        "order_id": new.order_id,
        "discount_minor": new.discount_minor,
        "currency": new.currency,
        "revision": new.revision,
    }
    if new.state is State.REVERSED:
        return PromoReversed.model_validate(about) if was_redeemed else None
    if new.state is not State.REDEEMED:
        return None
    paid = {"order_total_minor": new.paid_minor, "cost_minor": cost_minor, "redeemed_at": new.redeemed_at}
    if not was_redeemed:
        return PromoRedeemed.model_validate(about | paid)
    return PromoSettled.model_validate(about | paid) if before is None or _money(before) != _money(new) else None


def _money(one: Redemption) -> tuple[int, int, str]:
    return one.discount_minor, one.paid_minor, one.currency


def _offer_facts(new: Redemption) -> promo_events.Offer:
    return promo_events.Offer(
        offer_id=new.offer_id or walk_in(new.partner_id, new.order_id, new.code),
        promo_id=new.promo_id,
        campaign_id=new.campaign_id,
        variant=new.variant,
    )
