"""The store's side of the demo: a partner who sells shoes, holds codes for carts, and signs what it tells of orders."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

import httpx
from standardwebhooks.webhooks import Webhook

from local.demo.client import ApiError, Athlete, eventually, http

Admin = Callable[..., dict[str, Any]]
"""A signed request: `admin("POST", "/v1/admin/…", body, if_match="*")`."""
PROMO_ID: Final = "demo-worn-shoes"
HEARD_WITHIN_S: Final = 60.0
SHOES: Final = {
    "sku": "kd900-2",
    "name": "Kiprun KD900.2",
    "brand": "Kiprun",
    "deeplink": "https://store.example/p/kd900-2",
    "wear_category": "running_shoes",
    "price_minor": 12900,
    "currency": "EUR",
}
PROMO: Final[dict[str, Any]] = {
    "promo_id": PROMO_ID,
    "name": "Worn shoes",
    "title": {"en": "20 % off your next pair", "ru": "Скидка 20 % на новую пару"},
    "text": {"en": "Your shoes have done their work.", "ru": "Ваши кроссовки отработали своё."},
    "discount": {"kind": "percent", "percent": 20},
    "starts_at": "2026-01-01T00:00:00Z",
    "ends_at": "2036-01-01T00:00:00Z",
    "time_zone": "Europe/Berlin",
    "link": "https://store.example/shoes",
    "codes": {"pattern": "RUN-{4}-{4}", "valid_for_days": 14},
}


REWARDS: Final = {
    "free_delivery": {
        **PROMO,
        "promo_id": "demo-free-delivery",
        "name": "Free delivery, for a level",
        "title": {"en": "Free delivery", "ru": "Бесплатная доставка"},
        "text": {"en": "You have earned it.", "ru": "Вы её заработали."},
        "discount": {"kind": "free_delivery"},
        "codes": {"pattern": "SHIP-{4}-{4}", "valid_for_days": 60},
    },
    **{
        f"discount_{percent}": {
            **PROMO,
            "promo_id": f"demo-reward-{percent}",
            "name": f"{percent} %, for a level",
            "title": {"en": f"{percent} % off", "ru": f"Скидка {percent} %"},
            "text": {"en": "You have earned it.", "ru": "Вы её заработали."},
            "discount": {"kind": "percent", "percent": percent},
            "codes": {"pattern": "LVL-{4}-{4}", "valid_for_days": 60},
        }
        for percent in (5, 10, 15)
    },
}
"""What levels give: each reward of offers is a promo."""


@dataclass(frozen=True)
class Store:
    partner_id: str
    url: str
    key: str
    secret: str
    admin: Admin
    http: httpx.Client = field(default_factory=http)
    known: dict[str, str] = field(default_factory=dict)
    """Email -> by which id the store may name the athlete: it learns no other of Stadion's."""

    @classmethod
    def open(cls, admin: Admin, url: str) -> "Store":
        """A partner with a key and a product, a promo that worn running shoes earn, and those that levels give; the
        promos stay."""
        partner_id = f"store-{uuid4().hex[:8]}"
        partner = {"partner_id": partner_id, "name": "The Store", "hosts": ["store.example"]}
        made = admin("POST", "/v1/admin/partners", partner)
        store = cls(partner_id, url, made["api_key"], made["signing_secret"], admin)
        product = {name: value for name, value in SHOES.items() if name != "sku"}
        store.call("PUT", f"/partner/v1/products/{SHOES['sku']}", product)
        known = {promo["promo_id"] for promo in admin("GET", "/v1/admin/promos?limit=200")["items"]}
        for promo in (PROMO, *REWARDS.values()):
            _launch(admin, promo, {"partners": [partner_id]}, is_there=promo["promo_id"] in known)
        admin("PUT", "/v1/admin/wear-offers/running_shoes", {"promo_id": PROMO_ID})
        for reward, promo in REWARDS.items():
            admin("PUT", f"/v1/admin/reward-offers/{reward}", {"promo_id": promo["promo_id"]})
        return store

    def call(self, method: str, path: str, body: Any, **headers: str) -> Any:
        content = json.dumps(body).encode()
        named = {"x-api-key": self.key, "content-type": "application/json", **headers}
        answer = self.http.request(method, self.url + path, content=content, headers=named)
        if answer.is_error:
            raise ApiError(answer)
        return answer.json()

    def get_to_know(self, athlete: Athlete) -> None:
        """The app hands over a token, the store trades it for an id; and what is bought may become gear."""
        token = athlete.post("/v1/me/partner-links", {"partner_id": self.partner_id})["token"]
        self.known[athlete.email] = self.call("POST", "/partner/v1/links", {"token": token})["athlete_id"]
        athlete.agree("purchases", partner_id=self.partner_id)

    def tell(self, kind: str, data: dict[str, Any]) -> Any:
        """A webhook, signed as Standard Webhooks want it."""
        now = datetime.now(UTC)
        body = {"type": kind, "timestamp": now.isoformat(), "data": data}
        webhook_id = f"msg_{uuid4().hex}"
        signature = Webhook(self.secret).sign(webhook_id, now, json.dumps(body))
        return self.call(
            "POST",
            "/partner/v1/webhooks",
            body,
            **{
                "webhook-id": webhook_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": signature,
            },
        )

    def wait_until_known(self, athlete: Athlete, *, within_s: float) -> None:
        """Offers go to those who agreed to them, and the promos service hears of that by an event."""
        path = f"/v1/admin/promos/{PROMO_ID}/explain/{athlete.user_id}"
        eventually(lambda: self.admin("GET", path)["is_eligible"], within_s=within_s)


