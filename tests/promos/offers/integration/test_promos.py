"""A promo: made, moved by its state machine, changed, deleted."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, Answer, Service
from tests.promos.world import NOW, PROMO, admin, launch

pytestmark = pytest.mark.usefixtures("moment")


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
