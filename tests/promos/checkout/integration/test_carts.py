"""A cart and its codes: they take from what is left, and change with it in one step or not at all."""

from datetime import timedelta
from typing import Any

import pytest

from tests.kit.clock import Clock
from tests.kit.links import athlete_id_of, link_news
from tests.kit.services import ATHLETE, OTHER, Service
from tests.promos.world import NOW, admin, budget, deliver, issue, launch, order, sold, store, welcome

pytestmark = pytest.mark.usefixtures("moment")
ANY = {"mode": "any"}


def percent(number: int, **more: Any) -> dict[str, Any]:
    return {"kind": "percent", "percent": number, **more}


def stacking(promos: Service, *percents: int, **fields: Any) -> list[str]:
    """The codes of as many promos that go together."""
    welcome(promos)
    names = [f"promo-{number}" for number in range(len(percents))]
    for name, number in zip(names, percents, strict=True):
        launch(promos, promo_id=name, stacking=ANY, discount=percent(number), currency="RUB", **fields)
    return [str(issue(promos, promo=name)["code"]) for name in names]


def money(answer: Any) -> tuple[int, int]:
    return answer.body["discount_minor"], answer.body["payable_minor"]


# --- stacked --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["reserve", "redeem"])
def test_codes_that_stack_take_from_what_is_left(promos: Service, action: str) -> None:
    first, second = stacking(promos, 60, 60)
    assert money(store(promos, first, action, **order())) == (6_000, 4_000)
    answer = store(promos, second, action, **order())
    assert money(answer) == (2_400, 1_600)
    assert [(one["code"], one["discount_minor"]) for one in answer.body["others"]] == [(first, 6_000)]


def test_when_a_code_goes_those_after_it_are_computed_anew_with_their_budgets(promos: Service) -> None:
    first, second, third = stacking(promos, 50, 50, 50)
    assert [money(store(promos, code, "reserve", **order()))[0] for code in (first, second, third)] == [
        5_000,
        2_500,
        1_250,
    ]
    gone = store(promos, first, "reverse", order_id="o-1")
    assert (gone.body["state"], gone.body["payable_minor"]) == ("released", 2_500)
    assert [budget(promos, f"promo-{number}")["discount_used_minor"] for number in range(3)] == [0, 5_000, 2_500]
    again = store(promos, first, "reserve", **order())
    assert money(again) == (1_250, 1_250)
    assert [one["code"] for one in again.body["others"]] == [second, third]


def test_a_hold_that_ended_makes_room_for_those_after_it(promos: Service, moment: Clock) -> None:
    first, second = stacking(promos, 50, 50)
    store(promos, first, "reserve", **order())
    moment.set(NOW + timedelta(minutes=20))
    store(promos, second, "reserve", **order())
    moment.set(NOW + timedelta(minutes=31))
    assert promos.invoke("give_back_reservations", {}) == {"given_back": 1}
    assert money(store(promos, second, "redeem", **order())) == (5_000, 5_000)


def test_a_cart_that_changes_changes_all_its_holds(promos: Service) -> None:
    first, second = stacking(promos, 50, 50)
    for code in (first, second):
        store(promos, code, "reserve", **order())
    changed = store(promos, second, "reserve", **order(amount_minor=20_000))
    assert money(changed) == (5_000, 5_000)
    assert [one["discount_minor"] for one in changed.body["others"]] == [10_000]
    changed = store(promos, first, "redeem", **order(amount_minor=8_000))
    assert (money(changed), changed.body["others"][0]["discount_minor"]) == ((4_000, 2_000), 2_000)


def test_what_is_paid_is_not_touched_by_a_cart(promos: Service) -> None:
    first, second = stacking(promos, 50, 50)
    store(promos, first, "redeem", **order())
    assert money(store(promos, second, "reserve", **order(amount_minor=6_000))) == (500, 500)
    assert store(promos, first, "redeem", **order()).body["discount_minor"] == 5_000


def test_a_code_that_there_is_no_more_budget_for_keeps_what_it_has_when_another_goes(promos: Service) -> None:
    first, second = stacking(promos, 50, 50, limits={"discount_minor": 5_000})
    for code in (first, second):
        store(promos, code, "reserve", **order())
    admin(promos, "PATCH", "/promo-1", {"limits": {"discount_minor": 3_000}}, if_match="*")
    assert store(promos, first, "reverse", order_id="o-1").status == 200
    assert money(store(promos, second, "redeem", **order())) == (2_500, 7_500)
    assert budget(promos, "promo-1")["discount_left_minor"] == 500


def test_two_codes_of_one_promo_share_its_budget(promos: Service) -> None:
    launch(
        promos, stacking=ANY, discount=percent(50), currency="RUB", limits={"discount_minor": 7_499, "per_user": None}
    )
    welcome(promos)
    codes = [issue(promos, run_id=f"r-{number}")["code"] for number in range(2)]
    assert money(store(promos, codes[0], "reserve", **order())) == (5_000, 5_000)
    assert store(promos, codes[1], "reserve", **order()).body["limit"] == "discount_minor"
    assert money(store(promos, codes[1], "reserve", **order(amount_minor=9_000))) == (2_250, 2_250)
    assert budget(promos)["discount_used_minor"] == 4_500 + 2_250


