"""The athlete's side of an offer."""

from datetime import timedelta

import pytest

from tests.kit.clock import Clock
from tests.kit.services import OTHER, Service
from tests.promos.world import NOW, admin, deliver, issue, launch, profile, welcome

pytestmark = pytest.mark.usefixtures("moment")


def test_offers_are_listed_in_the_athletes_language_with_tagged_links(promos: Service, moment: Clock) -> None:
    launch(promos)
    welcome(promos)
    deliver(promos, "on_account_events", profile())
    issued = issue(promos, campaign_id="winter-2026", variant="a")
    [offer] = promos.call("GET", "/v1/promos").body["items"]
    assert (offer["offer_id"], offer["code"], offer["title"]) == (issued["offer_id"], issued["code"], "Скидка 20 %")
    tags = "utm_source=stadion&utm_medium=app&utm_campaign=winter-2026&utm_content=a"
    assert offer["link"] == f"https://store.example/shoes?sort=new&{tags}"
    admin(promos, "POST", "/winter-shoes/status", {"action": "pause"}, if_match="*")
    assert promos.call("GET", "/v1/promos").body["items"] == []
    [paused] = promos.call("GET", "/v1/promos", query={"active": "false"}).body["items"]
    assert paused["status"] == "paused"
    assert promos.call("POST", f"/v1/promos/{offer['offer_id']}/click").body["code"] == "offer_is_over"
    admin(promos, "POST", "/winter-shoes/status", {"action": "activate"}, if_match="*")
    moment.set(NOW + timedelta(days=15))
    assert promos.call("GET", "/v1/promos").body["items"] == []
    assert promos.call("GET", f"/v1/promos/{offer['offer_id']}").body["status"] == "expired"


def test_view_click_and_dismiss_are_each_told_once(promos: Service) -> None:
    launch(promos)
    welcome(promos)
    path = f"/v1/promos/{issue(promos)['offer_id']}"
    for _ in range(2):
        assert promos.call("POST", f"{path}/click").body["link"].startswith("https://store.example/shoes")
        assert promos.call("POST", f"{path}/view").status == 204
        assert promos.call("POST", f"{path}/dismiss").status == 204 if _ else True
    told = [e["detail_type"] for e in promos.published() if e["detail_type"] != "PromoIssued"]
    assert sorted(told) == ["PromoClicked", "PromoDismissed", "PromoViewed"]
    assert promos.call("GET", "/v1/promos").body["items"] == []
    assert promos.call("GET", path).body["status"] == "dismissed"


def test_another_athletes_offer_is_not_found(promos: Service) -> None:
    launch(promos)
    welcome(promos)
    path = f"/v1/promos/{issue(promos)['offer_id']}"
    for method, tail in (("GET", ""), ("POST", "/view"), ("POST", "/click"), ("POST", "/dismiss")):
        answer = promos.call(method, path + tail, user=OTHER)
        assert (answer.status, answer.body["code"]) == (404, "offer_not_found")
