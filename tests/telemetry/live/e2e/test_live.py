"""Live workouts on the deployed stack, over real WebSockets and HTTP: what must not be lost, doubled or shown."""

import json
import math
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from local.demo.client import PASSWORD, ApiError, Athlete, Client
from local.demo.live import Follower, Line, Live, RefusedError, dial
from stadion.privacy import distance_m
from stadion_cli.base.outputs import socket_url
from tests.kit.athletes import agreeing
from tests.kit.cognito import pool_of
from tests.kit.size import sized
from tests.kit.stack import PATIENCE_S, DeployedStack, eventually

ATHLETES = sized(small=6, large=20)
FOLLOWERS = 3
SAMPLES = 300
BATCH = 20
AT_ONCE = 6
"""Each request at the same time is a process more, and a laptop has few cores."""
ZONE_M = 200
SURELY_HIDDEN_M = 0.2 * ZONE_M
"""The centre is moved by at most 0.8 of the radius."""
STARTED = timedelta(minutes=30)


@pytest.fixture(scope="module")
def url(stack: DeployedStack) -> str:
    found = socket_url(stack.aws.endpoint, stack.outputs)
    assert found
    return found


@pytest.fixture(scope="module")
def people(door: Client, stack: DeployedStack) -> list[Athlete]:
    """The first twenty run, the last three watch. All agree to what others see of positions and heart rates."""

    def registered(number: int) -> Athlete:
        return agreeing(Athlete.register(door, f"Live{number}"))

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(registered, range(ATHLETES + FOLLOWERS)))
    mine = {f"AUDIENCE#{athlete.user_id}" for athlete in found}
    for kind in ("location", "health_data"):
        eventually(lambda kind=kind: mine <= known_of(stack, f"CONSENT#{kind}"))  # type: ignore[misc]
    return found


@pytest.fixture(scope="module")
def anna(people: list[Athlete]) -> Athlete:
    return people[0]


@pytest.fixture(scope="module")
def ben(people: list[Athlete]) -> Athlete:
    return people[-1]


def an_hour_ago() -> str:
    return (datetime.now(UTC) - STARTED).isoformat()


