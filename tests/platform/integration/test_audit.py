"""Who did what: an item for each call of an admin, before it does anything, and nothing in it that names an athlete."""

import json
from typing import Any

import boto3
import pytest
from pynamodb.exceptions import UpdateError

from stadion import audit, pseudonyms
from stadion.observability import logger
from tests.kit.clock import Clock
from tests.kit.functions import handler_of
from tests.kit.services import (
    ATHLETE,
    AUDIT_TABLE,
    Answer,
    Context,
    Service,
    answer_of,
    create_audit,
    http_event,
)
from tests.promos.world import NOW, PROMO, issue, launch, welcome


@pytest.fixture(autouse=True)
def now(standing_clock: Clock) -> Clock:
    standing_clock.set(NOW)
    return standing_clock


SIGNER = "arn:aws:iam::000000000000:user/admin"


def items() -> list[dict[str, Any]]:
    """As DynamoDB keeps them, oldest first."""
    found = boto3.client("dynamodb").scan(TableName=AUDIT_TABLE)["Items"]
    return sorted(found, key=lambda item: item["sk"]["S"])


def entries(moto: pytest.MonkeyPatch, **query: str) -> list[dict[str, Any]]:
    answer = look(moto, **query)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["items"]
    return found


def look(moto: pytest.MonkeyPatch, path: str = "/v1/admin/audit", **query: str) -> Answer:
    moto.setenv("STADION_SERVICE", "platform")
    event = http_event("GET", path, None, user=None, query=query)
    event["requestContext"]["authorizer"] = {"iam": {"userArn": SIGNER}}
    return answer_of(handler_of("platform", "admin_api")(event, Context()))


def made(promos: Service, **more: str) -> None:
    assert promos.sign("POST", "/v1/admin/promos", PROMO, **more).status == 201


def test_an_admins_call_says_who_what_why_and_what_changed(promos: Service, moto: pytest.MonkeyPatch) -> None:
    made(promos, x_audit_reason="%D0%B2%D0%B5%D1%81%D0%BD%D0%B0 2026")

    (entry,) = [one for one in entries(moto) if one["operation"] == "create_promo"]
    assert (entry["signer"], entry["status"], entry["reason"]) == (SIGNER, 201, "весна 2026")
    assert entry["route"] == "/v1/admin/promos"
    (change,) = [one for one in entry["changes"] if one["kind"] == "promo"]
    assert change["did"] == "written"
    assert change["fields"]["switch"] == [None, "draft"]


def test_of_a_change_the_value_before_is_told(promos: Service, moto: pytest.MonkeyPatch) -> None:
    made(promos)

    answer = promos.sign("POST", "/v1/admin/promos/winter-shoes/status", {"action": "activate"}, if_match="*")

    assert answer.status == 200, answer.body
    (entry,) = entries(moto, what="change_promo_status")
    assert entry["targets"] == {"promo_id": "winter-shoes"}
    assert [one["fields"]["switch"] for one in entry["changes"] if "switch" in one["fields"]] == [["draft", "on"]]


def test_a_look_at_a_person_leaves_an_item_that_does_not_name_them(promos: Service, moto: pytest.MonkeyPatch) -> None:
    made(promos)
    assert promos.sign("GET", f"/v1/admin/promos/winter-shoes/explain/{ATHLETE}").status == 200

    (entry,) = entries(moto, user_id=ATHLETE, what="explain_promo")
    assert entry["targets"]["user_id"] == pseudonyms.of(pseudonyms.Of.ATHLETE, ATHLETE)
    assert ATHLETE not in json.dumps(items())
    assert [one["operation"] for one in entries(moto, user_id=ATHLETE)][-1] == "explain_promo"


def test_what_is_issued_to_an_athlete_is_found_by_them_and_tells_no_values(
    promos: Service, moto: pytest.MonkeyPatch
) -> None:
    made(promos)
    promos.sign("POST", "/v1/admin/promos/winter-shoes/status", {"action": "activate"}, if_match="*")
    welcome(promos)
    issue(promos)

    (entry,) = entries(moto, user_id=ATHLETE, what="issue_promo")
    values = {one["kind"]: list(one["fields"].values()) for one in entry["changes"]}
    assert {kind: set(map(str, of_it)) for kind, of_it in values.items() if kind != "code"} == {
        "issued": {"…"},
        "offer": {"…"},
    }
    assert ATHLETE not in json.dumps(items())


