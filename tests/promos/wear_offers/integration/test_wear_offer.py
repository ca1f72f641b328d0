"""The steps of the wear offer through their handlers, and its start by the event."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from promos.offers.message_service import last_good_day
from promos.wear_offers import on_worn_gear
from stadion import settings
from stadion.i18n import Language
from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.messages import said
from tests.kit.services import ATHLETE, OTHER, Answer, Service, sqs_event
from tests.promos.world import NOW, PROMO, admin, consent, deliver, issue, launch, seller, welcome

pytestmark = pytest.mark.usefixtures("moment")

GEAR = "0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a22"
WORN = {"user_id": ATHLETE, "gear_id": GEAR, "category": "running_shoes", "name": "Kiprun KD900"}
START = {**WORN, "threshold_percent": 80, "crossing": 1, "correlation_id": "c-1"}


def product(sku: str = "8736421", **fields: Any) -> dict[str, Any]:
    data = {"sku": sku, "revision": 1, "name": "Kiprun KD900.2", "brand": "Kiprun", "wear_category": "running_shoes"}
    data |= {"deeplink": f"https://store.example/p/{sku}", "price_minor": 899000, "currency": "RUB", "is_sold": True}
    return entry("ProductChanged", {**data, **fields}, source="partners")


def rule(promos: Service, method: str = "PUT", category: str = "running_shoes", **body: Any) -> Answer:
    sent = body or ({"promo_id": "winter-shoes"} if method == "PUT" else None)
    return promos.sign(method, f"/v1/admin/wear-offers/{category}", sent)


@pytest.fixture
def shop(promos: Service) -> Service:
    """A promo for worn running shoes, something to replace them with, and an athlete who wants to hear of it."""
    launch(promos)
    welcome(promos)
    deliver(promos, "on_partner_changes", seller())
    deliver(promos, "on_product_changes", product())
    assert rule(promos).body == {"promos": {"running_shoes": "winter-shoes"}}
    return promos


def told(shop: Service) -> list[dict[str, Any]]:
    return [event["detail"]["data"] for event in shop.published("NotificationRequested")]


def about(made: dict[str, Any]) -> dict[str, Any]:
    return {"user_id": ATHLETE, "offer_id": made["offer_id"], "correlation_id": "c-1"}


def test_a_worn_pair_becomes_one_offer_and_one_message_however_often_the_steps_are_done(shop: Service) -> None:
    made = shop.invoke("offer_replacement", START)
    assert shop.invoke("offer_replacement", START) == made
    assert made["is_made"]
    remind, expires = (datetime.fromisoformat(made[name]) for name in ("remind_at", "expires_at"))
    assert NOW < remind < expires == NOW + timedelta(days=14)
    assert shop.invoke("tell_offer", about(made)) == {"is_new": True}
    assert shop.invoke("tell_offer", about(made)) == {"is_new": False}
    assert shop.invoke("remind_offer", about(made)) == {"is_new": True}
    first, second = sorted(told(shop), key=lambda one: one["template"])
    assert (first["template"], second["template"]) == ("promo_offer", "promo_reminder")
    assert first["about"]["deeplink"].startswith("https://store.example/p/8736421?utm_source=stadion")
    assert first["values"]["title"]["ru"] == "Скидка 20 %"
    assert first["request_id"] == f"promo_offer:{made['offer_id']}"
    assert len(shop.published("PromoIssued")) == 1


def test_the_message_has_what_its_template_needs(shop: Service) -> None:
    made = shop.invoke("offer_replacement", START)
    for step in ("tell_offer", "remind_offer"):
        shop.invoke(step, about(made))
    code, ends_on = told(shop)[0]["values"]["code"], last_good_day(datetime.fromisoformat(made["expires_at"]), "UTC")
    assert said(shop, Language.RU) == {
        "promo_offer": ("Скидка 20 %", f"На следующую пару.\nВаш код: {code}"),
        "promo_reminder": (f"Ваш код действует по {ends_on}", f"Скидка 20 %: {code}"),
    }


def test_a_promo_that_is_shortened_shortens_its_offers_and_what_is_said_of_them(shop: Service) -> None:
    made = shop.invoke("offer_replacement", START)
    patch = {"ends_at": (NOW + timedelta(days=3)).isoformat()}
    assert admin(shop, "PATCH", "/" + PROMO["promo_id"], patch, if_match="*").status == 200
    shop.invoke("remind_offer", about(made))
    [reminder] = told(shop)
    assert reminder["values"]["ends_on"] == last_good_day(NOW + timedelta(days=3), "UTC").isoformat()
    assert datetime.fromisoformat(reminder["expires_at"]) == NOW + timedelta(days=3)
    shown = shop.call("GET", f"/v1/promos/{made['offer_id']}").body
    assert datetime.fromisoformat(shown["expires_at"]) == NOW + timedelta(days=3)


def test_a_category_that_is_on_no_list_earns_nothing(shop: Service) -> None:
    path = "/v1/admin/wear-offers/runing_shoes"
    assert shop.sign("PUT", path, {"promo_id": PROMO["promo_id"]}).status == 422
    assert shop.sign("DELETE", path).status == 204


@pytest.mark.parametrize(
    ("undo", "reason"),
    [
        (lambda shop: rule(shop, "DELETE"), "no_promo_for_category"),
        (lambda shop: deliver(shop, "on_account_events", consent(granted=False, revision=2)), "not_eligible"),
        (lambda shop: deliver(shop, "on_product_changes", product(revision=2, is_sold=False)), "nothing_replaces_it"),
    ],
    ids=["no rule", "no consent", "nothing sold"],
)
def test_who_may_not_have_it_or_has_nothing_to_replace_gets_none(
    shop: Service, undo: Callable[[Service], Any], reason: str
) -> None:
    undo(shop)
    made = shop.invoke("offer_replacement", START)
    assert made["is_made"] is False
    assert made["reason"].startswith(reason)
    assert told(shop) == []


def test_a_look_at_an_offer_says_whether_it_still_stands(shop: Service, moment: Clock) -> None:
    made = shop.invoke("offer_replacement", START)
    assert shop.invoke("look_offer", about(made)) == {"is_open": True, "is_redeemed": False}
    shop.call("POST", f"/v1/promos/{made['offer_id']}/dismiss")
    assert shop.invoke("look_offer", about(made)) == {"is_open": False, "is_redeemed": False}
    other = issue(shop, run_id="r-2")
    moment.set(NOW + timedelta(days=15))
    assert shop.invoke("look_offer", {**about(made), "offer_id": other["offer_id"]})["is_open"] is False
    assert shop.invoke("look_offer", {**about(made), "user_id": OTHER}) == {"is_open": False, "is_redeemed": False}


def test_the_rules_are_for_signed_requests_and_for_promos_that_are(shop: Service) -> None:
    assert rule(shop, promo_id="no-such-promo").body["code"] == "promo_not_found"
    assert shop.call("GET", "/v1/admin/wear-offers").status == 403
    assert rule(shop, "DELETE").status == 204
    assert rule(shop, "DELETE").status == 204


def reached(threshold: int = 80, component: str | None = None, crossing: int = 1) -> dict[str, Any]:
    data = {"gear_id": GEAR, "component_id": component, "name": "KD900", "category": "running_shoes", "unit": "km"}
    data |= {"threshold_percent": threshold, "used": 561.2, "limit": 700.0, "crossing": crossing}
    return entry("GearWearReached", data, source="inventory")


def test_a_crossing_starts_the_workflow_once_and_only_a_worn_pair_does(
    promos: Service, moto: pytest.MonkeyPatch
) -> None:
    machines = boto3.client("stepfunctions")
    machine = machines.create_state_machine(
        name="wear-offer",
        definition='{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/r",
    )["stateMachineArn"]
    moto.setenv("STADION_WEAR_OFFER_WORKFLOW", machine)
    settings.forget()
    on_worn_gear._client.cache_clear()
    others = {**reached(), "detail": {**reached()["detail"], "user_id": OTHER}}  # whoever knows an id may choose it
    told = (others, reached(), reached(), reached(50), reached(component="chain"), reached(100), reached(crossing=2))
    for event in told:
        assert promos.invoke("on_worn_gear", sqs_event(event)) == {"batchItemFailures": []}
    started = machines.list_executions(stateMachineArn=machine)["executions"]
    anna, ben = (user.replace("-", "") for user in (ATHLETE, OTHER))
    assert sorted(one["name"] for one in started) == sorted(
        [
            f"wear-{GEAR}-100-1-{anna}"[:80],
            f"wear-{GEAR}-80-1-{anna}"[:80],
            f"wear-{GEAR}-80-1-{ben}"[:80],
            f"wear-{GEAR}-80-2-{anna}"[:80],
        ]
    )