@dataclass
class Track:
    """What one athlete's sensors measured: three quarters of a circle that begins at home."""

    number: int
    home: tuple[float, float] = (0.0, 0.0)
    columns: dict[str, list[float | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chance = random.Random(self.number)
        self.home = (50.0 + self.number * 0.1, 30.0 + self.number * 0.1)
        radius = 0.03  # far enough that no gap of a broken line could have been in the zone
        angles = [1.5 * math.pi * t / SAMPLES for t in range(SAMPLES)]
        self.columns = {
            "lat": [round(self.home[0] + radius * (1 - math.cos(a)), 7) for a in angles],
            "lon": [round(self.home[1] + radius * math.sin(a), 7) for a in angles],
            "heart_rate_bpm": [None if chance.random() < 0.05 else chance.randint(90, 180) for _ in angles],
            "distance_m": [round(t * 3.1, 2) for t in range(SAMPLES)],
            "altitude_m": [round(150 + 10 * math.sin(a), 2) for a in angles],
        }

    def batches(self) -> Iterator[tuple[list[int], dict[str, list[float | None]]]]:
        for a in range(0, SAMPLES, BATCH):
            yield list(range(a, a + BATCH)), {name: values[a : a + BATCH] for name, values in self.columns.items()}

    def streams(self) -> dict[str, list[Any]]:
        """As the API tells them."""
        return {
            "time": list(range(SAMPLES)),
            "latlng": [list(pair) for pair in zip(self.columns["lat"], self.columns["lon"], strict=True)],
            "heartrate": self.columns["heart_rate_bpm"],
            "distance": self.columns["distance_m"],
            "altitude": self.columns["altitude_m"],
        }


class Spectator(threading.Thread):
    """A follower whose own line breaks now and then, and who comes back until it is over."""

    def __init__(self, url: str, viewer: Athlete, athlete: Athlete, session_id: str, *, breaks: bool) -> None:
        super().__init__(daemon=True)
        self.follower = Follower.with_account(url, viewer)
        self.athlete, self.session_id, self.breaks = athlete, session_id, breaks
        self.watches = threading.Event()
        self.is_over = threading.Event()

    def run(self) -> None:
        looks = 0
        while self.follower.ended is None and not self.is_over.is_set():
            with suppress(ConnectionClosed, OSError, TimeoutError):
                if not self.follower.finds(self.athlete.user_id, self.shown_as):
                    self.is_over.wait(1.0)
                    continue
                self.watches.set()
                if self.follower.seen[-1]["state"] == "finished":
                    break
                looks += 1
                self.follower.look(within_s=0.7 if self.breaks and looks < 3 else PATIENCE_S)
            if self.follower.ended is None:
                self.follower.line.break_off()
        self.follower.line.hang_up()

    @property
    def shown_as(self) -> str | None:
        """What those who watch call the session: nothing before it was in sight."""
        return str(self.follower.seen[-1]["session_id"]) if self.follower.seen else None


def run(live: Live, track: Track) -> None:
    """Sends everything, over a line that breaks, in an order that is not always right, and some of it twice."""
    chance = random.Random(track.number)
    batches = list(track.batches())
    for at in range(2, len(batches), 4):
        batches[at], batches[at - 1] = batches[at - 1], batches[at]
    for number, (time_s, columns) in enumerate(batches):
        fate = chance.random()
        if fate < 0.15:  # sent, and the answer is never heard
            live.waiting.append({"time_s": time_s, **columns})
            with suppress(ConnectionClosed, OSError):
                live.line.socket.send(_frame(live))
            live.line.break_off()
        elif fate < 0.25:  # no socket to be had: over HTTP
            live.waiting.append({"time_s": time_s, **columns})
            live.catch_up_over_http()
        else:
            live.samples(time_s, **columns)
        if fate > 0.9:
            live.samples(time_s, **columns)
        if number == 5:
            live.say("pause", 100.0)
            live.say("resume", 110.0)
        if fate > 0.8:
            live.line.break_off()
    while live.waiting:
        live.catch_up()


def _frame(live: Live) -> str:
    return json.dumps({"action": "samples", "session_id": live.session_id, **live.waiting[-1]})


def test_twenty_athletes_and_their_followers_lose_nothing_and_double_nothing(
    url: str, people: list[Athlete], stack: DeployedStack
) -> None:
    runners, viewers = people[:ATHLETES], people[ATHLETES:]
    tracks = [Track(number) for number in range(ATHLETES)]
    lives = [Live(athlete, url) for athlete in runners]
    spectators: list[Spectator] = []
    timings: dict[str, float] = {}

    def timed(what: str, since: float) -> None:
        timings[what] = round(time.monotonic() - since, 1)

    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:

        def prepare(pair: tuple[Live, Track]) -> None:
            live, track = pair
            zone = {"lat": track.home[0], "lon": track.home[1], "radius_m": ZONE_M}
            live.athlete.call("PUT", f"/v1/me/privacy-zones/{uuid4()}", zone)
            for viewer in viewers:
                live.allow(viewer)
            live.start("Run", an_hour_ago(), name=f"Run {track.number}")

        list(pool.map(prepare, zip(lives, tracks, strict=True)))
    timed("prepared", began)
    began = time.monotonic()
    eventually(lambda: len(known_of(stack, "ZONES")) >= ATHLETES)
    timed("zones known", began)
    began = time.monotonic()
    for live in lives:
        for number, viewer in enumerate(viewers):
            spectators.append(Spectator(url, viewer, live.athlete, live.session_id, breaks=number == 0))
    for spectator in spectators:
        spectator.start()
    with ThreadPoolExecutor(ATHLETES) as pool:
        list(pool.map(run, lives, tracks))
    assert all(spectator.watches.wait(PATIENCE_S) for spectator in spectators)  # what is over is found by nobody
    timed("sent", began)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(lambda live: live.say("stop", float(SAMPLES)), lives))
    assert [session["received"]["samples"] for session in ended] == [SAMPLES] * ATHLETES
    timed("stopped", began)

    began = time.monotonic()
    for live, track in zip(lives, tracks, strict=True):
        eventually(lambda live=live: kept(live) is not None)  # type: ignore[misc]
        streams = kept(live)
        assert streams is not None
        assert streams["original_size"] == SAMPLES
        told = {name: values for name, values in streams["streams"].items() if name in track.streams()}
        assert told == track.streams(), f"athlete {track.number}"
        [workout] = live.athlete.get("/v1/workouts")["items"]
        assert (workout["workout_id"], workout["origin"], workout["revision"]) == (live.session_id, "live", 1)
        eventually(lambda live=live: live.state()["workout_id"] == live.session_id)  # type: ignore[misc]
    timed("in the diary", began)

    for spectator in spectators:
        spectator.join(PATIENCE_S)
        spectator.is_over.set()
    check_what_was_seen(lives, tracks, spectators)
    print(f"\n  live: {timings}, {sum(len(s.follower.seen) for s in spectators)} updates seen")


def kept(live: Live) -> Any:
    try:
        return live.athlete.get(f"/v1/workouts/{live.session_id}/streams?resolution=full")
    except ApiError as error:
        if error.answer.status_code != 404:
            raise
        return None


def known_of(stack: DeployedStack, what: str) -> set[str]:
    """Audiences that it is known of."""
    client: Any = stack.aws.client("dynamodb")
    pages = client.get_paginator("scan").paginate(
        TableName=stack.tables["telemetry"],
        FilterExpression="sk = :what AND begins_with(pk, :audience)",
        ExpressionAttributeValues={":what": {"S": what}, ":audience": {"S": "AUDIENCE#"}},
    )
    return {item["pk"]["S"] for page in pages for item in page["Items"]}


def check_what_was_seen(lives: list[Live], tracks: list[Track], spectators: list[Spectator]) -> None:
    of_session = {live.session_id: track for live, track in zip(lives, tracks, strict=True)}
    positions = 0
    for spectator in spectators:
        track, seen = of_session[spectator.session_id], spectator.follower.seen
        order = [entry["sequence"] for entry in seen]
        times = [entry["time_s"] for entry in seen if entry["time_s"] is not None]
        assert order == sorted(order), "a follower was shown the past"
        assert times == sorted(times), "a follower was shown the past"
        assert seen[-1]["state"] == "finished"
        assert {entry["session_id"] for entry in seen} == {spectator.shown_as}
        assert spectator.session_id != spectator.shown_as
        assert max(entry["distance_m"] or 0 for entry in seen) < track.columns["distance_m"][-1] - 6  # two seconds
        for entry in seen:
            if entry["position"] is not None:
                positions += 1
                assert distance_m(*entry["position"], *track.home) > SURELY_HIDDEN_M
    assert positions > len(spectators)


class TestConnecting:
    def test_without_a_good_token_nobody_connects(self, url: str, people: list[Athlete]) -> None:
        good = people[0].access_token
        head, payload, _ = good.split(".")
        for token in ("", "garbage", f"{head}.{payload}.{'A' * 342}", people[0].refresh_token):
            with pytest.raises(InvalidStatus) as refused:
                dial(f"{url}?token={token}")
            assert refused.value.response.status_code in {401, 403}
        with pytest.raises(InvalidStatus):
            dial(f"{url}?share_token=garbage")
        with dial(url, authorization=f"Bearer {good}") as line:
            line.send('{"action": "ping", "request_id": "1"}')
            assert '"pong"' in str(line.recv(timeout=PATIENCE_S))

    def test_an_id_token_opens_nothing(self, url: str, stack: DeployedStack, people: list[Athlete]) -> None:
        tokens = pool_of(stack).sign_in(people[0].email, PASSWORD)
        with pytest.raises(InvalidStatus):
            dial(f"{url}?token={tokens['IdToken']}")

    def test_a_connection_ends_with_its_session_and_another_devices_does_not(self, url: str, door: Client) -> None:
        phone = Athlete.register(door, "Signs-out")
        tablet = Athlete(door, phone.name, phone.email, user_id=phone.user_id)
        tablet.sign_in()
        with dial(f"{url}?token={phone.access_token}") as lost, dial(f"{url}?token={tablet.access_token}") as kept:
            door.call("POST", "/v1/auth/sign-out", {"refresh_token": phone.refresh_token})
            assert is_ended(lost)
            assert answers(kept)
            with pytest.raises(InvalidStatus):
                dial(f"{url}?token={phone.access_token}")
            tablet.call("POST", "/v1/auth/sign-out-everywhere")
            assert is_ended(kept)


def answers(line: ClientConnection) -> bool:
    line.send('{"action": "ping", "request_id": "1"}')
    return '"pong"' in str(line.recv(timeout=PATIENCE_S))


def is_ended(line: ClientConnection) -> bool:
    """By the other side, without a word from this one."""
    try:
        line.recv(timeout=PATIENCE_S)
    except ConnectionClosed:
        return True
    return False


class TestSharing:
    def test_a_link_shows_it_until_it_is_revoked(self, url: str, people: list[Athlete], door: Client) -> None:
        live = Live(people[-2], url)
        live.start("Run", an_hour_ago())
        link = live.share(heart_rate=True)
        guest = Follower.with_link(url, link["share_token"])
        assert guest.watch()["session_id"] != live.session_id
        live.samples([0, 1], heart_rate_bpm=[100, 101])
        eventually(lambda: guest.look(within_s=0.5) or guest.seen[-1]["heart_rate_bpm"] == 101)
        assert door.call("GET", link["path"])["time_s"] == 1
        with pytest.raises(RefusedError, match="connection_only_watches"):
            guest.line.ask("stop", session_id=live.session_id)
        people[-2].call("DELETE", f"{live.path}/share-links/{link['link_id']}")
        guest.look(within_s=PATIENCE_S)
        assert guest.ended == "not_allowed"
        with pytest.raises(ApiError, match="share_link_not_found"):
            door.call("GET", link["path"])
        with pytest.raises(InvalidStatus):
            Follower.with_link(url, link["share_token"]).watch()
        live.line.ask("discard", session_id=live.session_id)

    def test_a_link_ends_by_itself(self, url: str, people: list[Athlete], door: Client) -> None:
        live = Live(people[-2], url)
        live.start("Run", an_hour_ago())
        link = live.share(expires_in_s=10, heart_rate=True)
        guest = Follower.with_link(url, link["share_token"])
        guest.watch()
        live.samples([0], heart_rate_bpm=[100])
        eventually(lambda: guest.look(within_s=0.5) or guest.seen[-1]["heart_rate_bpm"] == 100)
        time.sleep(10)
        live.samples([1], heart_rate_bpm=[101])
        guest.look(within_s=PATIENCE_S)
        assert [seen["heart_rate_bpm"] for seen in guest.seen] == [None, 100]
        assert guest.ended == "not_allowed"
        with pytest.raises(ApiError, match="share_link_not_found"):
            door.call("GET", link["path"])
        with pytest.raises(InvalidStatus):
            Follower.with_link(url, link["share_token"]).watch()
        live.line.ask("discard", session_id=live.session_id)

    def test_a_follower_who_is_no_more_sees_no_more(self, url: str, people: list[Athlete], ben: Athlete) -> None:
        anna = people[-3]
        live = Live(anna, url)
        live.start("Run", an_hour_ago())
        live.allow(ben)
        follower = Follower.with_account(url, ben)
        follower.watch(anna.user_id)
        anna.call("DELETE", f"/v1/live/followers/{ben.user_id}")
        live.samples([0, 1], heart_rate_bpm=[100, 101])
        follower.look(within_s=PATIENCE_S)
        assert follower.ended == "not_allowed"
        assert [seen["time_s"] for seen in follower.seen] == [None]
        with pytest.raises(RefusedError, match="live_session_not_found"):
            follower.watch(anna.user_id)
        live.line.ask("discard", session_id=live.session_id)
        follower.line.hang_up()


class TestForgotten:
    def test_a_dead_phone_is_saved_by_itself_and_goes_on_from_the_last_sample(
        self, url: str, people: list[Athlete], stack: DeployedStack
    ) -> None:
        live = Live(people[3], url)
        live.start("Run", an_hour_ago())
        live.samples(range(120), heart_rate_bpm=[100 + n % 50 for n in range(120)])
        live.line.break_off()
        time.sleep(1.1)
        close_forgotten(stack, people[3], after_s=1)
        eventually(lambda: kept(live) is not None)
        assert live.state()["outcome"] == "forgotten"
        assert live.state()["received"]["until_s"] == 119
        phone = Live(people[3], url, session_id=live.session_id)
        phone.samples(range(110, 180), heart_rate_bpm=[100 + n % 50 for n in range(110, 180)])
        phone.say("stop", 180)
        eventually(lambda: kept(live)["original_size"] == 180)
        mine = [w for w in people[3].get("/v1/workouts")["items"] if w["workout_id"] == live.session_id]
        eventually(lambda: people[3].get(f"/v1/workouts/{live.session_id}")["elapsed_time_s"] == 180)
        assert len(mine) == 1

    def test_one_without_a_sample_leaves_nothing(self, url: str, people: list[Athlete], stack: DeployedStack) -> None:
        live = Live(people[4], url)
        live.start("Run", an_hour_ago())
        time.sleep(1.1)
        close_forgotten(stack, people[4], after_s=1)
        assert live.state()["state"] == "discarded"


def close_forgotten(stack: DeployedStack, athlete: Athlete, *, after_s: float) -> None:
    """The round that a rule starts every five minutes, for this athlete alone."""
    name = "stadion-telemetry-live-close-forgotten-sessions"
    asked = json.dumps({"forgotten_after_s": after_s, "only": athlete.user_id})
    answer = stack.aws.functions.invoke(FunctionName=name, Payload=asked)
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_another_athletes_session_takes_nothing_over_a_socket(url: str, people: list[Athlete]) -> None:
    live = Live(people[5], url)
    live.start("Run", an_hour_ago())
    thief = Line(url, {"token": people[4].access_token})
    for action, more in (("samples", {"time_s": [1]}), ("stop", {}), ("discard", {}), ("state", {}), ("pause", {})):
        with pytest.raises(RefusedError, match="live_session_not_found"):
            thief.ask(action, session_id=live.session_id, **more)
    with pytest.raises(RefusedError, match="live_session_not_found"):
        thief.ask("watch", user_id=people[5].user_id, session_id=live.session_id)
    assert live.state()["received"]["samples"] == 0
    live.line.ask("discard", session_id=live.session_id)
    thief.hang_up()
