"""A promo that is issued to an athlete of the deployed stack, as `stadion promo` does it."""

from typing import Any

from stadion_cli import signed
from stadion_cli.target import Target
from tests.kit.stack import DeployedStack, eventually

WORDS = {"en": "Shoes", "ru": "Кроссовки"}
PROMO: dict[str, Any] = {
    "promo_id": "shoes-for-one",
    "name": "Shoes",
    "title": WORDS,
    "text": WORDS,
    "discount": {"kind": "percent", "percent": 20},
    "starts_at": "2026-01-01T00:00:00Z",
    "ends_at": "2099-01-01T00:00:00Z",
    "link": "https://store.example/shoes",
    "codes": {"pattern": "RUN-{4}-{4}"},
}
BASE = "/v1/admin/promos"


def offer_for(stack: DeployedStack, user_id: str) -> dict[str, Any]:
    """The athlete has consented to marketing."""
    chosen = Target(stack.aws, stack.outputs)
    signed.call(chosen, "POST", BASE, PROMO, idempotency_key="shoes-for-one")
    signed.call(chosen, "POST", f"{BASE}/shoes-for-one/status", {"action": "activate"}, if_match="*")

    def issued() -> dict[str, Any] | None:
        try:
            return signed.call(chosen, "POST", f"{BASE}/shoes-for-one/offers", {"user_id": user_id})
        except signed.Refused:  # until the consent is known
            return None

    offer = eventually(issued)
    assert offer is not None
    return offer
