"""Another athlete's things are never read nor written: every route that there is, tried as somebody else."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.kit.athletes import PASSWORD, Athlete, join, stranger
from tests.kit.cognito import OF_TOKENS, pool_of, refusal
from tests.kit.promos import offer_for
from tests.kit.route_cases import AN_HOUR_AGO, NOBODYS, RUN, SAMPLE, TODAY, ForAdmins, Own
from tests.kit.stack import WAIT_S, DeployedStack, Things, again, eventually, everything, round_of, settle
from tests.platform.e2e.route_cases import CASES, GUARDED, LAST, MAKERS

PHONE = "+79161234567"
LIVE = "0193a1c0-0000-7000-8000-00000000aaaa"
POINT = '<trkpt lat="{lat:.6f}" lon="37.61"><ele>150</ele><time>2026-10-04T07:{minute:02}:{second:02}Z</time></trkpt>'
TRACK = "".join(POINT.format(lat=55.75 + n * 0.0003, minute=n // 6, second=10 * (n % 6)) for n in range(120))
GPX = f'<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{TRACK}</trkseg></trk></gpx>'


@dataclass
class Victim:
    """An athlete who has one of everything."""

    athlete: Athlete
    ids: dict[str, str]
    secrets: set[str] = field(default_factory=set)

    def named(self, text: str) -> str:
        """`<workout_id>` and `{workout_id}` as this athlete's."""
        for name, value in self.ids.items():
            text = text.replace(f"<{name}>", value).replace(f"{{{name}}}", value)
        return text


@pytest.fixture(scope="module")
def victim(stack: DeployedStack) -> Victim:
    athlete = join(stack, "victim")
    profile = {"given_name": "Only-Mine", "city": "Secretville", "display_name": "Anna"}
    athlete.call("PATCH", "/v1/me", profile, if_match="*")
    athlete.call("POST", "/v1/me/phone", {"phone": PHONE})
    athlete.call("POST", "/v1/me/phone/confirm", {"code": athlete.door.texted_code_for(PHONE)})
    athlete.call("PUT", "/v1/me/consents/health_data", {"granted": True, "text_version": "2026-10"})
    athlete.call("PUT", "/v1/me/physical/2026-10-01", {"mass_kg": 61.25})
    athlete.call("PUT", "/v1/me/privacy-zones/home", {"lat": 55.71, "lon": 37.71, "radius_m": 400, "label": "Only-My"})
    athlete.call("PUT", "/v1/notifications/devices/victims-phone", {"platform": "ios", "token": "Only-My-Token-123"})
    chain = {"name": "Only-My-Chain", "limit": 10}
    gear = athlete.call("POST", "/v1/gear", {"category": "bike", "nickname": "Only-My-Bike", "components": [chain]})
    upload = athlete.call("POST", "/v1/uploads", {"filename": "only-mine.gpx", "notes": "Only-My-Notes"})
    post_form(upload["form"], GPX)
    workout = athlete.call("GET", f"/v1/workouts/{workout_of(athlete, upload)}")
    photo = athlete.call(
        "POST", f"/v1/workouts/{workout['workout_id']}/photos", {"content_type": "image/png", "alt": "Only-My-Photo"}
    )
    athlete.call("POST", "/v1/workouts", {**RUN, "started_at": AN_HOUR_AGO, "gear_ids": [gear["gear_id"]]})
    athlete.call("POST", "/v1/telemetry", {"device_id": "Only-My-Watch", "samples": [SAMPLE]})
    notes = eventually(lambda: athlete.call("GET", "/v1/notifications")["items"])
    live = {"session_id": LIVE, "sport_type": "Run", "started_at": TODAY, "name": "Only-My-Live-Run"}
    athlete.call("POST", "/v1/live/sessions", live)
    athlete.call("POST", f"/v1/live/sessions/{LIVE}/samples", {"time_s": [0, 1], "heart_rate_bpm": [141, 142]})
    link = athlete.call("POST", f"/v1/live/sessions/{LIVE}/share-links", {})
    athlete.call("PUT", "/v1/me/consents/marketing_push", {"granted": True, "text_version": "2026-10"})
    offer = offer_for(stack, athlete.user_id)
    ids = {
        "offer_id": offer["offer_id"],
        "promo_id": offer["promo_id"],
        "segment_name": "nobodys",
        "campaign_id": "nobodys-campaign",
        "run_id": "nobodys-campaign-20261201T070000Z",
        "session_id": LIVE,
        "link_id": link["link_id"],
        "follower": NOBODYS,
        "workout_id": workout["workout_id"],
        "sha256": workout["files"][0]["sha256"],
        "photo_id": photo["photo_id"],
        "upload_id": upload["upload_id"],
        "gear_id": gear["gear_id"],
        "component_id": gear["components"][0]["component_id"],
        "notification_id": notes[0]["notification_id"],
        "user_id": athlete.user_id,
        "username": athlete.email,
        "role": "admin",
        "measured_on": "2026-10-01",
        "zone_id": "home",
        "gear_category": "running_shoes",
        "push_device_id": "victims-phone",
        "kind": "health_data",
        "metric": "heart_rate",
    }
    for things in MAKERS:
        ids |= things(athlete)
    private = {
        offer["code"],
        "Only-Mine",
        "Secretville",
        PHONE,
        "61.25",
        "171.25",
        "Only-My",
        athlete.email,
        "only-mine.gpx",
    }
    settle(stack, athlete.user_id)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    round_of(stack, "notifications-dispatch-send-due", only=athlete.user_id, as_of=tomorrow)  # what waited for an hour
    victim = Victim(athlete, ids, private | {value for name, value in ids.items() if name.endswith("_id")})
    settle(stack, athlete.user_id)
    return victim