def _launch(admin: Admin, promo: dict[str, Any], partners: dict[str, Any], *, is_there: bool) -> None:
    path = f"/v1/admin/promos/{promo['promo_id']}"
    if is_there:
        eventually(lambda: _told(admin, "PATCH", path, partners, if_match="*"), within_s=HEARD_WITHIN_S)
        return
    made_for = {**promo, **partners}
    eventually(lambda: _told(admin, "POST", "/v1/admin/promos", made_for), within_s=HEARD_WITHIN_S)
    admin("POST", f"{path}/status", {"action": "activate"}, if_match="*")


def _told(admin: Admin, *request: Any, **headers: str) -> Any:
    """None while promos has not heard of the partner, which it does by an event."""
    try:
        return admin(*request, **headers)
    except Exception as refused:
        if getattr(refused, "code", None) != "rule_is_invalid":
            raise
        return None


@dataclass(frozen=True)
class Sale:
    """What became of a worn pair."""

    offer: dict[str, Any]
    link: str
    held: dict[str, Any]
    forged: int
    """The status that a forged webhook got."""
    gear: list[str]
    funnel: dict[str, Any]


def sell(store: Store, athlete: Athlete, *, within_s: float) -> Sale:
    """The athlete takes the offer, the store holds the code, is paid and tells so: the new pair is among the gear."""
    (offer, *_) = eventually(lambda: _offers(athlete), within_s=within_s)
    known = {piece["gear_id"] for piece in athlete.get("/v1/gear")["items"]}
    athlete.post(f"/v1/promos/{offer['offer_id']}/view")
    link = athlete.post(f"/v1/promos/{offer['offer_id']}/click")["link"]
    order_id, named = f"o-{uuid4().hex[:8]}", store.known[athlete.email]
    cart = {"order_id": order_id, "athlete_id": named, "amount_minor": SHOES["price_minor"], "currency": "EUR"}
    held = store.call("POST", f"/partner/v1/codes/{offer['code']}/reserve", cart)
    order = {
        "order_id": order_id,
        "version": 1,
        "athlete_id": named,
        "code": offer["code"],
        "lines": [{"sku": SHOES["sku"], "quantity": 1, "price_minor": SHOES["price_minor"]}],
        "total_minor": held["payable_minor"],
        "discount_minor": held["discount_minor"],
        "currency": "EUR",
        "completed_at": (datetime.now(UTC) - timedelta(seconds=1)).isoformat(),
    }
    path = f"/v1/admin/promos/{PROMO_ID}/funnel"
    before = store.admin("GET", path)["total"]["redeemed"]
    forged = _forged(store, order)
    store.tell("order.completed", order)
    eventually(lambda: _offers(athlete) == [], within_s=within_s)
    funnel = eventually(lambda: _moved(store.admin("GET", path)["total"], before), within_s=within_s)
    new = eventually(
        lambda: [piece for piece in athlete.get("/v1/gear")["items"] if piece["gear_id"] not in known],
        within_s=within_s,
    )
    return Sale(offer, link, held, forged, [piece["name"] for piece in new], funnel)


def _offers(athlete: Athlete) -> list[dict[str, Any]]:
    """Of the worn pair: a level may have given others."""
    return [offer for offer in athlete.get("/v1/promos")["items"] if offer["promo_id"] == PROMO_ID]


def _moved(total: dict[str, Any], before: int) -> dict[str, Any] | None:
    return total if total["redeemed"] > before else None


def _forged(store: Store, order: dict[str, Any]) -> int:
    """Somebody who has the key and not the secret."""
    somebody = Store(store.partner_id, store.url, store.key, "whsec_" + "QUFB" * 8, store.admin, store.http)
    try:
        somebody.tell("order.completed", {**order, "total_minor": 1})
    except ApiError as refused:
        return refused.answer.status_code
    return int(HTTPStatus.OK)
