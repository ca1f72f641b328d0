"""Rules, what athletes are known by, and segments."""

import json
from itertools import permutations
from typing import Any

import pytest

from stadion import pagination
from tests.kit.events import deleted, entry, recorded
from tests.kit.services import ATHLETE, Service
from tests.promos.world import admin, bought, consent, deliver, in_segment, launch, profile, returned, welcome

pytestmark = pytest.mark.usefixtures("moment")


def explained(promos: Service, promo: str = "winter-shoes", **headers: str) -> dict[str, Any]:
    answer = admin(promos, "GET", f"/{promo}/explain/{ATHLETE}", **headers)
    assert answer.status == 200, answer.body
    return {check["check"]: check for check in answer.body["checks"]} | {"": answer.body}


def test_the_rule_that_decided_is_named_in_both_languages_without_values(promos: Service) -> None:
    rule = {
        "all": [
            {"profile": {"countries": ["RU"]}},
            {"any": [{"gear": {"categories": ["running_shoes"], "worn_percent": 80}}, {"activity": {"at_least": 4}}]},
        ]
    }
    launch(promos, targeting=rule)
    welcome(promos)
    assert explained(promos)["targeting"]["decided_by"] == "#/targeting/all/1"
    deliver(promos, "on_gear_events", worn("g-1", 80))
    unknown = explained(promos)["targeting"]
    assert unknown["decided_by"] == "#/targeting/all/0/profile"
    assert unknown["detail"] == "Country is one of: RU. Not known of this athlete."
    deliver(promos, "on_account_events", profile(country="RU", city="Secretville"))
    found = explained(promos, accept_language="ru")
    assert (found[""]["is_eligible"], found["targeting"]["detail"]) == (True, "Все условия выполнены.")
    assert "Secretville" not in str(found)


def worn(gear_id: str, percent: int, **fields: Any) -> dict[str, Any]:
    data = {"gear_id": gear_id, "name": "KD900", "category": "running_shoes", "threshold_percent": percent}
    return entry(
        "GearWearReached", data | {"used": 1, "limit": 2, "unit": "km", "crossing": 1} | fields, source="inventory"
    )


def gear_is(promos: Service, rule: dict[str, Any]) -> bool:
    return in_segment(promos, {"gear": rule})


def test_gear_is_known_whatever_the_order_of_its_news(promos: Service) -> None:
    added = {"gear_id": "g", "category": "running_shoes", "brand": "Kiprun"}
    news = [
        entry("GearAdded", added, source="inventory"),
        worn("g", 50),
        worn("g", 100),
        worn("g", 100, component_id="c"),
    ]
    for number, order_ in enumerate(list(permutations(news))[::3]):
        user = f"user-{number}"
        for one in order_:
            one["detail"]["user_id"] = user
        deliver(promos, "on_gear_events", *order_, order_[0])
        items = [i for i in promos.items() if i["pk"]["S"] == f"USER#{user}"]
        assert [json.loads(i["body"]["S"])["worn_percent"] for i in items] == [100]
    for one in news:
        one["detail"]["user_id"] = ATHLETE
    deliver(promos, "on_gear_events", *news)
    assert gear_is(promos, {"brands": ["kiprun"], "worn_percent": 100})
    deliver(promos, "on_gear_events", entry("GearRetired", added, source="inventory"), news[0])
    assert not gear_is(promos, {"worn_percent": 100})


def test_activity_follows_corrections_and_deletions_in_any_order(promos: Service) -> None:
    rule = {"activity": {"within_days": 30, "sports": ["Run"], "measure": "distance_m", "at_least": 10_000}}
    deliver(promos, "on_workout_events", recorded("w-1", distance_m=9_000.0), recorded("w-1", distance_m=9_000.0))
    assert not in_segment(promos, rule)
    deliver(promos, "on_workout_events", recorded("w-1", revision=3, distance_m=11_000.0))
    deliver(promos, "on_workout_events", recorded("w-1", revision=2, distance_m=1.0))
    assert in_segment(promos, rule)
    deliver(promos, "on_workout_events", deleted("w-1", revision=4), recorded("w-1", revision=3, distance_m=11_000.0))
    assert not in_segment(promos, rule)