@pytest.fixture(scope="module")
def other(stack: DeployedStack, victim: Victim) -> Athlete:
    athlete = join(stack, "other")
    settle(stack, athlete.user_id)
    return athlete


def workout_of(athlete: Athlete, upload: dict[str, Any]) -> str:
    """The first workout of an upload, when it is ready."""

    def ended() -> dict[str, Any] | None:
        status: dict[str, Any] = athlete.call("GET", f"/v1/uploads/{upload['upload_id']}")
        return None if status["status"] in {"queued", "processing"} else status

    status = eventually(ended)
    assert status is not None
    assert status["status"] == "ready", status
    return str(status["workout_ids"][0])


def post_form(form: dict[str, Any], text: str) -> httpx.Response:
    return httpx.post(form["url"], data=form["fields"], files={"file": ("a.gpx", text.encode())}, timeout=WAIT_S)


def attempt(who: Athlete, victim: Victim, route: str, body: Any = None, **headers: str) -> httpx.Response:
    method, path = route.split(" ", 1)
    named = json.loads(victim.named(json.dumps(body))) if body is not None else None
    return who.answer(method, victim.named(path), named, **{"if_match": "*", **headers})


def leaks(answer: httpx.Response, victim: Victim) -> set[str]:
    """What is the victim's in an answer, other than what was asked with."""
    asked = f"{answer.request.url} {answer.request.content.decode()}"
    return {secret for secret in victim.secrets if secret in answer.text and secret not in asked}


@pytest.fixture(scope="module")
def id_token(stack: DeployedStack, victim: Victim) -> str:
    """The victim's own, which is no access token."""
    return str(pool_of(stack).sign_in(victim.athlete.email, PASSWORD)["IdToken"])


@pytest.fixture(scope="module")
def before(stack: DeployedStack, victim: Victim, other: Athlete) -> Things:
    """Every item that is the victim's, or that says anything about them."""
    return everything(stack, victim.ids["user_id"])


def groups() -> dict[str, list[str]]:
    """Routes in the order in which they are tried, by service: the victim's things are compared after each group."""
    found: dict[str, list[str]] = {}
    for route in GUARDED:
        turn = "last" if route in LAST else "own" if isinstance(CASES.get(route), Own) else "theirs"
        found.setdefault(f"{turn}: {route.split('/')[2]}", []).append(route)
    return found


