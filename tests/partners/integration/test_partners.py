"""The store's side, through the handlers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.orders import store as order_store
from stadion import clock
from stadion.idempotency import IdempotencyKey
from stadion.retry import WriteConflictError
from tests.kit.events import entry
from tests.kit.links import athlete_id_of, link
from tests.kit.services import Answer, Service, sqs_event
from tests.kit.store import LINE, SHOES, Gateway, completed, message, returned, signed

WEBHOOKS = "/partner/v1/webhooks"
ADMIN = "/v1/admin/partners"


@dataclass
class Store:
    """A partner with a key and a secret."""

    service: Service
    key: str
    secret: str

    def tell(self, body: bytes, *, secret: str | None = None, **more: Any) -> Answer:
        return self.service.ask("POST", WEBHOOKS, body, key=self.key, **signed(body, secret or self.secret, **more))

    def put(self, sku: str, product: dict[str, Any]) -> Answer:
        return self.service.ask("PUT", f"/partner/v1/products/{sku}", product, key=self.key)


def make(partners: Service, partner_id: str = "store", **fields: Any) -> Store:
    made = partners.sign(
        "POST", ADMIN, {"partner_id": partner_id, "name": "The Store", "hosts": ["store.example"], **fields}
    )
    assert made.status == 201, made.body
    link(partners, partner_id)
    return Store(partners, made.body["api_key"], made.body["signing_secret"])


@pytest.fixture
def store(partners: Service) -> Store:
    return make(partners)


def opened() -> set[str]:
    """The keys that API Gateway lets in."""
    from partners import api_keys as keys

    return cast("Gateway", keys.client()).opened_by()


class TestSignatures:
    def test_a_signed_order_is_taken_and_told(self, store: Store) -> None:
        answer = store.tell(completed())
        assert (answer.status, answer.body) == (200, {"order_id": "o-1", "outcome": "accepted", "ignored": []})
        [event] = store.service.published("OrderCompleted")
        assert event["detail_type"] == "OrderCompleted"
        assert event["detail"]["data"]["lines"][0]["quantity"] == 2

    @pytest.mark.parametrize("forgery", ["other secret", "body", "id", "time", "cut", "no text", "no signature"])
    def test_a_forged_message_changes_nothing(self, store: Store, forgery: str) -> None:
        body, before = completed(), store.service.items()
        headers = signed(body, store.secret)
        if forgery == "other secret":
            headers = signed(body, "whsec_bm90IHRoZSBzZWNyZXQgb2YgdGhpcyBwYXJ0bmVy")
        elif forgery == "body":
            body = body.replace(b"1618000", b"1")
        elif forgery == "id":
            headers["webhook-id"] += "x"
        elif forgery == "time":
            headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) + 1)
        elif forgery == "cut":
            body = body[:-20]
        elif forgery == "no text":
            body = b"\xff\xfe" + body
        else:
            headers["webhook-signature"] = "v1,%%% garbage v1 ,, v2,x"
        answer = store.service.ask("POST", WEBHOOKS, body, key=store.key, **headers)
        assert (answer.status, answer.body["code"]) == (401, "webhook_signature_invalid")
        assert store.service.items() == before

    def test_without_headers_there_is_no_word_about_the_body(self, store: Store) -> None:
        for body in (completed(), b"{}", b"nonsense", b""):
            answer = store.service.ask("POST", WEBHOOKS, body, key=store.key)
            assert (answer.status, answer.body["code"]) == (401, "webhook_signature_invalid")
            assert "errors" not in answer.body

    def test_a_signed_but_wrong_body_is_told_what_is_wrong(self, store: Store) -> None:
        answer = store.tell(message("order.completed", {"order_id": "o 1"}))
        assert answer.status == 422
        assert {error["pointer"] for error in answer.body["errors"]} >= {"#/data/order_id", "#/data/lines"}
        assert store.tell(b"{").status == 400

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_outside_the_window_a_replay_changes_nothing(self, store: Store, minutes: int) -> None:
        before = store.service.items()
        answer = store.tell(completed(), at=datetime.now(UTC) + timedelta(minutes=minutes))
        assert (answer.status, answer.body["code"]) == (401, "webhook_timestamp_out_of_window")
        assert store.service.items() == before

    def test_another_partners_signature_or_key_is_worth_nothing(self, store: Store) -> None:
        other = make(store.service, "other")
        before = store.service.items()
        body = completed()
        assert store.tell(body, secret=other.secret).status == 401
        assert store.service.ask("POST", WEBHOOKS, body, key=other.key, **signed(body, store.secret)).status == 401
        assert store.service.items() == before

    def test_partners_orders_of_one_id_are_two_orders(self, store: Store) -> None:
        other = make(store.service, "other")
        theirs = completed(athlete=athlete_id_of(partner_id="other"))
        assert [store.tell(completed()).body["outcome"], other.tell(theirs).body["outcome"]] == ["accepted"] * 2

    def test_a_disabled_partner_and_one_without_the_ability_are_refused(self, store: Store) -> None:
        seller = make(store.service, "seller", may=["catalogue"])
        assert seller.tell(completed()).body["code"] == "partner_may_not"
        store.service.sign("POST", f"{ADMIN}/store/disable")
        assert store.tell(completed()).body["code"] == "partner_is_disabled"
        store.service.sign("POST", f"{ADMIN}/store/enable")
        assert store.tell(completed()).status == 200


class TestOrders:
    def test_the_same_message_again_is_answered_as_before(self, store: Store) -> None:
        first = store.tell(completed(), webhook_id="msg_1")
        before = store.service.items()
        again = store.tell(completed(), webhook_id="msg_1", at=datetime.now(UTC) - timedelta(minutes=2))
        assert (again.status, again.body) == (200, first.body)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert store.service.items() == before

    def test_its_id_with_another_body_is_refused(self, store: Store) -> None:
        store.tell(completed(), webhook_id="msg_1")
        before = store.service.items()
        answer = store.tell(completed("o-2"), webhook_id="msg_1")
        assert (answer.status, answer.body["code"]) == (422, "webhook_id_reused")
        assert store.service.items() == before

    def test_the_same_version_under_another_id_changes_nothing(self, store: Store) -> None:
        store.tell(completed())
        before = store.service.items()
        assert store.tell(completed()).body["outcome"] == "unchanged"
        assert store.tell(completed(total_minor=1)).body["code"] == "order_version_taken"
        assert store.tell(completed(version=9)).body["code"] == "order_completed_already"
        assert store.service.items() == before

    @pytest.mark.parametrize("code", [None, "RUN-7F3K-9QXD"])
    def test_a_guests_order_is_told_for_its_codes_those_of_the_till_too(self, store: Store, code: str | None) -> None:
        assert store.tell(completed(athlete=None, code=code)).body["outcome"] == "accepted"
        store.tell(returned(version=2))
        told = [one for one in store.service.published() if one["detail_type"] != "PartnerChanged"]
        assert [(one["detail_type"], one["detail"]["user_id"]) for one in told] == [
            ("OrderCompleted", "system"),
            ("OrderReturned", "system"),
        ]

    def test_the_same_values_in_another_spelling_are_the_same_message(self, store: Store) -> None:
        lines = [LINE, {**LINE, "sku": "b"}]
        store.tell(completed(lines=lines, completed_at="2026-11-28T10:00:00Z", code="RUN-7F3K-9QXD"))
        before = store.service.items()
        again = {
            "completed_at": "2026-11-28T13:00:00+03:00",
            "code": " run\u20117f3k\u20139qxd.",
            "athlete": f" {athlete_id_of()} ",
        }
        assert store.tell(completed(lines=lines[::-1], **again)).body["outcome"] == "unchanged"
        assert store.service.items() == before

    def test_codes_are_told_as_they_are_kept_each_once_and_in_their_order(self, store: Store) -> None:
        store.tell(completed(code="two-2222", codes=["ONE-1111", "\u0422WO2222", "ONE\u20131111"]))
        [event] = store.service.published("OrderCompleted")
        assert (event["detail"]["data"]["code"], event["detail"]["data"]["codes"]) == (
            "TWO-2222",
            ["TWO-2222", "ONE-1111"],
        )

    def test_an_order_that_claims_a_code_before_its_issue_is_kept_and_the_answer_says_so(self, store: Store) -> None:
        offer = {"offer_id": "o", "promo_id": "p"}
        issued = {"offer": offer, "code": "RUN-7F3K-9QXD", "is_personal": True, "expires_at": "2026-12-05T20:59:59Z"}
        news = entry("PromoIssued", issued, source="promos")
        assert store.service.invoke("orders/on_promos", sqs_event(news, news)) == {"batchItemFailures": []}
        answer = store.tell(completed(completed_at="2026-11-19T09:30:00Z"))
        assert (answer.status, answer.body["outcome"]) == (200, "accepted")
        [ignored] = answer.body["ignored"]
        assert (ignored["pointer"], ignored["code"]) == ("#/data/code", "code_not_issued_by_then")
        assert store.tell(completed("o-2")).body["ignored"] == []

    def test_an_order_uses_up_no_code_of_a_partner_that_may_redeem_none(self, partners: Service) -> None:
        store = make(partners, may=["orders"])
        answer = store.tell(completed(code="RUN-7F3K-9QXD", codes=["DEL-7F3K-9QXD"]))
        assert [(one["pointer"], one["code"]) for one in answer.body["ignored"]] == [
            ("#/data/code", "partner_may_not"),
            ("#/data/codes/0", "partner_may_not"),
        ]
        [event] = partners.published("OrderCompleted")
        assert (event["detail"]["data"]["code"], event["detail"]["data"]["codes"]) == (None, [])

    def test_of_a_code_that_is_another_partners_an_order_learns_nothing(self, store: Store) -> None:
        offer = {"offer_id": "o", "promo_id": "p"}
        issued = {"offer": offer, "code": "RUN-7F3K-9QXD", "is_personal": True, "partners": ["another"]}
        news = entry("PromoIssued", {**issued, "expires_at": "2026-12-05T20:59:59Z"}, source="promos")
        store.service.invoke("orders/on_promos", sqs_event(news))
        assert store.tell(completed(completed_at="2026-11-19T09:30:00Z")).body["ignored"] == []

    def test_an_order_is_kept_though_its_code_is_none_and_its_category_is_unknown(self, store: Store) -> None:
        line = {**LINE, "wear_category": "runing_shoes"}
        answer = store.tell(completed(code="Скидка!", lines=[line]))
        assert [part["code"] for part in answer.body["ignored"]] == ["not_a_code", "unknown_category"]
        assert answer.body["outcome"] == "accepted"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"currency": "EUX"},
            {"user": "nobody-1"},
            {"order_id": "a:b"},
            {"lines": [{**LINE, "discount_minor": 10**9}]},
        ],
    )
    def test_what_cannot_be_is_refused(self, store: Store, wrong: dict[str, Any]) -> None:
        assert store.tell(completed(**wrong)).status == 422

    def test_the_catalogue_says_what_the_message_does_not(self, store: Store) -> None:
        store.put("8736421", SHOES)
        store.tell(completed())
        [event] = store.service.published("OrderCompleted")
        [line] = event["detail"]["data"]["lines"]
        assert (line["name"], line["brand"], line["wear_category"]) == ("Kiprun KD900.2", "Kiprun", "running_shoes")

    def test_a_return_in_parts_is_told_in_parts(self, store: Store) -> None:
        store.tell(completed())
        store.tell(returned(version=2))
        store.tell(returned(version=3))
        parts = [event["detail"]["data"] for event in store.service.published("OrderReturned")]
        assert [(part["lines"][0]["quantity"], part["is_whole"]) for part in parts] == [(1, False), (1, True)]
        assert len({part["order_version"] for part in parts}) == 2
        assert store.tell(returned(version=4)).body["code"] == "more_returned_than_bought"

    @pytest.mark.parametrize("order", list(permutations([0, 1, 2])))
    def test_messages_in_any_order_tell_the_same(self, store: Store, order: tuple[int, ...]) -> None:
        messages = [completed(), returned(version=2), returned(version=3, quantity=None)]
        for number in order:
            assert store.tell(messages[number]).status == 200
        events = [event["detail"]["data"] for event in store.service.published("OrderReturned")]
        assert len(store.service.published("OrderCompleted")) == 1
        assert sum(event["lines"][0]["quantity"] for event in events) == 2
        assert events[-1]["is_whole"]

    def test_a_completion_that_its_returns_contradict_is_refused(self, store: Store) -> None:
        store.tell(returned(quantity=3))
        before = store.service.items()
        assert store.tell(completed()).body["code"] == "more_returned_than_bought"
        assert store.service.items() == before

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(body=st.binary(max_size=300))
    def test_no_body_however_hostile_is_a_fault_of_ours(self, store: Store, body: bytes) -> None:
        assert store.service.ask("POST", WEBHOOKS, body, key=store.key).status == 401


def test_a_function_behind_the_door_believes_whole_keys_only(store: Store) -> None:
    for key in ("store", "store-", "-secret", ""):
        answer = store.service.ask("PUT", "/partner/v1/products/a", SHOES, key=key)
        assert (answer.status, answer.body["code"]) == (401, "api_key_required")
    assert store.service.ask("PUT", "/partner/v1/products/a", SHOES, key="nobody-secret").status == 403


class TestCatalogue:
    def test_a_change_is_told_and_a_repetition_is_not(self, store: Store) -> None:
        assert store.put("8736421", SHOES).body["revision"] == 1
        assert store.put("8736421", SHOES).body["revision"] == 1
        assert store.put("8736421", {**SHOES, "price_minor": 1}).body["revision"] == 2
        told = [event["detail"]["data"] for event in store.service.published("ProductChanged")]
        assert [(fact["sku"], fact["revision"], fact["partner_id"]) for fact in told] == [
            ("8736421", 1, "store"),
            ("8736421", 2, "store"),
        ]
        assert store.service.ask("GET", "/partner/v1/products/8736421", key=store.key).body["price_minor"] == 1
        assert store.service.ask("GET", "/partner/v1/products/none", key=store.key).status == 404

    def test_a_batch_is_judged_one_by_one(self, store: Store) -> None:
        good = {**SHOES, "sku": "a"}
        products = [good, {**good, "sku": "b", "price_minor": -1}, {"sku": "c"}, {**good, "sku": "d", "x": 1}]
        products.append({**good, "sku": "e"})
        answer = store.service.ask("POST", "/partner/v1/products", {"products": products}, key=store.key)
        assert answer.status == 200, answer.body
        assert [item["outcome"] for item in answer.body["items"]] == ["changed", *["refused"] * 3, "changed"]
        assert answer.body["items"][1]["errors"][0]["pointer"] == "#/products/1/price_minor"
        assert len(store.service.published("ProductChanged")) == 2

    def test_a_sku_twice_in_a_batch_is_refused_wherever_it_stands(self, store: Store) -> None:
        good = {**SHOES, "sku": "a"}
        products = [good, {**good, "sku": "b"}, {**good, "price_minor": 1}, {**good, "price_minor": -1}]
        items = store.service.ask("POST", "/partner/v1/products", {"products": products}, key=store.key).body["items"]
        assert [one["outcome"] for one in items] == ["refused", "changed", "refused", "refused"]
        assert [one["errors"][0]["pointer"] for one in items if one["errors"]] == [
            "#/products/0/sku", "#/products/2/sku", "#/products/3/price_minor",
        ]  # fmt: skip
        assert items[0]["errors"][0]["code"] == "sku_stands_twice"

    def test_a_sku_with_spaces_around_it_is_the_same_sku(self, store: Store) -> None:
        products = [{**SHOES, "sku": "a"}, {**SHOES, "sku": " a ", "price_minor": 1}]
        items = store.service.ask("POST", "/partner/v1/products", {"products": products}, key=store.key).body["items"]
        assert [one["errors"][0]["code"] for one in items] == ["sku_stands_twice"] * 2

    def test_a_hundred_at_once_and_not_one_more(self, store: Store) -> None:
        many = [{**SHOES, "sku": str(number)} for number in range(101)]
        assert store.service.ask("POST", "/partner/v1/products", {"products": many}, key=store.key).status == 422
        answer = store.service.ask("POST", "/partner/v1/products", {"products": many[:100]}, key=store.key)
        assert answer.body["changed"] == 100
        assert len(store.service.published("ProductChanged")) == 100

    @pytest.mark.parametrize("wrong", [{"deeplink": "http://x.example"}, {"currency": "rub"}, {"price_minor": 1.5}])
    def test_a_wrong_product_is_refused(self, store: Store, wrong: dict[str, Any]) -> None:
        answer = store.put("8736421", {**SHOES, **wrong})
        assert answer.status == 422
        assert answer.body["errors"][0]["pointer"] == f"#/{next(iter(wrong))}"


class TestRotation:
    def test_two_secrets_hold_until_the_rotation_is_finished(self, store: Store) -> None:
        fresh = store.service.sign("POST", f"{ADMIN}/store/secrets", {}).body["signing_secret"]
        assert store.tell(completed("o-1")).status == 200
        assert store.tell(completed("o-2"), secret=fresh).status == 200
        assert store.service.sign("POST", f"{ADMIN}/store/secrets", {}).body["code"] == "rotation_is_open"
        store.service.sign("POST", f"{ADMIN}/store/finish")
        assert store.tell(completed("o-3")).status == 401
        assert store.tell(completed("o-4"), secret=fresh).status == 200

    def test_a_secret_without_grace_ends_the_old_one_at_once(self, store: Store) -> None:
        store.service.sign("POST", f"{ADMIN}/store/secrets", {"grace_hours": 0})
        assert store.tell(completed()).status == 401

    def test_the_old_key_is_removed_when_its_grace_is_over(self, store: Store) -> None:
        second = store.service.sign("POST", f"{ADMIN}/store/keys", {"grace_hours": 24}).body["api_key"]
        assert opened() == {store.key, second}
        assert store.service.invoke("finish_rotations", {}) == {"finished": 0}
        assert store.service.sign("POST", f"{ADMIN}/store/keys", {}).body["code"] == "rotation_is_open"
        assert opened() == {store.key, second}
        finished = store.service.sign("POST", f"{ADMIN}/store/finish").body
        assert opened() == {second}
        assert len(finished["keys"]) == 1
        third = store.service.sign("POST", f"{ADMIN}/store/keys", {"grace_hours": 0}).body["api_key"]
        assert store.service.invoke("finish_rotations", {}) == {"finished": 1}
        assert opened() == {third}

    def test_a_disabled_partners_keys_open_nothing(self, store: Store) -> None:
        for _ in range(2):
            assert store.service.sign("POST", f"{ADMIN}/store/disable").body["status"] == "disabled"
            assert opened() == set()
        assert store.service.sign("POST", f"{ADMIN}/store/enable").body["status"] == "active"
        assert opened() == {store.key}

    def test_what_is_secret_is_shown_once(self, store: Store) -> None:
        shown = store.service.sign("GET", f"{ADMIN}/store")
        listed = store.service.sign("GET", ADMIN)
        for answer in (shown, listed):
            assert store.secret not in str(answer.body)
            assert store.key not in str(answer.body)
        assert store.key not in str(store.service.items())

    def test_a_partner_is_made_once_and_by_admins_only(self, store: Store) -> None:
        again = store.service.sign("POST", ADMIN, {"partner_id": "store", "name": "Mine now"})
        assert (again.status, again.body["code"]) == (409, "partner_id_taken")
        assert store.service.call("POST", ADMIN, {"partner_id": "mine", "name": "Mine"}).status == 403
        assert store.service.sign("POST", ADMIN, {"partner_id": "x", "name": "X"}).status == 422
        unknown = store.service.sign("POST", ADMIN, {"partner_id": "xyz", "name": "X", "plan": "gold"})
        assert unknown.body["code"] == "plan_not_found"


def test_no_log_line_holds_a_secret_or_a_body(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    store.tell(completed())
    store.tell(completed(), secret="whsec_bm90IHRoZSBzZWNyZXQ=")
    store.tell(message("order.completed", {"order_id": "o-9", "code": "RUN-7F3K-9QXD"}))
    said = " ".join(str(record.__dict__) for record in caplog.records)
    assert "answered" in said
    for secret in (store.secret, store.key, "RUN-7F3K-9QXD", str(LINE["price_minor"])):
        assert secret not in said


def test_of_two_messages_that_looked_at_one_order_the_second_looks_again(partners: Service) -> None:
    partners.enter()
    seen, now = order_store.find("store", "o-1"), clock.now()

    def save(number: int) -> None:
        key = IdempotencyKey(user_id="store", operation="webhooks", key=f"msg_{number}", digest="d")
        order_store.save(seen, seen.model_copy(update={"revision": 1}), [], key=key, answer={}, whose=None, now=now)

    save(1)
    with pytest.raises(WriteConflictError):
        save(2)