# --- one step -------------------------------------------------------------------------------------------------------


def test_a_change_that_the_budget_refuses_leaves_the_hold_and_its_end(promos: Service, moment: Clock) -> None:
    launch(promos, currency="RUB", limits={"discount_minor": 2_000})
    welcome(promos, ATHLETE, OTHER)
    code, others = issue(promos)["code"], issue(promos, OTHER)["code"]
    held = store(promos, code, "reserve", **order()).body
    moment.set(NOW + timedelta(minutes=5))
    assert store(promos, code, "reserve", **order(amount_minor=12_000)).body["limit"] == "discount_minor"
    assert store(promos, code, "redeem", **order(amount_minor=12_000)).body["limit"] == "discount_minor"
    assert store(promos, others, "reserve", **order("o-2")).body["limit"] == "discount_minor"
    assert store(promos, code, "reserve", **order()).body == held
    assert store(promos, code, "redeem", **order()).body["state"] == "redeemed"


@pytest.mark.parametrize(
    ("change", "body", "why"),
    [
        ({"action": "pause"}, {"amount_minor": 9_000}, "promo_is_not_active"),
        (None, {"amount_minor": 999}, "order_is_too_small"),
        (None, {"currency": "EUR"}, "currency_differs"),
        (None, {"user_id": OTHER}, "code_of_another_athlete"),
    ],
)
@pytest.mark.parametrize("step", ["reserve", "redeem"])
def test_a_change_that_is_refused_leaves_the_hold_as_it_was(
    promos: Service, step: str, change: dict[str, str] | None, body: dict[str, Any], why: str
) -> None:
    launch(promos, currency="RUB", discount=percent(20, least_order_minor=1_000))
    welcome(promos, ATHLETE, OTHER)
    code = issue(promos)["code"]
    held = store(promos, code, "reserve", **order()).body
    if change is not None:
        admin(promos, "POST", "/winter-shoes/status", change, if_match="*")
    assert store(promos, code, step, **{**order(), **body}).body["code"] == why
    assert store(promos, code, "reserve", **order()).body == held
    assert budget(promos)["discount_used_minor"] == 2_000
    assert store(promos, code, "redeem", **order()).body["state"] == "redeemed"


def test_redeeming_another_amount_is_change_and_redemption_in_one_transaction(promos: Service) -> None:
    from promos.checkout import store as checkout

    launch(promos, currency="RUB")
    welcome(promos)
    code = issue(promos)["code"]
    store(promos, code, "reserve", **order())
    straight, writes = checkout.write, []

    def counted(*args: Any) -> None:
        writes.append(args)
        straight(*args)

    promos.monkeypatch.setattr(checkout, "write", counted)
    assert store(promos, code, "redeem", **order(amount_minor=15_000)).body["discount_minor"] == 3_000
    assert len(writes) == 1


def test_money_of_several_codes_counts_once_in_the_funnel(promos: Service) -> None:
    first, second = stacking(promos, 60, 60)
    for code in (first, second):
        store(promos, code, "redeem", **order())
    news = [entry for entry in promos.published() if entry["detail_type"].startswith("Promo")]
    deliver(promos, "on_offer_events", *reversed(news), *news)
    rows = [admin(promos, "GET", f"/promo-{number}/funnel").body["total"] for number in range(2)]
    assert [row["discount_minor"] for row in rows] == [6_000, 2_400]
    assert sum(row["revenue_minor"] for row in rows) == 1_600


# --- who and which --------------------------------------------------------------------------------------------------


def test_an_athlete_is_named_by_the_id_that_the_partner_was_given_and_by_no_other(promos: Service) -> None:
    launch(promos, codes={"shared": "ALL"}, limits={"per_user": 1})
    welcome(promos)
    deliver(promos, "on_partner_links", link_news(), link_news(partner_id="other"))
    theirs = athlete_id_of(partner_id="other")
    for named in (ATHLETE, ATHLETE.upper(), "nobody-1", athlete_id_of().upper(), "at_short"):
        refused = store(promos, "ALL", "redeem", **order("o-3", athlete_id=named))
        assert (refused.status, [one["pointer"] for one in refused.body["errors"]]) == (422, ["#/athlete_id"])
        assert "POST /partner/v1/links" in refused.body["errors"][0]["detail"]
    for named in (theirs, athlete_id_of(OTHER)):
        nobody = store(promos, "ALL", "redeem", **order("o-3", athlete_id=named))
        assert (nobody.status, nobody.body["code"]) == (422, "athlete_not_linked")
        assert [error["pointer"] for error in nobody.body["errors"]] == ["#/athlete_id"]
    old = promos.ask("POST", "/partner/v1/codes/ALL/redeem", {**order("o-3"), "user_id": ATHLETE}, key="store-secret")
    assert (old.status, [one["pointer"] for one in old.body["errors"]]) == (422, ["#/user_id"])
    assert store(promos, "ALL", "redeem", **order("o-1", athlete_id=athlete_id_of())).status == 200
    assert store(promos, "ALL", "redeem", **order("o-2", athlete_id=athlete_id_of())).body["limit"] == "per_user"


