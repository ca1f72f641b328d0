"""Promos, offers and codes through the Lambda handlers."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from botocore.client import BaseClient

from tests.kit.clock import Clock
from tests.kit.events import deleted, entry, recorded
from tests.kit.promos import a_promo
from tests.kit.services import ATHLETE, OTHER, Answer, Context, Service, http_event, sqs_event

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ADMIN = {"iam": {"userArn": "arn:aws:iam::000000000000:user/marketing"}}
PROMO = a_promo(
    starts_at="2026-11-01T00:00:00Z",
    ends_at="2026-12-31T00:00:00Z",
    time_zone="Europe/Moscow",
    link="https://store.example/shoes?sort=new",
    codes={"pattern": "RUN-{4}-{4}", "valid_for_days": 14},
)


@pytest.fixture(autouse=True)
def moment(standing_clock: Clock) -> Clock:
    standing_clock.set(NOW)
    return standing_clock


def admin(promos: Service, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """Signed, as the command line does."""
    from promos import api

    promos.enter()
    path, _, query = path.partition("?")
    asked = dict(pair.split("=") for pair in query.split("&")) if query else None
    event = http_event(method, f"/v1/admin/promos{path}", body, user=None, query=asked, headers=headers)
    event["requestContext"]["authorizer"] = ADMIN
    raw = api.handler(event, Context())
    text = raw.get("body") or ""
    return Answer(raw["statusCode"], raw["headers"], json.loads(text) if text else text)


def store(promos: Service, code: str, action: str | None = None, *, partner: str = "store", **body: Any) -> Answer:
    """The store's request, as a REST API with keys passes it on."""
    from promos import on_partner_request

    promos.enter()
    event = {
        "resource": "/partner/v1/codes/{proxy+}",
        "path": f"/partner/v1/codes/{code}" + (f"/{action}" if action else ""),
        "httpMethod": "POST" if action else "GET",
        "multiValueHeaders": {"Content-Type": ["application/json"], "x-api-key": [f"{partner}-secret"]},
        "requestContext": {"requestId": str(uuid4())},
        "body": json.dumps(body) if action else None,
        "isBase64Encoded": False,
    }
    raw = on_partner_request.handler(event, Context())
    return Answer(raw["statusCode"], raw["headers"], json.loads(raw["body"]))


def order(order_id: str = "o-1", amount_minor: int = 10_000, **more: Any) -> dict[str, Any]:
    return {"order_id": order_id, "amount_minor": amount_minor, "currency": "RUB", **more}


def deliver(promos: Service, consumer: str, *entries: dict[str, Any]) -> None:
    assert promos.invoke(consumer, sqs_event(*entries)) == {"batchItemFailures": []}


def consent(
    granted: bool = True, revision: int = 1, user: str = ATHLETE, kind: str = "marketing_push"
) -> dict[str, Any]:
    data = {"kind": kind, "granted": granted, "revision": revision, "text_version": "1"}
    return entry("ConsentChanged", data | {"changed_at": "2026-11-01T00:00:00Z"}, user=user, source="accounts")


def profile(revision: int = 2, user: str = ATHLETE, **fields: Any) -> dict[str, Any]:
    data = {"revision": revision, "language": "ru", "time_zone": "Europe/Moscow", **fields}
    return entry("ProfileUpdated", data, user=user, source="accounts")


def welcome(promos: Service, *users: str) -> None:
    for user in users or (ATHLETE,):
        deliver(promos, "on_account_events", consent(user=user))


def launch(promos: Service, **fields: Any) -> dict[str, Any]:
    created = admin(promos, "POST", "", {**PROMO, **fields})
    assert created.status == 201, created.body
    path = f"/{created.body['promo_id']}/status"
    live = admin(promos, "POST", path, {"action": "activate"}, if_match=created.etag)
    assert (live.status, live.body["status"]) == (200, "active"), live.body
    return dict(live.body)


def issue(promos: Service, user: str = ATHLETE, promo: str = "winter-shoes", **fields: Any) -> dict[str, Any]:
    issued = admin(promos, "POST", f"/{promo}/offers", {"user_id": user, **fields})
    assert issued.status in {200, 201}, issued.body
    return dict(issued.body)