def test_what_cannot_be_written_down_is_not_done(promos: Service) -> None:
    boto3.client("dynamodb").delete_table(TableName=AUDIT_TABLE)

    answer = promos.sign("POST", "/v1/admin/promos", PROMO)

    assert answer.status == 500
    assert promos.bodies("promo") == []


def test_a_call_that_broke_off_says_that_nobody_knows_how_it_ended(promos: Service, moto: pytest.MonkeyPatch) -> None:
    """As when the instance dies between the write and the answer: what was written is in the item all the same."""
    moto.setattr(audit.Call, "end", lambda *_: None)
    made(promos)
    (kept,) = items()
    assert "status" not in kept
    assert any('"promo"' in one["S"] for one in kept["changes"]["L"])


def test_an_end_that_cannot_be_written_down_keeps_no_answer_from_the_admin(
    promos: Service, moto: pytest.MonkeyPatch
) -> None:
    """What was done is done, and some answers, a new key among them, are said only this once."""

    def failing(*_: Any) -> None:
        raise UpdateError

    moto.setattr(audit.Call, "end", failing)
    made(promos)
    (kept,) = items()
    assert "status" not in kept


def test_a_transaction_that_is_full_by_itself_is_told_to_the_audit_before(
    promos: Service, moto: pytest.MonkeyPatch
) -> None:
    moto.setattr(audit, "MOST_WRITES", 0)
    made(promos)

    (entry,) = entries(moto, what="create_promo")
    assert "promo" in [one["kind"] for one in entry["changes"]]


def test_an_address_in_the_place_of_a_name_is_a_hash(promos: Service) -> None:
    assert promos.sign("GET", "/v1/admin/promos/anna@example.org").status == 404

    assert "anna@" not in json.dumps(items())


def test_half_a_character_in_the_place_of_a_person_is_refused_as_everywhere(promos: Service) -> None:
    """JSON may hold one, and no text can: what is told to the audit is asked before the route's own types are."""
    assert promos.sign("POST", "/v1/admin/promos", {**PROMO, "user_id": "\ud800"}).status == 422
    assert [item["status"]["N"] for item in items()] == ["422"]


def test_a_reason_names_nobody(promos: Service, moto: pytest.MonkeyPatch) -> None:
    made(promos, x_audit_reason=f"asked by <Anna@example.org>, {ATHLETE.upper()}: ticket 7")

    (entry,) = entries(moto, what="create_promo")
    hashes = [pseudonyms.of(pseudonyms.Of.ADDRESS, "anna@example.org"), pseudonyms.of(pseudonyms.Of.ATHLETE, ATHLETE)]
    assert entry["reason"] == f"asked by <{hashes[0]}>, {hashes[1]}: ticket 7"


def test_a_refused_call_leaves_its_refusal_and_no_changes(promos: Service, moto: pytest.MonkeyPatch) -> None:
    made(promos)
    assert promos.sign("POST", "/v1/admin/promos", PROMO).status == 409

    (entry, _) = entries(moto, what="create_promo")
    assert (entry["status"], entry["outcome"], entry["changes"]) == (409, "promo_id_taken", [])


def test_who_looks_at_the_audit_is_in_it(moto: pytest.MonkeyPatch) -> None:
    create_audit(moto)
    entries(moto)

    assert entries(moto, what="list_audit", who=SIGNER)[0]["operation"] == "list_audit"


def test_the_audit_goes_by_pages_over_days(promos: Service, moto: pytest.MonkeyPatch) -> None:
    made(promos)
    for _ in range(3):
        promos.sign("GET", "/v1/admin/promos")

    found: list[str] = []
    query = {"what": "list_promos", "limit": "2"}
    while True:
        answer = look(moto, **query)
        found += [one["correlation_id"] for one in answer.body["items"]]
        if answer.body["next_cursor"] is None:
            break
        query["cursor"] = answer.body["next_cursor"]
    assert len(found) == len(set(found)) == 3


