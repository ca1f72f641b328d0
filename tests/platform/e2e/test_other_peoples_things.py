"""Another athlete's things are never read nor written: every route that there is, tried as somebody else.

The routes come from the services themselves, so that a new one without a case here fails.
"""

import importlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from local.paths import ROOT
from tests.kit.athletes import PASSWORD, Athlete
from tests.kit.offers import PROMO, offer_for
from tests.kit.stack import WAIT_S, DeployedStack, eventually

Raw = dict[str, Any]
NOBODYS = "0193a1c0-0000-7000-8000-000000000000"
LIVE = "0193a1c0-0000-7000-8000-00000000aaaa"
POINT = '<trkpt lat="{lat:.6f}" lon="37.61"><ele>150</ele><time>2026-10-04T07:{minute:02}:{second:02}Z</time></trkpt>'
TRACK = "".join(POINT.format(lat=55.75 + n * 0.0003, minute=n // 6, second=10 * (n % 6)) for n in range(120))
GPX = f'<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{TRACK}</trkseg></trk></gpx>'


@dataclass(frozen=True)
class Theirs:
    """Names a thing of another athlete: there is no such thing."""

    body: Any = None
    statuses: frozenset[int] = frozenset({404})


@dataclass(frozen=True)
class Own:
    """Names nobody: one's own things only, whatever ids are in the body."""

    body: Any = None
    statuses: frozenset[int] = frozenset({200, 201, 204})


@dataclass(frozen=True)
class ForAdmins:
    body: Any = None
    statuses: frozenset[int] = frozenset({401, 403})


Case = Theirs | Own | ForAdmins

RUN = {"sport_type": "Run", "started_at": "2026-10-01T07:00:00Z", "elapsed_time_s": 1800, "distance_m": 5000}
QUIET_LOOKS = 3
TODAY = datetime.now(UTC).isoformat()
SAMPLE = {"metric": "heart_rate", "value": 171.25, "timestamp": "2026-10-01T07:00:00Z"}
CAMPAIGN = {
    "name": "Mine",
    "schedule": {"at": "2099-01-01T10:00"},
    "variants": [{"name": "a", "promo_id": "shoes-for-one"}],
    "currency": "RUB",
}
CASES: dict[str, Case] = {
    # accounts
    "GET /v1/me": Own(),
    "PATCH /v1/me": Own({"city": "Perm"}),
    "PUT /v1/me/password": Own({"current_password": PASSWORD, "new_password": "another horse battery"}),
    "POST /v1/me/avatar": Own({"content_type": "image/png"}),
    "GET /v1/me/physical": Own(),
    "PUT /v1/me/physical/<measured_on>": Own({"mass_kg": 60}),
    "DELETE /v1/me/physical/<measured_on>": Own(),
    "GET /v1/me/privacy-zones": Own(),
    "PUT /v1/me/privacy-zones/<zone_id>": Own({"lat": 55.75, "lon": 37.61, "radius_m": 300}),
    "DELETE /v1/me/privacy-zones/<zone_id>": Own(),
    "GET /v1/me/consents": Own(),
    "GET /v1/me/consents/journal": Own(),
    "PUT /v1/me/consents/<kind>": Own({"granted": True, "text_version": "2026-10"}),
    "POST /v1/auth/sign-out-everywhere": Own(),
    "GET /v1/users/<user_id>": Own(),
    "GET /v1/admin/accounts/users/<username>": ForAdmins(),
    "PUT /v1/admin/accounts/users/<username>/roles/<role>": ForAdmins(),
    "DELETE /v1/admin/accounts/users/<username>/roles/<role>": ForAdmins(),
    # workouts: an id of somebody else is free for one's own things
    "POST /v1/workouts": Own({**RUN, "workout_id": "{workout_id}", "gear_ids": ["{gear_id}"]}),
    "GET /v1/workouts": Own(),
    "GET /v1/workouts/<workout_id>": Theirs(),
    "PATCH /v1/workouts/<workout_id>": Theirs({"name": "mine"}),
    "DELETE /v1/workouts/<workout_id>": Theirs(),
    "GET /v1/workouts/<workout_id>/files/<sha256>": Theirs(),
    "POST /v1/uploads": Own({"filename": "a.gpx", "upload_id": "{upload_id}"}),
    "GET /v1/uploads/<upload_id>": Theirs(),
    # telemetry
    "GET /v1/workouts/<workout_id>/streams": Theirs(),
    "GET /v1/workouts/<workout_id>/export": Theirs(),
    "POST /v1/telemetry": Own({"device_id": "Only-My-Watch", "samples": [{**SAMPLE, "value": 99}]}, frozenset({202})),
    "GET /v1/telemetry/<metric>": Own(),
    "GET /v1/workouts/<workout_id>/metrics": Theirs(),
    "GET /v1/metrics/fitness": Own(),
    "GET /v1/metrics/trends/<metric>": Own(),
    "GET /v1/metrics/zones": Own(),
    "GET /v1/metrics/histogram": Own(),
    "GET /v1/metrics/mean-max": Own(),
    "GET /v1/metrics/series/<metric>": Own(),
    "GET /v1/metrics/latest": Own(),
    # live workouts
    "POST /v1/live/sessions": Own({"session_id": NOBODYS, "sport_type": "Run", "started_at": TODAY}),
    "GET /v1/live/sessions": Own(),
    "GET /v1/live/sessions/<session_id>": Theirs(),
    "POST /v1/live/sessions/<session_id>/samples": Theirs({"time_s": [1], "heart_rate_bpm": [99]}),
    "POST /v1/live/sessions/<session_id>/pause": Theirs({"at_s": 1}),
    "POST /v1/live/sessions/<session_id>/resume": Theirs({"at_s": 1}),
    "POST /v1/live/sessions/<session_id>/stop": Theirs({"at_s": 1}),
    "POST /v1/live/sessions/<session_id>/discard": Theirs(),
    "POST /v1/live/sessions/<session_id>/share-links": Theirs({"expires_in_s": 600}),
    "GET /v1/live/sessions/<session_id>/share-links": Theirs(),
    "DELETE /v1/live/sessions/<session_id>/share-links/<link_id>": Theirs(),
    "GET /v1/live/followers": Own(),
    "PUT /v1/live/followers/<follower>": Own(),
    "DELETE /v1/live/followers/<follower>": Own(),
    # inventory
    "POST /v1/gear": Own({"category": "running_shoes", "gear_id": "{gear_id}"}),
    "GET /v1/gear": Own(),
    "GET /v1/gear/categories": Own(),
    "GET /v1/gear/<gear_id>": Theirs(),
    "PATCH /v1/gear/<gear_id>": Theirs({"nickname": "mine"}),
    "DELETE /v1/gear/<gear_id>": Theirs(),
    "POST /v1/gear/<gear_id>/components": Theirs({"name": "Laces", "limit": 10}),
    "PATCH /v1/gear/<gear_id>/components/<component_id>": Theirs({"name": "mine"}),
    "DELETE /v1/gear/<gear_id>/components/<component_id>": Theirs(),
    # gamification
    "GET /v1/gamification/progress": Own(),
    "GET /v1/gamification/levels": Own(),
    "GET /v1/gamification/records": Own(),
    # promos
    "GET /v1/promos": Own(),
    "GET /v1/promos/<offer_id>": Theirs(),
    "POST /v1/promos/<offer_id>/view": Theirs(),
    "POST /v1/promos/<offer_id>/click": Theirs(),
    "POST /v1/promos/<offer_id>/dismiss": Theirs(),
    "GET /v1/admin/promos": ForAdmins(),
    "POST /v1/admin/promos": ForAdmins(PROMO),
    "POST /v1/admin/promos/validate": ForAdmins(PROMO),
    "GET /v1/admin/promos/<promo_id>": ForAdmins(),
    "PATCH /v1/admin/promos/<promo_id>": ForAdmins({"name": "mine"}),
    "DELETE /v1/admin/promos/<promo_id>": ForAdmins(),
    "POST /v1/admin/promos/<promo_id>/status": ForAdmins({"action": "end"}),
    "POST /v1/admin/promos/<promo_id>/offers": ForAdmins({"user_id": "{user_id}"}),
    "GET /v1/admin/promos/<promo_id>/explain/<user_id>": ForAdmins(),
    "GET /v1/admin/promos/<promo_id>/funnel": ForAdmins(),
    "GET /v1/admin/promos/segments": ForAdmins(),
    "GET /v1/admin/promos/segments/<segment_name>": ForAdmins(),
    "PUT /v1/admin/promos/segments/<segment_name>": ForAdmins({"rule": {"consent": "location"}}),
    "DELETE /v1/admin/promos/segments/<segment_name>": ForAdmins(),
    "GET /v1/admin/promos/segments/<segment_name>/count": ForAdmins(),
    "GET /v1/admin/promos/segments/<segment_name>/explain/<user_id>": ForAdmins(),
    # notifications
    "GET /v1/notifications": Own(),
    "GET /v1/notifications/unread-count": Own(),
    "POST /v1/notifications/read": Own(),
    "POST /v1/notifications/<notification_id>/read": Theirs(),
    "GET /v1/notifications/preferences": Own(),
    "PATCH /v1/notifications/preferences": Own({"rhythm": {"gear": "weekly"}}),
    "GET /v1/notifications/devices": Own(),
    "PUT /v1/notifications/devices/<push_device_id>": Own({"platform": "ios", "token": "abcdef0123456789"}),
    "DELETE /v1/notifications/devices/<push_device_id>": Own(),
    "GET /v1/admin/notifications/users/<user_id>/deliveries": ForAdmins(),
    "GET /v1/admin/wear-offers": ForAdmins(),
    "PUT /v1/admin/wear-offers/<gear_category>": ForAdmins({"promo_id": "winter-shoes"}),
    "DELETE /v1/admin/wear-offers/<gear_category>": ForAdmins(),
    # partners: their own API is tried with other partners' keys in test_partners.py
    "GET /v1/admin/campaigns": ForAdmins(),
    "GET /v1/admin/campaigns/cohorts": ForAdmins(),
    "POST /v1/admin/campaigns/validate": ForAdmins(CAMPAIGN),
    "GET /v1/admin/campaigns/<campaign_id>": ForAdmins(),
    "PUT /v1/admin/campaigns/<campaign_id>": ForAdmins(CAMPAIGN),
    "DELETE /v1/admin/campaigns/<campaign_id>": ForAdmins(),
    "POST /v1/admin/campaigns/<campaign_id>/status": ForAdmins({"action": "schedule"}),
    "GET /v1/admin/campaigns/<campaign_id>/preview": ForAdmins(),
    "GET /v1/admin/campaigns/<campaign_id>/metrics": ForAdmins(),
    "GET /v1/admin/campaigns/<campaign_id>/runs": ForAdmins(),
    "GET /v1/admin/campaigns/<campaign_id>/runs/<run_id>": ForAdmins(),
    "GET /v1/admin/campaigns/<campaign_id>/runs/<run_id>/report": ForAdmins(),
    "POST /v1/admin/partners": ForAdmins({"partner_id": "mine", "name": "Mine"}),
    "GET /v1/admin/partners": ForAdmins(),
    "GET /v1/admin/partners/<partner_id>": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/keys": ForAdmins({}),
    "POST /v1/admin/partners/<partner_id>/secrets": ForAdmins({}),
    "POST /v1/admin/partners/<partner_id>/finish": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/disable": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/enable": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/imports": ForAdmins({"format": "csv"}),
    "GET /v1/admin/partners/imports/<import_id>": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/endpoints": ForAdmins(
        {"url": "https://store.example/hooks", "events": ["promo.issued"]}
    ),
    "GET /v1/admin/partners/<partner_id>/endpoints": ForAdmins(),
    "DELETE /v1/admin/partners/<partner_id>/endpoints/<endpoint_id>": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/endpoints/<endpoint_id>/enable": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/endpoints/<endpoint_id>/secrets": ForAdmins({}),
    "GET /v1/admin/partners/<partner_id>/deliveries": ForAdmins(),
}
"""With `If-Match: *`, which is the most that an editor can claim."""

PUBLIC = {
    "GET /v1/unsubscribe",
    "POST /v1/unsubscribe",
    "POST /v1/auth/register",
    "POST /v1/auth/confirm",
    "POST /v1/auth/resend",
    "POST /v1/auth/sign-in",
    "POST /v1/auth/refresh",
    "POST /v1/auth/sign-out",
    "POST /v1/auth/forgot-password",
    "POST /v1/auth/reset-password",
    "GET /v1/health",
    "GET /v1/live/shared/<share_token>",
    "GET /docs",
    "GET /docs/openapi.json",
    "GET /docs/swagger-ui.js",
    "GET /docs/swagger-ui.css",
}
LAST = ("PUT /v1/me/password", "POST /v1/auth/sign-out-everywhere")
"""After these, the one who tries has other tokens."""


def routes() -> list[str]:
    """`METHOD /path/<with>/<parameters>` of every service's API."""
    found = []
    for entry_point in sorted(Path(ROOT, "functions").glob("*/api.py")):
        api = importlib.import_module(f"{entry_point.parent.name}.api").api
        found += [f"{route.method} {route.path}" for route in api._static_routes + api._dynamic_routes]
    guarded = [route for route in found if route not in PUBLIC and not route.startswith("OPTIONS ")]
    return sorted(guarded, key=_turn)


def _turn(route: str) -> tuple[int, str]:
    """What is asked of others comes before one has things with the same ids."""
    return (2 + LAST.index(route) if route in LAST else isinstance(CASES.get(route), Own)), route


GUARDED = routes()
WITH_BODY = [route for route in GUARDED if CASES.get(route, Own()).body is not None]


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
    athlete = Athlete.join(stack, "victim")
    profile = {"given_name": "Only-Mine", "city": "Secretville", "phone": "+79161234567", "display_name": "Anna"}
    athlete.done("PATCH", "/v1/me", profile, if_match="*")
    athlete.done("PUT", "/v1/me/consents/health_data", {"granted": True, "text_version": "2026-10"})
    athlete.done("PUT", "/v1/me/physical/2026-10-01", {"mass_kg": 61.25})
    athlete.done("PUT", "/v1/me/privacy-zones/home", {"lat": 55.71, "lon": 37.71, "radius_m": 321, "label": "Only-My"})
    athlete.done("PUT", "/v1/notifications/devices/victims-phone", {"platform": "ios", "token": "Only-My-Token-123"})
    chain = {"name": "Only-My-Chain", "limit": 10}
    gear = athlete.done("POST", "/v1/gear", {"category": "bike", "nickname": "Only-My-Bike", "components": [chain]})
    upload = athlete.done("POST", "/v1/uploads", {"filename": "only-mine.gpx", "notes": "Only-My-Notes"})
    post_form(upload["form"], GPX)
    workout = athlete.done("GET", f"/v1/workouts/{workout_of(athlete, upload)}")
    athlete.done("POST", "/v1/workouts", {**RUN, "started_at": "2026-09-01T07:00:00Z", "gear_ids": [gear["gear_id"]]})
    athlete.done("POST", "/v1/telemetry", {"device_id": "Only-My-Watch", "samples": [SAMPLE]})
    notes = eventually(lambda: athlete.done("GET", "/v1/notifications")["items"])
    live = {"session_id": LIVE, "sport_type": "Run", "started_at": TODAY, "name": "Only-My-Live-Run"}
    athlete.done("POST", "/v1/live/sessions", live)
    athlete.done("POST", f"/v1/live/sessions/{LIVE}/samples", {"time_s": [0, 1], "heart_rate_bpm": [141, 142]})
    link = athlete.done("POST", f"/v1/live/sessions/{LIVE}/share-links", {})
    athlete.done("PUT", "/v1/me/consents/marketing_push", {"granted": True, "text_version": "2026-10"})
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
    private = {
        offer["code"],
        "Only-Mine",
        "Secretville",
        "+79161234567",
        "61.25",
        "171.25",
        "Only-My",
        athlete.email,
        "only-mine.gpx",
    }
    victim = Victim(athlete, ids, private | {value for name, value in ids.items() if name.endswith("_id")})
    settle(stack)
    return victim


@pytest.fixture(scope="module")
def other(stack: DeployedStack, victim: Victim) -> Athlete:
    athlete = Athlete.join(stack, "other")
    settle(stack)
    return athlete


def workout_of(athlete: Athlete, upload: dict[str, Any]) -> str:
    """The first workout of an upload, when it is ready."""

    def ended() -> dict[str, Any] | None:
        status: dict[str, Any] = athlete.done("GET", f"/v1/uploads/{upload['upload_id']}")
        return None if status["status"] in {"queued", "processing"} else status

    status = eventually(ended)
    assert status is not None
    assert status["status"] == "ready", status
    return str(status["workout_ids"][0])


def post_form(form: dict[str, Any], text: str) -> httpx.Response:
    return httpx.post(form["url"], data=form["fields"], files={"file": ("a.gpx", text.encode())}, timeout=WAIT_S)


def settle(stack: DeployedStack) -> None:
    """Until no queue holds anything and no table changes, for several looks: between them an event is in neither."""
    waiting = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    urls = stack.aws.sqs.list_queues(QueueNamePrefix="stadion-")["QueueUrls"]

    last, quiet = everything(stack), 0

    def is_quiet() -> bool:
        nonlocal last, quiet
        depths = [stack.aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=cast("Any", waiting)) for url in urls]
        empty = all(count == "0" for depth in depths for count in depth["Attributes"].values())
        now = everything(stack)
        quiet = quiet + 1 if empty and now == last else 0
        last = now
        return quiet >= QUIET_LOOKS

    eventually(is_quiet, every_s=1.0)