def budget(promos: Service, promo: str = "winter-shoes") -> dict[str, Any]:
    return dict(admin(promos, "GET", f"/{promo}").body["budget"])


def count_funnel(promos: Service, *, twice: bool = True) -> dict[str, Any]:
    news = [e for e in promos.published() if e["detail_type"].startswith("Promo")]
    deliver(promos, "on_offer_events", *reversed(news), *(news if twice else []))
    return dict(admin(promos, "GET", "/winter-shoes/funnel").body)


# --- promos ---------------------------------------------------------------------------------------------------------


def test_a_promo_begins_as_a_draft_and_moves_by_its_state_machine(promos: Service, moment: Clock) -> None:
    created = admin(promos, "POST", "", PROMO)
    assert (created.status, created.body["status"]) == (201, "draft")

    def act(action: str) -> Answer:
        return admin(promos, "POST", "/winter-shoes/status", {"action": action}, if_match="*")

    assert act("pause").body["code"] == "promo_status_forbids"
    moment.set(datetime(2026, 10, 1, tzinfo=UTC))
    assert act("activate").body["status"] == "scheduled"
    moment.set(NOW)
    assert admin(promos, "GET", "/winter-shoes").body["status"] == "active"
    assert act("pause").body["status"] == "paused"
    assert act("pause").body["status"] == "paused"
    assert act("activate").body["status"] == "active"
    moment.set(datetime(2027, 1, 1, tzinfo=UTC))
    assert admin(promos, "GET", "/winter-shoes").body["status"] == "ended"
    assert act("activate").status == 409
    moment.set(NOW)
    assert act("end").body["status"] == "ended"
    assert act("activate").body["code"] == "promo_status_forbids"


def test_what_was_promised_is_fixed_once_the_promo_is_live(promos: Service) -> None:
    live = launch(promos)
    etag = f'"{live["revision"]}"'
    refused = admin(promos, "PATCH", "/winter-shoes", {"discount": {"kind": "percent", "percent": 5}}, if_match=etag)
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (409, "#/discount")
    changed = admin(promos, "PATCH", "/winter-shoes", {"ends_at": "2027-01-15T00:00:00Z"}, if_match=etag)
    assert (changed.status, changed.body["ends_at"]) == (200, "2027-01-15T00:00:00Z")
    assert admin(promos, "PATCH", "/winter-shoes", {"name": "x"}, if_match=etag).status == 412
    assert admin(promos, "PATCH", "/winter-shoes", {"name": "x"}).status == 428


def test_a_promo_is_made_once_with_one_key(promos: Service) -> None:
    first = admin(promos, "POST", "", PROMO, idempotency_key="k")
    again = admin(promos, "POST", "", PROMO, idempotency_key="k")
    assert (first.status, again.status, first.body) == (201, 201, again.body)
    assert admin(promos, "POST", "", PROMO).body["code"] == "promo_id_taken"
    assert [one["promo_id"] for one in admin(promos, "GET", "").body["items"]] == ["winter-shoes"]


def test_a_draft_can_be_deleted_with_everything_it_held(promos: Service) -> None:
    admin(promos, "POST", "", {**PROMO, "codes": {"shared": "winter20", "most_uses": 100}})
    assert admin(promos, "DELETE", "/winter-shoes", if_match='"1"').status == 204
    assert [item for item in promos.items() if item["kind"]["S"] != "idempotency"] == []


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"ends_at": "2026-10-01T00:00:00Z"}, "#/ends_at"),
        ({"codes": {"pattern": "RUN-{4}"}}, "#/codes/pattern"),
        ({"limits": {"discount_minor": 100}}, "#/currency"),
        ({"targeting": {"segment": "nobodys"}}, "#/targeting/segment"),
        ({"targeting": {"all": [{"gear": {}}, {"nothing": 1}]}}, "#/targeting/all/1/nothing"),
        ({"targeting": {"any": [{"activity": {"at_least": 5, "at_most": 4}}]}}, "#/targeting/any/0/activity"),
        ({"targeting": {"not": {"profile": {"countries": ["Russia"]}}}}, "#/targeting/not/profile/countries/0"),
        ({"discount": {"kind": "percent", "amount_minor": 5}}, "#/discount"),
        ({"link": "javascript:alert(1)"}, "#/link"),
    ],
)
def test_what_is_wrong_with_a_promo_is_pointed_at(promos: Service, fields: dict[str, Any], pointer: str) -> None:
    refused = admin(promos, "POST", "", {**PROMO, **fields})
    assert refused.status == 422, refused.body
    assert pointer in [error["pointer"] for error in refused.body["errors"]], refused.body
    checked = admin(promos, "POST", "/validate", {**PROMO, **fields}, accept_language="ru")
    found = checked.body["problems"] if checked.status == 200 else checked.body["errors"]
    assert pointer in [error["pointer"] for error in found]


