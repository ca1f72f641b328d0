"""An order's random life at the till and in the store's messages, in any order and number of them: what is booked is a
plain recomputation of what is known at the end, and budgets have given exactly that."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promos.athletes.store import ATHLETES
from promos.checkout import order_service, service
from promos.checkout import store as checkout
from promos.checkout.domain import Cart, Redemption, State, in_order
from promos.facts import GivenBack, Line, Purchase
from promos.offers import store
from promos.offers.domain import Code, Offer, Promo, Switch, discount_of
from promos.values import CodePlan, Discount, DiscountKind, PromoLimits, PromoStacking, StackingMode, Words
from stadion.errors import StadionError
from tests.kit.interleaving import ORDERS as INTERLEAVINGS
from tests.kit.interleaving import interleaved
from tests.kit.memory import memory
from tests.kit.size import sized

START = datetime(2026, 11, 21, 9, tzinfo=UTC)
WORDS = Words(en="x", ru="x")
DISCOUNTS = {
    "half": Discount(kind=DiscountKind.PERCENT, percent=50),
    "third": Discount(kind=DiscountKind.PERCENT, percent=33, most_minor=900),
    "ten": Discount(kind=DiscountKind.AMOUNT, amount_minor=1_000),
    "gift": Discount(kind=DiscountKind.GIFT, sku="socks", cost_minor=70),
}
BUDGET = 600
"""Too little for most lives: what is sold goes past it."""
ORDERS = ("o-1", "o-2")
CODE = st.sampled_from(sorted(DISCOUNTS))
ORDER = st.sampled_from(ORDERS)
LINES = st.lists(st.tuples(st.integers(1, 4), st.sampled_from([0, 1, 333, 1_000, 2_500])), min_size=1, max_size=3)


def promo(name: str) -> Promo:
    return Promo(
        promo_id=name,
        switch=Switch.ON,
        name=name,
        title=WORDS,
        text=WORDS,
        discount=DISCOUNTS[name],
        currency="RUB",
        starts_at=START - timedelta(days=1),
        ends_at=START + timedelta(days=900),
        time_zone="UTC",
        link="https://store.example",
        codes=CodePlan(pattern="X-{8}"),
        limits=PromoLimits(redemptions=100, discount_minor=BUDGET, per_user=None),
        stacking=PromoStacking(mode=StackingMode.ANY),
        created_at=START,
        updated_at=START,
    )


def stock_up() -> None:
    """A code of each promo, for one athlete."""
    for name in DISCOUNTS:
        draft = promo(name).model_copy(update={"switch": Switch.DRAFT})
        store.create(draft, uses=100, minor=BUDGET, key=None, answer={}, now=START)
        live = draft.model_copy(update={"switch": Switch.ON, "revision": 2})
        store.revise(draft, live, {left.sk: (0, 0) for left in store.stock(name).shards}, START)
        offer = Offer(
            offer_id=f"offer-{name}",
            user_id="anna",
            promo_id=name,
            run_id=name,
            code=name.upper(),
            is_personal=True,
            issued_at=START,
            expires_at=live.ends_at,
        )
        code = Code(name.upper(), name, live.ends_at, True, offer_id=offer.offer_id, user_id="anna", issued_at=START)
        store.issue(offer, code, ATHLETES.at("anna").nothing(), [], START)


@dataclass
class Told:
    """All that there is to say of an order; its steps say it, some of them twice."""

    purchase: Purchase
    returns: list[GivenBack]

    def news(self) -> list[Purchase | GivenBack]:
        return [self.purchase, *self.returns]


@st.composite
def told(draw: st.DrawFn) -> Told:
    lines = [
        Line(sku=f"S{number}", quantity=quantity, price_minor=price)
        for number, (quantity, price) in enumerate(draw(LINES))
    ]
    whole = sum(line.quantity * line.price_minor for line in lines)
    discount = draw(st.integers(0, whole))
    named = draw(st.lists(CODE, max_size=3, unique=True))
    purchase = Purchase(
        completed_at=START + timedelta(hours=1),
        total_minor=whole - discount,
        discount_minor=discount,
        currency="RUB",
        codes=[name.upper() for name in named],
        lines=lines,
    )
    left = {line.sku: line.quantity for line in lines}
    returns = []
    for version in range(2, 2 + draw(st.integers(0, 3))):
        line = draw(st.sampled_from(lines))
        if not left[line.sku]:
            continue
        quantity = draw(st.integers(1, left[line.sku]))
        left[line.sku] -= quantity
        back = line.model_copy(update={"quantity": quantity})
        is_whole = not any(left.values())
        returns.append(GivenBack(version=version, returned_at=START, is_whole=is_whole, lines=[back]))
    return Told(purchase, returns)


@st.composite
def life(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """Everything that is told is told at least once; the till asks what it likes in between."""
    of = {name: draw(told()) for name in ORDERS}
    steps: list[tuple[Any, ...]] = [("news", name, news) for name, one in of.items() for news in one.news()]
    steps += draw(st.lists(st.sampled_from(steps), max_size=3))
    verb = st.sampled_from(["reserve", "redeem", "reverse"])
    amount = st.sampled_from([500, 2_000, 3_000])
    steps += draw(st.lists(st.tuples(verb, ORDER, CODE, amount), max_size=8))
    steps += draw(st.lists(st.tuples(st.just("minutes"), st.sampled_from([10, 31])), max_size=2))
    return draw(st.permutations(steps))


def said(step: tuple[Any, ...], now: datetime = START + timedelta(hours=2)) -> None:
    """What is refused changes nothing."""
    verb, name, *rest = step
    with suppress(StadionError):
        if verb == "news":
            order_service.know("s", name, "anna", rest[0], now)
        elif verb == "reverse":
            service.reverse("s", rest[0].upper(), name, now)
        else:
            use = service.reserve if verb == "reserve" else service.redeem
            use(rest[0].upper(), Cart("s", name, None, rest[1], "RUB"), now)


def live(steps: list[tuple[Any, ...]]) -> datetime:
    now = START + timedelta(hours=2)
    for step in steps:
        if step[0] == "minutes":
            now += timedelta(minutes=step[1])
            service.give_back_due(now)
            continue
        said(step, now)
        invariants()
    return now


def uses(state: State | None = None) -> Iterator[Redemption]:
    for name in ORDERS:
        for one in checkout.on_order("s", name).redemptions.values():
            if (state is None and one.stands) or one.state is state:
                yield one


def invariants() -> None:
    """After every step: budgets have given what codes hold; no cart gets more than it costs."""
    holding = list(uses())
    for name, discount in DISCOUNTS.items():
        mine = [one for one in holding if one.promo_id == name]
        stock = store.stock(name)
        given = sum(one.discount_minor + discount.cost_minor for one in mine)
        assert (stock.minor_left, stock.uses_left) == (BUDGET - given, 100 - len(mine))
        assert sum(taken.minor for one in mine for taken in one.taken) == given
        assert len(mine) <= 1
    for name in ORDERS:
        of_order = [one for one in holding if one.order_id == name]
        assert all(one.discount_minor >= 0 for one in of_order)
        fresh = [one for one in of_order if one.given_minor is None]
        if len(fresh) == len(of_order) and len({one.amount_minor for one in fresh}) == 1:
            assert sum(one.discount_minor for one in fresh) <= fresh[0].amount_minor
        amounts = {one.order_id: one.amount_minor for one in fresh if one.state is State.RESERVED}
        assert all(one.amount_minor == amounts[name] for one in fresh if one.state is State.RESERVED)


def recomputed(name: str) -> tuple[dict[str, tuple[int, int]], int]:
    """Code -> what it gave and what of it was kept; and what was kept of the order. From the facts, loop by loop."""
    order = checkout.on_order("s", name)
    guard = order.guard.value or checkout.Guard()
    done = guard.told.completed
    assert done is not None
    left, rest, given = sum(line.quantity * line.price_minor for line in done.lines), done.discount_minor, {}
    back = {line.sku: 0 for line in done.lines}
    for returned in guard.told.returns.values():
        for line in returned.lines:
            back[line.sku] += line.quantity
    whole = any(returned.is_whole for returned in guard.told.returns.values())
    bought = sum(line.quantity * line.price_minor for line in done.lines)
    kept = sum((line.quantity - back[line.sku]) * line.price_minor for line in done.lines)
    pieces = sum(line.quantity for line in done.lines)
    if not bought:
        bought, kept = pieces, pieces - sum(back.values())
    used = [one for one in order.redemptions.values() if one.given_minor is not None and one.state is State.REDEEMED]
    for one in in_order(used):
        minor = min(discount_of(DISCOUNTS[one.promo_id], left), rest)
        left, rest = left - minor, rest - minor
        given[one.code] = (minor, 0 if whole else minor * kept // bought)
    return given, 0 if whole else done.total_minor * kept // bought


@pytest.mark.long
@given(steps=life())
@settings(max_examples=sized(small=60, large=1_000), deadline=None)
def test_any_life_of_an_order_ends_in_what_its_facts_say(steps: list[tuple[Any, ...]]) -> None:
    with memory("promos"):
        stock_up()
        live(steps)
        revenue = 0
        for name in ORDERS:
            given, kept = recomputed(name)
            redeemed = [one for one in uses(State.REDEEMED) if one.order_id == name]
            assert {one.code: (one.given_minor, one.discount_minor) for one in redeemed} == given
            assert sum(one.paid_minor for one in redeemed) == (kept if redeemed else 0)
            revenue += kept if redeemed else 0
        offers = [store.offer("anna", f"offer-{name}") for name in DISCOUNTS]
        assert sum(one.money.get("revenue.RUB", 0) for one in offers) == revenue
        assert sum(one.money.get("discount.RUB", 0) for one in offers) == sum(
            one.discount_minor for one in uses(State.REDEEMED)
        )


@pytest.mark.long
@given(steps=life(), data=st.data())
@settings(max_examples=sized(small=20, large=300), deadline=None)
def test_news_that_are_told_again_change_nothing(steps: list[tuple[Any, ...]], data: st.DataObject) -> None:
    with memory("promos") as table:
        stock_up()
        now = live(steps)
        before = table.commits
        for step in data.draw(st.permutations([step for step in steps if step[0] == "news"])):
            order_service.know("s", step[1], "anna", step[2], now)
        assert table.commits == before


@pytest.mark.long
@given(steps=life(), order=INTERLEAVINGS)
@settings(max_examples=sized(small=40, large=500), deadline=None)
def test_the_till_and_the_news_at_once_leave_budgets_as_codes_hold_them(
    steps: list[tuple[Any, ...]], order: list[int]
) -> None:
    with memory("promos") as table:
        stock_up()
        at_once = [partial(said, step) for step in steps[:4] if step[0] != "minutes"]

        interleaved(table, at_once, order)

        invariants()
        live([step for step in steps if step[0] == "news"])
        for name in ORDERS:
            given, _ = recomputed(name)
            redeemed = [one for one in uses(State.REDEEMED) if one.order_id == name]
            assert {one.code: (one.given_minor, one.discount_minor) for one in redeemed} == given
