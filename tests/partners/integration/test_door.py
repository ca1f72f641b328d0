"""Who gets in at the partner API: by the key that API Gateway checked, as the partner stands this very moment."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.contracts.services import PARTNERS, operations, services
from stadion import partner_standing
from stadion.change import Change
from stadion.events.partners import PartnerAbility
from stadion.partner_http import abilities_of
from stadion.partner_rights import PartnerDisabledError
from tests.kit.functions import handler_of
from tests.kit.services import Answer, Context, Service, answer_of, rest_event
from tests.kit.store import SHOES, completed
from tests.partners.integration.test_partners import ADMIN, Store, make

PRODUCT = "/partner/v1/products/8736421"


@pytest.fixture
def store(partners: Service) -> Store:
    return make(partners)


def ask(store: Store, *, identity: dict[str, Any], **headers: str) -> Answer:
    event = rest_event("PUT", PRODUCT, SHOES, headers)
    event["requestContext"]["identity"] = identity
    store.service.enter()
    return answer_of(handler_of("partners", "on_partner_request")(event, Context()))


def test_the_partner_is_whose_key_the_gateway_checked_and_not_what_a_header_says(store: Store) -> None:
    other = make(store.service, "other")
    checked = rest_event("PUT", PRODUCT, SHOES, {"x-api-key": other.key})["requestContext"]["identity"]

    assert ask(store, identity=checked, x_api_key=store.key).status == 200
    [told] = store.service.published("ProductChanged")
    assert told["detail"]["data"]["partner_id"] == "other"
    assert ask(store, identity={"sourceIp": "192.0.2.7"}, x_api_key=store.key).body["code"] == "api_key_required"


def test_a_key_that_is_none_of_the_partners_opens_nothing(store: Store) -> None:
    answer = ask(store, identity={"apiKey": store.key, "apiKeyId": "another"})
    assert (answer.status, answer.body["code"]) == (403, "api_key_is_invalid")


def test_a_key_ends_with_its_grace_though_the_gateway_still_knows_it(store: Store) -> None:
    fresh = store.service.sign("POST", f"{ADMIN}/store/keys", {"grace_hours": 0}).body["api_key"]
    assert store.put("a", SHOES).body["code"] == "api_key_is_invalid"
    assert Store(store.service, fresh, store.secret).put("a", SHOES).status == 200


def test_a_disabled_partner_is_refused_by_every_service_with_the_next_request(store: Store) -> None:
    store.service.sign("POST", f"{ADMIN}/store/disable")
    assert store.put("a", SHOES).body["code"] == "partner_is_disabled"
    stands = partner_standing.STANDINGS.get("store")
    with pytest.raises(PartnerDisabledError):
        stands.check(next(iter(stands.keys)), [PartnerAbility.CODES], datetime.now(UTC))
    store.service.sign("POST", f"{ADMIN}/store/enable")
    assert store.put("a", SHOES).status == 200


def test_who_may_not_is_refused_before_anything_that_was_sent_is_looked_at(store: Store) -> None:
    seller = make(store.service, "seller", may=["codes"])
    for body in (completed(), b"{", b""):
        assert seller.tell(body).body["code"] == "partner_may_not"
    assert seller.put("a", {"nonsense": 1}).body["code"] == "partner_may_not"


def test_every_operation_says_which_abilities_let_a_partner_in() -> None:
    silent = [
        one.path
        for service in services(PARTNERS)
        for one in operations(service, PARTNERS)
        if not abilities_of(one.function)
    ]
    assert silent == []


def test_what_a_partner_may_is_told_with_each_change(store: Store) -> None:
    store.service.sign("POST", f"{ADMIN}/store/disable")
    told = [one["detail"]["data"] for one in store.service.published("PartnerChanged")]
    assert [one["hosts"] for one in told] == [["store.example"]] * 3
    assert [(one["revision"], one["is_disabled"], one["may"]) for one in told] == [
        (1, False, ["orders", "catalogue", "codes"]),
        (2, False, ["orders", "catalogue", "codes"]),
        (3, True, ["orders", "catalogue", "codes"]),
    ]


def test_a_partner_has_what_its_plan_allows_one_key_for_all_its_keys(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STADION_PARTNER_RATES", '{"standard": 2}')
    fresh = store.service.sign("POST", f"{ADMIN}/store/keys", {"grace_hours": 1}).body["api_key"]

    answer = Store(store.service, fresh, store.secret).put("a", SHOES)

    assert (answer.headers["RateLimit-Policy"], answer.headers["RateLimit"].split(";")[1]) == (
        '"partner";q=120;w=60',
        "r=119",
    )
    assert store.put("a", SHOES).headers["RateLimit"].split(";")[1] == "r=118"


def test_one_partners_refusals_are_nobody_elses(store: Store) -> None:
    other = make(store.service, "other")
    with Change(None, datetime.now(UTC)) as change:
        partner_standing.brake("store", 1, change=change)

    answers = [one.put("a", SHOES) for one in (store, other, store, other)]

    assert [answer.status for answer in answers] == [200, 200, 429, 200]
    assert (answers[2].body["code"], int(answers[2].headers["Retry-After"]) > 0) == ("too_many_requests", True)


def test_a_brake_outlasts_a_change_of_the_partner(store: Store) -> None:
    braked = store.service.sign("PUT", f"{ADMIN}/store/limit", {"most_per_minute": 7})
    assert (braked.status, braked.body) == (200, {"most_per_minute": 7})
    store.service.sign("POST", f"{ADMIN}/store/disable")
    store.service.sign("POST", f"{ADMIN}/store/enable")

    assert store.put("a", SHOES).headers["RateLimit-Policy"] == '"partner";q=7;w=60'
    assert store.service.sign("DELETE", f"{ADMIN}/store/limit").status == 204
    assert store.put("a", SHOES).headers["RateLimit-Policy"] == '"partner";q=3000;w=60'


def test_a_key_that_was_rotated_out_uses_up_nothing_of_its_partner(store: Store) -> None:
    fresh = store.service.sign("POST", f"{ADMIN}/store/keys", {"grace_hours": 0}).body["api_key"]
    with Change(None, datetime.now(UTC)) as change:
        partner_standing.brake("store", 5, change=change)

    assert [store.put("a", SHOES).status for _ in range(9)] == [403] * 9

    answer = Store(store.service, fresh, store.secret).put("a", SHOES)
    assert (answer.status, answer.headers["RateLimit"].split(";")[1]) == (200, "r=3")


def test_no_line_of_a_log_names_who_signed(partners: Service, caplog: pytest.LogCaptureFixture) -> None:
    """The audit does; logs have the hash by which it can be found there."""
    store = make(partners)
    store.service.sign("POST", f"{ADMIN}/store/keys", {"grace_hours": 1})
    store.service.sign("POST", f"{ADMIN}/store/endpoints", {"url": "https://8.8.8.8/", "events": ["promo.redeemed"]})
    store.service.sign("POST", f"{ADMIN}/store/imports", {"format": "csv"})

    said = [vars(record) for record in caplog.records]
    assert {one["message"] for one in said} >= {"partner created", "key rotated", "import announced"}
    assert all(one.get("by") for one in said if one["message"] in {"partner created", "key rotated"})
    assert "arn:aws:iam" not in str(said)