def test_admin_routes_want_a_signed_request(promos: Service) -> None:
    for method, path in (
        ("GET", ""),
        ("POST", "/winter-shoes/offers"),
        ("GET", "/segments"),
        ("PATCH", "/winter-shoes"),
    ):
        body = {"user_id": ATHLETE} if method == "POST" else ({} if method == "PATCH" else None)
        assert promos.call(method, f"/v1/admin/promos{path}", body).status == 403, path


# --- issuing --------------------------------------------------------------------------------------------------------


def test_an_offer_takes_a_consent_at_the_moment_of_issuing(promos: Service) -> None:
    launch(promos)
    refused = admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE})
    assert (refused.status, refused.body["code"]) == (422, "not_eligible")
    assert [check["check"] for check in refused.body["checks"]] == ["consent"]
    welcome(promos)
    assert issue(promos)["code"].startswith("RUN-")
    deliver(promos, "on_account_events", consent(granted=False, revision=2))
    assert admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE, "run_id": "r-2"}).status == 422


def test_a_consent_withdrawn_between_look_and_write_counts(promos: Service) -> None:
    from promos import store as promo_store

    launch(promos)
    welcome(promos)
    straight = promo_store.issue

    def withdrawn_first(*args: Any, **options: Any) -> None:
        promos.monkeypatch.setattr(promo_store, "issue", straight)
        deliver(promos, "on_account_events", consent(granted=False, revision=2))
        straight(*args, **options)

    promos.monkeypatch.setattr(promo_store, "issue", withdrawn_first)
    assert admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE}).body["code"] == "not_eligible"
    assert promos.published("PromoIssued") == []


def test_the_consent_of_the_channel_is_asked_where_one_is_named(promos: Service) -> None:
    launch(promos)
    welcome(promos)
    by_mail = {"user_id": ATHLETE, "channel": "marketing_email"}
    assert admin(promos, "POST", "/winter-shoes/offers", by_mail).status == 422
    assert issue(promos, channel="marketing_push")["offer_id"]


def test_a_run_gives_an_athlete_one_offer(promos: Service) -> None:
    launch(promos)
    welcome(promos)
    first = admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE, "run_id": "r-1"})
    again = admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE, "run_id": "r-1"})
    assert (first.status, again.status, first.body) == (201, 200, again.body)
    assert issue(promos, run_id="r-2")["offer_id"] != first.body["offer_id"]
    assert len(promos.published("PromoIssued")) == 2


def test_a_code_that_somebody_has_is_made_anew(promos: Service) -> None:
    from promos import offer_service

    launch(promos)
    welcome(promos, ATHLETE, OTHER)
    codes = iter(["RUN-SAME", "RUN-SAME", "RUN-OTHER"])
    promos.monkeypatch.setattr(offer_service, "code_of", lambda _: next(codes))
    assert (issue(promos)["code"], issue(promos, OTHER)["code"]) == ("RUN-SAME", "RUN-OTHER")


def test_an_offer_expires_with_its_days_and_never_after_the_promo(promos: Service, moment: Clock) -> None:
    launch(promos)
    welcome(promos)
    assert issue(promos)["expires_at"] == "2026-12-05T09:00:00Z"
    moment.set(datetime(2026, 12, 30, tzinfo=UTC))
    assert issue(promos, run_id="late")["expires_at"] == "2026-12-31T00:00:00Z"


# --- targeting ------------------------------------------------------------------------------------------------------


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
    assert explained(promos)["targeting"]["decided_by"] == "#/targeting/all/0/profile"
    deliver(promos, "on_account_events", profile(country="RU", city="Secretville"))
    assert explained(promos)["targeting"]["decided_by"] == "#/targeting/all/1"
    deliver(promos, "on_gear_events", worn("g-1", 80))
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