def everything(stack: DeployedStack) -> list[tuple[str, str]]:
    """All items of all tables."""
    client = cast("Any", stack.aws.client("dynamodb"))
    found = []
    for table in stack.tables.values():
        for page in client.get_paginator("scan").paginate(TableName=table):
            found += [(table, json.dumps(item, sort_keys=True, default=repr)) for item in page["Items"]]
    return sorted(found)


def stored_of(stack: DeployedStack, victim: Victim) -> list[tuple[str, str]]:
    """Every item that is this athlete's, or that says anything about them."""
    return [(table, item) for table, item in everything(stack) if victim.ids["user_id"] in item]


def attempt(who: Athlete, victim: Victim, route: str, body: Any = None, **headers: str) -> httpx.Response:
    method, path = route.split(" ", 1)
    named = json.loads(victim.named(json.dumps(body))) if body is not None else None
    return who.send(method, victim.named(path), named, **{"if_match": "*", **headers})


def leaks(answer: httpx.Response, victim: Victim) -> set[str]:
    """What is the victim's in an answer, other than what was asked with."""
    asked = f"{answer.request.url} {answer.request.content.decode()}"
    return {secret for secret in victim.secrets if secret in answer.text and secret not in asked}


def test_every_route_has_a_case() -> None:
    assert set(GUARDED) == set(CASES)


