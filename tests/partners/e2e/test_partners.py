"""The store's side on the deployed stack, over real HTTP: keys, quotas, signatures, and what follows from an order."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook
from typer.testing import CliRunner

from stadion_cli.partner import commands as partner_commands
from stadion_cli.partner import product as product_commands
from tests.kit.athletes import Athlete, join
from tests.kit.partners import WEBHOOKS, Partner, command, make
from tests.kit.stack import DeployedStack, eventually, everything, round_of, settle
from tests.kit.store import SHOES, Receiver, completed, returned, signed

pytestmark = pytest.mark.long
PRODUCT = "/partner/v1/products/8736421"


@pytest.fixture(scope="module")
def store(stack: DeployedStack) -> Partner:
    return make(stack)


@pytest.fixture(scope="module")
def other(stack: DeployedStack) -> Partner:
    return make(stack)


@pytest.fixture(scope="module")
def anna(stack: DeployedStack, store: Partner) -> Athlete:
    athlete = join(stack, "buyer")
    athlete.agree("purchases", partner_id=store.partner_id)
    return athlete


def gear(athlete: Athlete) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = athlete.call("GET", "/v1/gear")["items"]
    return items


def at_once(count: int, ask: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return [asked.result() for asked in [pool.submit(ask) for _ in range(count)]]


class TestKeys:
    @pytest.mark.parametrize("key", ["", "nonsense", "store-000000000000000000000000000000000000000000000000"])
    def test_without_a_valid_key_there_is_nothing(self, store: Partner, key: str) -> None:
        answer = store.send("PUT", PRODUCT, SHOES, key=key)
        assert (answer.status_code, answer.json()["code"]) == (403, "api_key_is_invalid")
        assert store.tell(completed(), key=key).status_code == 403

    def test_a_key_of_another_partner_opens_that_partners_things_only(self, store: Partner, other: Partner) -> None:
        assert store.send("PUT", PRODUCT, SHOES).status_code == 200
        assert store.send("GET", PRODUCT, key=other.key).json()["code"] == "product_not_found"

    def test_a_changed_key_is_no_key(self, store: Partner, other: Partner) -> None:
        stolen = f"{other.partner_id}-{store.key.rpartition('-')[2]}"
        assert store.send("GET", PRODUCT, key=stolen).status_code == 403

    def test_more_than_the_plan_allows_at_once_is_refused(self, stack: DeployedStack, store: Partner) -> None:
        trial = make(stack, "trial")
        at_once(15, lambda: store.send("GET", PRODUCT))  # whose plan has room: now there are quick processes

        answers = at_once(15, lambda: trial.send("GET", PRODUCT))

        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert refused[0].json()["code"] == "too_many_requests"
        assert {answer.status_code for answer in answers} == {404, 429}

    def test_the_quota_of_the_day_ends(self, stack: DeployedStack) -> None:
        trial = make(stack, "trial")
        settle(stack, trial.partner_id)
        before = everything(stack, trial.partner_id)
        codes = []
        for _ in range(28):
            answer = trial.send("GET", PRODUCT)
            codes.append(answer.json()["code"])
            time.sleep(0.22)
        assert codes[:25] == ["product_not_found"] * 25
        assert codes[25:] == ["quota_is_used_up"] * 3
        assert trial.tell(completed()).status_code == 429
        assert everything(stack, trial.partner_id) == before

    def test_after_a_rotation_both_keys_open_until_it_is_finished(self, stack: DeployedStack) -> None:
        partner = make(stack)
        fresh = command(stack, "rotate-key", partner.partner_id)["api_key"]
        for key in (partner.key, fresh):
            assert partner.send("PUT", PRODUCT, SHOES, key=key).status_code == 200
        command(stack, "rotate-key", partner.partner_id, "--finish")
        assert partner.send("PUT", PRODUCT, SHOES).status_code == 403
        assert partner.send("PUT", PRODUCT, SHOES, key=fresh).status_code == 200

    def test_after_a_rotation_both_secrets_sign_until_it_is_finished(self, stack: DeployedStack) -> None:
        partner = make(stack)
        fresh = command(stack, "rotate-secret", partner.partner_id)["signing_secret"]
        for number, secret in enumerate((partner.secret, fresh)):
            assert partner.tell(completed(f"o-{number}", athlete=None), secret=secret).status_code == 200
        command(stack, "rotate-secret", partner.partner_id, "--finish")
        assert partner.tell(completed("o-9")).status_code == 401
        assert partner.tell(completed("o-9", athlete=None), secret=fresh).status_code == 200

    def test_partners_are_listed_and_shown_without_what_is_secret(self, stack: DeployedStack, store: Partner) -> None:
        listed = command(stack, "list")["partners"]
        shown = command(stack, "show", store.partner_id)
        assert shown in listed
        assert store.key not in str(listed)
        assert store.secret not in str(listed)
        made = command(stack, "subscribe", store.partner_id, "https://store.example/hooks", "promo.issued")
        found = command(stack, "endpoints", store.partner_id)["endpoints"]
        assert made["endpoint"] in found
        assert made["signing_secret"] not in str(found)
        words = ["subscribe", store.partner_id, "https://169.254.169.254/", "promo.issued"]
        inside = CliRunner().invoke(partner_commands.app, [*words, "--port", str(stack.emulator.port)])
        assert "url_refused" in str(inside.exception) or "public https" in str(inside.exception)

    def test_a_disabled_partner_is_not_let_in(self, stack: DeployedStack) -> None:
        partner = make(stack)
        command(stack, "disable", partner.partner_id, "--yes")
        assert partner.tell(completed()).status_code == 403
        command(stack, "enable", partner.partner_id)
        assert partner.send("PUT", PRODUCT, SHOES).status_code == 200

    def test_the_admin_routes_are_not_an_athletes(self, anna: Athlete, store: Partner) -> None:
        mine = {"partner_id": "mine", "name": "Mine"}
        for method, path, body in (("GET", "", None), ("POST", f"/{store.partner_id}/keys", {}), ("POST", "", mine)):
            assert anna.answer(method, f"/v1/admin/partners{path}", body).status_code in {401, 403}


class TestWebhooksIn:
    def test_a_forged_cut_old_or_foreign_message_changes_nothing(
        self, stack: DeployedStack, store: Partner, other: Partner, anna: Athlete
    ) -> None:
        body = completed("o-forged", athlete=store.knows(anna))
        honest = signed(body, store.secret)
        old = datetime.now(UTC) - timedelta(minutes=6)
        attempts: dict[str, tuple[bytes, dict[str, str], str]] = {
            "unsigned": (body, {}, store.key),
            "changed": (body.replace(b"1618000", b"1"), honest, store.key),
            "cut": (body[:-9], honest, store.key),
            "longer": (body + b" ", honest, store.key),
            "no text": (b"\xff" + body, honest, store.key),
            "other id": (body, {**honest, "webhook-id": "msg_other"}, store.key),
            "guessed": (body, {**honest, "webhook-signature": "v1," + "A" * 43 + "="}, store.key),
            "later time": (body, {**honest, "webhook-timestamp": str(int(time.time()) + 9)}, store.key),
            "old": (body, signed(body, store.secret, at=old), store.key),
            "new": (body, signed(body, store.secret, at=datetime.now(UTC) + timedelta(minutes=6)), store.key),
            "another partner's secret": (body, signed(body, other.secret), store.key),
            "another partner's key": (body, honest, other.key),
            "no key": (body, honest, ""),
        }
        for what, (sent, headers, key) in attempts.items():
            answer = store.send("POST", WEBHOOKS, sent, key=key, **headers)
            assert answer.status_code in {401, 403}, (what, answer.text)
        settle(stack, "o-forged")
        assert everything(stack, "o-forged") == {}

    def test_a_replay_is_answered_and_changes_nothing(
        self, stack: DeployedStack, store: Partner, anna: Athlete
    ) -> None:
        body = completed(
            "o-replayed", athlete=store.knows(anna), lines=[{"sku": "cap", "quantity": 1, "price_minor": 1}]
        )
        headers = signed(body, store.secret)
        first = store.send("POST", WEBHOOKS, body, **headers)
        settle(stack, "o-replayed")
        before = everything(stack, "o-replayed")
        again = store.send("POST", WEBHOOKS, body, **headers)
        assert (again.status_code, again.json()) == (200, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        anew = store.tell(body, webhook_id="msg_again")
        assert anew.json()["outcome"] == "unchanged"
        stale = store.tell(body, at=datetime.now(UTC) - timedelta(minutes=6))
        assert stale.json()["code"] == "webhook_timestamp_out_of_window"
        settle(stack, "o-replayed")
        assert everything(stack, "o-replayed") == before

    def test_one_message_sent_many_times_at_once_is_one_order(
        self, stack: DeployedStack, store: Partner, anna: Athlete
    ) -> None:
        body = completed(
            "o-at-once", athlete=store.knows(anna), lines=[{"sku": "cap", "quantity": 1, "price_minor": 1}]
        )
        headers = [signed(body, store.secret, webhook_id=f"msg_{number % 2}") for number in range(12)]
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda named: store.send("POST", WEBHOOKS, body, **named), headers))
        assert {answer.status_code for answer in answers} == {200}
        about = everything(stack, "o-at-once", stack.tables["partners"])
        assert len([pk for _, pk, _ in about if pk.startswith("OUTBOX#")]) == 1

    def test_an_order_becomes_gear_and_what_came_back_is_gear_no_more(self, store: Partner, anna: Athlete) -> None:
        assert store.send("PUT", PRODUCT, SHOES).status_code == 200
        assert store.tell(completed("o-gear", athlete=store.knows(anna))).json()["outcome"] == "accepted"
        pairs = eventually(lambda: gear(anna) if len(gear(anna)) == 2 else None)
        assert pairs is not None
        assert {(one["brand"], one["model"], one["category"]) for one in pairs} == {
            ("Kiprun", "KD900.2", "running_shoes")
        }
        run = {"sport_type": "Run", "started_at": "2026-11-20T06:00:00Z", "elapsed_time_s": 1800, "distance_m": 5000}
        worn = pairs[0]["gear_id"]
        anna.call("POST", "/v1/workouts", {**run, "gear_ids": [worn]})
        eventually(lambda: [one for one in gear(anna) if one["distance_m"]])
        assert store.tell(returned("o-gear")).json()["outcome"] == "accepted"
        eventually(lambda: [one["gear_id"] for one in gear(anna)] == [worn])
        assert store.tell(returned("o-gear", version=3, quantity=None)).json()["outcome"] == "accepted"
        eventually(lambda: gear(anna)[0]["status"] == "archived")

    def test_a_partner_who_was_never_linked_fills_no_locker_and_one_who_was_unlinked_fills_none_any_more(
        self, stack: DeployedStack, store: Partner, other: Partner
    ) -> None:
        ben = join(stack, "leaves")
        named = store.knows(ben)
        ben.agree("purchases", partner_id=store.partner_id)
        strangers = other.tell(completed("o-strangers", athlete=named))
        assert (strangers.status_code, strangers.json()["code"]) == (422, "athlete_not_linked")
        ben.call("DELETE", f"/v1/me/partner-links/{store.partner_id}")
        guests = store.tell(completed("o-left", athlete=named))
        assert [one["code"] for one in guests.json()["ignored"]] == ["athlete_was_unlinked"]
        settle(stack, ben.user_id)
        settle(stack, "o-left")
        assert gear(ben) == []
        granted = [one["granted"] for one in ben.get("/v1/me/consents")["items"] if one["partner_id"]]
        assert granted == [False], "the consent ended with the link"
        assert store.knows(ben) != named

    def test_without_consent_an_order_stays_in_the_store(self, stack: DeployedStack, store: Partner) -> None:
        ben = join(stack, "private")
        assert store.tell(completed("o-private", athlete=store.knows(ben))).status_code == 200
        settle(stack, ben.user_id)
        assert gear(ben) == []


def test_a_file_becomes_the_catalogue(stack: DeployedStack, store: Partner, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.jsonl"
    file.write_text("\n".join(json.dumps({**SHOES, "sku": f"f-{n}"}) for n in range(150)))
    done = command(stack, "import", str(file), "--partner", store.partner_id, group=product_commands)
    assert (done["state"], done["changed"], done["refused"]) == ("done", 150, 0)
    assert store.send("GET", "/partner/v1/products/f-149").json()["name"] == SHOES["name"]
    table = tmp_path / "catalogue.csv"
    table.write_text("sku,name,deeplink,price_minor,currency\nf-0,Cap,https://store.example/f-0,100,RUB\n")
    done = command(stack, "import", str(table), "--partner", store.partner_id, "--full", group=product_commands)
    assert done["changed"] == 1
    assert done["no_longer_sold"] >= 149
    assert store.send("GET", "/partner/v1/products/f-149").json()["is_sold"] is False


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as running:
        yield running


def deliveries_of(stack: DeployedStack, partner_id: str, event_id: str) -> list[Any]:
    """Those of one event; other tests' redemptions come to every subscriber."""
    told = command(stack, "deliveries", partner_id)["deliveries"]
    return [one for one in told if one["delivery_id"].startswith(event_id)]


