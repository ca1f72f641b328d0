"""Codes at the till: looked at, reserved, redeemed, reversed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, OTHER, Answer, Service
from tests.promos.world import NOW, admin, budget, issue, launch, order, store, welcome

pytestmark = pytest.mark.usefixtures("moment")


def test_a_code_is_reserved_redeemed_and_reversed_and_everything_comes_back(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"redemptions": 10, "discount_minor": 50_000, "per_user": 1})
    welcome(promos)
    issued = issue(promos)
    code = issued["code"]
    assert store(promos, code.lower()).body["state"] == "free"
    for _ in range(2):
        held = store(promos, code, "reserve", **order())
        assert (held.status, held.body["discount_minor"], held.body["payable_minor"]) == (200, 2_000, 8_000)
    assert budget(promos)["redemptions_left"] == 9
    assert store(promos, code, "reserve", **order("o-2")).body["code"] == "code_is_reserved"
    for _ in range(2):
        assert store(promos, code, "redeem", **order()).body["state"] == "redeemed"
    assert store(promos, code, "redeem", **order(amount_minor=1)).body["code"] == "order_differs"
    assert store(promos, code, "redeem", **order("o-2")).body["code"] == "code_already_used"
    assert budget(promos)["discount_used_minor"] == 2_000
    assert promos.call("GET", f"/v1/promos/{issued['offer_id']}").body["status"] == "used"
    for _ in range(2):
        assert store(promos, code, "reverse", order_id="o-1").body["state"] == "reversed"
    assert (budget(promos)["redemptions_used"], budget(promos)["discount_used_minor"]) == (0, 0)
    assert store(promos, code, "redeem", **order()).body["code"] == "order_was_reversed"
    assert store(promos, code, "redeem", **order("o-2")).body["state"] == "redeemed"
    assert len(promos.published("PromoRedeemed")) == 2
    assert len(promos.published("PromoReversed")) == 1


def test_a_changed_cart_changes_what_is_held(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"discount_minor": 50_000, "per_user": 1})
    welcome(promos)
    code = issue(promos)["code"]
    store(promos, code, "reserve", **order(amount_minor=10_000))
    assert store(promos, code, "reserve", **order(amount_minor=20_000)).body["discount_minor"] == 4_000
    assert budget(promos)["discount_used_minor"] == 4_000
    assert store(promos, code, "redeem", **order(amount_minor=30_000)).body["discount_minor"] == 6_000
    assert (budget(promos)["discount_used_minor"], budget(promos)["redemptions_used"]) == (6_000, 1)


def test_a_reservation_that_ended_gives_back_by_the_sweep_or_when_it_is_in_the_way(
    promos: Service, moment: Clock
) -> None:
    launch(promos, limits={"redemptions": 1, "per_user": None})
    welcome(promos, ATHLETE, OTHER)
    code, others = issue(promos)["code"], issue(promos, OTHER)["code"]
    assert store(promos, code, "reserve", **order()).status == 200
    assert store(promos, others, "reserve", **order("o-2")).body["code"] == "limit_reached"
    assert promos.invoke("give_back_reservations", {}) == {"given_back": 0}
    moment.set(NOW + timedelta(minutes=31))
    assert store(promos, others, "reserve", **order("o-2")).status == 200
    assert store(promos, code, "redeem", **order()).body["code"] == "limit_reached"
    moment.set(NOW + timedelta(minutes=62))
    assert promos.invoke("give_back_reservations", {}) == {"given_back": 1}
    assert promos.invoke("give_back_reservations", {}) == {"given_back": 0}
    assert budget(promos)["redemptions_used"] == 0
    assert store(promos, code, "reserve", **order("o-3")).status == 200
    moment.set(NOW + timedelta(minutes=93))
    assert store(promos, code, "reserve", **order("o-4")).body["state"] == "reserved"
    assert budget(promos)["redemptions_used"] == 1


def test_a_paid_order_keeps_what_it_reserved_even_when_the_promo_is_paused_or_late(
    promos: Service, moment: Clock
) -> None:
    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    store(promos, code, "reserve", **order())
    admin(promos, "POST", "/winter-shoes/status", {"action": "pause"}, if_match="*")
    moment.set(NOW + timedelta(minutes=45))
    assert store(promos, code, "redeem", **order()).body["state"] == "redeemed"
    assert store(promos, issue_while_paused(promos), "reserve", **order("o-2")).body["code"] == "promo_is_not_active"


def test_nothing_is_reserved_once_a_promo_is_paused_not_even_by_who_looked_before(promos: Service) -> None:
    from promos.checkout import store as checkout

    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    straight = checkout.write

    def paused_first(*args: Any) -> None:
        promos.monkeypatch.setattr(checkout, "write", straight)
        admin(promos, "POST", "/winter-shoes/status", {"action": "pause"}, if_match="*")
        straight(*args)

    promos.monkeypatch.setattr(checkout, "write", paused_first)
    assert store(promos, code, "reserve", **order()).body["code"] == "promo_is_not_active"
    assert budget(promos)["redemptions_used"] == 0


def issue_while_paused(promos: Service) -> str:
    """An offer from before the pause."""
    welcome(promos, OTHER)
    admin(promos, "POST", "/winter-shoes/status", {"action": "activate"}, if_match="*")
    code = str(issue(promos, OTHER)["code"])
    admin(promos, "POST", "/winter-shoes/status", {"action": "pause"}, if_match="*")
    return code


@pytest.mark.parametrize(
    ("fields", "body", "code"),
    [
        ({}, {"user_id": OTHER}, "code_of_another_athlete"),
        ({"currency": "EUR"}, {}, "currency_differs"),
        (
            {"currency": "RUB", "discount": {"kind": "percent", "percent": 20, "least_order_minor": 10_001}},
            {},
            "order_is_too_small",
        ),
        ({"windows": [{"opens": "18:00", "closes": "06:00"}]}, {}, "outside_of_hours"),
        ({"currency": "RUB", "limits": {"discount_minor": 1_999}}, {}, "limit_reached"),
    ],
)
def test_what_an_order_breaks_is_said(promos: Service, fields: dict[str, Any], body: Any, code: str) -> None:
    launch(promos, **fields)
    welcome(promos)
    issued = issue(promos)
    refused = store(promos, issued["code"], "reserve", **order(), **body)
    assert (refused.body["code"], refused.status in {409, 422}) == (code, True)
    assert store(promos, issued["code"]).body["state"] == "free"
    assert budget(promos)["redemptions_used"] == 0


def test_a_request_without_a_key_or_of_an_unknown_code_is_refused(promos: Service) -> None:
    assert store(promos, "RUN-1", partner="").body["code"] == "api_key_required"
    assert store(promos, "RUN-1").status == 404
    assert store(promos, "RUN-1", "reverse", order_id="o-1").body["code"] == "redemption_not_found"
    wrong = store(promos, "RUN-1", "reserve", order_id="o 1", amount_minor=-1, currency="rub")
    pointers = {error["pointer"] for error in wrong.body["errors"]}
    assert (wrong.status, pointers) == (422, {"#/order_id", "#/amount_minor", "#/currency"})


def test_a_shared_code_has_limits_of_its_own_per_athlete_and_per_period(promos: Service, moment: Clock) -> None:
    limits = {"per_user": 3, "period": "day", "per_period": 4, "per_user_per_period": 2}
    launch(promos, codes={"shared": "winter20", "most_uses": 6}, limits=limits)
    third, fourth = str(uuid4()), str(uuid4())
    welcome(promos, ATHLETE, OTHER, third, fourth)

    def use(order_id: str, user: str) -> Any:
        body = store(promos, "WINTER20", "redeem", **order(order_id, user_id=user)).body
        return body.get("state") or body["limit"] if "limit" in body or "state" in body else body["code"]

    assert store(promos, "WINTER20", "redeem", **order()).body["code"] == "user_is_required"
    assert [use(f"a-{n}", ATHLETE) for n in range(3)] == ["redeemed", "redeemed", "per_user_per_period"]
    assert [use(f"b-{n}", OTHER) for n in range(2)] == ["redeemed", "redeemed"]
    assert use("c-1", third) == "per_period"
    moment.set(NOW + timedelta(days=1))
    assert [use(f"a-1{n}", ATHLETE) for n in range(2)] == ["redeemed", "per_user"]
    assert [use("c-2", third), use("c-3", third)] == ["redeemed", "code"]
    store(promos, "WINTER20", "reverse", order_id="c-2")
    assert use("d-1", fourth) == "redeemed"


def test_codes_stack_only_when_both_promos_agree(promos: Service) -> None:
    welcome(promos)

    def launched(name: str, **stacking: Any) -> str:
        launch(promos, promo_id=name, stacking=stacking)
        return str(issue(promos, promo=name)["code"])

    alone = launched("alone", mode="exclusive")
    any_ = launched("any", mode="any")
    shoes = launched("shoes", mode="group", groups=["shoes", "winter"])
    winter = launched("winter", mode="group", groups=["winter"])
    summer = launched("summer", mode="group", groups=["summer"])
    assert store(promos, shoes, "reserve", **order()).status == 200
    assert store(promos, winter, "reserve", **order()).status == 200
    assert store(promos, any_, "reserve", **order()).status == 200
    assert store(promos, summer, "reserve", **order()).body["code"] == "codes_do_not_stack"
    assert store(promos, alone, "reserve", **order()).body["code"] == "codes_do_not_stack"
    assert store(promos, alone, "reserve", **order("o-2")).status == 200
    assert store(promos, summer, "reserve", **order("o-2")).body["code"] == "codes_do_not_stack"


def test_a_budget_grows_and_shrinks_down_to_what_is_used(promos: Service) -> None:
    launch(promos, currency="RUB", codes={"shared": "ALL"}, limits={"redemptions": 200, "per_user": None})
    for number in range(5):
        assert store(promos, "ALL", "redeem", **order(f"o-{number}")).status == 200

    def limit(**limits: Any) -> Answer:
        return admin(promos, "PATCH", "/winter-shoes", {"limits": limits}, if_match="*")

    assert limit(redemptions=4).body["code"] == "budget_is_used"
    assert limit(redemptions=5).body["budget"]["redemptions_left"] == 0
    assert store(promos, "ALL", "redeem", **order("o-6")).body["limit"] == "redemptions"
    assert limit(redemptions=None).body["budget"]["redemptions_left"] is None
    assert limit(redemptions=6, discount_minor=11_000).body["budget"] == {
        "redemptions_left": 1,
        "redemptions_used": 5,
        "discount_left_minor": 1_000,
        "discount_used_minor": 10_000,
        "overrun_redemptions": 0,
        "overrun_minor": 0,
    }
    assert store(promos, "ALL", "redeem", **order("o-7")).body["limit"] == "discount_minor"
    assert store(promos, "ALL", "redeem", **order("o-8", amount_minor=5_000)).status == 200


def test_a_code_that_was_used_stays_used_when_its_time_is_over(promos: Service, moment: Clock) -> None:
    launch(promos, currency="RUB")
    welcome(promos)
    used, unused = (issue(promos, run_id=name)["code"] for name in ("used", "unused"))
    store(promos, used, "redeem", **order())
    moment.set(NOW + timedelta(days=15))
    assert [store(promos, code).body["state"] for code in (used, unused)] == ["redeemed", "expired"]
    refused = [store(promos, code, "redeem", **order("o-2")).body["code"] for code in (used, unused)]
    assert refused == ["code_already_used", "code_expired"]
