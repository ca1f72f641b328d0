"""Orders that the store told of, and the funnel."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.promos.world import admin, bought, deliver, in_segment, issue, launch, order, returned, sold, store, welcome

pytestmark = pytest.mark.usefixtures("moment")


def count_funnel(promos: Service, *, twice: bool = True) -> dict[str, Any]:
    news = [e for e in promos.published() if e["detail_type"].startswith("Promo")]
    deliver(promos, "on_offer_events", *reversed(news), *(news if twice else []))
    return dict(admin(promos, "GET", "/winter-shoes/funnel").body)


def test_an_order_told_by_the_store_redeems_its_code_once(promos: Service) -> None:
    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    told = sold("o-1", code=code, total_minor=8_000, discount_minor=2_000)
    deliver(promos, "on_order_events", told, told)
    assert store(promos, code).body["state"] == "redeemed"
    assert store(promos, code, "redeem", **order("o-1", user_id=ATHLETE)).body["state"] == "redeemed"
    assert len(promos.published("PromoRedeemed")) == 1
    deliver(promos, "on_order_events", returned("o-1", code=code), returned("o-1", code=code))
    assert (store(promos, code).body["state"], len(promos.published("PromoReversed"))) == ("free", 1)


def test_a_code_that_was_good_when_the_order_was_paid_is_redeemed_when_the_news_is_late(
    promos: Service, moment: Clock
) -> None:
    moment.set(datetime(2026, 11, 10, tzinfo=UTC))
    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    moment.set(datetime(2026, 12, 20, tzinfo=UTC))
    deliver(promos, "on_order_events", bought("o-1", code=code, discount_minor=2_000))
    assert len(promos.published("PromoRedeemed")) == 1


def test_a_crash_between_the_order_and_its_count_is_made_good_by_the_repetition(promos: Service) -> None:
    from stadion.ledger import Ledger

    straight = Ledger.post

    def crashed(*_: Any, **__: Any) -> Any:
        promos.monkeypatch.setattr(Ledger, "post", straight)
        raise RuntimeError

    promos.monkeypatch.setattr(Ledger, "post", crashed)
    first = promos.invoke("on_order_events", sqs_event(bought("o-1"), bought("o-2")))
    assert len(first["batchItemFailures"]) == 1
    deliver(promos, "on_order_events", bought("o-1"), bought("o-2"))
    assert in_segment(promos, {"purchases": {"at_least": 2, "at_most": 2}})


def test_a_return_that_overtakes_its_order_wins(promos: Service) -> None:
    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    deliver(promos, "on_order_events", returned("o-1", code=code), sold("o-1", code=code, discount_minor=2_000))
    assert (store(promos, code).body["state"], promos.published("PromoRedeemed")) == ("free", [])


def test_the_funnel_counts_what_was_told_once_in_any_order(promos: Service) -> None:
    launch(promos)
    users = [str(UUID(int=number)) for number in range(4)]
    welcome(promos, *users)
    offers = [issue(promos, user, campaign_id="winter", variant="ab"[n % 2]) for n, user in enumerate(users)]
    promos.call("POST", f"/v1/promos/{offers[0]['offer_id']}/view", user=users[0])
    promos.call("POST", f"/v1/promos/{offers[1]['offer_id']}/click", user=users[1])
    store(promos, offers[2]["code"], "redeem", **order())
    total = count_funnel(promos)["total"]
    wanted = {"issued": 4, "viewed": 1, "clicked": 1, "redeemed": 1, "discount_minor": 2_000, "revenue_minor": 8_000}
    assert {name: total[name] for name in wanted} == wanted
    store(promos, offers[2]["code"], "reverse", order_id="o-1")
    found = count_funnel(promos)
    total = found["total"]
    assert (total["viewed"], total["clicked"], total["redeemed"], total["reversed"]) == (1, 1, 0, 1)
    assert (total["revenue_minor"], total["discount_minor"]) == (0, 0)
    assert [(row["variant"], row["issued"]) for row in found["by_variant"]] == [("a", 2), ("b", 2)]


def test_a_shared_code_without_an_offer_is_a_walk_in(promos: Service) -> None:
    launch(promos, codes={"shared": "ALL"}, limits={"per_user": None})
    store(promos, "ALL", "redeem", **order())
    assert count_funnel(promos)["total"]["walk_ins"] == 1
    store(promos, "ALL", "reverse", order_id="o-1")
    assert count_funnel(promos)["total"]["walk_ins"] == 0