@pytest.fixture(scope="module")
def id_token(stack: DeployedStack, victim: Victim) -> str:
    """The victim's own, which is no access token."""
    answer = stack.aws.cognito.initiate_auth(
        ClientId=stack.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": victim.athlete.email, "PASSWORD": PASSWORD},
    )
    return answer["AuthenticationResult"]["IdToken"]


@pytest.fixture(scope="module")
def before(stack: DeployedStack, victim: Victim, other: Athlete) -> list[tuple[str, str]]:
    return stored_of(stack, victim)


@pytest.mark.parametrize("route", GUARDED)
def test_without_an_access_token_there_is_nothing(
    stack: DeployedStack, victim: Victim, id_token: str, before: list[tuple[str, str]], route: str
) -> None:
    headers, payload, _ = victim.athlete.tokens["access_token"].split(".")
    unsigned = f"{headers}.{payload}.{'A' * 342}"
    for authorization in ("", "Bearer garbage", f"Bearer {unsigned}", f"Bearer {id_token}", "Basic YTpi"):
        stranger = Athlete(stack, "", {})
        answer = attempt(stranger, victim, route, CASES[route].body, authorization=authorization)
        assert answer.status_code in {401, 403}, (authorization[:12], answer.text)
        assert leaks(answer, victim) == set()
    assert stored_of(stack, victim) == before


