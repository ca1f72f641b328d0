"""A promo: made, moved by its state machine, changed, deleted."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.paths import ROOT
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


@pytest.mark.parametrize(
    ("fields", "pointer", "says"),
    [
        ({"windows": [{"opens": 9, "closes": "22:00"}]}, "#/windows/0/opens", "08:00"),
        ({"windows": [{"opens": "09:00Z", "closes": "22:00"}]}, "#/windows/0/opens", "08:00"),
        ({"windows": [{"opens": "09:00:30", "closes": "22:00"}]}, "#/windows/0/opens", "08:00"),
        ({"currency": "RUR"}, "#/currency", "ISO 4217"),
        ({"places": [{"country": "UK"}]}, "#/places/0/country", "ISO 3166-1"),
        ({"places": [{"region": "RU-XXX"}]}, "#/places/0/region", "ISO 3166-2"),
        ({"promo_id": "segments"}, "#/promo_id", "another name"),
        ({"promo_id": "validate"}, "#/promo_id", "another name"),
        ({"link": "https://store.example/a b"}, "#/link", "https"),
        ({"codes": {"shared": "---"}}, "#/codes/shared", "A-Z"),
        ({"codes": {"pattern": "RUN-{8}-"}}, "#/codes/pattern", "hyphens"),
    ],
)  # fmt: skip
def test_what_is_on_no_list_is_refused_in_words(
    promos: Service, fields: dict[str, Any], pointer: str, says: str
) -> None:
    refused = admin(promos, "POST", "", PROMO | fields)
    told = [(one["pointer"], one["detail"]) for one in refused.body.get("errors", [])]
    assert (refused.status, [where for where, _ in told]) == (422, [pointer])
    assert says in told[0][1]


def test_a_shared_code_is_the_same_with_its_hyphens_and_without(promos: Service) -> None:
    made = admin(promos, "POST", "", {**PROMO, "codes": {"shared": " win\u201320 "}})
    assert made.body["codes"]["shared"] == "WIN-20"
    again = admin(promos, "POST", "", {**PROMO, "promo_id": "other", "codes": {"shared": "WIN20"}})
    assert (again.status, again.body["code"]) == (409, "code_is_taken")


def test_a_draft_is_replaced_in_one_step_with_its_budget_and_its_codes(promos: Service) -> None:
    first = {**PROMO, "codes": {"shared": "WINTER20", "most_uses": 100_000}, "limits": {"redemptions": 100_000}}
    made = admin(promos, "POST", "", first).body
    second = {**PROMO, "name": "Second", "discount": {"kind": "percent", "percent": 25}, "codes": {"pattern": "B-{8}"}}
    replaced = admin(promos, "PUT", "/winter-shoes", second, if_match=f'"{made["revision"]}"')
    assert (replaced.status, replaced.body["discount"]["percent"], replaced.body["revision"]) == (200, 25, 2)
    shown = admin(promos, "GET", "/winter-shoes").body
    assert (shown["name"], shown["budget"]["redemptions_left"]) == ("Second", None)
    assert not [item for item in promos.items() if item["pk"]["S"].startswith("CODE#")]
    third = {**PROMO, "codes": {"shared": "WINTER-20", "most_uses": 5}}
    assert admin(promos, "PUT", "/winter-shoes", third, if_match="*").status == 200
    fourth = {**PROMO, "codes": {"shared": "WINTER20"}}
    assert admin(promos, "PUT", "/winter-shoes", fourth, if_match="*").status == 200
    codes = [item["sk"]["S"] for item in promos.items() if item["pk"]["S"].startswith("CODE#")]
    assert codes == ["CODE"]
    assert admin(promos, "DELETE", "/winter-shoes", if_match="*").status == 204
    assert [item for item in promos.items() if item["kind"]["S"] in {"promo", "budget", "code"}] == []


def test_only_a_draft_is_replaced_and_by_one_of_its_name(promos: Service) -> None:
    admin(promos, "POST", "", PROMO)
    stale = admin(promos, "PUT", "/winter-shoes", PROMO, if_match='"7"')
    other = admin(promos, "PUT", "/winter-shoes", {**PROMO, "promo_id": "other"}, if_match="*")
    assert (stale.status, other.status, other.body["code"]) == (412, 422, "promo_name_differs")
    admin(promos, "POST", "/winter-shoes/status", {"action": "activate"}, if_match="*")
    live = admin(promos, "PUT", "/winter-shoes", PROMO, if_match="*")
    assert (live.status, live.body["code"]) == (409, "promo_is_no_draft")
    assert "active" in live.body["detail"]
    assert admin(promos, "PUT", "/nosuch", {**PROMO, "promo_id": "nosuch"}, if_match="*").status == 404


def test_a_promo_says_how_many_parts_its_sms_has(promos: Service) -> None:
    long = {**PROMO, "text": {"en": "word " * 99, "ru": "слово " * 80}}
    assert admin(promos, "POST", "/validate", long).body["sms"] == {
        "en": {"parts": 4, "is_shortened": True}, "ru": {"parts": 4, "is_shortened": True},
    }  # fmt: skip
    assert admin(promos, "POST", "", PROMO).body["sms"] == {
        "en": {"parts": 2, "is_shortened": False}, "ru": {"parts": 4, "is_shortened": False},
    }  # fmt: skip


def test_the_words_that_are_counted_are_those_of_the_message() -> None:
    import tomllib

    from promos.offers.message_service import _CODE_LINE
    from stadion.i18n import Language

    for language in Language:
        words = tomllib.loads((ROOT / "functions/promos/messages" / f"{language.value}.toml").read_text())
        assert words["promo_offer"]["body"] == f"{{text}}\n{getattr(_CODE_LINE, language.value)}"


@pytest.mark.parametrize(
    ("ends_at", "time_zone", "day"),
    [
        ("2027-01-01T00:00:00+00:00", "UTC", "2026-12-31"),
        ("2027-01-01T00:00:00+03:00", "Europe/Moscow", "2026-12-31"),
        ("2027-01-01T00:00:00-08:00", "America/Los_Angeles", "2026-12-31"),
        ("2027-01-01T00:00:00+03:00", "Asia/Vladivostok", "2027-01-01"),
        ("2027-01-01T15:00:00+03:00", "Europe/Moscow", "2027-01-01"),
    ],
)
def test_a_message_names_the_last_good_day_on_the_athletes_clock(ends_at: str, time_zone: str, day: str) -> None:
    from promos.offers.message_service import last_good_day

    assert last_good_day(datetime.fromisoformat(ends_at), time_zone).isoformat() == day