GROUPS = groups()
WITH_BODY = {
    name: with_body
    for name, routes in GROUPS.items()
    if (with_body := [route for route in routes if CASES[route].body is not None])
}


def tried(
    stack: DeployedStack, victim: Victim, before: Things, routes: Iterable[str], wrong: Callable[[str], str]
) -> None:
    """No attempt is answered as it should not be, and nothing of the victim's has changed."""
    attempted = list(routes)
    assert [told for route in attempted if (told := wrong(route))] == []
    if again(stack, before, victim.ids["user_id"]) != before:
        changed_by = [route for route in attempted if _changes(stack, victim, route, wrong)]
        pytest.fail(f"something of the victim's has changed; tried once more, it is changed by {changed_by}")


def _changes(stack: DeployedStack, victim: Victim, route: str, wrong: Callable[[str], str]) -> bool:
    known = everything(stack, victim.ids["user_id"])
    wrong(route)
    return everything(stack, victim.ids["user_id"]) != known


@pytest.mark.parametrize("group", GROUPS)
def test_without_an_access_token_there_is_nothing(
    stack: DeployedStack, victim: Victim, id_token: str, before: Things, group: str
) -> None:
    headers, payload, _ = victim.athlete.access_token.split(".")
    unsigned = f"{headers}.{payload}.{'A' * 342}"

    def wrong(route: str) -> str:
        for authorization in ("", "Bearer garbage", f"Bearer {unsigned}", f"Bearer {id_token}", "Basic YTpi"):
            answer = attempt(stranger(stack), victim, route, CASES[route].body, authorization=authorization)
            if answer.status_code not in {401, 403} or leaks(answer, victim):
                return f"{route} with {authorization[:12]}: {answer.status_code} {answer.text}"
        return ""

    tried(stack, victim, before, GROUPS[group], wrong)


@pytest.mark.parametrize("group", WITH_BODY)
def test_nobody_can_say_whose_thing_it_is(
    stack: DeployedStack, victim: Victim, other: Athlete, before: Things, group: str
) -> None:
    def wrong(route: str) -> str:
        allowed = {422, 403} if isinstance(CASES[route], ForAdmins) else {422}
        for smuggled in ({"user_id": "{user_id}"}, {"sub": "{user_id}"}):
            answer = attempt(other, victim, route, {**CASES[route].body, **smuggled})
            if answer.status_code not in allowed:
                return f"{route}: {answer.status_code} {answer.text}"
        return ""

    tried(stack, victim, before, WITH_BODY[group], wrong)


@pytest.mark.parametrize("group", GROUPS)
def test_another_athletes_things_are_not_there(
    stack: DeployedStack, victim: Victim, other: Athlete, before: Things, group: str
) -> None:
    def wrong(route: str) -> str:
        answer = attempt(other, victim, route, CASES[route].body)
        is_right = answer.status_code in CASES[route].statuses and not leaks(answer, victim)
        if route == "PUT /v1/me/password" and is_right:  # which ended the session
            other.take(answer.json())
        return "" if is_right else f"{route}: {answer.status_code} {answer.text}"

    tried(stack, victim, before, GROUPS[group], wrong)


