"""Partners are tenants of promos: each has its own products, and what a promo names is nobody else's."""

import json
from collections import Counter
from typing import Any

import boto3
import pytest

from promos.campaigns.run.audience import Question, look
from promos.facts import Piece
from promos.offers import service as offer_service
from tests.kit.events import entry
from tests.kit.services import ATHLETE, Service
from tests.promos.campaigns.unit.test_plans import plan
from tests.promos.world import NOW, PROMO, admin, deliver, issue, launch, order, seller, store, welcome

pytestmark = pytest.mark.usefixtures("moment")

PIECE = Piece(gear_id="g-1", category="running_shoes", brand="Kiprun", model="KD900", worn_percent=100)


@pytest.fixture
def market(promos: Service) -> Service:
    """Two partners, and an athlete who wants offers."""
    deliver(promos, "on_partner_changes", seller("store"), seller("evil"))
    welcome(promos)
    return promos


def product(partner: str, revision: int = 1, sku: str = "8736421", **fields: Any) -> dict[str, Any]:
    data = {"partner_id": partner, "sku": sku, "revision": revision, "name": "Kiprun KD900.2", "brand": "Kiprun"}
    more = {"deeplink": f"https://{partner}.example/p/{sku}", "wear_category": "running_shoes", "price_minor": 899_000}
    return entry("ProductChanged", {**data, **more, "currency": "RUB", "is_sold": True, **fields}, source="partners")


def leads_to(promos: Service) -> str | None:
    promos.enter()
    made = offer_service.offer_for_worn_gear("winter-shoes", ATHLETE, PIECE, run_id="wear:g-1:100:1", now=NOW)
    return made[1].deeplink if made is not None else None


def test_another_partners_product_of_the_same_sku_replaces_none(market: Service) -> None:
    launch(market, partners=["store"])
    deliver(market, "on_product_changes", product("store"), product("evil", 1), product("evil", 2))
    assert leads_to(market) == "https://store.example/p/8736421"


@pytest.mark.parametrize("fields", [{"price_minor": 898_999}, {"name": "Kiprun KD900"}, {"sku": "0"}])
def test_a_worn_pair_leads_to_no_other_partners_product_however_well_it_fits(
    market: Service, fields: dict[str, Any]
) -> None:
    launch(market, partners=["store"])
    deliver(market, "on_product_changes", product("evil", **fields))
    assert leads_to(market) is None
    deliver(market, "on_product_changes", product("store", price_minor=950_000))
    assert leads_to(market) == "https://store.example/p/8736421"


def test_a_promo_that_was_made_is_answered_again_though_its_partner_may_redeem_no_more(market: Service) -> None:
    wanted, key = {**PROMO, "partners": ["store"]}, {"idempotency_key": "promo-of-the-store"}
    first = market.sign("POST", "/v1/admin/promos", wanted, **key)
    deliver(market, "on_partner_changes", seller("store", 2, is_disabled=True))

    again = market.sign("POST", "/v1/admin/promos", wanted, **key)

    assert (first.status, again.status, again.body["promo_id"]) == (201, 201, first.body["promo_id"])
    assert again.headers["Idempotency-Replayed"] == "true"


def test_nobody_is_led_to_a_host_that_was_taken_from_its_partner(market: Service) -> None:
    launch(market)
    deliver(market, "on_product_changes", product("store"))
    deliver(market, "on_partner_changes", seller("store", 2, hosts=["new.store.example"]))
    assert leads_to(market) is None
    deliver(market, "on_partner_changes", seller("store", 3, hosts=["*.store.example", "store.example"]))
    assert leads_to(market) == "https://store.example/p/8736421"


@pytest.mark.parametrize("fields", [{"is_disabled": True}, {"may": ["orders", "catalogue"]}])
def test_nobody_is_led_to_a_partner_who_may_not_redeem(market: Service, fields: dict[str, Any]) -> None:
    launch(market)
    deliver(market, "on_product_changes", product("store"))
    deliver(market, "on_partner_changes", seller("store", 2, **fields), seller("store", 1))
    assert leads_to(market) is None


@pytest.mark.parametrize("action", [None, "reserve", "redeem"])
def test_a_partner_whom_the_promo_does_not_name_learns_nothing_of_its_codes(
    market: Service, action: str | None
) -> None:
    launch(market, partners=["store"])
    code = issue(market)["code"]
    unknown = store(market, "RUN-AAAA-AAAA", action, partner="evil", **order() if action else {})

    answer = store(market, code, action, partner="evil", **order() if action else {})

    assert (answer.status, answer.body["code"]) == (404, "code_not_found")
    assert {**answer.body, "trace_id": "", "instance": ""} == {**unknown.body, "trace_id": "", "instance": ""}
    assert store(market, code, "redeem", **order()).status == 200


def test_a_partner_reverses_its_own_uses_only(market: Service) -> None:
    launch(market)
    code = issue(market)["code"]
    store(market, code, "redeem", **order())
    assert store(market, code, "reverse", partner="evil", order_id="o-1").status == 404
    assert store(market, code).body["state"] == "redeemed"


def test_an_order_of_a_partner_whom_the_promo_does_not_name_books_nothing(market: Service) -> None:
    launch(market, partners=["store"])
    code = issue(market)["code"]
    told = {
        "order_id": "o-9",
        "partner_id": "evil",
        "lines": [{"sku": "a", "name": "A", "quantity": 1, "price_minor": 10_000}],
        "total_minor": 8_000,
        "discount_minor": 2_000,
        "currency": "RUB",
        "codes": [code],
        "completed_at": "2026-11-21T08:59:00Z",
    }
    deliver(market, "on_order_events", entry("OrderCompleted", told, user=ATHLETE, source="partners"))
    known = market.ask("GET", "/partner/v1/orders/o-9", key="evil-secret").body
    assert known["codes"] == []
    assert {one["reason"] for one in known["refused"]} == {"code_not_found"}
    assert store(market, code, "redeem", **order()).status == 200