@pytest.mark.parametrize("route", WITH_BODY)
def test_nobody_can_say_whose_thing_it_is(
    stack: DeployedStack, victim: Victim, other: Athlete, before: list[tuple[str, str]], route: str
) -> None:
    for smuggled in ({"user_id": "{user_id}"}, {"sub": "{user_id}"}):
        answer = attempt(other, victim, route, {**CASES[route].body, **smuggled})
        named_by_admins = {403} if isinstance(CASES[route], ForAdmins) else set()
        assert answer.status_code in {422} | named_by_admins, answer.text
    assert stored_of(stack, victim) == before


@pytest.mark.parametrize("route", GUARDED)
def test_another_athletes_things_are_not_there(
    stack: DeployedStack, victim: Victim, other: Athlete, before: list[tuple[str, str]], route: str
) -> None:
    case = CASES[route]
    answer = attempt(other, victim, route, case.body)
    assert answer.status_code in case.statuses, answer.text
    assert leaks(answer, victim) == set()
    assert stored_of(stack, victim) == before


def test_a_profile_shows_strangers_what_its_owner_shares(victim: Victim, other: Athlete) -> None:
    other.tokens = other.done("POST", "/v1/auth/sign-in", {"email": other.email, "password": "another horse battery"})
    shown = other.done("GET", f"/v1/users/{victim.ids['user_id']}")
    assert {name: value for name, value in shown.items() if value is not None} == {
        "user_id": victim.ids["user_id"],
        "display_name": "Anna",
    }
    assert other.send("GET", f"/v1/users/{NOBODYS}").status_code == 404