def test_codes_and_tokens_of_one_athlete_open_nothing_of_another(
    stack: DeployedStack, victim: Victim, before: Things
) -> None:
    """Registration, reset, refresh, a new address, a new phone: by whoever has good codes and tokens of their own."""
    thief, theirs = join(stack, "thief"), victim.athlete
    door, new = thief.door, f"thief.{uuid4().hex[:8]}@example.org"
    door.call("POST", "/v1/auth/forgot-password", {"email": thief.email})
    door.call("POST", "/v1/auth/register", {"email": new, "password": PASSWORD})
    thief.call("POST", "/v1/me/phone", {"phone": "+79161234560"})
    reset, registration = door.code_for(thief.email), door.code_for(new)
    other_purpose = {"email": thief.email, "code": registration, "new_password": PASSWORD}
    for path, body in {
        "reset-password": {"email": theirs.email, "code": reset, "new_password": "a-password-of-the-thief"},
        "confirm": {"email": theirs.email, "code": registration, "password": "a-password-of-the-thief"},
        "reset-password#": other_purpose,
    }.items():
        refused = door.answer("POST", f"/v1/auth/{path.rstrip('#')}", body)
        assert (refused.status_code, refused.json()["code"]) == (400, "code_is_wrong"), path
    texted = door.texted_code_for("+79161234560")
    assert theirs.answer("POST", "/v1/me/phone/confirm", {"code": texted}).status_code == 400
    assert theirs.answer("POST", "/v1/me/email/confirm", {"code": reset}).status_code == 400
    for token in (theirs.access_token, thief.access_token, "garbage"):  # no refresh tokens
        assert door.answer("POST", "/v1/auth/refresh", {"refresh_token": token}).status_code == 401
        assert door.answer("POST", "/v1/auth/sign-out", {"refresh_token": token}).status_code == 401
    door.call("POST", "/v1/auth/sign-out", {"refresh_token": thief.refresh_token})
    for call in OF_TOKENS.values():
        assert refusal(lambda c=call: c(pool_of(stack), thief.access_token))[0] == "NotAuthorizedException"  # type: ignore[misc]

    assert theirs.get("/v1/me")["phone"] == PHONE
    assert again(stack, before, victim.ids["user_id"]) == before


def test_a_profile_shows_strangers_what_its_owner_shares(victim: Victim, other: Athlete) -> None:
    other.sign_in("another horse battery")
    shown = other.call("GET", f"/v1/users/{victim.ids['user_id']}")
    assert {name: value for name, value in shown.items() if value is not None} == {
        "user_id": victim.ids["user_id"],
        "display_name": "Anna",
    }
    assert other.answer("GET", f"/v1/users/{NOBODYS}").status_code == 404


def test_a_form_takes_one_file_under_ones_own_key(
    stack: DeployedStack, victim: Victim, other: Athlete, before: Things
) -> None:
    """The form is signed for its key: with another key in it, S3 refuses."""
    form = other.call("POST", "/v1/uploads", {"filename": "b.gpx"})["form"]
    assert other.user_id in form["fields"]["key"]
    for key in (f"uploads/{victim.ids['user_id']}/{victim.ids['upload_id']}", f"files/{victim.ids['user_id']}/x/y"):
        answer = post_form({**form, "fields": {**form["fields"], "key": key}}, GPX)
        assert answer.status_code == 403, answer.text
    avatar = other.call("POST", "/v1/me/avatar", {"content_type": "image/png"})
    stolen = {**avatar["fields"], "key": f"incoming/{victim.ids['user_id']}/{NOBODYS}"}
    assert post_form({**avatar, "fields": stolen}, "not a picture").status_code == 403


def test_nothing_of_theirs_has_changed_when_everything_has_settled(
    stack: DeployedStack, victim: Victim, other: Athlete, before: Things
) -> None:
    """Another athlete's workout that names their gear and their ids included; all items of all tables are looked at."""
    settle(stack, victim.ids["user_id"])
    settle(stack, other.user_id)
    assert everything(stack, victim.ids["user_id"]) == before
    athlete = victim.athlete
    gear = athlete.call("GET", f"/v1/gear/{victim.ids['gear_id']}")
    assert (gear["distance_m"], gear["nickname"]) == (5000, "Only-My-Bike")
    assert athlete.call("GET", f"/v1/workouts/{victim.ids['workout_id']}")["notes"] == "Only-My-Notes"
    assert athlete.call("GET", "/v1/telemetry/heart_rate?from=2026-10-01&to=2026-10-01")["values"] == [171.25]
    assert athlete.call("GET", f"/v1/workouts/{victim.ids['workout_id']}/files/original")["url"]