def test_purchases_are_known_whatever_the_order_of_their_news(promos: Service) -> None:
    two_shoes = {"purchases": {"measure": "items", "category": "running_shoes", "at_least": 2}}
    spent = {"purchases": {"measure": "spent_minor", "currency": "RUB", "at_least": 10_000}}
    deliver(promos, "on_order_events", bought("o-1"), bought("o-1"))
    assert in_segment(promos, {"all": [two_shoes, spent]})
    deliver(promos, "on_order_events", returned("o-2", whole=False), bought("o-2"), returned("o-2", whole=False))
    assert in_segment(promos, {"purchases": {"measure": "items", "at_least": 3, "at_most": 3}})
    deliver(promos, "on_order_events", returned("o-1"), returned("o-2", returned_at="2026-11-21T09:00:00Z"))
    assert in_segment(promos, {"purchases": {"at_most": 0}})


def test_a_profile_is_known_whatever_the_order_of_its_news(promos: Service) -> None:
    registered = entry("UserRegistered", {"language": "en", "time_zone": "UTC"}, source="accounts")
    news = [registered, profile(2, city="Perm"), profile(3, city="Moscow"), consent(), consent(False, 2)]
    for shuffled in (news, news[::-1], [*news[2:], *news[:2]]):
        deliver(promos, "on_account_events", *shuffled, *shuffled)
    assert in_segment(promos, {"all": [{"profile": {"cities": ["moscow"], "registered_for_days": 1}}]})
    assert not in_segment(promos, {"consent": "marketing_push"})


def test_a_segment_is_named_counted_and_guarded(promos: Service) -> None:
    runners = {"rule": {"activity": {"at_least": 1}}}
    made = admin(promos, "PUT", "/segments/runners", runners)
    assert (made.status, made.etag) == (200, '"1"')
    assert admin(promos, "PUT", "/segments/runners", runners).status == 428
    assert admin(promos, "PUT", "/segments/runners", runners, if_match='"1"').etag == '"2"'
    nested = {"rule": {"all": [{"segment": "runners"}, {"consent": "marketing_push"}]}}
    assert admin(promos, "PUT", "/segments/told-runners", nested).status == 200
    loop = admin(promos, "PUT", "/segments/runners", {"rule": {"segment": "told-runners"}}, if_match="*")
    assert (loop.status, loop.body["errors"][0]["pointer"]) == (422, "#/rule/segment")
    assert admin(promos, "DELETE", "/segments/runners", if_match="*").body["code"] == "segment_in_use"
    users = [f"user-{number}" for number in range(20)]
    welcome(promos, *users)
    deliver(promos, "on_workout_events", *(recorded(user=user) for user in users[::2]))
    matched = looked_at = 0
    cursor = ""
    while cursor is not None:
        page = admin(promos, "GET", f"/segments/told-runners/count?limit=3{cursor}").body
        matched, looked_at = matched + page["matched"], looked_at + page["looked_at"]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert (matched, looked_at) == (10, 20)
    assert admin(promos, "DELETE", "/segments/told-runners", if_match="*").status == 204
    assert [one["name"] for one in admin(promos, "GET", "/segments").body["items"]] == ["runners"]


@pytest.mark.parametrize(
    "position",
    [
        {},
        {"gsi1pk": {"S": "ATHLETES#99"}},
        {"gsi1pk": {"S": "USER#anna"}, "gsi1sk": {"S": "anna"}, "pk": {"S": "USER#anna"}, "sk": {"S": "ATHLETE"}},
        {"gsi1pk": {"S": "ATHLETES#0"}, "gsi1sk": {"S": "anna"}},
        {"pk": {"S": "USER#anna"}, "sk": {"S": "ATHLETE"}},
    ],
)
def test_a_crafted_cursor_of_the_athletes_leads_nowhere(promos: Service, position: dict[str, Any]) -> None:
    admin(promos, "PUT", "/segments/runners", {"rule": {"activity": {"at_least": 1}}})
    cursor = pagination.encode(position, pagination.fingerprint("athletes"))

    refused = admin(promos, "GET", f"/segments/runners/count?limit=3&cursor={cursor}")

    assert (refused.status, refused.body["code"]) == (400, "cursor_is_invalid")