@pytest.mark.parametrize("partners", [["stroe"], ["store", "catalogue-only"], ["gone"]])
def test_a_promo_names_partners_who_may_redeem(market: Service, partners: list[str]) -> None:
    deliver(market, "on_partner_changes", seller("catalogue-only", may=["catalogue"]), seller("gone", is_disabled=True))
    wrong = f"#/partners/{len(partners) - 1}"
    answer = admin(market, "POST", "", {**PROMO, "partners": partners})
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, wrong)
    validity = admin(market, "POST", "/validate", {**PROMO, "partners": partners}).body
    assert [(one["pointer"], one["code"]) for one in validity["problems"]] == [(wrong, "unknown_partner")]


def test_who_may_redeem_can_be_changed_while_the_promo_is_live(market: Service) -> None:
    launch(market, partners=["evil"])
    code = issue(market)["code"]
    assert store(market, code).status == 404
    changed = admin(market, "PATCH", "/winter-shoes", {"partners": ["store"]}, if_match="*")
    assert (changed.status, changed.body["partners"]) == (200, ["store"])
    assert store(market, code).status == 200
    assert store(market, code, partner="evil").status == 404


@pytest.mark.parametrize("fields", [{"is_disabled": True}, {"may": ["orders", "catalogue"]}])
def test_nobody_gets_a_code_that_no_partner_of_the_promo_may_redeem(market: Service, fields: dict[str, Any]) -> None:
    launch(market, partners=["store"])
    deliver(market, "on_partner_changes", seller("store", 2, **fields))
    made = admin(market, "POST", "/winter-shoes/offers", {"user_id": ATHLETE, "run_id": "r"})
    assert (made.status, made.body["code"]) == (422, "not_eligible")
    assert [(one["check"], one["decided_by"]) for one in made.body["checks"]] == [("partners", "#/partners")]
    deliver(market, "on_partner_changes", seller("store", 3))
    assert admin(market, "POST", "/winter-shoes/offers", {"user_id": ATHLETE, "run_id": "r"}).status == 201


def test_a_campaign_leaves_out_whom_it_would_give_a_code_that_nobody_redeems(market: Service) -> None:
    launch(market, partners=["store", "evil"])
    variants = [{"name": "a", "promo_id": "winter-shoes"}]

    def left_out() -> Counter[str]:
        market.enter()
        question, reasons, cursor, is_over = Question.of("c", plan(variants=variants)), Counter[str](), None, False
        while not is_over:
            found = look(question, cursor=cursor, now=NOW, offers_left=None)
            reasons, cursor, is_over = reasons + found.left_out, found.cursor, found.cursor is None
        return reasons

    deliver(market, "on_partner_changes", seller("store", 2, is_disabled=True))
    assert left_out() == {}
    deliver(market, "on_partner_changes", seller("evil", 2, may=["catalogue"]))
    assert left_out() == {"promo_partners": 1}


@pytest.mark.parametrize("changed", [{"is_disabled": True}, {"may": ["catalogue"]}, {"hosts": ["other.example"]}])
def test_an_offer_of_before_leads_to_its_promo_when_its_partner_may_not_be_led_to(
    market: Service, changed: dict[str, Any]
) -> None:
    launch(market, partners=["store"])
    deliver(market, "on_partner_changes", seller("store", 2, hosts=["store.example"]))
    deliver(market, "on_product_changes", product("store"))
    leads_to(market)
    [offer] = market.call("GET", "/v1/promos").body["items"]
    click = f"/v1/promos/{offer['offer_id']}/click"
    assert market.call("POST", click).body["link"].startswith("https://store.example/p/8736421?")

    deliver(market, "on_partner_changes", seller("store", 3, **{"hosts": ["store.example"], **changed}))

    assert market.call("POST", click).body["link"].startswith(f"{PROMO['link']}&utm_source")


def test_an_offer_leads_to_no_partner_whom_its_promo_names_no_more(market: Service) -> None:
    click = _offered(market)
    changed = admin(market, "PATCH", "/winter-shoes", {"partners": ["evil"]}, if_match="*")
    assert changed.status == 200, changed.body

    assert market.call("POST", click).body["link"].startswith(f"{PROMO['link']}&utm_source")


@pytest.mark.parametrize(
    ("hosts", "leads"), [("store.example", "https://store.example/p/"), ("new.example", PROMO["link"])]
)
def test_an_offer_that_does_not_say_whose_product_it_is_leads_to_hosts_of_those_who_may_redeem(
    market: Service, hosts: str, leads: str
) -> None:
    """As offers were stored until 2026-12."""
    click = _offered(market)
    [item] = [one for one in market.items() if '"seller"' in one.get("body", {}).get("S", "")]
    body = {name: value for name, value in json.loads(item["body"]["S"]).items() if name != "seller"}
    boto3.client("dynamodb").put_item(TableName=market.table, Item={**item, "body": {"S": json.dumps(body)}})
    deliver(market, "on_partner_changes", seller("store", 3, hosts=[hosts]), seller("evil", 2, hosts=["evil.example"]))

    assert market.call("POST", click).body["link"].startswith(leads)


def _offered(market: Service) -> str:
    launch(market, partners=["store"])
    deliver(market, "on_partner_changes", seller("store", 2, hosts=["store.example"]))
    deliver(market, "on_product_changes", product("store"))
    leads_to(market)
    [offer] = market.call("GET", "/v1/promos").body["items"]
    return f"/v1/promos/{offer['offer_id']}/click"
