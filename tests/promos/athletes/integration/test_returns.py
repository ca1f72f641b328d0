"""promos-04: purchases that come back, by the order's versions, as segments count them."""

from itertools import permutations
from typing import Any

import pytest

from tests.kit.services import ATHLETE, Service
from tests.promos.world import bought, deliver, in_segment, returned

PAIR = [
    {"sku": sku, "name": sku, "quantity": 1, "price_minor": 10_000, "wear_category": "running_shoes"} for sku in "AB"
]
AT = "2026-11-28T12:00:00Z"


def back(version: int, *skus: str, at: str = AT, whole: bool = False) -> dict[str, Any]:
    lines = [line for line in PAIR if line["sku"] in skus]
    return returned("o-1", lines=lines, order_version=version, returned_at=at, whole=whole)


def kept(promos: Service, *, orders: int, spent: int) -> bool:
    ordered = {"purchases": {"at_least": orders, "at_most": orders}}
    spending = {"measure": "spent_minor", "currency": "RUB", "at_least": spent, "at_most": spent}
    return in_segment(promos, {"all": [ordered, {"purchases": spending}]})


def test_half_of_a_half_price_order_that_came_back_leaves_the_other_half(promos: Service) -> None:
    deliver(promos, "on_order_events", bought("o-1", lines=PAIR, total_minor=10_000, discount_minor=10_000))
    deliver(promos, "on_order_events", back(2, "B"))
    assert kept(promos, orders=1, spent=5_000)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_two_returns_of_one_moment_in_any_order_leave_nothing(promos: Service, order: tuple[int, ...]) -> None:
    news = [bought("o-1", lines=PAIR, total_minor=20_000), back(2, "A"), back(3, "B")]
    for number in order:
        deliver(promos, "on_order_events", news[number], news[number])
    assert kept(promos, orders=0, spent=0)


def test_a_return_that_comes_late_is_not_lost(promos: Service) -> None:
    deliver(promos, "on_order_events", bought("o-1", lines=PAIR, total_minor=20_000))
    deliver(promos, "on_order_events", back(3, "B", at="2026-11-28T12:05:00Z"), back(2, "A"))
    assert kept(promos, orders=0, spent=0)


def test_who_paid_nothing_and_kept_the_goods_has_ordered(promos: Service) -> None:
    deliver(promos, "on_order_events", bought("o-1", lines=PAIR, total_minor=0, discount_minor=20_000))
    assert kept(promos, orders=1, spent=0)


def test_a_purchase_counts_on_its_day_in_utc(promos: Service) -> None:
    from promos.athletes import store

    told = bought("o-1", lines=PAIR, total_minor=20_000, completed_at="2026-11-21T01:00:00+03:00")
    deliver(promos, "on_order_events", told)
    assert [name for name, _ in store.ledger(ATHLETE).each("BOUGHT#", "BOUGHT$")] == ["BOUGHT#2026-11-20"]


def test_shipping_is_kept_as_long_as_a_piece_is(promos: Service) -> None:
    deliver(promos, "on_order_events", bought("o-1", lines=PAIR, total_minor=20_500, shipping_minor=500), back(2, "A"))
    assert kept(promos, orders=1, spent=10_500)
