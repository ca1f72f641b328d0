"""Whether an order may use a code, decided before anything is written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promos.budget import Take
from promos.checkout.domain import (
    HELD_FOR,
    Cart,
    Decision,
    Granted,
    Held,
    Moved,
    Redemption,
    Refused,
    Seen,
    State,
    Taken,
    decide,
)
from promos.checkout.domain import beside as promos_beside
from promos.checkout.domain import given as given_on_the_cart
from promos.offers.domain import Code, Promo, Switch, discount_of
from promos.values import CodePlan, Discount, DiscountKind, PromoLimits, PromoStacking, PromoWindow, StackingMode, Words

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CART = Cart("store", "o-1", "anna", 10_000, "RUB")
CODE = Code("RUN-1", "winter", NOW + DAY, is_single=True, user_id="anna")


def a_promo(**fields: Any) -> Promo:
    words = Words(en="20 % off", ru="Скидка 20 %")
    known = {
        "promo_id": "winter",
        "switch": Switch.ON,
        "name": "Winter",
        "title": words,
        "text": words,
        "discount": Discount(kind=DiscountKind.PERCENT, percent=20),
        "currency": "RUB",
        "starts_at": NOW - DAY,
        "ends_at": NOW + DAY,
        "time_zone": "UTC",
        "link": "https://store.example",
        "codes": CodePlan(pattern="RUN-{4}-{4}"),
        "limits": PromoLimits(),
        "stacking": PromoStacking(),
        "created_at": NOW - DAY,
        "updated_at": NOW - DAY,
    }
    return Promo.model_validate(known | fields)


LARGE_ORDERS_ONLY = Discount(kind=DiscountKind.FREE_DELIVERY, least_order_minor=10_001)
SEEN = Seen(CODE, a_promo(), known=None, beside=[], zone="UTC")


def used(state: State, **fields: Any) -> Redemption:
    known = {"partner_id": "store", "order_id": "o-1", "code": "RUN-1", "promo_id": "winter", "state": state}
    return Redemption(**known | {"amount_minor": 10_000, "currency": "RUB", "changed_at": NOW} | fields)


def reason(decision: Decision) -> str:
    assert isinstance(decision, Refused), decision
    return decision.error.code


def test_a_code_that_is_free_is_held_for_half_an_hour() -> None:
    decision = decide(CART, SEEN, State.RESERVED, NOW)

    assert isinstance(decision, Granted)
    assert (decision.new.amount_minor, decision.new.reserved_until) == (10_000, NOW + HELD_FOR)
    assert (decision.new.user_id, decision.period) == ("anna", None)


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (replace(SEEN, known=used(State.REVERSED)), "order_was_reversed"),
        (replace(SEEN, is_returned=True), "order_was_reversed"),
        (replace(SEEN, code=replace(CODE, expires_at=NOW)), "code_expired"),
        (replace(SEEN, code=replace(CODE, issued_at=NOW + DAY)), "code_not_issued_yet"),
        (replace(SEEN, others=[used(State.REDEEMED, currency="EUR")]), "order_differs"),
        (replace(SEEN, code=replace(CODE, user_id="ben")), "code_of_another_athlete"),
        (replace(SEEN, code=replace(CODE, state="redeemed")), "code_already_used"),
        (replace(SEEN, promo=a_promo(switch=Switch.PAUSED)), "promo_is_not_active"),
        (replace(SEEN, promo=a_promo(windows=[PromoWindow(opens="10:00", closes="11:00")])), "outside_of_hours"),
        (replace(SEEN, promo=a_promo(currency="EUR")), "currency_differs"),
        (
            replace(SEEN, promo=a_promo(discount={"kind": "free_delivery", "least_order_minor": 10_001})),
            "order_is_too_small",
        ),
        (replace(SEEN, beside=[a_promo()]), "codes_do_not_stack"),
        (replace(SEEN, beside=[a_promo(stacking={"mode": StackingMode.ANY})] * 5), "too_many_codes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_reason_of_a_refusal_is_named(seen: Seen, why: str) -> None:
    assert reason(decide(CART, seen, State.RESERVED, NOW)) == why


def test_a_code_for_everybody_with_a_limit_per_athlete_wants_to_know_who_it_is() -> None:
    seen = replace(SEEN, code=replace(CODE, user_id=None))

    assert reason(decide(replace(CART, user_id=None), seen, State.RESERVED, NOW)) == "user_is_required"


def test_a_code_that_another_order_holds_is_theirs_until_their_time_is_over() -> None:
    seen = replace(SEEN, code=replace(CODE, state="reserved", partner_id="store", order_id="o-2"))

    assert decide(CART, seen, State.RESERVED, NOW) == Held("store", "o-2")


def test_a_code_that_the_same_order_took_meanwhile_is_looked_at_again() -> None:
    seen = replace(SEEN, code=replace(CODE, state="redeemed", partner_id="store", order_id="o-1"))

    assert decide(CART, seen, State.REDEEMED, NOW) == Moved()


def test_a_hold_that_changes_keeps_its_place_and_what_it_took() -> None:
    taken = (Taken(pk="PROMO#winter", takes=[("BUDGET#0", 1, 1_000)]),)
    known = used(State.RESERVED, place=3, taken=taken, counted_period="2026-11-01", reserved_until=NOW + DAY)
    held = replace(CODE, state="reserved", partner_id="store", order_id="o-1")

    decision = decide(CART, replace(SEEN, known=known, code=held), State.RESERVED, NOW)

    assert isinstance(decision, Granted)
    assert (decision.new.place, decision.new.taken, decision.new.counted_period) == (3, taken, "2026-11-01")


MONEY = st.integers(0, 10**6)
DISCOUNTS = st.one_of(
    st.builds(
        lambda percent, most, least: Discount(
            kind=DiscountKind.PERCENT, percent=percent, most_minor=most, least_order_minor=least
        ),
        st.integers(1, 100),
        st.none() | st.integers(1, 10**5),
        MONEY,
    ),
    st.builds(lambda minor: Discount(kind=DiscountKind.AMOUNT, amount_minor=minor), st.integers(1, 10**6)),
    st.just(Discount(kind=DiscountKind.FREE_DELIVERY)),
)


@given(amount=MONEY, discounts=st.lists(DISCOUNTS, min_size=1, max_size=5), redeemed=st.sets(st.integers(0, 4)))
def test_codes_that_stack_give_what_is_left_and_never_more_than_the_cart(
    amount: int, discounts: list[Discount], redeemed: set[int]
) -> None:
    standing: list[Redemption] = []
    for number, discount in enumerate(discounts):
        minor = given_on_the_cart(discount, amount, number + 1, standing)
        before = sum(one.discount_minor for one in standing)
        assert minor == (discount_of(discount, amount - before) if amount >= discount.least_order_minor else 0)
        state = State.REDEEMED if number in redeemed else State.RESERVED
        standing.append(used(state, code=f"C{number}", place=number + 1, discount_minor=minor))
    assert 0 <= sum(one.discount_minor for one in standing) <= amount


@given(old=MONEY, new=MONEY, discounts=st.lists(DISCOUNTS, min_size=2, max_size=5), redeemed=st.integers(0, 4))
def test_holds_that_follow_a_cart_leave_the_paid_ones_alone_and_fit_into_it(
    old: int, new: int, discounts: list[Discount], redeemed: int
) -> None:
    standing: list[Redemption] = []
    for number, discount in enumerate(discounts):
        minor = given_on_the_cart(discount, old, number + 1, standing)
        state = State.REDEEMED if number == redeemed else State.RESERVED
        standing.append(used(state, code=f"C{number}", place=number + 1, discount_minor=minor))
    for number, (discount, one) in enumerate(zip(discounts, standing, strict=True)):
        if one.state is State.RESERVED:
            others = [other for other in standing if other is not one]
            minor = given_on_the_cart(discount, new, one.place, others)
            standing[number] = one.model_copy(update={"discount_minor": minor})
    paid = sum(one.discount_minor for one in standing if one.state is State.REDEEMED)
    assert sum(one.discount_minor for one in standing) <= max(new, paid)


TAKES = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 3), st.integers(0, 500)),
    min_size=1,
    max_size=4,
    unique_by=lambda take: take[0],
)


@given(takes=TAKES, data=st.data())
def test_what_is_given_back_of_a_budget_is_taken_from_where_it_was_taken(
    takes: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    taken = Taken(pk="p", takes=takes)
    less, undone = taken.less(minor := data.draw(st.integers(0, taken.minor)))

    assert (less.minor, sum(take.minor for take in undone)) == (taken.minor - minor, minor)
    assert sum(uses for _, uses, _ in less.takes) == sum(uses for _, uses, _ in takes)
    assert all(minor >= 0 for _, _, minor in less.takes)


def test_what_a_shard_paid_of_a_debt_stays_taken_from_it() -> None:
    taken = Taken(pk="p", takes=[]).more([Take("a", 1, 50), Take("b", 0, -30)])

    assert taken.takes == [("a", 1, 20)]


def test_hours_are_read_on_the_athletes_clock() -> None:
    seen = replace(SEEN, promo=a_promo(windows=[PromoWindow(opens="12:00", closes="13:00")]), zone="Europe/Moscow")

    assert isinstance(decide(CART, seen, State.RESERVED, NOW), Granted)
    assert reason(decide(CART, replace(seen, zone="UTC"), State.RESERVED, NOW)) == "outside_of_hours"


def test_beside_a_code_stands_what_is_paid_or_held_now() -> None:
    known = {
        "RUN-1": used(State.REDEEMED),
        "A": used(State.REDEEMED, promo_id="a"),
        "B": used(State.RESERVED, promo_id="b", reserved_until=NOW + DAY),
        "C": used(State.RESERVED, promo_id="c", reserved_until=NOW),
        "D": used(State.RELEASED, promo_id="d"),
    }

    assert [one.promo_id for one in promos_beside(known, "RUN-1", NOW)] == ["a", "b"]