def in_segment(promos: Service, rule: dict[str, Any]) -> bool:
    assert admin(promos, "PUT", "/segments/tried", {"rule": rule}, if_match="*").status == 200
    return bool(admin(promos, "GET", f"/segments/tried/explain/{ATHLETE}").body["is_in"])


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


def bought(order_id: str, **fields: Any) -> dict[str, Any]:
    line = {"sku": "1", "name": "KD900", "quantity": 2, "price_minor": 5_000, "wear_category": "running_shoes"}
    data = {"order_id": order_id, "partner_id": "store", "lines": [line], "total_minor": 10_000, "currency": "RUB"}
    return entry("OrderCompleted", data | {"completed_at": "2026-11-20T09:30:00Z"} | fields, source="partners")


def returned(order_id: str, *, whole: bool = True, quantity: int = 1, **fields: Any) -> dict[str, Any]:
    line = {"sku": "1", "name": "KD900", "quantity": quantity, "price_minor": 5_000, "wear_category": "running_shoes"}
    data = {"order_id": order_id, "partner_id": "store", "lines": [line], "is_whole": whole}
    return entry("OrderReturned", data | {"returned_at": "2026-11-21T08:00:00Z"} | fields, source="partners")


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


# --- segments -------------------------------------------------------------------------------------------------------


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


# --- the athlete's side ---------------------------------------------------------------------------------------------


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


# --- codes ----------------------------------------------------------------------------------------------------------


def test_a_code_is_reserved_redeemed_and_reversed_and_everything_comes_back(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"redemptions": 10, "discount_minor": 50_000, "per_user": 1})
    welcome(promos)
    issued = issue(promos)
    code = issued["code"]
    assert store(promos, code.lower()).body["state"] == "free"
    for _ in range(2):
        held = store(promos, code, "reserve", **order())
        assert (held.status, held.body["discount_minor"], held.body["payable_minor"]) == (200, 2_000, 8_000)
    assert budget(promos)["redemptions_left"] == 9
    assert store(promos, code, "reserve", **order("o-2")).body["code"] == "code_is_reserved"
    for _ in range(2):
        assert store(promos, code, "redeem", **order()).body["state"] == "redeemed"
    assert store(promos, code, "redeem", **order(amount_minor=1)).body["code"] == "order_differs"
    assert store(promos, code, "redeem", **order("o-2")).body["code"] == "code_already_used"
    assert budget(promos)["discount_used_minor"] == 2_000
    assert promos.call("GET", f"/v1/promos/{issued['offer_id']}").body["status"] == "used"
    for _ in range(2):
        assert store(promos, code, "reverse", order_id="o-1").body["state"] == "reversed"
    assert (budget(promos)["redemptions_used"], budget(promos)["discount_used_minor"]) == (0, 0)
    assert store(promos, code, "redeem", **order()).body["code"] == "order_was_reversed"
    assert store(promos, code, "redeem", **order("o-2")).body["state"] == "redeemed"
    assert len(promos.published("PromoRedeemed")) == 2
    assert len(promos.published("PromoReversed")) == 1


def test_a_changed_cart_changes_what_is_held(promos: Service) -> None:
    launch(promos, currency="RUB", limits={"discount_minor": 50_000, "per_user": 1})
    welcome(promos)
    code = issue(promos)["code"]
    store(promos, code, "reserve", **order(amount_minor=10_000))
    assert store(promos, code, "reserve", **order(amount_minor=20_000)).body["discount_minor"] == 4_000
    assert budget(promos)["discount_used_minor"] == 4_000
    assert store(promos, code, "redeem", **order(amount_minor=30_000)).body["discount_minor"] == 6_000
    assert (budget(promos)["discount_used_minor"], budget(promos)["redemptions_used"]) == (6_000, 1)


