"""`analytics` guards what its name says: what an athlete looks at and taps is counted with that consent alone; what is
owed (codes, discounts) and what an athlete asks for (to hide an offer) is not asked for it."""

from typing import Any

import pytest

from promos.campaigns.experiment.measures import Sums
from tests.kit.services import ATHLETE, OTHER, Service
from tests.promos.world import admin, consent, deliver, issue, launch, order, profile, store, welcome

pytestmark = pytest.mark.usefixtures("standing_clock")


def funnel(promos: Service) -> dict[str, int]:
    for event in promos.published():
        if event["detail_type"].startswith("Promo"):
            deliver(promos, "on_offer_events", event)
    found = admin(promos, "GET", "/winter-shoes/funnel").body
    return {name: found["total"][name] for name in ("issued", "viewed", "clicked", "dismissed", "redeemed")}


def used(promos: Service, user: str) -> dict[str, Any]:
    """Seen, tapped and bought with."""
    offer = issue(promos, user)
    path = f"/v1/promos/{offer['offer_id']}"
    assert promos.call("POST", f"{path}/view", user=user).status == 204
    assert promos.call("POST", f"{path}/click", user=user).body["link"].startswith("https://store.example/shoes")
    for step in ("reserve", "redeem"):
        assert store(promos, offer["code"], step, **order()).status == 200
    return offer


def test_who_agrees_is_counted_at_every_step(promos: Service) -> None:
    welcome(promos)
    launch(promos)

    used(promos, ATHLETE)

    assert funnel(promos) == {"issued": 1, "viewed": 1, "clicked": 1, "dismissed": 0, "redeemed": 1}


def test_who_does_not_leaves_no_trace_but_of_money(promos: Service) -> None:
    deliver(promos, "on_account_events", consent())
    launch(promos)

    offer = used(promos, ATHLETE)

    assert [
        one["detail_type"] for one in promos.published() if one["detail_type"] in {"PromoViewed", "PromoClicked"}
    ] == []
    assert funnel(promos) == {"issued": 1, "viewed": 0, "clicked": 0, "dismissed": 0, "redeemed": 1}
    shown = promos.call("GET", f"/v1/promos/{offer['offer_id']}").body
    assert shown["redeemed_at"] is not None


def test_one_delivery_of_the_withdrawal_ends_the_counting(promos: Service) -> None:
    welcome(promos)
    launch(promos)
    offer = issue(promos)
    deliver(promos, "on_account_events", consent(granted=False, revision=2, kind="analytics"))

    for step in ("view", "click"):
        promos.call("POST", f"/v1/promos/{offer['offer_id']}/{step}")

    assert funnel(promos) == {"issued": 1, "viewed": 0, "clicked": 0, "dismissed": 0, "redeemed": 0}


def test_an_offer_may_be_hidden_by_anybody(promos: Service) -> None:
    deliver(promos, "on_account_events", consent())
    launch(promos)
    offer = issue(promos)

    assert promos.call("POST", f"/v1/promos/{offer['offer_id']}/dismiss").status == 204

    assert promos.call("GET", "/v1/promos").body["items"] == []
    assert funnel(promos)["dismissed"] == 0


def test_a_segment_counts_those_who_agree(promos: Service) -> None:
    for user, agrees in ((ATHLETE, True), (OTHER, False)):
        deliver(
            promos,
            "on_account_events",
            profile(user=user, city="Perm"),
            consent(user=user, kind="analytics", granted=agrees),
        )
    admin(promos, "PUT", "/segments/perm", {"rule": {"profile": {"cities": ["Perm"]}}}, if_match="*")

    found, cursor = [0, 0], ""
    while cursor is not None:
        query = f"?cursor={cursor}" if cursor else ""
        page = admin(promos, "GET", f"/segments/perm/count{query}").body
        found, cursor = [found[0] + page["matched"], found[1] + page["looked_at"]], page["next_cursor"]

    assert found == [1, 1]


def test_of_who_does_not_agree_a_report_has_only_what_is_money() -> None:
    whole = Sums(
        athletes=1,
        issued=1,
        viewed=1,
        clicked=1,
        redeemed=1,
        orderers=1,
        orders=1,
        revenue_minor=90,
        revenue_squares=8100,
        discount_minor=10,
        new_customers=1,
    )
    assert whole.of_money == Sums(issued=1, redeemed=1, discount_minor=10)