def test_a_partner_that_the_athlete_has_unlinked_sells_to_a_guest_and_uses_up_nothing_of_theirs(
    promos: Service,
) -> None:
    launch(promos, codes={"shared": "ALL"}, limits={"per_user": 1})
    launch(promos, promo_id="for-all", codes={"shared": "FREE"}, limits={"per_user": None})
    welcome(promos)
    deliver(promos, "on_partner_links", link_news(is_linked=False, revision=2), link_news())
    named = {"athlete_id": athlete_id_of()}
    free = store(promos, "FREE", "redeem", **order("o-1", **named))
    assert (free.status, [(one["pointer"], one["code"]) for one in free.body["ignored"]]) == (
        200,
        [("#/athlete_id", "athlete_was_unlinked")],
    )
    assert store(promos, "ALL", "redeem", **order("o-2", **named)).body["code"] == "user_is_required"
    assert ATHLETE not in str([item for item in promos.items() if item["pk"]["S"].startswith(("ORDER#", "LINK#"))])
    assert store(promos, "ALL", "redeem", partner="other", **order("o-3", user_id=ATHLETE)).status == 200


def test_an_order_of_the_till_is_named_as_in_messages(promos: Service) -> None:
    launch(promos, codes={"shared": "ALL"}, limits={"per_user": None})
    assert store(promos, "ALL", "reserve", **order("a:b")).status == 422
    assert store(promos, "ALL", "reserve", **order("a#b")).status == 422


def test_a_code_is_used_by_no_order_before_it_is_issued(promos: Service, moment: Clock) -> None:
    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    moment.set(NOW - timedelta(seconds=1))
    assert store(promos, code, "redeem", **order()).body["code"] == "code_not_issued_yet"


FORMS = [
    "{0}\u00a0",
    "\u200b{0}",
    "{0}.",
    "{plain}",
    "{spaced}",
    " {0} ",
    "{en_dashes}",
    "{no_break}",
    "{lower}",
    "\uff32{0}"[:1] + "{tail}",
    "{cyrillic}",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_code_is_read_as_people_paste_it(promos: Service, form: str) -> None:
    launch(promos, codes={"pattern": "RCT-{4}-{4}"})
    welcome(promos)
    code = str(issue(promos)["code"])
    typed = form.format(
        code,
        plain=code.replace("-", ""),
        spaced=code.replace("-", " "),
        en_dashes=code.replace("-", "\u2013"),
        no_break=code.replace("-", "\u2011"),
        lower=code.lower(),
        tail=code[1:],
        cyrillic=code.translate(str.maketrans("CTAMHK", "СТАМНК")),
    )
    assert store(promos, typed).body["code"] == code
    assert store(promos, typed, "reserve", **order()).body["code"] == code
    assert store(promos, code, "redeem", **order()).body["state"] == "redeemed"
    assert store(promos, typed, "reverse", order_id="o-1").body["state"] == "reversed"


def test_two_codes_that_differ_in_hyphens_only_cannot_both_be(promos: Service) -> None:
    launch(promos, codes={"shared": "WINTER-20"})
    taken = admin(promos, "POST", "", {**launchable("other"), "codes": {"shared": "WIN-TER20"}})
    assert taken.body["code"] == "code_is_taken"


def launchable(name: str) -> dict[str, Any]:
    from tests.promos.world import PROMO

    return {**PROMO, "promo_id": name}


def test_a_code_that_was_issued_before_hyphens_were_left_out_is_found_by_them(promos: Service) -> None:
    from promos.offers.store import CODES, code_of
    from stadion.change import Change

    launch(promos)
    welcome(promos)
    code = str(issue(promos)["code"])
    stored = code_of(code)
    assert stored.value is not None
    with Change(None, NOW) as change:
        change.delete(stored.place)
        change.put(CODES.at(code), stored.value)
    assert store(promos, code.lower(), "redeem", **order()).body["state"] == "redeemed"
    assert store(promos, code).body["state"] == "redeemed"
    assert store(promos, code, "reverse", order_id="o-1").body["state"] == "reversed"


def test_what_is_asked_of_an_order_that_came_back_is_refused(promos: Service) -> None:
    from tests.promos.world import returned

    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    deliver(promos, "on_order_events", sold("o-1"), returned("o-1"))
    assert store(promos, code, "redeem", **order()).body["code"] == "order_was_reversed"
