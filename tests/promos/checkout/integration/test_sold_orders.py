"""What an order says of its codes is what is booked: in offers, budgets and the funnel, less what came back."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, OTHER, Service
from tests.promos.world import NOW, admin, budget, deliver, issue, launch, order, returned, sold, store, welcome

pytestmark = pytest.mark.usefixtures("moment")
ANY = {"mode": "any"}
LINES = [
    {"sku": "A", "name": "A", "quantity": 1, "price_minor": 2_500},
    {"sku": "B", "name": "B", "quantity": 3, "price_minor": 2_500},
]


def guest(event: dict[str, Any]) -> dict[str, Any]:
    from stadion.events.envelope import NOBODY

    return {**event, "detail": {**event["detail"], "user_id": NOBODY}}


def told(order_id: str, *codes: str, discount: int, lines: Any = LINES, **fields: Any) -> dict[str, Any]:
    total = sum(line["quantity"] * line["price_minor"] for line in lines) - discount
    named = {"codes": list(codes), "code": codes[0]} if codes else {}
    return sold(order_id, lines=lines, total_minor=total, discount_minor=discount, **named, **fields)


def came_back(order_id: str, sku: str, quantity: int, version: int) -> dict[str, Any]:
    line = {"sku": sku, "name": sku, "quantity": quantity, "price_minor": 2_500}
    return returned(order_id, whole=False, lines=[line], order_version=version)


def money(promos: Service, order_id: str = "o-1") -> dict[str, Any]:
    from tests.kit.services import Answer

    answer: Answer = promos.ask("GET", f"/partner/v1/orders/{order_id}", key="store-secret")
    assert answer.status == 200, answer.body
    return dict(answer.body)


def funnel(promos: Service, promo: str = "winter-shoes") -> tuple[int, int, int]:
    news = [entry for entry in promos.published() if entry["detail_type"].startswith("Promo")]
    deliver(promos, "on_offer_events", *reversed(news), *news)
    total = admin(promos, "GET", f"/{promo}/funnel").body["total"]
    return total["redeemed"], total["discount_minor"], total["revenue_minor"]


def test_what_the_order_says_was_given_is_booked_and_not_what_the_code_might_give(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"discount_minor": 50_000})
    welcome(promos)
    code = issue(promos)["code"]
    deliver(promos, "on_order_events", told("o-1", code, discount=500))
    assert (funnel(promos), budget(promos)["discount_used_minor"]) == ((1, 500, 9_500), 500)


@pytest.mark.parametrize("till", [[], ["reserve"], ["redeem"], ["reserve", "redeem"]])
@pytest.mark.parametrize("names_it", [True, False])
def test_a_code_of_the_till_is_booked_by_what_the_order_says(promos: Service, till: list[str], names_it: bool) -> None:
    if not till and not names_it:
        pytest.skip("nobody spoke of the code")
    launch(promos, currency="RUB", limits={"discount_minor": 50_000})
    welcome(promos)
    code = issue(promos)["code"]
    for step in till:
        store(promos, code, step, **order())
    deliver(promos, "on_order_events", told("o-1", *([code] if names_it else []), discount=500))
    again = store(promos, code, "redeem", **order())
    assert (again.body["state"], again.body["discount_minor"]) == ("redeemed", 500)
    assert (funnel(promos), budget(promos)["discount_used_minor"]) == ((1, 500, 9_500), 500)


def test_more_than_a_code_allows_is_the_stores_own_discount(promos: Service) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    deliver(promos, "on_order_events", told("o-1", code, discount=3_000))
    found = money(promos)
    assert (found["discount_minor"], found["own_discount_minor"], found["paid_minor"]) == (3_000, 1_000, 7_000)
    assert [(one["given_minor"], one["state"]) for one in found["codes"]] == [(2_000, "redeemed")]


@pytest.mark.parametrize("whole", [0, 300])
def test_what_lines_say_of_their_discounts_was_given_whatever_the_order_says(promos: Service, whole: int) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    lines = [LINES[0] | {"discount_minor": 500}, LINES[1] | {"discount_minor": 1_400}]
    deliver(promos, "on_order_events", sold("o-1", lines=lines, total_minor=8_100, discount_minor=whole, code=code))
    assert money(promos)["codes"][0]["given_minor"] == 1_900
    deliver(promos, "on_order_events", came_back("o-1", "B", 3, 2))
    assert (money(promos)["codes"][0]["kept_minor"], money(promos)["kept_minor"]) == (500, 2_000)


def test_a_store_takes_no_more_off_than_there_is(promos: Service) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    news = sold("o-1", lines=LINES, total_minor=500, shipping_minor=500, discount_minor=99_000, code=code)
    deliver(promos, "on_order_events", news)
    assert (money(promos)["codes"][0]["given_minor"], money(promos)["own_discount_minor"]) == (2_000, 8_500)


def test_a_hold_that_the_order_makes_no_use_of_is_free_again(promos: Service) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    store(promos, code, "reserve", **order())
    deliver(promos, "on_order_events", told("o-1", discount=0))
    assert (store(promos, code).body["state"], budget(promos)["redemptions_used"]) == ("free", 0)


def test_a_code_that_was_left_in_the_cart_is_not_in_the_way_of_the_one_that_the_order_names(promos: Service) -> None:
    welcome(promos)
    codes = []
    for name in ("left", "named"):
        launch(promos, promo_id=name, currency="RUB")
        codes.append(issue(promos, promo=name)["code"])
    store(promos, codes[0], "reserve", **order())
    deliver(promos, "on_order_events", told("o-1", codes[1], discount=2_000))
    assert [store(promos, code).body["state"] for code in codes] == ["free", "redeemed"]


def test_five_codes_of_a_cart_make_way_for_five_others_of_the_order(promos: Service) -> None:
    """Each in all shards of its budget, with all limits that there are: together past the hundred of a transaction."""
    limits = {"redemptions": 100, "discount_minor": 1_100, "period": "day", "per_period": 100, "per_user_per_period": 1}
    terms = {"currency": "RUB", "stacking": ANY, "discount": {"kind": "amount", "amount_minor": 1_000}}
    welcome(promos)
    codes = []
    for number in range(10):
        launch(promos, promo_id=f"promo-{number}", limits=limits, **terms)
        codes.append(issue(promos, promo=f"promo-{number}")["code"])
    left, named = codes[:5], codes[5:]
    for code in left:
        assert store(promos, code, "reserve", **order()).status == 200
    deliver(promos, "on_order_events", told("o-1", *named, discount=5_000))
    assert [store(promos, code).body["state"] for code in codes] == ["free"] * 5 + ["redeemed"] * 5
    assert [one["given_minor"] for one in money(promos)["codes"]] == [1_000] * 5
    used = [budget(promos, f"promo-{number}")["discount_used_minor"] for number in range(10)]
    assert used == [0] * 5 + [1_000] * 5


def test_a_discount_that_the_store_does_not_name_is_what_is_missing_of_the_prices(promos: Service) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    store(promos, code, "redeem", **order())
    deliver(promos, "on_order_events", told("o-1", code, discount=0) | {})
    assert money(promos)["codes"][0]["given_minor"] == 0
    deliver(promos, "on_order_events", sold("o-2", lines=LINES, total_minor=8_000))
    assert money(promos, "o-2")["own_discount_minor"] == 2_000


def test_the_first_guest_who_names_a_personal_code_uses_it(promos: Service) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    deliver(promos, "on_order_events", *(guest(told(f"o-{n}", code, discount=2_000)) for n in range(3)))
    assert store(promos, code).body["state"] == "redeemed"
    assert store(promos, code, "redeem", **order("o-9")).body["code"] == "code_already_used"
    assert funnel(promos) == (1, 2_000, 8_000)
    assert money(promos, "o-0")["refused"] == []
    assert money(promos, "o-1")["refused"] == [{"code": code, "reason": "code_already_used"}]
    assert money(promos, "o-1")["own_discount_minor"] == 2_000


def test_a_code_that_is_sold_is_no_cart_s_any_more(promos: Service, moment: Clock) -> None:
    launch(promos, currency="RUB", stacking=ANY)
    launch(promos, promo_id="beside", currency="RUB", stacking=ANY)
    welcome(promos)
    code, other = issue(promos)["code"], issue(promos, promo="beside")["code"]
    for one in (code, other):
        store(promos, one, "reserve", **order("o-1"))
    deliver(promos, "on_order_events", told("o-2", code, discount=2_000))
    assert money(promos, "o-2")["refused"] == []
    assert money(promos, "o-2")["codes"][0]["given_minor"] == 2_000
    assert store(promos, code, "redeem", **order("o-1")).body["code"] == "code_already_used"
    assert store(promos, other, "redeem", **order("o-1")).body["discount_minor"] == 2_000, "it moved up"
    moment.set(NOW + timedelta(minutes=31))
    assert store(promos, code, "redeem", **order("o-3")).body["code"] == "code_already_used"
    assert budget(promos)["redemptions_used"] == 1


def test_a_cart_keeps_the_code_that_a_sold_order_could_not_have(promos: Service) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    store(promos, code, "reserve", **order("o-1"))
    deliver(promos, "on_order_events", told("o-2", code, discount=2_000, currency="EUR"))
    assert money(promos, "o-2")["refused"] == [{"code": code, "reason": "currency_differs"}]
    assert store(promos, code, "redeem", **order("o-1")).status == 200


@pytest.mark.parametrize(
    ("fields", "event", "why"),
    [
        ({}, {"completed_at": "2026-11-20T09:00:00Z"}, "code_not_issued_yet"),
        ({"currency": "EUR"}, {}, "currency_differs"),
        ({"discount": {"kind": "percent", "percent": 20, "least_order_minor": 10_001}}, {}, "order_is_too_small"),
        ({"windows": [{"opens": "18:00", "closes": "06:00"}]}, {}, "outside_of_hours"),
    ],
)
def test_what_the_promo_refuses_of_a_sold_order_is_noted_and_not_booked(
    promos: Service, fields: dict[str, Any], event: dict[str, Any], why: str
) -> None:
    launch(promos, **{"currency": "RUB", **fields})
    welcome(promos)
    code = issue(promos)["code"]
    news = told("o-1", code, discount=2_000, **event)
    deliver(promos, "on_order_events", news, news)
    found = money(promos)
    assert found["refused"] == [{"code": code, "reason": why}]
    assert (found["own_discount_minor"], found["codes"]) == (2_000, [])
    assert (store(promos, code).body["state"], promos.published("PromoRedeemed")) == ("free", [])


def test_a_code_that_nobody_issued_is_noted(promos: Service) -> None:
    deliver(promos, "on_order_events", told("o-1", "SUMMER", discount=2_000))
    assert money(promos)["refused"] == [{"code": "SUMMER", "reason": "code_not_found"}]
    assert promos.ask("GET", "/partner/v1/orders/o-2", key="store-secret").body["code"] == "order_not_found"
    assert promos.ask("GET", "/partner/v1/orders/o-1", key="other-secret").body["code"] == "order_not_found"


def test_money_past_the_budget_is_booked_and_told_and_the_till_gives_no_more(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"discount_minor": 2_500, "redemptions": 1, "per_user": None})
    welcome(promos, ATHLETE, OTHER)
    codes = [issue(promos, run_id=f"r-{number}")["code"] for number in range(3)]
    deliver(promos, "on_order_events", *(told(f"o-{n}", codes[n], discount=2_000) for n in range(2)))
    assert budget(promos) == {
        "redemptions_left": 0,
        "redemptions_used": 2,
        "overrun_redemptions": 1,
        "discount_left_minor": 0,
        "discount_used_minor": 4_000,
        "overrun_minor": 1_500,
    }
    assert store(promos, codes[2], "redeem", **order("o-7")).body["limit"] == "redemptions"
    for action in ("pause", "activate"):
        answer = admin(promos, "POST", "/winter-shoes/status", {"action": action}, if_match="*")
        assert answer.status == 200, answer.body
    limits = {"discount_minor": 5_000, "redemptions": 10}
    raised = admin(promos, "PATCH", "/winter-shoes", {"limits": limits}, if_match="*")
    assert (raised.body["budget"]["discount_left_minor"], raised.body["budget"]["overrun_minor"]) == (1_000, 0)
    assert store(promos, codes[2], "redeem", **order("o-7", amount_minor=5_001)).body["limit"] == "discount_minor"
    assert store(promos, codes[2], "redeem", **order("o-7", amount_minor=5_000)).status == 200
    deliver(promos, "on_order_events", returned("o-0"), returned("o-1"))
    assert budget(promos)["discount_used_minor"] == 1_000


def test_limits_of_an_athlete_hold_for_what_is_sold_too(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"per_user": 1})
    welcome(promos)
    codes = [issue(promos, run_id=f"r-{number}")["code"] for number in range(2)]
    deliver(promos, "on_order_events", *(told(f"o-{n}", codes[n], discount=2_000) for n in range(2)))
    assert money(promos, "o-1")["refused"] == [{"code": codes[1], "reason": "limit_reached"}]


def test_codes_of_one_order_are_booked_in_their_order(promos: Service) -> None:
    welcome(promos)
    codes = []
    for name in ("first", "second", "third"):
        launch(promos, promo_id=name, currency="RUB", stacking=ANY, discount={"kind": "percent", "percent": 50})
        codes.append(issue(promos, promo=name)["code"])
    store(promos, codes[1], "reserve", **order())
    deliver(promos, "on_order_events", told("o-1", codes[0], codes[1].lower(), codes[2], discount=8_000))
    assert [(one["code"], one["given_minor"]) for one in money(promos)["codes"]] == [
        (codes[1], 5_000),
        (codes[0], 2_500),
        (codes[2], 500),
    ]
    sums = [funnel(promos, name) for name in ("first", "second", "third")]
    assert sums == [(1, 2_500, 625), (1, 5_000, 1_250), (1, 500, 125)]


def test_returns_in_part_give_back_in_proportion_in_any_order(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"discount_minor": 10**6, "per_user": None})
    welcome(promos)
    for number, steps in enumerate(permutations(range(4))):
        code, name = issue(promos, run_id=f"r-{number}")["code"], f"o-{number}"
        news = [
            told(name, code, discount=2_000),
            came_back(name, "A", 1, 2),
            came_back(name, "B", 1, 3),
            told(name, code, discount=2_000),
        ]
        deliver(promos, "on_order_events", *(news[step] for step in steps))
        found = money(promos, name)
        assert (found["kept_minor"], found["codes"][0]["kept_minor"], found["codes"][0]["given_minor"]) == (
            4_000,
            1_000,
            2_000,
        )
    assert funnel(promos) == (24, 24_000, 96_000)
    assert (budget(promos)["discount_used_minor"], budget(promos)["redemptions_used"]) == (24_000, 24)


@pytest.mark.parametrize("first", ["order", "return", "till"])
def test_a_whole_return_frees_every_code_of_the_order(promos: Service, first: str) -> None:
    welcome(promos)
    codes = []
    for name in ("first", "second"):
        launch(promos, promo_id=name, currency="RUB", stacking=ANY)
        codes.append(issue(promos, promo=name)["code"])
    if first == "till":
        store(promos, codes[0], "redeem", **order())
        store(promos, codes[1], "reserve", **order())
    news = [told("o-1", *codes, discount=3_600), returned("o-1")]
    deliver(promos, "on_order_events", *(reversed(news) if first != "order" else news))
    assert [store(promos, code).body["state"] for code in codes] == ["free", "free"]
    assert [budget(promos, name)["redemptions_used"] for name in ("first", "second")] == [0, 0]
    assert [funnel(promos, name)[1:] for name in ("first", "second")] == [(0, 0), (0, 0)]
    assert money(promos)["kept_minor"] == 0
    assert store(promos, codes[0], "redeem", **order()).body["code"] == "order_was_reversed"
    assert store(promos, codes[0], "redeem", **order("o-2")).body["state"] == "redeemed"


def test_a_promo_that_is_paused_books_what_its_holds_were_sold_for(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"discount_minor": 2_000})
    welcome(promos)
    code = issue(promos)["code"]
    store(promos, code, "reserve", **order(amount_minor=5_000))
    admin(promos, "POST", "/winter-shoes/status", {"action": "pause"}, if_match="*")
    deliver(promos, "on_order_events", told("o-1", code, discount=2_000))
    assert (money(promos)["codes"][0]["given_minor"], budget(promos)["discount_used_minor"]) == (2_000, 2_000)


def test_what_was_sold_before_an_offer_is_not_that_offers(promos: Service, moment: Clock) -> None:
    """News of an order may be late, and a shared code has no time of its own."""
    launch(promos, currency="RUB", codes={"shared": "ALL"}, limits={"per_user": None})
    welcome(promos)
    issue(promos, run_id="first")
    moment.set(NOW + timedelta(hours=2))
    issue(promos, run_id="second")
    deliver(promos, "on_order_events", told("o-1", "ALL", discount=500, completed_at="2026-11-21T10:00:00Z"))
    deliver(promos, "on_order_events", told("o-2", "ALL", discount=500, completed_at="2026-11-21T11:00:00Z"))
    issued = [event["detail"]["data"]["offer"]["offer_id"] for event in promos.published("PromoIssued")]
    used = [event["detail"]["data"]["offer"]["offer_id"] for event in promos.published("PromoRedeemed")]
    assert used == issued


def test_a_hold_that_makes_way_for_another_code_of_its_promo_is_no_use_of_the_athlete(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"per_user": 1})
    welcome(promos)
    held, named = (issue(promos, run_id=run)["code"] for run in ("first", "second"))
    store(promos, held, "reserve", **order())
    deliver(promos, "on_order_events", told("o-1", named, discount=2_000))
    assert [store(promos, code).body["state"] for code in (held, named)] == ["free", "redeemed"]


def test_codes_that_a_cart_gave_back_are_within_the_limits_of_their_athlete(promos: Service) -> None:
    launch(promos, currency="RUB", stacking=ANY, limits={"per_user": 1})
    welcome(promos)
    codes = [issue(promos, run_id=run)["code"] for run in ("first", "second")]
    for code in codes:
        assert store(promos, code, "reserve", **order()).status == 200
        assert store(promos, code, "reverse", order_id="o-1").status == 200
    deliver(promos, "on_order_events", told("o-1", *codes, discount=3_600))
    assert [one["code"] for one in money(promos)["codes"]] == codes[:1]
    assert money(promos)["refused"] == [{"code": codes[1], "reason": "limit_reached"}]
    assert budget(promos)["redemptions_used"] == 1


def test_a_walk_in_counts_what_its_order_said(promos: Service) -> None:
    launch(promos, currency="RUB", codes={"shared": "ALL"}, limits={"per_user": None})
    store(promos, "ALL", "redeem", **order())
    deliver(promos, "on_order_events", guest(told("o-1", "ALL", discount=500)))
    assert funnel(promos) == (0, 500, 9_500)
    deliver(promos, "on_order_events", guest(came_back("o-1", "B", 2, 2)))
    assert funnel(promos) == (0, 250, 4_750)


def test_a_walk_in_stays_on_the_day_of_its_use_when_a_part_comes_back(promos: Service, moment: Clock) -> None:
    launch(promos, currency="RUB", codes={"shared": "ALL"}, limits={"per_user": None})
    deliver(promos, "on_order_events", guest(told("o-1", "ALL", discount=2_000)))
    moment.set(NOW + timedelta(days=7))
    deliver(promos, "on_order_events", guest(came_back("o-1", "B", 1, 2)))
    assert funnel(promos) == (0, 1_500, 6_000)
    days = admin(promos, "GET", "/winter-shoes/funnel").body["by_day"]
    assert [(row["day"], row["walk_ins"], row["revenue_minor"]) for row in days] == [("2026-11-21", 1, 6_000)]


@pytest.mark.parametrize("codes", [{"shared": "ALL"}, {"pattern": "RUN-{8}"}])
@pytest.mark.parametrize(("news", "left"), [("order", (2, 2_500, 17_500)), ("return", (1, 2_000, 8_000))])
def test_a_use_from_before_revenue_was_kept_is_settled_and_reversed_once(
    promos: Service, codes: dict[str, str], news: str, left: tuple[int, int, int]
) -> None:
    from promos.checkout.store import REDEMPTIONS
    from promos.offers.store import OFFERS
    from stadion.change import Change

    launch(promos, currency="RUB", codes=codes, limits={"per_user": None})
    welcome(promos)
    offer, other = issue(promos, run_id="r-1"), issue(promos, run_id="r-2")
    is_shared = offer["code"] == other["code"]
    store(promos, offer["code"], "redeem", **order("o-1", user_id=ATHLETE))
    use = REDEMPTIONS.get("store", "o-1", offer["code"])
    known = OFFERS.get(ATHLETE, use.offer_id)
    uses = 2 if is_shared else 1
    old = {"orders": {}, "redemptions": uses, "discount_minor": uses * 2_000, "revenue_minor": uses * 8_000}
    with Change(None, NOW) as change:
        change.put(REDEMPTIONS.of(use), use.model_copy(update={"revenue_minor": None}), new=False)
        change.put(OFFERS.of(known), known.model_copy(update=old), new=False)
    told_news = [told("o-1", offer["code"], discount=500)] if news == "order" else []
    deliver(promos, "on_order_events", *(told_news or [returned("o-1")]))
    after = OFFERS.get(ATHLETE, use.offer_id)
    redemptions, discount, revenue = left if is_shared else (left[0] - 1, left[1] - 2_000, left[2] - 8_000)
    found = after.discount_in("RUB"), after.revenue_minor + after.money.get("revenue.RUB", 0)
    assert (after.redemptions, *found) == (redemptions, discount, revenue)
    assert (after.redeemed_at is not None, after.reversed_at is not None) == (redemptions > 0, news == "return")


def test_two_partners_have_each_their_own_orders(promos: Service, moment: Clock) -> None:
    launch(promos, currency="RUB", codes={"shared": "ALL"}, limits={"per_user": None})
    for partner in ("store", "other"):
        store(promos, "ALL", "redeem", partner=partner, **order())
    deliver(promos, "on_order_events", told("o-1", "ALL", discount=500))
    assert budget(promos)["discount_used_minor"] == 2_500
    assert moment.now() == NOW


def test_a_promo_of_any_currency_has_no_sum_over_two_of_them(promos: Service) -> None:
    launch(promos, limits={"per_user": None})
    welcome(promos)
    for number, currency in enumerate(["EUR", "JPY"]):
        code = issue(promos, run_id=f"r-{number}")["code"]
        answer = store(promos, code, "redeem", **order(f"o-{number}") | {"currency": currency})
        assert answer.body["discount_minor"] == 2_000
    used = budget(promos)
    assert (used["redemptions_used"], used["discount_used_minor"]) == (2, None)
    funnel(promos)
    total = admin(promos, "GET", "/winter-shoes/funnel").body["total"]
    assert [(row["currency"], row["discount_minor"]) for row in total["money"]] == [("EUR", 2_000), ("JPY", 2_000)]


def test_a_guests_order_settles_the_code_that_only_the_till_has_seen(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"discount_minor": 5_000})
    welcome(promos)
    code = issue(promos)["code"]
    store(promos, code, "redeem", **order())
    deliver(promos, "on_order_events", guest(told("o-1", discount=500)))
    assert (money(promos)["codes"][0]["given_minor"], budget(promos)["discount_used_minor"]) == (500, 500)
    deliver(promos, "on_order_events", guest(returned("o-1")))
    assert (store(promos, code).body["state"], budget(promos)["discount_used_minor"]) == ("free", 0)


@pytest.mark.parametrize("discount", [0, 2_000])
def test_no_code_is_held_for_an_order_that_is_complete(promos: Service, discount: int) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    deliver(promos, "on_order_events", told("o-1", discount=discount))
    answer = store(promos, code, "reserve", **order())
    assert (answer.status, answer.body["code"]) == (409, "order_is_complete")
    assert (store(promos, code).body["state"], money(promos)["codes"]) == ("free", [])


@pytest.mark.parametrize("action", ["pause", "end"])
@pytest.mark.parametrize(("sold_at", "is_booked"), [("09:05", True), ("09:15", False)])
def test_what_was_sold_before_a_pause_or_an_end_is_booked_when_the_news_is_late(
    promos: Service, moment: Clock, action: str, sold_at: str, is_booked: bool
) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    moment.set(NOW + timedelta(minutes=10))
    assert admin(promos, "POST", "/winter-shoes/status", {"action": action}, if_match="*").status == 200
    moment.set(NOW + timedelta(minutes=20))
    completed_at = f"2026-11-21T{sold_at}:00Z"
    deliver(promos, "on_order_events", told("o-1", code, discount=2_000, completed_at=completed_at))
    found = money(promos)
    assert ([one["given_minor"] for one in found["codes"]], found["own_discount_minor"]) == (
        ([2_000], 0) if is_booked else ([], 2_000)
    )
    assert [one["reason"] for one in found["refused"]] == ([] if is_booked else ["promo_is_not_active"])


def test_a_code_that_the_till_takes_after_all_is_refused_no_more(promos: Service) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    deliver(promos, "on_order_events", told("o-1", code, discount=2_000, completed_at="2026-11-21T08:00:00Z"))
    assert money(promos)["refused"] == [{"code": code, "reason": "code_not_issued_yet"}]
    assert store(promos, code, "redeem", **order()).status == 200
    assert (money(promos)["refused"], money(promos)["codes"][0]["given_minor"]) == ([], 2_000)


def test_a_code_allows_nothing_on_an_order_that_became_too_small_for_it(promos: Service) -> None:
    launch(promos, currency="RUB", discount={"kind": "percent", "percent": 20, "least_order_minor": 9_000})
    welcome(promos)
    code = issue(promos)["code"]
    assert store(promos, code, "redeem", **order("o-1")).status == 200
    deliver(promos, "on_order_events", told("o-1", code, discount=500, lines=LINES[:1]))
    assert money(promos)["own_discount_minor"] == 500
    assert budget(promos)["discount_used_minor"] == 0