@pytest.mark.parametrize("cursor", ["no-cursor", "e30", "WyJ4IiwgeyJwayI6IHsiUyI6ICJhIn19XQ"])
def test_a_forged_cursor_is_refused(cursor: str, moto: pytest.MonkeyPatch) -> None:
    create_audit(moto)

    assert look(moto, cursor=cursor).status == 400


# --- the line of a request ------------------------------------------------------------------------------------------


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(logger._logger, "propagate", True)
    caplog.set_level("INFO")
    return caplog


def answered(lines: pytest.LogCaptureFixture) -> dict[str, Any]:
    return [vars(record) for record in lines.records if record.message == "answered"][-1]


def test_a_requests_line_tells_who_and_from_where_by_keyed_hashes(
    promos: Service, moto: pytest.MonkeyPatch, lines: pytest.LogCaptureFixture
) -> None:
    promos.call("GET", "/v1/promos", source_ip="203.0.113.77")
    line = answered(lines)

    assert line["subject"] == pseudonyms.of(pseudonyms.Of.ATHLETE, ATHLETE)
    shown = look(moto, "/v1/admin/pseudonyms", user_id=ATHLETE, address="203.0.113.9").body
    assert (line["subject"], line["network"]) == (shown["athlete"], shown["network"])
    assert "203.0.113" not in str(line)
    assert ATHLETE not in str(line)


def test_a_partner_is_named_by_a_hash_too(promos: Service, lines: pytest.LogCaptureFixture) -> None:
    promos.ask("GET", "/partner/v1/codes/NONE-SUCH", key="acme-secret")

    assert answered(lines)["subject"] == pseudonyms.of(pseudonyms.Of.PARTNER, "acme")


def test_without_the_key_requests_are_answered_and_counted(
    promos: Service, moto: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moto.setenv("STADION_PSEUDONYMS_SECRET", "no-such-secret")
    pseudonyms.forget()
    try:
        assert promos.call("GET", "/v1/promos").status == 200
        assert "PseudonymsMissing" in (told := capsys.readouterr().out)
        assert '"subject"' not in told
        assert promos.sign("GET", "/v1/admin/promos/winter-shoes/explain/" + ATHLETE).status == 500
    finally:
        pseudonyms.forget()


def test_settings_by_name_are_shown_as_they_were_and_as_they_are(app: Service, moto: pytest.MonkeyPatch) -> None:
    path, anyone = "/v1/admin/app/config", {"if_match": "*"}
    ios = {"minimum_version": "2.0", "store_url": "https://apps.example.com/stadion"}
    app.sign("PATCH", path, {"clients": {"ios": ios}, "features": {"feed": {"is_on": True}}}, **anyone)
    app.sign("PATCH", path, {"clients": {"ios": {"minimum_version": "3.0"}}, "features": {"feed": None}}, **anyone)
    changed, written = (one["changes"][0]["fields"] for one in entries(moto, what="change_app_config"))
    assert written["clients.ios.store_url"] == [None, "https://apps.example.com/stadion"]
    assert written["features.feed.is_on"] == [None, True]
    assert changed == {
        "revision": [1, 2],
        "clients.ios.minimum_version": ["2.0", "3.0"],
        "features.feed.is_on": [True, None],
    }


def test_which_promo_a_reward_is_is_shown(promos: Service, moto: pytest.MonkeyPatch) -> None:
    launch(promos)
    path = "/v1/admin/reward-offers/free_delivery"
    assert promos.sign("PUT", path, {"promo_id": "winter-shoes"}).status == 200
    assert promos.sign("DELETE", path).status == 204
    changed = [one["changes"] for one in entries(moto) if "reward_offer" in one["operation"]]
    assert [fields for [one] in changed for fields in [one["fields"]]] == [
        {"promos.free_delivery": ["winter-shoes", None]},
        {"promos.free_delivery": [None, "winter-shoes"]},
    ]