def test_a_reservation_that_ended_gives_back_by_the_sweep_or_when_it_is_in_the_way(
    promos: Service, moment: Clock
) -> None:
    launch(promos, limits={"redemptions": 1, "per_user": None})
    welcome(promos, ATHLETE, OTHER)
    code, others = issue(promos)["code"], issue(promos, OTHER)["code"]
    assert store(promos, code, "reserve", **order()).status == 200
    assert store(promos, others, "reserve", **order("o-2")).body["code"] == "limit_reached"
    assert promos.invoke("task_give_back_reservations", {}) == {"given_back": 0}
    moment.set(NOW + timedelta(minutes=31))
    assert store(promos, others, "reserve", **order("o-2")).status == 200
    assert store(promos, code, "redeem", **order()).body["code"] == "limit_reached"
    moment.set(NOW + timedelta(minutes=62))
    assert promos.invoke("task_give_back_reservations", {}) == {"given_back": 1}
    assert promos.invoke("task_give_back_reservations", {}) == {"given_back": 0}
    assert budget(promos)["redemptions_used"] == 0
    assert store(promos, code, "reserve", **order("o-3")).status == 200
    moment.set(NOW + timedelta(minutes=93))
    assert store(promos, code, "reserve", **order("o-4")).body["state"] == "reserved"
    assert budget(promos)["redemptions_used"] == 1


def test_a_paid_order_keeps_what_it_reserved_even_when_the_promo_is_paused_or_late(
    promos: Service, moment: Clock
) -> None:
    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    store(promos, code, "reserve", **order())
    admin(promos, "POST", "/winter-shoes/status", {"action": "pause"}, if_match="*")
    moment.set(NOW + timedelta(minutes=45))
    assert store(promos, code, "redeem", **order()).body["state"] == "redeemed"
    assert store(promos, issue_while_paused(promos), "reserve", **order("o-2")).body["code"] == "promo_is_not_active"


def test_nothing_is_reserved_once_a_promo_is_paused_not_even_by_who_looked_before(promos: Service) -> None:
    from promos import checkout

    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    straight = checkout.hold

    def paused_first(*args: Any) -> None:
        promos.monkeypatch.setattr(checkout, "hold", straight)
        admin(promos, "POST", "/winter-shoes/status", {"action": "pause"}, if_match="*")
        straight(*args)

    promos.monkeypatch.setattr(checkout, "hold", paused_first)
    assert store(promos, code, "reserve", **order()).body["code"] == "promo_is_not_active"
    assert budget(promos)["redemptions_used"] == 0


def issue_while_paused(promos: Service) -> str:
    """An offer from before the pause."""
    welcome(promos, OTHER)
    admin(promos, "POST", "/winter-shoes/status", {"action": "activate"}, if_match="*")
    code = str(issue(promos, OTHER)["code"])
    admin(promos, "POST", "/winter-shoes/status", {"action": "pause"}, if_match="*")
    return code


@pytest.mark.parametrize(
    ("fields", "body", "code"),
    [
        ({}, {"user_id": OTHER}, "code_of_another_athlete"),
        ({"currency": "EUR"}, {}, "currency_differs"),
        (
            {"currency": "RUB", "discount": {"kind": "percent", "percent": 20, "least_order_minor": 10_001}},
            {},
            "order_is_too_small",
        ),
        ({"windows": [{"opens": "18:00", "closes": "06:00"}]}, {}, "outside_of_hours"),
        ({"currency": "RUB", "limits": {"discount_minor": 1_999}}, {}, "limit_reached"),
    ],
)
def test_what_an_order_breaks_is_said(promos: Service, fields: dict[str, Any], body: Any, code: str) -> None:
    launch(promos, **fields)
    welcome(promos)
    issued = issue(promos)
    refused = store(promos, issued["code"], "reserve", **order(), **body)
    assert (refused.body["code"], refused.status in {409, 422}) == (code, True)
    assert store(promos, issued["code"]).body["state"] == "free"
    assert budget(promos)["redemptions_used"] == 0


def test_a_request_without_a_key_or_of_an_unknown_code_is_refused(promos: Service) -> None:
    assert store(promos, "RUN-1", partner="").body["code"] == "api_key_required"
    assert store(promos, "RUN-1").status == 404
    assert store(promos, "RUN-1", "reverse", order_id="o-1").body["code"] == "redemption_not_found"
    wrong = store(promos, "RUN-1", "reserve", order_id="o 1", amount_minor=-1, currency="rub")
    pointers = {error["pointer"] for error in wrong.body["errors"]}
    assert (wrong.status, pointers) == (422, {"#/order_id", "#/amount_minor", "#/currency"})


