"""Accounts through the Lambda handlers, on moto's Cognito. Codes and sessions are tried on the embedded stack."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from PIL import Image

from accounts import store
from stadion import audit, clock, standing, storage
from stadion.errors import StaleVersionError
from stadion.i18n import Language
from stadion.privacy import distance_m
from tests.accounts.moto import ANNA
from tests.kit.messages import said
from tests.kit.services import AUDIT_TABLE, OTHER, Answer, Service, sqs_event


def patch(accounts: Service, user: str, body: Any, **headers: str) -> Answer:
    return accounts.call("PATCH", "/v1/me", body, user=user, **{"if_match": "*", **headers})


def test_a_confirmed_athlete_has_a_profile_and_a_welcome(accounts: Service, anna: str) -> None:
    me = accounts.call("GET", "/v1/me", user=anna)
    assert me.status == 200, me.body
    assert (me.body["email"], me.body["language"]) == ("anna@example.org", "ru")
    assert me.body["settings"]["time_zone"] == "Europe/Moscow"
    assert [entry["detail"]["data"]["template"] for entry in accounts.published("NotificationRequested")] == ["welcome"]
    assert said(accounts, Language.RU)["welcome"][0] == "Добро пожаловать в Stadion"


def test_confirming_twice_makes_one_profile(accounts: Service, anna: str) -> None:
    for _ in range(2):
        signed_in = accounts.call("POST", "/v1/auth/sign-in", {k: ANNA[k] for k in ("email", "password")}, user=None)
        assert signed_in.status == 200
    assert len(accounts.published("UserRegistered")) == 1


def test_a_wrong_password_and_an_unknown_email_look_the_same(accounts: Service, anna: str) -> None:
    wrong = accounts.call("POST", "/v1/auth/sign-in", {"email": ANNA["email"], "password": "nope"}, user=None)
    unknown = accounts.call("POST", "/v1/auth/sign-in", {"email": "x@example.org", "password": "nope"}, user=None)
    assert wrong.status == unknown.status == 401
    assert wrong.body["code"] == unknown.body["code"] == "sign_in_failed"


@pytest.mark.parametrize("password", ["short", "password12", "aaaaaaaaaaaa", "anna", "1234567890", "abcdefghijkl"])
def test_a_weak_password_is_refused_with_advice(accounts: Service, password: str) -> None:
    answer = accounts.call("POST", "/v1/auth/register", {**ANNA, "password": password}, user=None)
    assert (answer.status, answer.body["code"]) == (400, "password_is_weak")
    assert password not in json.dumps(answer.body)


def test_the_profile_is_changed_by_merge_patch_and_told_to_others(accounts: Service, anna: str) -> None:
    changed = patch(
        accounts,
        anna,
        {"display_name": "Анна", "city": "Perm", "country": "RU", "settings": {"units": "imperial"}},
    )
    assert changed.status == 200, changed.body
    assert changed.body["settings"] == {"units": "imperial", "time_zone": "Europe/Moscow", "week_start": "monday"}
    cleared = patch(accounts, anna, {"city": None})
    assert (cleared.body["city"], cleared.body["display_name"]) == (None, "Анна")
    told = [entry["detail"]["data"] for entry in accounts.published("ProfileUpdated")]
    assert [event["revision"] for event in told] == [2, 3]
    assert "phone" not in told[0]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"phone": "+79161234567"}, "#/phone"),
        ({"country": "XX"}, "#/country"),
        ({"settings": {"time_zone": "Mars"}}, "#/settings/time_zone"),
        ({"birth_date": "2020-01-01"}, "#/birth_date"),
        ({"privacy": {"shoe_size": "public"}}, "#"),
        ({"language": "xx"}, "#/language"),
        ({"user_id": "me"}, "#/user_id"),
    ],
)
def test_a_bad_field_is_named(accounts: Service, anna: str, body: Any, pointer: str) -> None:
    answer = patch(accounts, anna, body)
    assert answer.status == 422
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]


def test_an_edit_needs_the_current_version(accounts: Service, anna: str) -> None:
    assert accounts.call("PATCH", "/v1/me", {"city": "Tver"}, user=anna).status == 428
    assert patch(accounts, anna, {"city": "Tver"}, if_match='"7"').status == 412
    me = accounts.call("GET", "/v1/me", user=anna)
    assert accounts.call("GET", "/v1/me", user=anna, if_none_match=me.etag).status == 304


def test_others_see_what_the_privacy_allows_and_nothing_else(accounts: Service, anna: str) -> None:
    patch(
        accounts,
        anna,
        {
            "display_name": "Anna",
            "family_name": "Karenina",
            "city": "Moscow",
            "privacy": {"family_name": "public", "display_name": "private"},
        },
    )
    seen = accounts.call("GET", f"/v1/users/{anna}", user=OTHER)
    shown = {name for name, value in seen.body.items() if value is not None}
    assert (seen.status, shown) == (200, {"user_id", "family_name"})
    own = accounts.call("GET", f"/v1/users/{anna}", user=anna)
    assert own.body["city"] == "Moscow"
    assert accounts.call("GET", f"/v1/users/{OTHER}", user=anna).status == 404


def test_consents_keep_a_journal_of_every_change(accounts: Service, anna: str) -> None:
    path = "/v1/me/consents/marketing_email"
    granted = {"granted": True, "text_version": "2026-10"}
    for body in (granted, granted, {**granted, "granted": False}):
        assert accounts.call("PUT", path, body, user=anna).status == 200
    current = {
        entry["kind"]: entry["granted"] for entry in accounts.call("GET", "/v1/me/consents", user=anna).body["items"]
    }
    assert current["marketing_email"] is False
    journal = accounts.call("GET", "/v1/me/consents/journal", user=anna).body["items"]
    assert [(entry["granted"], entry["revision"], entry["address"]) for entry in journal] == [
        (False, 2, "192.0.2.7"),
        (True, 1, "192.0.2.7"),
    ]
    assert [entry["detail"]["data"]["granted"] for entry in accounts.published("ConsentChanged")] == [True, False]


def test_physical_data_need_consent_and_keep_their_dates(accounts: Service, anna: str) -> None:
    path = "/v1/me/physical/2026-11-01"
    assert accounts.call("PUT", path, {"mass_kg": 61.5}, user=anna).body["code"] == "consent_required"
    accounts.call("PUT", "/v1/me/consents/health_data", {"granted": True, "text_version": "2026-10"}, user=anna)
    accounts.call("PUT", path, {"mass_kg": 61.5, "height_cm": 170}, user=anna)
    kept = accounts.call("PUT", "/v1/me/physical/2026-11-15", {"mass_kg": 60.8, "ftp_w": 231}, user=anna)
    current = kept.body["current"]
    assert (current["mass_kg"], current["height_cm"], current["ftp_w"]) == (60.8, 170, 231)
    assert len(kept.body["history"]) == 2
    assert accounts.call("DELETE", "/v1/me/physical/2026-11-15", user=anna).status == 204
    assert accounts.call("GET", "/v1/me/physical", user=anna).body["current"]["mass_kg"] == 61.5


def test_heart_rates_of_a_day_are_in_order(accounts: Service, anna: str) -> None:
    accounts.call("PUT", "/v1/me/consents/health_data", {"granted": True, "text_version": "2026-10"}, user=anna)
    pulses = {"resting_heart_rate_bpm": 60, "threshold_heart_rate_bpm": 190, "max_heart_rate_bpm": 180}
    refused = accounts.call("PUT", "/v1/me/physical/2026-11-01", pulses, user=anna)
    assert refused.status == 422, refused.body
    assert accounts.call("GET", "/v1/me/physical", user=anna).body["history"] == []


def test_other_services_hear_of_physical_data(accounts: Service, anna: str) -> None:
    path = "/v1/me/physical/2026-11-01"
    accounts.call("PUT", "/v1/me/consents/health_data", {"granted": True, "text_version": "2026-10"}, user=anna)
    for body in ({"ftp_w": 231}, {"ftp_w": 231}, {"ftp_w": 240, "threshold_heart_rate_bpm": 171}):
        assert accounts.call("PUT", path, body, user=anna).status == 200
    assert accounts.call("DELETE", path, user=anna).status == 204
    assert accounts.call("DELETE", path, user=anna).status == 204
    told = [event["detail"]["data"] for event in accounts.published("PhysicalDataChanged")]
    facts = [(one["revision"], one["measured_on"], one["ftp_w"], one["threshold_heart_rate_bpm"]) for one in told]
    day = "2026-11-01"
    assert sorted(facts) == [(1, day, 231, None), (2, day, 240, 171), (3, day, None, None)]
    assert accounts.call("GET", "/v1/me/physical", user=anna).body["history"] == []


HOME = {"lat": 55.7512, "lon": 37.6184, "radius_m": 400, "label": "Home"}


def test_privacy_zones_are_told_with_a_moved_centre_that_stays(accounts: Service, anna: str) -> None:
    for body in (HOME, HOME, {**HOME, "label": "Flat"}, {**HOME, "lat": 55.75121}):
        assert accounts.call("PUT", "/v1/me/privacy-zones/home", body, user=anna).status == 200
    assert accounts.call("GET", "/v1/me/privacy-zones", user=anna).body["items"] == [
        {**HOME, "zone_id": "home", "lat": 55.75121}
    ]
    told = zones_told(accounts)
    assert [one["revision"] for one in told] == [1, 2, 3]
    for one, lat in zip(told, (HOME["lat"], HOME["lat"], 55.75121), strict=True):
        (zone,) = one["zones"]
        assert 0.5 <= distance_m(zone["lat"], zone["lon"], lat, HOME["lon"]) / HOME["radius_m"] <= 0.8
        assert "label" not in zone
        assert (zone["lat"] - lat, zone["lon"]) == pytest.approx(
            (told[0]["zones"][0]["lat"] - HOME["lat"], told[0]["zones"][0]["lon"]), abs=1e-7
        )
    assert accounts.call("DELETE", "/v1/me/privacy-zones/home", user=anna).status == 204
    assert accounts.call("DELETE", "/v1/me/privacy-zones/home", user=anna).status == 204
    assert accounts.call("GET", "/v1/me/privacy-zones", user=anna).body["items"] == []
    assert len(accounts.published("PrivacyZonesChanged")) == 4


def test_a_place_that_is_hidden_again_is_hidden_by_the_same_circle(accounts: Service, anna: str) -> None:
    for radius in (400, 800, 400):
        body = {**HOME, "radius_m": radius}
        assert accounts.call("PUT", "/v1/me/privacy-zones/home", body, user=anna).status == 200
    accounts.call("DELETE", "/v1/me/privacy-zones/home", user=anna)
    accounts.call("PUT", "/v1/me/privacy-zones/flat", HOME, user=anna)
    found = [one["zones"][0] for one in zones_told(accounts) if one["zones"]]
    assert [zone["radius_m"] for zone in found] == [400, 800, 400, 400]
    assert len({(zone["lat"], zone["lon"]) for zone in found if zone["radius_m"] == 400}) == 1


def zones_told(accounts: Service) -> list[dict[str, Any]]:
    told = (entry["detail"]["data"] for entry in accounts.published("PrivacyZonesChanged"))
    return sorted(told, key=lambda one: one["revision"])


@pytest.mark.parametrize(
    "body",
    [
        {**HOME, "radius_m": 10},
        {**HOME, "radius_m": 300},
        {**HOME, "lat": 91},
        {**HOME, "lon": float("nan")},
        {"lat": 1, "lon": 1},
    ],
)
def test_a_privacy_zone_must_be_a_circle_on_the_globe(accounts: Service, anna: str, body: dict[str, Any]) -> None:
    assert accounts.call("PUT", "/v1/me/privacy-zones/home", body, user=anna).status == 422
    assert accounts.call("PUT", "/v1/me/privacy-zones/a.b", HOME, user=anna).status == 422


def test_there_are_at_most_ten_privacy_zones(accounts: Service, anna: str) -> None:
    for number in range(10):
        assert accounts.call("PUT", f"/v1/me/privacy-zones/z{number}", HOME, user=anna).status == 200
    refused = accounts.call("PUT", "/v1/me/privacy-zones/z10", HOME, user=anna)
    assert (refused.status, refused.body["code"]) == (409, "too_many_privacy_zones")
    assert accounts.call("PUT", "/v1/me/privacy-zones/z9", {**HOME, "lat": 1}, user=anna).status == 200


def photo(**options: Any) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (55.0, 45.0, 21.0)}
    Image.new("RGB", (800, 600), "teal").save(out, "JPEG", exif=exif, **options)
    return out.getvalue()


def arrive(accounts: Service, user: str, data: bytes) -> Any:
    form = accounts.call("POST", "/v1/me/avatar", {"content_type": "image/jpeg"}, user=user).body
    key = form["fields"]["key"]
    storage.s3_client().put_object(Bucket="stadion-avatars", Key=key, Body=data)
    notice = {"Records": [{"s3": {"object": {"key": key}}}]}
    event = sqs_event({"source": "", "detail_type": "", "detail": {}})
    event["Records"][0]["body"] = json.dumps(notice)
    assert accounts.invoke("on_avatar", event) == {"batchItemFailures": []}
    return accounts.call("GET", "/v1/me", user=user).body


def test_a_picture_becomes_a_small_one_without_the_place_it_was_taken(accounts: Service, anna: str) -> None:
    storage.s3_client.cache_clear()
    me = arrive(accounts, anna, photo())
    assert me["avatar_url"] is not None
    keys = [entry["Key"] for entry in boto3.client("s3").list_objects_v2(Bucket="stadion-avatars")["Contents"]]
    assert [key.split("/")[0] for key in keys] == ["avatars"]
    kept = boto3.client("s3").get_object(Bucket="stadion-avatars", Key=keys[0])["Body"].read()
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("WEBP", (512, 512), {})


def test_what_is_no_picture_is_refused_with_a_reason(accounts: Service, anna: str) -> None:
    storage.s3_client.cache_clear()
    me = arrive(accounts, anna, b"<svg onload=alert(1)>")
    assert (me["avatar_url"], me["avatar_problem"]) == (None, "picture_type_unknown")


def admin_call(accounts: Service, method: str, path: str) -> Any:
    answer = accounts.sign(method, path)
    return answer.status, answer.body


def test_roles_are_granted_by_signed_requests_only(accounts: Service, anna: str) -> None:
    path = f"/v1/admin/accounts/users/{ANNA['email'].lower()}"
    assert accounts.call("PUT", f"{path}/roles/admin", user=anna).status == 403
    assert accounts.call("GET", path, user=None).status == 403
    status, body = admin_call(accounts, "PUT", f"{path}/roles/admin")
    assert (status, body["roles"]) == (200, ["user", "admin"])
    assert admin_call(accounts, "DELETE", f"{path}/roles/admin")[1]["roles"] == ["user"]
    assert len(accounts.bodies("role_change")) == 2


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("register", 400, "email_is_invalid"),
        ("sign-in", 401, "sign_in_failed"),
        ("confirm", 400, "code_is_wrong"),
        ("refresh", 401, "session_is_over"),
        ("sign-out", 401, "session_is_over"),
    ],
)
def test_what_cognito_finds_malformed_is_the_clients_fault(
    accounts: Service, monkeypatch: pytest.MonkeyPatch, path: str, status: int, code: str
) -> None:
    _cognito_says(monkeypatch, "InvalidParameterException")
    bodies: dict[str, dict[str, str]] = {
        "register": {"email": "a@b..cc", "password": "blue-otters-swim"},
        "sign-in": {"email": "a@b..cc", "password": "blue-otters-swim"},
        "confirm": {"email": "a@b..cc", "code": "123456", "password": "blue-otters-swim"},
    }
    answer = accounts.call("POST", f"/v1/auth/{path}", bodies.get(path, {"refresh_token": "x"}), user=None)
    assert (answer.status, answer.body["code"]) == (status, code)


def _cognito_says(monkeypatch: pytest.MonkeyPatch, code: str, message: str = "") -> None:
    from botocore.exceptions import ClientError

    from accounts.sign_in import identity

    class Refusing:
        def __getattr__(self, name: str) -> Any:
            def call(**_: Any) -> None:
                raise ClientError({"Error": {"Code": code, "Message": message}}, name)

            return call

    monkeypatch.setattr(identity, "client", Refusing)


def test_the_profile_is_shown_anew_while_the_link_to_its_picture_ends(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(accounts, anna, photo())
    shown = accounts.call("GET", "/v1/me", user=anna)
    assert accounts.call("GET", "/v1/me", user=anna, if_none_match=shown.etag).status in {200, 304}
    later = datetime.now(UTC) + timedelta(hours=2)
    monkeypatch.setattr("stadion.clock.now", lambda: later)
    assert accounts.call("GET", "/v1/me", user=anna, if_none_match=shown.etag).status == 200
    assert patch(accounts, anna, {"city": "Perm"}, if_match=shown.etag).status == 200


def test_a_picture_announced_twice_is_taken_once(accounts: Service, anna: str) -> None:
    shown = arrive(accounts, anna, photo())
    event = sqs_event({"source": "", "detail_type": "", "detail": {}})
    notice = {"Records": [{"s3": {"object": {"key": f"incoming/{anna}/taken-before"}}}]}
    event["Records"][0]["body"] = json.dumps(notice)
    assert accounts.invoke("on_avatar", event) == {"batchItemFailures": []}
    assert accounts.call("GET", "/v1/me", user=anna).body["revision"] == shown["revision"]


def test_a_removed_picture_is_gone_from_the_bucket(accounts: Service, anna: str) -> None:
    arrive(accounts, anna, photo())
    assert patch(accounts, anna, {"avatar": None}).body["avatar_url"] is None
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket="stadion-avatars")


@pytest.mark.parametrize(("day", "status"), [("9999-12-31", 400), ("0001-01-01", 400), ("2026-11-01", 200)])
def test_a_measurement_is_of_a_day_that_has_been(accounts: Service, anna: str, day: str, status: int) -> None:
    accounts.call("PUT", "/v1/me/consents/health_data", {"granted": True, "text_version": "2026-10"}, user=anna)
    assert accounts.call("PUT", f"/v1/me/physical/{day}", {"ftp_w": 250}, user=anna).status == status
    assert accounts.call("PUT", f"/v1/me/physical/{day}", {}, user=anna).status == 422


def test_a_wrong_current_password_does_not_end_the_session(accounts: Service, anna: str) -> None:
    wanted = {"current_password": "wrong", "new_password": "new-otters-swim"}
    answer = accounts.call("PUT", "/v1/me/password", wanted, user=anna)
    assert (answer.status, answer.body["code"]) == (400, "current_password_is_wrong")
    assert accounts.call("GET", "/v1/me", user=anna).status == 200


def test_the_newest_entry_of_the_journal_is_the_state_that_holds(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, early = datetime(2026, 11, 21, 8, 0, 1, tzinfo=UTC), datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    for moment, granted in ((late, True), (early, False)):  # the earlier request was overtaken and is written last
        monkeypatch.setattr("stadion.clock.now", lambda moment=moment: moment)
        body = {"granted": granted, "text_version": "2026-10"}
        accounts.call("PUT", "/v1/me/consents/location", body, user=anna)
    journal = accounts.call("GET", "/v1/me/consents/journal", user=anna).body["items"]
    assert [(entry["revision"], entry["granted"]) for entry in journal] == [(2, False), (1, True)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"country": "XX"}, "Это не код страны"),
        ({"birth_date": "2024-01-01"}, "Stadion — для тех, кому исполнилось 13 лет."),
        ({"privacy": {"shoe_size": "public"}}, "Нет настройки приватности для shoe_size."),
    ],
)
def test_what_our_own_rules_refuse_is_said_in_the_callers_language(
    accounts: Service, anna: str, body: dict[str, Any], said: str
) -> None:
    refused = patch(accounts, anna, body, accept_language="ru")
    assert refused.status == 422
    assert said in refused.body["errors"][0]["detail"]


def test_of_two_edits_that_looked_at_one_profile_the_second_is_refused(accounts: Service, anna: str) -> None:
    accounts.enter()
    seen = store.profile(anna)
    now = clock.now()
    store.revise_profile(seen, seen.revised(now, city="Perm"), [], now)

    with pytest.raises(StaleVersionError):
        store.revise_profile(seen, seen.revised(now, city="Omsk"), [], now)

    assert store.profile(anna).city == "Perm"


def test_a_brake_by_an_address_is_found_in_the_audit_by_the_athlete(accounts: Service, anna: str) -> None:
    path = f"/v1/admin/accounts/users/{ANNA['email'].lower()}/limit"
    accounts.sign("PUT", path, {"most_per_minute": 1})
    accounts.sign("DELETE", path)

    told = [item for item in boto3.client("dynamodb").scan(TableName=AUDIT_TABLE)["Items"] if "status" in item]
    assert [item["gsi2pk"]["S"] for item in told] == [audit.about_user(anna)] * 2


def test_one_athlete_is_braked_and_let_go_by_signed_requests_only(accounts: Service, anna: str) -> None:
    path = f"/v1/admin/accounts/users/{ANNA['email'].lower()}/limit"
    assert accounts.call("PUT", path, {"most_per_minute": 1}, user=anna).status == 403
    assert accounts.sign("PUT", path, {"most_per_minute": 1}).body == {"most_per_minute": 1}

    _, refused = [accounts.call("GET", "/v1/me", user=anna) for _ in range(2)]
    assert (refused.status, refused.headers["RateLimit-Policy"]) == (429, '"athlete";q=1;w=60')
    assert accounts.sign("DELETE", path).status == 204
    assert standing.of(anna).most_per_minute is None
    assert (
        accounts.sign("PUT", "/v1/admin/accounts/users/nobody@example.org/limit", {"most_per_minute": 1}).status == 404
    )
