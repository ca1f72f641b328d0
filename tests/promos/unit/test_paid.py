"""What was paid and kept, over ten thousand lives of an order."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from promos.facts import GivenBack, Line, Order, Purchase, purchases_of
from stadion.paid import Allows, CodeDiscount, Paid, PaidLine, apportioned, booked

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
LIVES = 10_000


def paid(*lines: PaidLine, total: int, **fields: object) -> Paid:
    return Paid(currency="EUR", lines=lines, total_minor=total, **fields)  # type: ignore[arg-type]


def line(sku: str, price: int, quantity: int = 1, **fields: int) -> PaidLine:
    return PaidLine(sku=sku, price_minor=price, quantity=quantity, **fields)


def percent_off(percent: int) -> Allows:
    return lambda left: -(-left * percent // 100)


class TestExamples:
    def test_half_of_a_half_price_order_that_came_back_leaves_half_of_what_was_paid(self) -> None:
        one = paid(line("A", 10_000), line("B", 10_000, returned=1), total=10_000, discount_minor=10_000)
        assert (one.kept_minor, one.is_kept, one.own_discount_kept_minor) == (5_000, True, 5_000)

    def test_who_paid_nothing_has_ordered(self) -> None:
        one = paid(line("A", 10_000), total=0, discount_minor=10_000)
        assert (one.kept_minor, one.is_kept) == (0, True)

    def test_what_came_back_in_parts_is_not_kept(self) -> None:
        one = paid(line("A", 10_000, returned=1), line("B", 10_000, returned=1), total=20_500, shipping_minor=500)
        assert (one.kept_minor, one.is_kept) == (0, False)

    def test_shipping_comes_back_with_the_last_piece(self) -> None:
        one = paid(line("A", 10_000, returned=1), line("B", 10_000), total=20_500, shipping_minor=500)
        assert one.kept_minor == 10_500

    def test_a_discount_on_one_line_stays_on_it(self) -> None:
        lines = (line("A", 2_500, discount_minor=500), line("B", 7_500, returned=1))
        one = paid(*lines, total=9_500, discount_minor=500, discounts=(CodeDiscount("C", 500),))
        assert (one.kept_minor, one.discounts_kept) == (2_000, (("C", 500),))

    def test_what_no_code_gave_the_store_gave(self) -> None:
        given = booked(10_000, 5_000, [("A", lambda left: left // 5), ("B", lambda left: left // 10)])
        assert given == (("A", 2_000), ("B", 800))
        assert paid(line("A", 10_000), total=5_000, discount_minor=5_000, discounts=given).own_discount_minor == 2_200

    def test_stacked_codes_take_from_what_is_left(self) -> None:
        assert booked(10_000, 10_000, [("A", percent_off(60)), ("B", percent_off(60))]) == (("A", 6_000), ("B", 2_400))

    @pytest.mark.parametrize(
        ("total", "weights", "parts"), [(10, [1, 1, 1], [4, 3, 3]), (5, [0, 0], [0, 0]), (0, [3], [0])]
    )
    def test_parts_are_whole_and_add_up(self, total: int, weights: list[int], parts: list[int]) -> None:
        assert apportioned(total, weights) == parts


def lives(seed: int) -> Iterator[tuple[list[Purchase | GivenBack], random.Random]]:
    """Of an order: its completion and returns, in the order of their versions."""
    chance = random.Random(seed)
    for _ in range(LIVES):
        skus = [f"s{number}" for number in range(chance.randint(1, 4))]
        lines = [
            Line(
                sku=sku,
                quantity=chance.choice([1, 1, 2, 3, 7]),
                price_minor=chance.choice([0, 1, 99, 3_333, 10_000]),
                wear_category=chance.choice([None, "running_shoes"]),
            )
            for sku in skus
        ]
        goods = sum(one.quantity * one.price_minor for one in lines)
        discount = chance.randint(0, goods)
        lines = [
            one.model_copy(update={"discount_minor": chance.choice([0, 0, one.price_minor // 3])}) for one in lines
        ]
        shipping, tax = chance.choice([0, 0, 499]), chance.choice([0, goods // 5])
        news: list[Purchase | GivenBack] = [
            Purchase(
                completed_at=NOW,
                currency=chance.choice(["EUR", "JPY"]),
                lines=lines,
                discount_minor=discount,
                shipping_minor=shipping,
                tax_minor=tax,
                total_minor=goods - discount + shipping + chance.choice([0, tax]),
            )
        ]
        left = {one.sku: one.quantity for one in lines}
        for version in range(2, chance.randint(2, 6)):
            back = {sku: chance.randint(0, most) for sku, most in left.items()}
            back = {sku: quantity for sku, quantity in back.items() if quantity}
            if chance.random() < 0.1:
                back = {sku: most for sku, most in left.items() if most}
            if not back:
                continue
            left = {sku: most - back.get(sku, 0) for sku, most in left.items()}
            pieces = [one.model_copy(update={"quantity": back[one.sku]}) for one in lines if one.sku in back]
            at = NOW + timedelta(hours=chance.choice([1, 1, 2]))
            news.append(GivenBack(version=version, returned_at=at, is_whole=not any(left.values()), lines=pieces))
        yield news, chance


def recomputed(news: list[Purchase | GivenBack]) -> tuple[int, bool]:
    """The plain way: every piece by itself, each with its share of what was paid for the goods."""
    done = next(one for one in news if isinstance(one, Purchase))
    back: dict[str, int] = {}
    for one in news:
        if isinstance(one, GivenBack):
            for piece in one.lines:
                back[piece.sku] = back.get(piece.sku, 0) + piece.quantity
    told = {one.sku: min(one.discount_minor, one.quantity * one.price_minor) for one in done.lines}
    costs = {one.sku: Fraction(one.quantity * one.price_minor - told[one.sku], one.quantity) for one in done.lines}
    whole = sum(costs[one.sku] * one.quantity for one in done.lines)
    if not whole:
        costs, whole = {sku: Fraction(1) for sku in costs}, Fraction(sum(one.quantity for one in done.lines))
    kept = sum(costs[one.sku] * (one.quantity - back.get(one.sku, 0)) for one in done.lines)
    is_kept = any(one.quantity > back.get(one.sku, 0) for one in done.lines)
    shipping = min(done.shipping_minor, done.total_minor)
    return (shipping + int((done.total_minor - shipping) * kept / whole) if is_kept else 0), is_kept


def test_any_order_and_repetition_of_the_news_is_a_plain_recomputation() -> None:
    for news, chance in lives(seed=15):
        shuffled = [*news, *chance.choices(news, k=3)]
        chance.shuffle(shuffled)
        order = Order()
        for one in shuffled:
            order = order.with_news(one)
        found = order.paid()
        assert found is not None
        assert (found.kept_minor, found.is_kept) == recomputed(news)
        assert 0 <= found.kept_minor <= found.total_minor
        bought = next(iter(purchases_of(order).values()))
        assert (bought.get("orders", 0), bought.get(f"minor.{found.currency}", 0)) == (found.is_kept, found.kept_minor)
        assert bought.get("items", 0) == sum(one.kept for one in found.lines)


def test_what_codes_gave_is_never_negative_and_never_more_than_the_order() -> None:
    for news, chance in lives(seed=16):
        order = Order()
        for one in news:
            order = order.with_news(one)
        plain = order.paid()
        assert plain is not None
        allows = [(name, percent_off(chance.randint(0, 100))) for name in "abc"]
        given = booked(plain.list_minor, plain.discount_minor, allows)
        found = plain.model_copy(update={"discounts": given})
        kept = [minor for _, minor in found.discounts_kept]
        assert all(0 <= one <= minor for one, (_, minor) in zip(kept, given, strict=True))
        assert sum(kept) + found.own_discount_kept_minor <= plain.discount_minor
        assert sum(minor for _, minor in given) + found.own_discount_minor == plain.discount_minor
        assert sum(found.revenue_by_code.values()) == found.kept_minor
        assert found.is_kept or not any(kept)