def test_a_shared_code_has_limits_of_its_own_per_athlete_and_per_period(promos: Service, moment: Clock) -> None:
    limits = {"per_user": 3, "period": "day", "per_period": 4, "per_user_per_period": 2}
    launch(promos, codes={"shared": "winter20", "most_uses": 6}, limits=limits)

    def use(order_id: str, user: str) -> Any:
        body = store(promos, "WINTER20", "redeem", **order(order_id, user_id=user)).body
        return body.get("state") or body["limit"] if "limit" in body or "state" in body else body["code"]

    assert store(promos, "WINTER20", "redeem", **order()).body["code"] == "user_is_required"
    assert [use(f"a-{n}", ATHLETE) for n in range(3)] == ["redeemed", "redeemed", "per_user_per_period"]
    assert [use(f"b-{n}", OTHER) for n in range(2)] == ["redeemed", "redeemed"]
    assert use("c-1", "third") == "per_period"
    moment.set(NOW + timedelta(days=1))
    assert [use(f"a-1{n}", ATHLETE) for n in range(2)] == ["redeemed", "per_user"]
    assert [use("c-2", "third"), use("c-3", "third")] == ["redeemed", "code"]
    store(promos, "WINTER20", "reverse", order_id="c-2")
    assert use("d-1", "fourth") == "redeemed"


def test_codes_stack_only_when_both_promos_agree(promos: Service) -> None:
    welcome(promos)

    def launched(name: str, **stacking: Any) -> str:
        launch(promos, promo_id=name, stacking=stacking)
        return str(issue(promos, promo=name)["code"])

    alone = launched("alone", mode="exclusive")
    any_ = launched("any", mode="any")
    shoes = launched("shoes", mode="group", groups=["shoes", "winter"])
    winter = launched("winter", mode="group", groups=["winter"])
    summer = launched("summer", mode="group", groups=["summer"])
    assert store(promos, shoes, "reserve", **order()).status == 200
    assert store(promos, winter, "reserve", **order()).status == 200
    assert store(promos, any_, "reserve", **order()).status == 200
    assert store(promos, summer, "reserve", **order()).body["code"] == "codes_do_not_stack"
    assert store(promos, alone, "reserve", **order()).body["code"] == "codes_do_not_stack"
    assert store(promos, alone, "reserve", **order("o-2")).status == 200
    assert store(promos, summer, "reserve", **order("o-2")).body["code"] == "codes_do_not_stack"


def test_a_budget_grows_and_shrinks_down_to_what_is_used(promos: Service) -> None:
    launch(promos, currency="RUB", codes={"shared": "ALL"}, limits={"redemptions": 200, "per_user": None})
    for number in range(5):
        assert store(promos, "ALL", "redeem", **order(f"o-{number}")).status == 200

    def limit(**limits: Any) -> Answer:
        return admin(promos, "PATCH", "/winter-shoes", {"limits": limits}, if_match="*")

    assert limit(redemptions=4).body["code"] == "budget_is_used"
    assert limit(redemptions=5).body["budget"]["redemptions_left"] == 0
    assert store(promos, "ALL", "redeem", **order("o-6")).body["limit"] == "redemptions"
    assert limit(redemptions=None).body["budget"]["redemptions_left"] is None
    assert limit(redemptions=6, discount_minor=11_000).body["budget"] == {
        "redemptions_left": 1,
        "redemptions_used": 5,
        "discount_left_minor": 1_000,
        "discount_used_minor": 10_000,
    }
    assert store(promos, "ALL", "redeem", **order("o-7")).body["limit"] == "discount_minor"
    assert store(promos, "ALL", "redeem", **order("o-8", amount_minor=5_000)).status == 200


# --- orders that the store told of ----------------------------------------------------------------------------------


def test_an_order_told_by_the_store_redeems_its_code_once(promos: Service) -> None:
    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    told = bought("o-1", code=code, total_minor=8_000, discount_minor=2_000)
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
    deliver(promos, "on_order_events", returned("o-1", code=code), bought("o-1", code=code, discount_minor=2_000))
    assert (store(promos, code).body["state"], promos.published("PromoRedeemed")) == ("free", [])


# --- the funnel -----------------------------------------------------------------------------------------------------