def test_a_redeemed_promo_reaches_the_partner_signed(stack: DeployedStack, store: Partner, receiver: Receiver) -> None:
    made = command(stack, "subscribe", store.partner_id, receiver.url, "promo.redeemed")
    event_id = str(uuid4())
    detail = {
        "event_id": event_id, "occurred_at": "2026-11-21T09:30:00.000Z", "version": 1, "correlation_id": "e2e",
        "user_id": "8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50",
        "data": {"offer": {"offer_id": "o", "promo_id": "winter"}, "code": "RUN-1", "order_id": "o-1",
                 "partner_id": store.partner_id,
                 "discount_minor": 1, "order_total_minor": 2, "currency": "RUB"},
    }  # fmt: skip
    receiver.refused_once.add(event_id)  # so that it must come again
    for _ in range(2):  # and the bus may deliver twice
        stack.aws.events.put_events(
            Entries=[{
                "EventBusName": stack.bus, "Source": "stadion.promos", "DetailType": "PromoRedeemed",
                "Detail": json.dumps(detail),
            }]
        )  # fmt: skip
    eventually(lambda: receiver.attempts(event_id))
    eventually(lambda: [one for one in deliveries_of(stack, store.partner_id, event_id) if one["attempts"]])
    later = datetime.now(UTC) + timedelta(minutes=2)
    assert round_of(stack, "partners-webhooks-leave-due-webhooks", only=store.partner_id, as_of=later)["due"] >= 1
    eventually(lambda: len(receiver.attempts(event_id)) == 2)
    headers, body = receiver.attempts(event_id)[-1]
    Webhook(made["signing_secret"]).verify(body, headers)
    assert json.loads(body)["data"]["code"] == "RUN-1"
    assert detail["user_id"] not in body.decode()
    eventually(lambda: [one["state"] for one in deliveries_of(stack, store.partner_id, event_id)] == ["delivered"])