def test_a_form_takes_one_file_under_ones_own_key(
    stack: DeployedStack, victim: Victim, other: Athlete, before: list[tuple[str, str]]
) -> None:
    """The form is signed for its key: with another key in it, S3 refuses."""
    form = other.done("POST", "/v1/uploads", {"filename": "b.gpx"})["form"]
    assert other.user_id in form["fields"]["key"]
    for key in (f"uploads/{victim.ids['user_id']}/{victim.ids['upload_id']}", f"files/{victim.ids['user_id']}/x/y"):
        answer = post_form({**form, "fields": {**form["fields"], "key": key}}, GPX)
        assert answer.status_code == 403, answer.text
    avatar = other.done("POST", "/v1/me/avatar", {"content_type": "image/png"})
    stolen = {**avatar["fields"], "key": f"incoming/{victim.ids['user_id']}/{NOBODYS}"}
    assert post_form({**avatar, "fields": stolen}, "not a picture").status_code == 403


def test_nothing_of_theirs_has_changed_when_everything_has_settled(
    stack: DeployedStack, victim: Victim, other: Athlete, before: list[tuple[str, str]]
) -> None:
    """Another athlete's workout that names their gear and their ids included."""
    settle(stack)
    assert stored_of(stack, victim) == before
    athlete = victim.athlete
    gear = athlete.done("GET", f"/v1/gear/{victim.ids['gear_id']}")
    assert (gear["distance_m"], gear["nickname"]) == (5000, "Only-My-Bike")
    assert athlete.done("GET", f"/v1/workouts/{victim.ids['workout_id']}")["notes"] == "Only-My-Notes"
    assert athlete.done("GET", "/v1/telemetry/heart_rate?from=2026-10-01&to=2026-10-01")["values"] == [171.25]
    assert athlete.done("GET", f"/v1/workouts/{victim.ids['workout_id']}/files/original")["url"]