def test_the_funnel_is_monotone_and_counts_once_in_any_order(promos: Service) -> None:
    launch(promos)
    users = [f"user-{number}" for number in range(4)]
    welcome(promos, *users)
    offers = [issue(promos, user, campaign_id="winter", variant="ab"[n % 2]) for n, user in enumerate(users)]
    promos.call("POST", f"/v1/promos/{offers[0]['offer_id']}/view", user=users[0])
    promos.call("POST", f"/v1/promos/{offers[1]['offer_id']}/click", user=users[1])
    store(promos, offers[2]["code"], "redeem", **order())
    total = count_funnel(promos)["total"]
    wanted = {"issued": 4, "viewed": 3, "clicked": 2, "redeemed": 1, "discount_minor": 2_000, "revenue_minor": 8_000}
    assert {name: total[name] for name in wanted} == wanted
    store(promos, offers[2]["code"], "reverse", order_id="o-1")
    found = count_funnel(promos)
    total = found["total"]
    assert (total["viewed"], total["clicked"], total["redeemed"], total["reversed"]) == (3, 2, 0, 1)
    assert (total["revenue_minor"], total["discount_minor"]) == (0, 0)
    assert [(row["variant"], row["issued"]) for row in found["by_variant"]] == [("a", 2), ("b", 2)]


def test_a_shared_code_without_an_offer_is_a_walk_in(promos: Service) -> None:
    launch(promos, codes={"shared": "ALL"}, limits={"per_user": None})
    store(promos, "ALL", "redeem", **order())
    assert count_funnel(promos)["total"]["walk_ins"] == 1
    store(promos, "ALL", "reverse", order_id="o-1")
    assert count_funnel(promos)["total"]["walk_ins"] == 0


# --- worn gear ------------------------------------------------------------------------------------------------------


def test_a_worn_pair_earns_an_offer_for_its_replacement(promos: Service) -> None:
    from promos import offer_service
    from promos.facts import Piece

    launch(promos)
    welcome(promos)
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


# --- races ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def one_at_a_time(promos: Service) -> None:
    """moto answers one request at a time; between requests the threads race."""
    lock, straight = threading.Lock(), BaseClient._make_api_call  # type: ignore[attr-defined]

    def called(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        with lock:
            return straight(client, operation, arguments)

    promos.monkeypatch.setattr(BaseClient, "_make_api_call", called)


RACERS = 50


def race(do: Callable[[int], Any]) -> list[Any]:
    """All at once; what each came to: its result, or the code of what refused it."""
    from stadion.errors import StadionError

    start = threading.Barrier(RACERS)

    def one(number: int) -> Any:
        start.wait()
        try:
            return do(number)
        except StadionError as error:
            return error.code

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(one, range(RACERS)))


@pytest.mark.usefixtures("one_at_a_time")
def test_fifty_orders_that_race_for_one_code_use_it_once(promos: Service) -> None:
    from promos import redemption_service
    from promos.schemas import Use

    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    promos.enter()
    found = race(lambda n: redemption_service.redeem("store", code, Use(**order(f"o-{n}")), NOW).state.value)
    assert sorted(found) == ["code_already_used"] * (RACERS - 1) + ["redeemed"]
    assert len(promos.published("PromoRedeemed")) == 1
    assert budget(promos)["redemptions_used"] == 1


@pytest.mark.usefixtures("one_at_a_time")
def test_fifty_orders_of_one_athlete_stay_within_their_limit(promos: Service) -> None:
    from promos import redemption_service
    from promos.schemas import Use

    launch(promos, codes={"shared": "ALL"}, limits={"per_user": 3})
    promos.enter()
    found = race(
        lambda n: redemption_service.reserve("store", "ALL", Use(**order(f"o-{n}", user_id=ATHLETE)), NOW).state.value
    )
    assert (found.count("reserved"), found.count("limit_reached")) == (3, RACERS - 3)


@pytest.mark.usefixtures("one_at_a_time")
def test_fifty_issues_of_one_run_make_one_offer(promos: Service) -> None:
    from promos import offer_service
    from promos.schemas import NewIssue
    from stadion.i18n import Language

    launch(promos)
    welcome(promos)
    promos.enter()
    new = NewIssue(user_id=ATHLETE, run_id="r-1")
    found = race(lambda _: offer_service.issue("winter-shoes", new, language=Language.EN, now=NOW)[0].offer_id)
    assert len(set(found)) == 1
    assert len(promos.bodies("code")) == 1
