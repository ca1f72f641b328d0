"""Rewards that are offers, through the Lambda handlers: one for each reason, for life."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from promos.offers import service as offer_service
from promos.offers import store as offer_store
from promos.rewards import service
from stadion.retry import WriteConflictError
from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.services import ATHLETE, OTHER, Answer, Service, sqs_event
from tests.promos.world import NOW, admin, deliver, launch, order, sold, store, welcome

pytestmark = pytest.mark.usefixtures("moment")
REWARDS = "rewards/on_rewards"


def news(revision: int = 1, *, user: str = ATHLETE, by: str = "level:5", **fields: Any) -> dict[str, Any]:
    """Odd revisions grant, even ones take back."""
    data = {"reward": "free_delivery", "kind": "offer", "reason": "level", "earned_by": by, "revision": revision}
    kind = "RewardGranted" if revision % 2 else "RewardRevoked"
    return entry(kind, {**data, **fields}, user=user, source="gamification")


def rule(promos: Service, method: str = "PUT", reward: str = "free_delivery", promo: str = "winter-shoes") -> Answer:
    return promos.sign(method, f"/v1/admin/reward-offers/{reward}", {"promo_id": promo} if method == "PUT" else None)


def waiting(promos: Service, **query: str) -> list[dict[str, Any]]:
    return list(promos.sign("GET", "/v1/admin/reward-offers/free_delivery/waiting", query=query).body["items"])


def issue(promos: Service, **query: str) -> dict[str, Any]:
    answer = promos.sign("POST", "/v1/admin/reward-offers/free_delivery/issue", query=query)
    assert answer.status == 200, answer.body
    return dict(answer.body)


def offers(promos: Service, *, active: bool = True, user: str = ATHLETE) -> list[dict[str, Any]]:
    query = {"active": str(active).lower()}
    return list(promos.call("GET", "/v1/promos", query=query, user=user).body["items"])


@pytest.fixture
def shop(promos: Service) -> Service:
    """A promo that is free delivery; nobody has agreed to any marketing."""
    launch(promos, discount={"kind": "free_delivery"})
    assert rule(promos).body["promos"] == {"free_delivery": "winter-shoes"}
    return promos


def test_a_reward_is_one_offer_that_says_for_what_however_often_it_is_told(shop: Service) -> None:
    deliver(shop, REWARDS, news(), news(), news(by="level:15"))
    by_level = {one["earned_by"]: one for one in offers(shop)}
    assert by_level.keys() == {"level:5", "level:15"}
    assert {one["reward"] for one in by_level.values()} == {"free_delivery"}
    assert len({one["code"] for one in by_level.values()}) == 2
    assert len(shop.published("PromoIssued")) == 2
    assert shop.published("NotificationRequested") == [], "the level's message names it"
    assert offers(shop, user=OTHER) == []


def test_what_is_taken_back_is_gone_and_comes_again_as_the_same_offer(shop: Service) -> None:
    deliver(shop, REWARDS, news())
    [first] = offers(shop)
    deliver(shop, REWARDS, news(2), news(2), news(1))
    assert offers(shop) == []
    [gone] = offers(shop, active=False)
    assert (gone["status"], gone["offer_id"]) == ("taken_back", first["offer_id"])
    assert store(shop, first["code"]).body["state"] == "taken_back"
    refused = store(shop, first["code"], "reserve", **order())
    assert (refused.status, refused.body["code"]) == (409, "code_is_taken_back")
    assert shop.call("POST", f"/v1/promos/{first['offer_id']}/click").status == 409
    deliver(shop, REWARDS, news(3), news(2), news(3))
    assert [(one["offer_id"], one["code"], one["expires_at"]) for one in offers(shop)] == [
        (first["offer_id"], first["code"], first["expires_at"])
    ]
    assert store(shop, first["code"], "reserve", **order()).status == 200
    assert len(shop.published("PromoIssued")) == 1


@pytest.mark.parametrize("order_", list(permutations([1, 2, 3])), ids=str)
@pytest.mark.parametrize("last", [3, 4])
def test_in_whatever_order_the_news_come_the_newest_holds(shop: Service, order_: tuple[int, ...], last: int) -> None:
    revisions = [one + last - 3 for one in order_]
    for revision in (*revisions, *revisions):
        deliver(shop, REWARDS, news(revision))
    assert len(offers(shop)) == last % 2
    assert len(shop.published("PromoIssued")) <= 1


def test_what_was_redeemed_stays_so_and_is_given_no_second_time(shop: Service) -> None:
    deliver(shop, REWARDS, news())
    [first] = offers(shop)
    assert store(shop, first["code"], "redeem", **order()).status == 200
    deliver(shop, REWARDS, news(2))
    assert [one["status"] for one in offers(shop, active=False)] == ["used"]
    assert store(shop, first["code"], "redeem", **order()).status == 200
    deliver(shop, REWARDS, news(3), news(1))
    assert [one["status"] for one in offers(shop, active=False)] == ["used"]
    deliver(shop, REWARDS, news(4))
    assert store(shop, first["code"], "reverse", order_id="o-1").status == 200
    assert [one["status"] for one in offers(shop, active=False)] == ["taken_back"]
    assert store(shop, first["code"], "redeem", **order("o-2")).body["code"] == "code_is_taken_back"


def test_a_cart_keeps_what_it_holds_and_another_gets_it_no_more(shop: Service) -> None:
    deliver(shop, REWARDS, news())
    [first] = offers(shop)
    assert store(shop, first["code"], "reserve", **order()).status == 200
    deliver(shop, REWARDS, news(2))
    assert store(shop, first["code"], "redeem", **order("o-2")).body["code"] == "code_is_taken_back"
    assert store(shop, first["code"], "redeem", **order()).status == 200


def test_an_order_that_was_sold_before_is_good_however_late_its_news(shop: Service, moment: Clock) -> None:
    deliver(shop, REWARDS, news())
    [first] = offers(shop)
    moment.advance(hours=2)
    deliver(shop, REWARDS, news(2))
    before, after = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
    moment.advance(hours=2)
    for order_id, at in (("o-late", after), ("o-1", before)):
        told = sold(order_id, codes=[first["code"]], completed_at=at.isoformat())
        deliver(shop, "checkout/on_order_events", told)
    assert [one["status"] for one in offers(shop, active=False)] == ["used"]


def test_without_a_rule_nothing_is_lost(promos: Service) -> None:
    launch(promos)
    deliver(promos, REWARDS, news(), news(user=OTHER), news(by="level:15"), news(2, by="level:15"))
    assert offers(promos) == []
    assert {(one["user_id"], one["earned_by"]) for one in waiting(promos)} == {
        (ATHLETE, "level:5"),
        (OTHER, "level:5"),
    }
    assert {tuple(one["why"]) for one in waiting(promos)} == {("no_promo_for_reward",)}
    assert rule(promos).status == 200
    assert issue(promos) == {"issued": 2, "waiting": 0, "next_cursor": None}
    assert issue(promos) == {"issued": 0, "waiting": 0, "next_cursor": None}
    assert (len(offers(promos)), len(offers(promos, user=OTHER)), waiting(promos)) == (1, 1, [])


def test_those_who_wait_are_issued_a_page_at_a_time(promos: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    users = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(5)]
    launch(promos)
    deliver(promos, REWARDS, *[news(user=user) for user in users])
    rule(promos)
    steps = [issue(promos)]
    while steps[-1]["next_cursor"]:
        steps.append(issue(promos, cursor=steps[-1]["next_cursor"]))
    assert sum(step["issued"] for step in steps) == 5
    assert all(len(offers(promos, user=user)) == 1 for user in users)


def test_what_the_promo_refuses_waits_and_says_why(promos: Service) -> None:
    launch(promos, places=[{"country": "RU"}])
    rule(promos)
    deliver(promos, REWARDS, news())
    assert [one["why"] for one in waiting(promos)] == [["place"]]
    assert admin(promos, "PATCH", "/winter-shoes", {"places": []}, if_match="*").status == 200
    assert issue(promos)["issued"] == 1
    assert len(offers(promos)) == 1


def test_a_badge_is_no_offer(shop: Service) -> None:
    deliver(shop, REWARDS, news(reward="badge_starter", kind="badge", by="level:3"))
    assert (offers(shop), waiting(shop)) == ([], [])


def test_a_crash_between_the_news_and_the_offer_is_mended_by_the_next_delivery(
    shop: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(offer_service, "issue", lambda *_, **__: (_ for _ in ()).throw(RuntimeError))
        assert len(shop.invoke(REWARDS, sqs_event(news()))["batchItemFailures"]) == 1
    deliver(shop, REWARDS, news())
    assert len(offers(shop)) == 1


def test_two_deliveries_at_once_make_one_offer(shop: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is through while this one is about to write; the rule names another promo by then."""
    launch(shop, promo_id="summer-shoes")
    real, came = offer_store.issue, []

    def overtaken(*args: Any, **how: Any) -> None:
        if not came:
            came.append(1)
            rule(shop, promo="summer-shoes")
            deliver(shop, REWARDS, news())
        real(*args, **how)

    monkeypatch.setattr(offer_store, "issue", overtaken)
    deliver(shop, REWARDS, news())
    assert [one["promo_id"] for one in offers(shop)] == ["summer-shoes"]


