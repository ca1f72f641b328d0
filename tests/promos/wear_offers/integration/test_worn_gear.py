"""A worn pair earns an offer."""

from typing import Any

import pytest

from tests.kit.events import entry
from tests.kit.services import ATHLETE, Service
from tests.promos.world import NOW, deliver, launch, seller, welcome

pytestmark = pytest.mark.usefixtures("moment")


def test_a_worn_pair_earns_an_offer_for_its_replacement(promos: Service) -> None:
    from promos.facts import Piece
    from promos.offers import service as offer_service

    launch(promos)
    welcome(promos)
    deliver(promos, "on_partner_changes", seller())
    for sku, revision, fields in (
        ("old", 1, {"is_sold": False}),
        ("new", 2, {"name": "Kiprun KD900.2"}),
        ("new", 1, {"is_sold": False}),
        ("other", 1, {"brand": "Else"}),
    ):
        deliver(promos, "on_product_changes", product(sku, revision, **fields))
    added = {"gear_id": "g-1", "category": "running_shoes", "brand": "Kiprun", "model": "KD900"}
    deliver(promos, "on_gear_events", entry("GearAdded", added, source="inventory"))
    promos.enter()
    piece = Piece(gear_id="g-1", category="running_shoes", worn_percent=100)
    given = [
        offer_service.offer_for_worn_gear("winter-shoes", ATHLETE, piece, run_id="wear:g-1:100:1", now=NOW)
        for _ in range(2)
    ]
    assert given[0] == given[1]
    assert given[0] is not None
    assert given[0][1].sku == "new"
    [offer] = promos.call("GET", "/v1/promos").body["items"]
    assert offer["link"].startswith("https://store.example/p/new?utm_source=stadion")


def product(sku: str, revision: int, **fields: Any) -> dict[str, Any]:
    data = {"sku": sku, "revision": revision, "name": f"Shoe {sku}", "brand": "Kiprun", "price_minor": 899_000}
    more = {"deeplink": f"https://store.example/p/{sku}", "wear_category": "running_shoes", "currency": "RUB"}
    return entry("ProductChanged", {**data, **more, "is_sold": True, **fields}, user="system", source="partners")
