"""The main job on the deployed stack, over real HTTP: what `make demo` shows, asserted."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.demo import story
from local.demo.client import Athlete, Client
from local.recordings import recordings
from tests.kit.stack import WAIT_S, DeployedStack, eventually


def status_of(athlete: Athlete, method: str, path: str, body: Any = None, **headers: str) -> int:
    named = {"authorization": f"Bearer {athlete.access_token}", **headers}
    return athlete.door.http.request(method, athlete.door.api + path, json=body, headers=named).status_code


@pytest.mark.smoke
def test_an_uploaded_ride_moves_gear_xp_records_and_the_inbox(anna: Athlete) -> None:
    bike = anna.post(
        "/v1/gear",
        {"category": "bike", "limit": 100, "initial_use": 45, "used_since": "2015-01-01", "default_for": ["Ride"]},
    )
    ended = anna.upload(recordings("sweat") / "4078723797.fit", time_zone="Europe/Moscow")
    assert ended["status"] == "ready"
    workout_id = ended["workout_ids"][0]
    state = story.settled(anna, 1)
    assert state.xp > 0
    welcome = [note["template"] for note in anna.get("/v1/notifications")["items"]]
    assert welcome == ["welcome"], "the ride is years old: it moves everything in silence"
    worn = anna.get(f"/v1/gear/{bike['gear_id']}")["wear"]
    assert worn["used"] == pytest.approx(45 + 57.567, abs=0.1)
    records = {entry["record"]: entry for entry in anna.get("/v1/gamification/records")["items"]}
    assert records["ride.50k"]["workout_id"] == workout_id
    story.move_today(anna, "Ride")
    eventually(lambda: len(anna.get("/v1/notifications")["items"]) >= 3)
    titles = [note["title"] for note in anna.get("/v1/notifications")["items"]]
    assert "Велосипед: ресурс исчерпан" in titles
    assert "Добро пожаловать в Stadion" in titles
    worn_by = eventually(lambda: anna.get(f"/v1/workouts/{workout_id}")["worn_gear_ids"])
    assert worn_by == [bike["gear_id"]]
    original = httpx.get(anna.get(f"/v1/workouts/{workout_id}/files/original")["url"], timeout=WAIT_S)
    assert original.content == (recordings("sweat") / "4078723797.fit").read_bytes()


@pytest.mark.smoke
def test_a_deleted_workout_gives_everything_back(ben: Athlete) -> None:
    shoes = ben.post("/v1/gear", {"category": "running_shoes"})
    run = {"sport_type": "Run", "started_at": "2026-11-20T06:00:00Z", "elapsed_time_s": 1800, "distance_m": 5000}
    workout = ben.post("/v1/workouts", {**run, "gear_ids": [shoes["gear_id"]]})
    gear = f"/v1/gear/{shoes['gear_id']}"
    eventually(lambda: ben.get(gear)["wear"]["used"] == 5)
    eventually(lambda: ben.get("/v1/gamification/progress")["xp"] > 0)
    ben.call("DELETE", f"/v1/workouts/{workout['workout_id']}", if_match='"1"')
    eventually(lambda: ben.get(gear)["wear"]["used"] == 0)
    eventually(lambda: ben.get("/v1/gamification/progress")["xp"] == 0)


def test_two_devices_that_upload_one_ride_at_the_same_moment_make_one_workout(ben: Athlete) -> None:
    folder = recordings("sweat")
    names = ["4078723797.fit", "activity_4078723797.tcx", "activity_4078723797.gpx", "4078723797_strava.gpx"]
    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(lambda name: ben.upload(folder / name), names))
    assert sorted(upload["status"] for upload in ended) == ["duplicate", "duplicate", "duplicate", "ready"]
    assert len(ben.get("/v1/workouts")["items"]) == 1


@pytest.mark.smoke
def test_a_wrong_code_confirms_nobody(door: Client) -> None:
    credentials = {"email": "wrong.code@example.org", "password": "otters-swim-at-dawn"}
    door.call("POST", "/v1/auth/register", credentials)
    right = door.code_for(credentials["email"])
    wrong = "000000" if right != "000000" else "111111"
    for email in (credentials["email"], "nobody@example.org"):
        refused = door.http.post(door.api + "/v1/auth/confirm", json={**credentials, "email": email, "code": wrong})
        assert (refused.status_code, refused.json()["code"]) == (400, "code_is_wrong")
    unconfirmed = door.http.post(door.api + "/v1/auth/sign-in", json=credentials)
    assert (unconfirmed.status_code, unconfirmed.json()["code"]) == (401, "sign_in_failed")
    door.call("POST", "/v1/auth/confirm", {**credentials, "code": right})
    assert door.call("POST", "/v1/auth/sign-in", credentials)["access_token"]


def test_who_holds_the_code_decides_on_the_password_whoever_registered_the_address(door: Client) -> None:
    thief = {"email": "victim@example.org", "password": "a-password-of-the-thief"}
    owner = {"email": "victim@example.org", "password": "otters-swim-at-dawn"}
    door.call("POST", "/v1/auth/register", thief)
    door.call("POST", "/v1/auth/register", owner)
    door.call("POST", "/v1/auth/confirm", {**owner, "code": door.code_for(owner["email"])})
    assert door.call("POST", "/v1/auth/sign-in", owner)["access_token"]
    assert door.http.post(door.api + "/v1/auth/sign-in", json=thief).status_code == 401


def test_nothing_tells_whether_an_email_has_an_account(door: Client, anna: Athlete) -> None:
    for path, body in (
        ("/v1/auth/register", {"password": "otters-swim-at-dusk"}),
        ("/v1/auth/resend", {}),
        ("/v1/auth/forgot-password", {}),
        ("/v1/auth/sign-in", {"password": "not-the-password"}),
        ("/v1/auth/confirm", {"code": "123123", "password": "otters-swim-at-dusk"}),
        ("/v1/auth/reset-password", {"code": "123123", "new_password": "otters-swim-at-dusk"}),
    ):
        answers = [
            door.http.post(door.api + path, json={**body, "email": email})
            for email in (anna.email, "nobody.at.all@example.org")
        ]
        known, unknown = ({**answer.json(), "trace_id": ""} for answer in answers)
        assert (answers[0].status_code, known) == (answers[1].status_code, unknown), path


@pytest.mark.smoke
def test_a_refreshed_session_goes_on_with_the_new_token_only(anna: Athlete) -> None:
    door = anna.door
    new = door.call("POST", "/v1/auth/refresh", {"refresh_token": anna.refresh_token})
    assert new["refresh_token"] != anna.refresh_token
    anna.access_token = new["access_token"]
    assert anna.get("/v1/me")["email"] == anna.email


def test_signing_out_everywhere_ends_every_session(anna: Athlete) -> None:
    door = anna.door
    other = door.call("POST", "/v1/auth/sign-in", {"email": anna.email, "password": "otters-swim-at-dawn"})
    anna.call("POST", "/v1/auth/sign-out-everywhere")
    for token in (anna.refresh_token, other["refresh_token"]):
        refused = door.http.post(door.api + "/v1/auth/refresh", json={"refresh_token": token})
        assert (refused.status_code, refused.json()["code"]) == (401, "session_is_over")


def test_a_forgotten_password_is_set_anew_with_the_mailed_code(anna: Athlete) -> None:
    door = anna.door
    door.call("POST", "/v1/auth/forgot-password", {"email": anna.email})
    code = door.code_for(anna.email)
    new = {"email": anna.email, "code": code, "new_password": "herons-fish-at-noon"}
    door.call("POST", "/v1/auth/reset-password", new)
    assert door.call("POST", "/v1/auth/sign-in", {"email": anna.email, "password": "herons-fish-at-noon"})
    old = {"email": anna.email, "password": "otters-swim-at-dawn"}
    assert door.http.post(door.api + "/v1/auth/sign-in", json=old).status_code == 401


def test_the_page_of_the_api_needs_no_other_host(stack: DeployedStack, door: Client) -> None:
    page = door.http.get(door.api + "/docs").text
    assert "http://" not in page
    assert "https://" not in page
    document = door.http.get(door.api + "/docs/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/v1/workouts" in document["paths"]


@pytest.mark.smoke
def test_an_address_that_does_not_exist_is_a_problem_not_a_riddle(door: Client) -> None:
    answer = door.http.get(door.api + "/v1/wokrouts", headers={"accept-language": "ru"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Не найдено"
