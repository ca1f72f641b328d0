"""Runs wear a pair past its limit, and the offer that follows is redeemed: the workflow as deployed."""

import json
from functools import partial
from typing import Any

import pytest

from local.demo import story
from local.demo.client import Athlete
from local.demo.night import Sleeper
from local.recordings import recordings
from stadion_cli.base.signed import call
from stadion_cli.base.target import Target
from tests.kit.command_line import told
from tests.kit.partners import Partner, make
from tests.kit.promos import a_promo, launched
from tests.kit.stack import PATIENCE_S, DeployedStack, eventually, mails_to, settle
from tests.kit.store import SHOES, completed
from tests.kit.workflows import executions, has_ended, taken_up

pytestmark = pytest.mark.long
SHOES_SKU = "8736499"
PRODUCT = {
    **SHOES,
    "name": "Evadict Race Ultra 2",
    "brand": "Evadict",
    "deeplink": f"https://store.example/p/{SHOES_SKU}",
}
"""Other tests on the same stack sell shoes too: nobody else sells this pair."""
LINE = {"sku": SHOES_SKU, "quantity": 1, "price_minor": 899000}
PROMO = a_promo(
    "worn-shoes",
    title={"en": "20 % off your next pair", "ru": "Скидка 20 % на новую пару"},
    time_zone="Europe/Moscow",
    codes={"pattern": "RUN-{4}-{4}", "valid_for_days": 14},
)


@pytest.fixture(scope="module")
def admin(stack: DeployedStack) -> Target:
    """Signs requests; the promo, its rule and the product are there."""
    chosen = Target(stack.aws, stack.outputs)
    launched(chosen, PROMO)
    call(chosen, "PUT", "/v1/admin/wear-offers/running_shoes", {"promo_id": "worn-shoes"})
    return chosen


@pytest.fixture(scope="module")
def store(stack: DeployedStack) -> Partner:
    """Sells what replaces the pair."""
    partner = make(stack)
    assert partner.send("PUT", f"/partner/v1/products/{SHOES_SKU}", PRODUCT).status_code == 200
    return partner


def test_a_worn_pair_becomes_an_offer_a_message_in_the_morning_a_reminder_and_a_conversion(
    stack: DeployedStack, admin: Target, store: Partner, anna: Athlete
) -> None:
    anna.agree("marketing_push", "marketing_email")
    anna.agree("purchases", partner_id=store.partner_id)
    named = store.knows(anna)
    shoes = {"category": "running_shoes", "brand": "Evadict", "model": "Race Ultra", "limit": 700, "initial_use": 698}
    gear = anna.post("/v1/gear", {**shoes, "used_since": "2015-01-01", "default_for": ["Run"]})
    settle(stack, anna.user_id)
    settle(stack, SHOES_SKU)
    sleeper = Sleeper(anna, "Europe/Moscow", ("promo_offer", "promo_reminder"), partial(call, admin), stack.aws)
    awake_at = sleeper.fall_asleep()
    assert anna.upload(recordings("sweat") / "3173437224.tcx", time_zone="Europe/Berlin")["status"] == "ready"
    eventually(lambda: anna.get(f"/v1/gear/{gear['gear_id']}")["wear"]["percent"] > 100)
    settle(stack, anna.user_id)
    assert anna.get("/v1/promos")["items"] == [], "the recording is years old"
    story.move_today(anna, "Run")

    (offer,) = eventually(lambda: anna.get("/v1/promos")["items"])
    assert offer["title"] == "Скидка 20 % на новую пару"
    (begun,) = eventually(lambda: executions(stack, "stadion-wear-offer", gear["gear_id"]))
    hurried = taken_up(stack, begun, wait_scale=0)
    notes = eventually(lambda: _notes(anna, "promo_offer", "promo_reminder"))
    assert len(notes) == 2
    assert offer["code"] in notes["promo_offer"]["body"]
    sleeper.wait_until_put_off(within_s=PATIENCE_S)
    assert _mails(stack, anna, offer) == [], "she sleeps"
    night = sleeper.morning(awake_at, within_s=PATIENCE_S)
    assert night.reason == "quiet_hours"
    assert night.put_off_at < awake_at <= night.sent_at
    (mail,) = _mails(stack, anna, offer)
    assert offer["title"] in mail["Subject"] + mail["BodyText"]
    eventually(lambda: has_ended(stack, hurried))

    clicked = anna.post(f"/v1/promos/{offer['offer_id']}/click")
    assert clicked["link"].startswith(f"https://store.example/p/{SHOES_SKU}?utm_source=stadion")
    code = f"/partner/v1/codes/{offer['code']}"
    cart = {"order_id": "o-1", "athlete_id": named, "amount_minor": 899000, "currency": "RUB"}
    held = store.send("POST", f"{code}/reserve", cart).json()
    assert (held["discount_minor"], held["payable_minor"]) == (179800, 719200), held
    other = store.send("POST", f"{code}/reserve", {**cart, "order_id": "o-2"})
    assert other.status_code == 409, other.text
    paid = completed("o-1", athlete=named, code=offer["code"], lines=[LINE], total_minor=719200, discount_minor=179800)
    for _ in range(2):
        assert store.tell(paid).status_code == 200

    def funnel() -> Any:
        found = call(admin, "GET", "/v1/admin/promos/worn-shoes/funnel")
        return found if json.dumps(found).count('"redeemed": 1') else None

    assert eventually(funnel)
    report = told(stack, "promo", "report", "worn-shoes")
    assert [report["total"][step] for step in ("viewed", "clicked", "redeemed", "discount_minor", "revenue_minor")] == [
        0, 1, 1, 179800, 719200,
    ]  # fmt: skip
    assert report["discount_per_conversion_minor"] == 179800
    assert anna.get("/v1/promos")["items"] == []
    bought = eventually(lambda: [one for one in anna.get("/v1/gear")["items"] if one["gear_id"] != gear["gear_id"]])
    assert [one["category"] for one in bought] == ["running_shoes"]


def _mails(stack: DeployedStack, athlete: Athlete, offer: dict[str, Any]) -> list[dict[str, Any]]:
    return [mail for mail in mails_to(stack.aws, athlete.email) if offer["code"] in mail["BodyText"]]


def _notes(athlete: Athlete, *templates: str) -> dict[str, Any] | None:
    found = {note["template"]: note for note in athlete.get("/v1/notifications")["items"]}
    return {name: found[name] for name in templates} if all(name in found for name in templates) else None
