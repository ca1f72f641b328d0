"""Consents: what is agreed to, and what goes when it is no more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.consents.seed import first_texts
from stadion.events.accounts import ConsentKind
from stadion.i18n import Language
from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.services import ATHLETE, Service, sqs_event

HEALTH = "/v1/me/consents/health_data"
TEXTS = "/v1/admin/accounts/consent-texts"
CURRENT = "2026-10"
PURCHASES = "/v1/me/consents/purchases"
PURCHASES_TEXT = "2026-11"
LATER = {"texts": {"en": "A newer text.", "ru": "Новый текст."}}


def put(accounts: Service, granted: bool, version: str | None = CURRENT, path: str = HEALTH) -> Any:
    body = {"granted": granted} | ({"text_version": version} if version is not None else {})
    return accounts.call("PUT", path, body)


def shown(accounts: Service, kind: str = "health_data") -> dict[str, Any]:
    items = accounts.call("GET", "/v1/me/consents").body["items"]
    return next(dict(one) for one in items if one["kind"] == kind)


def test_each_kind_shows_its_current_text_in_both_languages(accounts: Service) -> None:
    items = accounts.call("GET", "/v1/me/consents").body["items"]

    assert [one["kind"] for one in items] == [kind.value for kind in ConsentKind]
    for one in items:
        assert one["granted"] is False
        assert one["current"]["version"] == (PURCHASES_TEXT if one["kind"] == "purchases" else CURRENT)
        assert one["current"]["texts"].keys() == {"en", "ru"}
        assert all(len(text) > 40 for text in one["current"]["texts"].values())


def test_the_first_texts_ship_with_the_code_for_every_kind_and_language() -> None:
    for kind in ConsentKind:
        for text in first_texts()[kind].versions:
            assert text.texts.keys() == set(Language)


@pytest.mark.parametrize("said", ["yes", "on", "true", 1, 0, "off", None])
def test_nothing_that_could_be_taken_for_a_word_of_consent_is_one(accounts: Service, said: Any) -> None:
    refused = accounts.call("PUT", HEALTH, {"granted": said, "text_version": CURRENT})

    assert refused.status == 422
    assert accounts.call("GET", "/v1/me/consents/journal").body["items"] == []


@pytest.mark.parametrize("version", ["2031-01", "1"])
def test_a_grant_of_an_unknown_text_is_refused_with_the_current_one(accounts: Service, version: str) -> None:
    refused = put(accounts, True, version)

    assert (refused.status, refused.body["code"]) == (409, "consent_text_is_not_current")
    assert refused.body["current_version"] == CURRENT
    assert CURRENT in refused.body["detail"]
    assert accounts.published("ConsentChanged") == []


def test_a_grant_names_its_text(accounts: Service) -> None:
    assert put(accounts, True, None).body["code"] == "consent_text_is_required"


@pytest.mark.parametrize("version", [None, CURRENT, "of-long-ago"])
def test_a_withdrawal_is_taken_whatever_text_it_names(accounts: Service, version: str | None) -> None:
    put(accounts, True)

    assert put(accounts, False, version).body["granted"] is False
    assert [one["detail"]["data"]["granted"] for one in accounts.published("ConsentChanged")] == [True, False]


def test_a_new_text_is_current_from_its_moment_on(accounts: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    put(accounts, True)
    now = datetime.now(UTC)
    begins = now + timedelta(days=3)

    told = accounts.sign("PUT", f"{TEXTS}/health_data/2026-12", {**LATER, "current_from": begins.isoformat()}).body[
        "versions"
    ]
    assert [(one["version"], one["is_current"]) for one in told] == [(CURRENT, True), ("2026-12", False)]
    assert told[1]["set_by"].startswith("arn:aws:iam::")
    assert shown(accounts)["current"]["version"] == CURRENT

    monkeypatch.setattr("stadion.clock.now", lambda: begins)
    newer = shown(accounts)
    assert newer["current"] | {"current_from": ""} == {
        "version": "2026-12",
        "current_from": "",
        "texts": LATER["texts"],
    }
    assert (newer["granted"], newer["text_version"]) == (True, CURRENT), "what was agreed to stays agreed"
    assert put(accounts, True).status == 200, "the same grant again changes nothing"
    assert put(accounts, False).status == 200
    assert put(accounts, True).body["current_version"] == "2026-12"
    assert put(accounts, True, "2026-12").body["granted"] is True


def test_a_text_that_was_current_is_set_no_more(accounts: Service) -> None:
    path = f"{TEXTS}/location/2026-12"
    assert accounts.sign("PUT", path, LATER).status == 200
    assert accounts.sign("PUT", path, LATER).status == 200, "the same again"

    other = {"texts": {**LATER["texts"], "en": "Another one."}}
    assert accounts.sign("PUT", path, other).body["code"] == "consent_text_was_current"
    late = {**other, "current_from": "2026-01-01T00:00:00Z"}
    assert accounts.sign("PUT", f"{TEXTS}/location/2027-01", late).body["code"] == "consent_text_is_late"
    assert accounts.sign("GET", f"{TEXTS}/location").body["versions"][-1]["texts"] == LATER["texts"]
    assert {one["kind"] for one in accounts.sign("GET", TEXTS).body["items"]} == {kind.value for kind in ConsentKind}


def test_physical_data_are_shown_as_long_as_the_consent_is_there(accounts: Service) -> None:
    put(accounts, True)
    accounts.call("PUT", "/v1/me/physical/2026-11-01", {"mass_kg": 61.25})
    assert accounts.call("GET", "/v1/me/physical").body["current"]["mass_kg"] == 61.25

    put(accounts, False)

    assert accounts.call("GET", "/v1/me/physical").body["code"] == "consent_required"
    put(accounts, True)
    assert accounts.call("GET", "/v1/me/physical").body["current"]["mass_kg"] == 61.25, "withdrawing deletes nothing"


def test_health_data_are_deleted_on_request_once_the_consent_is_withdrawn(accounts: Service) -> None:
    put(accounts, True)
    for day in ("2026-11-01", "2026-11-02"):
        accounts.call("PUT", f"/v1/me/physical/{day}", {"mass_kg": 61.25})
    assert accounts.call("DELETE", "/v1/me/health-data").body["code"] == "consent_still_granted"
    put(accounts, False)

    for _ in range(2):
        assert accounts.call("DELETE", "/v1/me/health-data").status == 202

    told = [one["detail"]["data"] for one in accounts.published("PhysicalDataChanged")]
    taken_back = {one["measured_on"] for one in told if one["mass_kg"] is None}
    assert taken_back == {"2026-11-01", "2026-11-02"}
    asked = accounts.published("HealthDataDeletionAsked")
    assert [one["detail"]["data"]["consent_revision"] for one in asked] == [2, 2]
    assert asked[0]["detail"]["user_id"] == ATHLETE
    put(accounts, True)
    assert accounts.call("GET", "/v1/me/physical").body["history"] == []


def overtaken(accounts: Service, monkeypatch: pytest.MonkeyPatch, by: Callable[[], Any]) -> None:
    """What comes between the look at the consent and the next write of physical data."""
    from accounts import store

    change = store.change_physical

    def changed(*arguments: Any, **named: Any) -> None:
        monkeypatch.setattr(store, "change_physical", change)
        by()
        change(*arguments, **named)

    monkeypatch.setattr(store, "change_physical", changed)


def test_physical_data_that_a_withdrawal_overtakes_are_not_taken(
    accounts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(accounts, True)

    def withdraw_and_delete() -> None:
        assert put(accounts, False).status == 200
        assert accounts.call("DELETE", "/v1/me/health-data").status == 202

    overtaken(accounts, monkeypatch, withdraw_and_delete)

    assert accounts.call("PUT", "/v1/me/physical/2026-11-01", {"mass_kg": 61.25}).body["code"] == "consent_required"
    assert accounts.published("PhysicalDataChanged") == []


def test_a_deletion_that_a_grant_overtakes_takes_nothing_of_what_was_put_since(
    accounts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(accounts, True)
    accounts.call("PUT", "/v1/me/physical/2026-11-01", {"mass_kg": 61.25})
    put(accounts, False)

    def grant_and_put() -> None:
        assert put(accounts, True).status == 200
        assert accounts.call("PUT", "/v1/me/physical/2026-11-01", {"mass_kg": 62.5}).status == 200

    overtaken(accounts, monkeypatch, grant_and_put)

    assert accounts.call("DELETE", "/v1/me/health-data").body["code"] == "consent_still_granted"
    assert accounts.call("GET", "/v1/me/physical").body["current"]["mass_kg"] == 62.5
    assert accounts.published("HealthDataDeletionAsked") == []


# --- of one partner -------------------------------------------------------------------------------------------------


def to(accounts: Service, partner: str | None, granted: bool = True) -> Any:
    body: dict[str, Any] = {"granted": granted, "text_version": PURCHASES_TEXT}
    return accounts.call("PUT", PURCHASES, body | ({"partner_id": partner} if partner is not None else {}))


def granted_to(accounts: Service) -> dict[str | None, bool]:
    items = accounts.call("GET", "/v1/me/consents").body["items"]
    return {one["partner_id"]: one["granted"] for one in items if one["kind"] == "purchases"}


def unlinked(accounts: Service, partner: str = "store", at: datetime | None = None) -> None:
    data = {"partner_id": partner, "unlinked_at": (at or datetime.now(UTC)).isoformat()}
    event = sqs_event(entry("PartnerUnlinked", data, source="partners"))
    assert accounts.invoke("on_partner_events", event) == {"batchItemFailures": []}


def test_purchases_are_granted_to_one_partner_and_withdrawn_from_that_one(accounts: Service) -> None:
    assert granted_to(accounts) == {None: False}
    for partner in ("store", "other"):
        assert (to(accounts, partner).status, to(accounts, partner).body["partner_id"]) == (200, partner)
    assert to(accounts, "store", granted=False).body["granted"] is False

    assert granted_to(accounts) == {None: False, "store": False, "other": True}
    told = [one["detail"]["data"] for one in accounts.published("ConsentChanged")]
    assert [(one["partner_id"], one["granted"], one["revision"]) for one in told] == [
        ("store", True, 1),
        ("other", True, 1),
        ("store", False, 2),
    ]
    journal = accounts.call("GET", "/v1/me/consents/journal").body["items"]
    assert [(one["partner_id"], one["granted"]) for one in journal] == [
        ("store", False),
        ("other", True),
        ("store", True),
    ]


def test_purchases_name_a_partner_and_nothing_else_does(accounts: Service) -> None:
    missing = to(accounts, None)
    assert (missing.status, missing.body["code"]) == (422, "consent_partner_is_required")
    named = accounts.call("PUT", HEALTH, {"granted": True, "text_version": CURRENT, "partner_id": "store"})
    assert (named.status, named.body["code"]) == (422, "consent_is_of_no_partner")
    assert to(accounts, "Not A Partner").status == 422
    assert to(accounts, "store", granted=False).status == 200
    assert granted_to(accounts) == {None: False}, "a withdrawal of what was never granted keeps nothing"
    assert accounts.published("ConsentChanged") == []


def test_what_was_granted_to_no_partner_until_december_2026_counts_for_nobody(accounts: Service) -> None:
    from accounts.consents import store
    from accounts.consents.domain import Consent
    from stadion import writes

    accounts.enter()
    old = Consent(kind=ConsentKind.PURCHASES, granted=True, revision=3, text_version=CURRENT)
    writes.put(store.CONSENTS.of(old, ATHLETE), old, datetime.now(UTC))
    assert granted_to(accounts) == {None: False}


def test_both_of_two_partners_in_one_millisecond_are_in_the_journal(accounts: Service, standing_clock: Clock) -> None:
    standing_clock.set(datetime(2026, 12, 1, tzinfo=UTC))
    for partner in ("store", "other"):
        assert to(accounts, partner).status == 200
    assert len(accounts.call("GET", "/v1/me/consents/journal").body["items"]) == 2


def test_unlinking_a_partner_withdraws_what_was_granted_to_it(accounts: Service) -> None:
    to(accounts, "store")
    to(accounts, "other")
    for _ in range(2):
        unlinked(accounts)
    assert granted_to(accounts) == {None: False, "store": False, "other": True}
    newest = accounts.call("GET", "/v1/me/consents/journal").body["items"][0]
    assert (newest["granted"], newest["address"]) == (False, "partner-links")
    assert len(accounts.published("ConsentChanged")) == 3


def test_news_of_an_unlinking_that_come_late_do_not_withdraw_what_was_granted_since(accounts: Service) -> None:
    before = datetime.now(UTC) - timedelta(minutes=5)
    to(accounts, "store")
    unlinked(accounts, at=before)
    assert granted_to(accounts)["store"] is True


def test_an_athlete_grants_to_a_hundred_partners_and_no_more(accounts: Service, monkeypatch: Any) -> None:
    from accounts.consents import service

    monkeypatch.setattr(service, "MAX_PARTNERS", 2)
    assert [to(accounts, partner).status for partner in ("store", "other", "third")] == [200, 200, 409]
    assert to(accounts, "store", granted=False).status == 200
    assert to(accounts, "third").body["code"] == "too_many_consent_partners"
