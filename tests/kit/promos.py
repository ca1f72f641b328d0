"""Promos as marketing writes them, with what a test does not care about filled in."""

from typing import Any

from stadion_cli.base import signed
from stadion_cli.base.target import Target
from tests.kit.stack import DeployedStack, settle

BASE = "/v1/admin/promos"


def a_promo(promo_id: str = "winter-shoes", *, percent: int = 20, **fields: Any) -> dict[str, Any]:
    """Per cent off, with a code for each offer; a field given as None is left out."""
    known: dict[str, Any] = {
        "promo_id": promo_id,
        "name": "Winter shoes",
        "title": {"en": f"{percent} % off", "ru": f"Скидка {percent} %"},
        "text": {"en": "For your next pair.", "ru": "На следующую пару."},
        "discount": {"kind": "percent", "percent": percent},
        "starts_at": "2026-01-01T00:00:00Z",
        "ends_at": "2099-01-01T00:00:00Z",
        "link": "https://store.example/shoes",
        "codes": {"pattern": "RUN-{4}-{4}"},
    }
    return {name: value for name, value in {**known, **fields}.items() if value is not None}


def launched(chosen: Target, promo: dict[str, Any]) -> None:
    """Made by an admin's signed request, and active."""
    signed.call(chosen, "POST", BASE, promo)
    signed.call(chosen, "POST", f"{BASE}/{promo['promo_id']}/status", {"action": "activate"}, if_match="*")


def offer_for(stack: DeployedStack, user_id: str) -> dict[str, Any]:
    """Of a promo of the athlete's own, who has consented to marketing."""
    chosen = Target(stack.aws, stack.outputs)
    promo = a_promo(f"for-{user_id}")
    launched(chosen, promo)
    settle(stack, user_id)
    offer: dict[str, Any] = signed.call(chosen, "POST", f"{BASE}/{promo['promo_id']}/offers", {"user_id": user_id})
    return offer
