"""The pure rules: budgets in shards, windows, discounts, codes, replacements, the funnel."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import product as every
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promos.budget import Left, Take, plan, shard_count, split
from promos.facts import Piece, ProductCopy
from promos.offers.domain import Offer, OrderMoney, discount_of, is_open_at, may_stack, period_key
from promos.offers.links import tagged
from promos.patterns import ALPHABET, PatternError, check, code_of
from promos.sellers.replacement import replacement_for
from promos.values import Discount, LimitPeriod, PromoStacking, PromoWindow

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
# --- budgets --------------------------------------------------------------------------------------------------------

SHARDS = st.lists(st.tuples(st.integers(-3, 5), st.integers(-50, 300)), min_size=1, max_size=8)


@given(amounts=SHARDS, uses=st.integers(0, 6), minor=st.integers(0, 900), start=st.integers(0, 20))
def test_a_plan_takes_exactly_what_is_asked_and_no_more_than_there_is(
    amounts: list[tuple[int, int]], uses: int, minor: int, start: int
) -> None:
    shards = [Left(f"BUDGET#{number}", *left) for number, left in enumerate(amounts)]
    takes = plan(shards, uses=uses, minor=minor, start=start)
    enough = (not uses or sum(u for u, _ in amounts) >= uses) and (not minor or sum(m for _, m in amounts) >= minor)
    assert (takes is not None) is enough
    if takes is not None:
        left = {shard.sk: shard for shard in shards}
        assert (sum(take.uses for take in takes), sum(take.minor for take in takes)) == (uses, minor)
        for take in takes:
            assert min(0, left[take.sk].uses) <= take.uses <= max(0, left[take.sk].uses)
            assert min(0, left[take.sk].minor) <= take.minor <= max(0, left[take.sk].minor)
        assert len({take.sk for take in takes}) == len(takes)


@given(amounts=SHARDS, uses=st.integers(0, 6), minor=st.integers(0, 900), start=st.integers(0, 20))
def test_what_is_sold_is_taken_below_zero_where_nothing_is_left(
    amounts: list[tuple[int, int]], uses: int, minor: int, start: int
) -> None:
    shards = [Left(f"BUDGET#{number}", *left) for number, left in enumerate(amounts)]
    takes = plan(shards, uses=uses, minor=minor, start=start, past=True)
    assert takes is not None
    assert (sum(take.uses for take in takes), sum(take.minor for take in takes)) == (uses, minor)
    left = {shard.sk: shard for shard in shards}
    for take in takes:
        if take.is_guarded:
            assert 0 <= take.uses <= max(0, left[take.sk].uses)
            assert 0 <= take.minor <= max(0, left[take.sk].minor)
    assert sum(not take.is_guarded for take in takes) <= 1


def test_a_debt_of_one_shard_is_paid_by_the_others_before_anybody_takes() -> None:
    shards = [Left("a", 5, 50), Left("b", 5, -30)]

    assert plan(shards, uses=1, minor=21) is None
    assert plan(shards, uses=1, minor=20) == [Take("a", 1, 50), Take("b", 0, -30)]


@given(total=st.integers(0, 10**15), parts=st.integers(1, 8))
def test_a_split_loses_nothing(total: int, parts: int) -> None:
    shares = split(total, parts)
    assert (sum(shares), max(shares) - min(shares) <= 1) == (total, True)


def test_small_budgets_are_one_item() -> None:
    assert [shard_count(uses) for uses in (1, 64, 65, 10**15)] == [1, 1, 8, 8]


# --- time, money, codes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "closes", "open_hours"),
    [
        (time(8), time(20), range(8, 20)),
        (time(22), time(6), [*range(6), 22, 23]),
        (time(0), time(0), range(24)),
        (time(18), time(0), range(18, 24)),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Moscow", "Asia/Kamchatka", "America/New_York"])
def test_a_window_is_in_the_athletes_hours(opens: time, closes: time, open_hours: Any, zone: str) -> None:
    from zoneinfo import ZoneInfo

    window = PromoWindow(opens=opens, closes=closes)
    for hour in range(24):
        moment = datetime(2026, 11, 21, hour, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        assert is_open_at([window], moment, zone) is (hour in open_hours), hour


def test_a_window_past_midnight_belongs_to_the_day_it_began_on() -> None:
    friday_night = [PromoWindow(days=["fri"], opens=time(22), closes=time(2))]
    assert [is_open_at(friday_night, datetime(2026, 11, day, 1, tzinfo=UTC), "UTC") for day in (20, 21, 22)] == [
        False,
        True,
        False,
    ]


def test_periods_begin_at_midnight_on_the_promos_clock() -> None:
    late = datetime(2026, 11, 30, 22, tzinfo=UTC)
    assert period_key(LimitPeriod.DAY, late, "Europe/Moscow") == "2026-12-01"
    assert period_key(LimitPeriod.MONTH, late, "Europe/Moscow") == "2026-12-01"
    assert period_key(LimitPeriod.WEEK, late, "UTC") == "2026-11-30"
    assert period_key(LimitPeriod.MONTH, late, "UTC") == "2026-11-01"


@pytest.mark.parametrize(
    ("discount", "amount", "off"),
    [
        ({"kind": "percent", "percent": 15}, 1_001, 151),
        ({"kind": "percent", "percent": 100}, 999, 999),
        ({"kind": "percent", "percent": 50, "most_minor": 100}, 999, 100),
        ({"kind": "amount", "amount_minor": 500}, 300, 300),
        ({"kind": "gift", "sku": "1", "cost_minor": 90}, 300, 0),
        ({"kind": "free_delivery", "cost_minor": 50}, 0, 0),
        ({"kind": "percent", "percent": 15}, 0, 0),
    ],
)
def test_a_discount_is_never_more_than_the_order(discount: Any, amount: int, off: int) -> None:
    assert discount_of(Discount.model_validate(discount), amount) == off


def test_codes_are_made_by_their_pattern_of_characters_that_look_like_no_other() -> None:
    code = code_of(check(" run-{4}-{4} "))
    assert (code[:4], len(code), set(code[4:].replace("-", "")) <= set(ALPHABET)) == ("RUN-", 13, True)
    assert not set("0O1IL2Z5S8BUV") & set(ALPHABET)


@pytest.mark.parametrize(
    "pattern", ["RUN", "RUN-{4}", "РУН-{8}", "{40}", "A_{8}", "RUN-{x}{8}", "-{8}", "{8}-", "RUN--{8}"]
)
def test_a_pattern_that_can_be_guessed_or_not_typed_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        check(pattern)


def test_promos_stack_by_mutual_agreement() -> None:
    alone, any_ = PromoStacking(), PromoStacking.model_validate({"mode": "any"})
    shoes, bikes = (PromoStacking.model_validate({"mode": "group", "groups": [name]}) for name in ("shoes", "bikes"))
    for one, other in every([alone, any_, shoes, bikes], repeat=2):
        assert may_stack(one, other) == may_stack(other, one)
    assert [may_stack(shoes, other) for other in (alone, any_, shoes, bikes)] == [False, True, True, False]


# --- offers ---------------------------------------------------------------------------------------------------------

STEPS: dict[str, Callable[[Offer, datetime], Offer]] = {
    "view": Offer.viewed,
    "click": Offer.clicked,
    "dismiss": Offer.dismissed,
    "settle": lambda offer, now: offer.settled(
        "s#o-1", OrderMoney(currency="RUB", discount_minor=5, revenue_minor=9), now
    ),
    "unsettle": lambda offer, now: offer.unsettled("s#o-1", now),
}


@given(steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=6))
def test_only_what_was_told_is_noted_and_once(steps: list[str]) -> None:
    """promos-16: "37 seen, 37 clicked" of people who had never opened the app."""
    offer = Offer(
        offer_id="1",
        user_id="u",
        promo_id="p",
        run_id="r",
        code="c",
        is_personal=True,
        issued_at=NOW,
        expires_at=NOW,
        campaign_id="winter",
    )
    for number, step in enumerate(steps):
        offer = STEPS[step](offer, NOW + timedelta(minutes=number))
    for step, field in (("view", "viewed_at"), ("click", "clicked_at"), ("dismiss", "dismissed_at")):
        told = NOW + timedelta(minutes=steps.index(step)) if step in steps else None
        assert getattr(offer, field) == told


def test_a_link_keeps_its_query_and_gets_our_tags_only_once() -> None:
    offer = Offer(
        offer_id="1", user_id="u", promo_id="p", run_id="r", code="c", is_personal=True, issued_at=NOW, expires_at=NOW
    )
    link = tagged("https://s.example/p?id=1&utm_source=old#size", offer)
    assert link == "https://s.example/p?id=1&utm_source=stadion&utm_medium=app&utm_campaign=p#size"
    assert tagged(link, offer) == link
    assert "u" not in link.split("?")[1].split("=")
    assert tagged("https://store.example/p?q=caf%E9&flag&sig=a%2Bb+c#top", offer) == (
        "https://store.example/p?q=caf%E9&flag&sig=a%2Bb+c&utm_source=stadion&utm_medium=app&utm_campaign=p#top"
    )


@pytest.mark.parametrize(
    ("stored", "means"),
    [("00:00:09Z", time(9)), ("00:00:22Z", time(22)), ("09:00:00+03:00", time(9)), ("08:30:00", time(8, 30))],
)
def test_hours_that_were_stored_before_are_read_as_they_were_written(stored: str, means: time) -> None:
    window = PromoWindow.model_validate({"opens": stored, "closes": "23:00:00"})
    assert window.opens == means
    is_open_at([window], NOW, "Europe/Moscow")


# --- replacements ---------------------------------------------------------------------------------------------------


def sold(sku: str, name: str, brand: str | None, price: int, **fields: Any) -> ProductCopy:
    facts: dict[str, Any] = {"wear_category": "running_shoes", "currency": "RUB", "is_sold": True, "revision": 1}
    return ProductCopy(
        partner_id="store",
        sku=sku,
        name=name,
        brand=brand,
        price_minor=price,
        deeplink="https://s.example",
        **(facts | fields),
    )


WORN = Piece(gear_id="g", category="running_shoes", brand="Kiprun", model="KD900", worn_percent=100)
CATALOGUE = [
    sold("old", "Kiprun KD900", "Kiprun", 9_000, is_sold=False),
    sold("next", "Kiprun KD900.2", "Kiprun", 10_000),
    sold("cheap", "Kiprun Jogflow", "Kiprun", 5_500),
    sold("near", "Else Runner", "Else", 9_100),
    sold("dear", "Kiprun KD900X LD+", "Kiprun", 20_000),
    sold("bike", "Rockrider", "Kiprun", 9_000, wear_category="bike"),
    sold("euro", "Kiprun KD900.2", "Kiprun", 100, currency="EUR"),
]


@pytest.mark.parametrize(
    ("without", "sku"),
    [((), "next"), (("next",), "cheap"), (("next", "cheap"), "near"), (("next", "cheap", "near"), None)],
)
def test_the_next_of_the_model_then_the_brand_then_the_nearest_price_in_the_band(
    without: tuple[str, ...], sku: str | None
) -> None:
    catalogue = [one for one in CATALOGUE if one.sku not in without]
    found = replacement_for(WORN, catalogue, currency="RUB")
    assert (found.sku if found else None) == sku
    assert replacement_for(WORN, catalogue[::-1], currency="RUB") == found


def test_a_price_band_of_the_campaign_wins_and_gear_without_a_category_has_no_replacement() -> None:
    dearest = replacement_for(WORN, CATALOGUE, currency="RUB", least_minor=15_000, most_minor=30_000)
    assert dearest is not None
    assert dearest.sku == "dear"
    assert replacement_for(WORN.model_copy(update={"category": None}), CATALOGUE) is None
