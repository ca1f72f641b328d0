"""Reserve, redeem, reverse and expiry against a plain model: the same answers, and the same budget after every step."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from promos.athletes.store import ATHLETES
from promos.checkout import domain
from promos.checkout import service as redemption_service
from promos.checkout.domain import Cart
from promos.offers import store
from promos.offers.domain import Code, Offer, Promo, Switch
from promos.values import CodePlan, Discount, DiscountKind, PromoLimits, PromoStacking, Words
from stadion.errors import StadionError
from tests.kit.memory import memory
from tests.kit.size import sized

pytestmark = pytest.mark.long
START = datetime(2026, 11, 21, 9, tzinfo=UTC)
WORDS = Words(en="x", ru="x")
LIMITS = PromoLimits(redemptions=100, discount_minor=1_000, per_user=2)
"""In eight shards of 125: most discounts must be gathered from several of them."""
CODES = {"A-1": "anna", "A-2": "anna", "A-3": "anna", "B-1": "boris", "C-1": "clara"}
CODE = st.sampled_from(sorted(CODES))
ORDER = st.sampled_from(["o-1", "o-2", "o-3", "o-4"])
AMOUNT = st.sampled_from([100, 2_000, 3_900])
HELD_FOR = domain.HELD_FOR


def promo() -> Promo:
    return Promo(
        promo_id="p",
        switch=Switch.ON,
        name="p",
        title=WORDS,
        text=WORDS,
        discount=Discount(kind=DiscountKind.PERCENT, percent=10),
        currency="RUB",
        starts_at=START - timedelta(days=1),
        ends_at=START + timedelta(days=900),
        time_zone="UTC",
        link="https://store.example",
        codes=CodePlan(pattern="X-{8}"),
        limits=LIMITS,
        stacking=PromoStacking(),
        created_at=START,
        updated_at=START,
    )


def stock_up() -> None:
    """A live promo and an offer for each code."""
    draft = promo().model_copy(update={"switch": Switch.DRAFT})
    store.create(draft, uses=100, minor=1_000, key=None, answer={}, now=START)
    live = draft.model_copy(update={"switch": Switch.ON, "revision": 2})
    store.revise(draft, live, {left.sk: (0, 0) for left in store.stock("p").shards}, START)
    for code, user in CODES.items():
        offer = Offer(
            offer_id=f"offer-{code}",
            user_id=user,
            promo_id="p",
            run_id=code,
            code=code,
            is_personal=True,
            issued_at=START,
            expires_at=live.ends_at,
        )
        item = Code(code, "p", live.ends_at, True, offer_id=offer.offer_id, user_id=user)
        store.issue(offer, item, ATHLETES.at(user).nothing(), [], START)


@dataclass
class Known:
    state: str
    amount: int
    until: datetime


class Model:
    """What should be: a dictionary, and loops over it."""

    def __init__(self) -> None:
        self.uses: dict[tuple[str, str], Known] = {}
        self.now = START

    def holding(self) -> list[tuple[str, Known]]:
        return [(code, use) for (_, code), use in self.uses.items() if use.state in {"reserved", "redeemed"}]

    def minor_left(self) -> int:
        return 1_000 - sum(use.amount // 10 for _, use in self.holding())

    def ended(self, use: Known) -> bool:
        return use.state == "reserved" and use.until <= self.now

    def sweep(self) -> int:
        ended = [use for use in self.uses.values() if self.ended(use)]
        for use in ended:
            use.state = "released"
        return len(ended)

    def use(self, code: str, order: str, amount: int, wanted: str) -> str:
        known = self.uses.get((order, code))
        if known is not None and known.state == "redeemed":
            return "redeemed" if known.amount == amount else "order_differs"
        if known is not None and known.state == "reserved":
            if known.amount == amount and (wanted == "redeemed" or not self.ended(known)):
                known.state = wanted
                return wanted
            return self._change(known, code, order, amount, wanted)
        if known is not None and known.state == "reversed":
            return "order_was_reversed"
        return self._hold(code, order, amount, wanted)

    def _change(self, known: Known, code: str, order: str, amount: int, wanted: str) -> str:
        """Refused, it stays as it was."""
        if self._stacks(order, code):
            return "codes_do_not_stack"
        more = amount // 10 - known.amount // 10
        if self.minor_left() < more and not self._is_there_after_a_sweep(more):
            return "limit_reached"
        if known.state == "released":
            return self._hold(code, order, amount, wanted)
        self._let_go(order, code)
        known.state, known.amount, known.until = wanted, amount, self.now + HELD_FOR
        return wanted

    def _is_there_after_a_sweep(self, more: int) -> bool:
        return bool(self.sweep()) and self.minor_left() >= more

    def _stacks(self, order: str, code: str) -> bool:
        """Whether another code stands in the way."""
        return any(
            other_order == order
            and other_code != code
            and (other.state == "redeemed" or (other.state == "reserved" and not self.ended(other)))
            for (other_order, other_code), other in self.uses.items()
        )

    def _let_go(self, order: str, code: str) -> None:
        for (other_order, other_code), other in self.uses.items():
            if other_order == order and other_code != code and self.ended(other):
                other.state = "released"

    def _hold(self, code: str, order: str, amount: int, wanted: str) -> str:
        for (_, other_code), other in self.uses.items():
            if other_code == code and self.ended(other):
                other.state = "released"
            if other_code == code and other.state in {"reserved", "redeemed"}:
                return "code_already_used" if other.state == "redeemed" else "code_is_reserved"
        if self._stacks(order, code):
            return "codes_do_not_stack"
        if self._is_too_much(order, code, amount) and (not self.sweep() or self._is_too_much(order, code, amount)):
            return "limit_reached"
        self._let_go(order, code)
        self.uses[order, code] = Known(wanted, amount, self.now + HELD_FOR)
        return wanted

    def _is_too_much(self, order: str, code: str, amount: int) -> bool:
        """What the order lets go of counts no more."""
        gone = [use for (name, _), use in self.uses.items() if name == order and self.ended(use)]
        holding = [(other, use) for other, use in self.holding() if not any(use is one for one in gone)]
        of_user = sum(CODES[other] == CODES[code] for other, _ in holding)
        return 1_000 - sum(use.amount // 10 for _, use in holding) < amount // 10 or of_user >= 2

    def reverse(self, code: str, order: str) -> str:
        known = self.uses.get((order, code))
        if known is None:
            return "redemption_not_found"
        known.state = {"reserved": "released", "redeemed": "reversed"}.get(known.state, known.state)
        return known.state


class Redemptions(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.borrowed = ExitStack()
        self.store = self.borrowed.enter_context(memory("promos"))
        stock_up()
        self.model = Model()

    def answered(self, call: Any) -> str:
        try:
            return str(call().state.value)
        except StadionError as error:
            return error.code

    @rule(code=CODE, order=ORDER, amount=AMOUNT)
    def reserve(self, code: str, order: str, amount: int) -> None:
        cart = Cart("s", order, None, amount, "RUB")
        wanted = self.model.use(code, order, amount, "reserved")
        assert self.answered(lambda: redemption_service.reserve(code, cart, self.model.now)) == wanted

    @rule(code=CODE, order=ORDER, amount=AMOUNT)
    def redeem(self, code: str, order: str, amount: int) -> None:
        cart = Cart("s", order, None, amount, "RUB")
        wanted = self.model.use(code, order, amount, "redeemed")
        assert self.answered(lambda: redemption_service.redeem(code, cart, self.model.now)) == wanted

    @precondition(lambda self: self.model.uses)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        order, code = data.draw(st.sampled_from(sorted(self.model.uses)))
        wanted = self.model.reverse(code, order)
        assert self.answered(lambda: redemption_service.reverse("s", code, order, self.model.now)) == wanted

    @rule(minutes=st.sampled_from([10, 31]))
    def time_passes(self, minutes: int) -> None:
        self.model.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        assert redemption_service.give_back_due(self.model.now) == self.model.sweep()

    @invariant()
    def what_is_left_is_what_the_model_says(self) -> None:
        stock = store.stock("p")
        assert (stock.uses_left, stock.minor_left) == (100 - len(self.model.holding()), self.model.minor_left())
        assert all(left.uses >= 0 and left.minor >= 0 for left in stock.shards)
        for user in set(CODES.values()):
            assert store.standing(user, "p").used == sum(CODES[code] == user for code, _ in self.model.holding())

    @invariant()
    def offers_say_what_was_redeemed(self) -> None:
        redeemed = {code for code, use in self.model.holding() if use.state == "redeemed"}
        for code, user in CODES.items():
            offer = store.offer(user, f"offer-{code}")
            assert (offer.redemptions, offer.redeemed_at is not None) == ((1, True) if code in redeemed else (0, False))
            assert (offer.viewed_at, offer.clicked_at) == (None, None)  # nobody looked at anything

    def teardown(self) -> None:
        if hasattr(self, "borrowed"):
            self.borrowed.close()


TestRedemptions = Redemptions.TestCase
TestRedemptions.settings = settings(max_examples=sized(small=16, large=200), stateful_step_count=25)