def test_taken_back_while_it_is_issued_it_is_not_kept(shop: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    real, came = offer_store.issue, []

    def overtaken(*args: Any, **how: Any) -> None:
        if not came:
            came.append(1)
            deliver(shop, REWARDS, news(2))
        real(*args, **how)

    monkeypatch.setattr(offer_store, "issue", overtaken)
    deliver(shop, REWARDS, news())
    assert offers(shop) == []


def test_redeemed_while_it_is_taken_back_it_stays_redeemed(shop: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(shop, REWARDS, news())
    [first] = offers(shop)
    real, came = offer_store.take_back, []

    def overtaken(*args: Any, **how: Any) -> None:
        if not came:
            came.append(1)
            assert store(shop, first["code"], "redeem", **order()).status == 200
            raise WriteConflictError
        real(*args, **how)

    monkeypatch.setattr(offer_store, "take_back", overtaken)
    deliver(shop, REWARDS, news(2))
    assert [one["status"] for one in offers(shop, active=False)] == ["used"]


def test_a_rule_names_a_promo_that_there_is_with_codes_of_each_ones_own(promos: Service) -> None:
    assert (rule(promos).status, rule(promos, reward="badge_starter").status) == (404, 422)
    launch(promos, codes={"shared": "WINTER-20"}, limits={"redemptions": 10})
    refused = rule(promos)
    assert (refused.status, refused.body["code"]) == (422, "reward_needs_personal_codes")
    assert rule(promos, "DELETE").status == rule(promos, "DELETE", "of_old").status == 204
    listed = promos.sign("GET", "/v1/admin/reward-offers").body
    assert (listed["promos"], "free_delivery" in listed["without"]) == ({}, True)


def test_a_draft_that_a_reward_is_stays(promos: Service) -> None:
    from tests.promos.world import PROMO

    assert admin(promos, "POST", "", PROMO).status == 201
    assert rule(promos).status == 200
    refused = admin(promos, "DELETE", "/winter-shoes", if_match="*")
    assert (refused.status, refused.body["code"]) == (409, "promo_in_use")
    assert "reward-offers/free_delivery" in refused.body["detail"]


@pytest.mark.parametrize("run_id", ["reward:level:5", "reward/level:5"])
def test_what_an_admin_issues_is_no_reward_whatever_its_run_is_called(shop: Service, run_id: str) -> None:
    welcome(shop)
    admin(shop, "POST", "/winter-shoes/offers", {"user_id": ATHLETE, "run_id": run_id})
    deliver(shop, REWARDS, news())
    assert "level:5" in {one["earned_by"] for one in offers(shop)}
    assert waiting(shop) == []
    deliver(shop, REWARDS, news(2))
    assert "level:5" not in {one["earned_by"] for one in offers(shop)}
