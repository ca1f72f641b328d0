"""Live workouts through the Lambda handlers of telemetry, on moto; connections are a recorder."""

import base64
import json
import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pydantic import BaseModel

from stadion import claims, clock
from stadion.dynamo import Transaction
from stadion.streams.recorded import joined, unbundle
from telemetry.live import identity, sockets
from tests.kit.clock import Clock
from tests.kit.counting import counted
from tests.kit.events import deleted, entry, recorded
from tests.kit.services import ATHLETE, OTHER, Answer, Service, sqs_event
from tests.workouts.integration.test_uploads import upload

SESSION = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"
SECOND = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b12"
HOME = (55.75, 37.61)


class Wire:
    """What was posted to connections; those in `gone` are not there any more."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.gone: set[str] = set()

    def tell(self, connection_id: str, message: BaseModel) -> bool:
        if connection_id in self.gone:
            return False
        self.posted.append((connection_id, message.model_dump(mode="json")))
        return True

    def to(self, connection_id: str) -> list[dict[str, Any]]:
        return [message for to, message in self.posted if to == connection_id]

    def seen_by(self, connection_id: str) -> list[dict[str, Any]]:
        return [message["seen"] for message in self.to(connection_id) if "seen" in message]


@pytest.fixture(autouse=True)
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(sockets, "tell", wire.tell)
    monkeypatch.setattr(sockets, "client", lambda: None)
    monkeypatch.setattr(sockets, "hang_up", wire.gone.update)
    return wire


@pytest.fixture
def now(standing_clock: Clock) -> Clock:
    """It begins at the real moment: tokens and links are judged by it too."""
    standing_clock.set(datetime.now(UTC))
    return standing_clock


def an_hour_ago() -> str:
    return clock.rfc3339(datetime.now(UTC) - timedelta(hours=1))


def start(telemetry: Service, session_id: str = SESSION, *, user: str = ATHLETE, **fields: Any) -> Answer:
    body = {"session_id": session_id, "sport_type": "Run", "started_at": an_hour_ago(), **fields}
    answer = telemetry.call("POST", "/v1/live/sessions", body, user=user)
    assert answer.status == 201, answer.body
    return answer


def send(telemetry: Service, *times: float, session_id: str = SESSION, **columns: Any) -> Answer:
    body = {"time_s": list(times), **columns}
    if not columns:
        body |= {"heart_rate_bpm": [100 + int(t) % 60 for t in times]}
    return telemetry.call("POST", f"/v1/live/sessions/{session_id}/samples", body)


def do(telemetry: Service, what: str, *, session_id: str = SESSION, **body: Any) -> Answer:
    return telemetry.call("POST", f"/v1/live/sessions/{session_id}/{what}", body)


def shown(telemetry: Service, session_id: str = SESSION) -> Any:
    answer = telemetry.call("GET", f"/v1/live/sessions/{session_id}")
    assert answer.status == 200, answer.body
    return answer.body


def chunks(telemetry: Service) -> int:
    return sum(item.get("kind", {}).get("S") == "chunk" for item in telemetry.items())


def finished(telemetry: Service) -> list[dict[str, Any]]:
    return [event["detail"]["data"] for event in telemetry.published("LiveSessionFinished")]


def say(telemetry: Service, connection: str, body: Any, *, user: str | None = ATHLETE, **context: str) -> None:
    """Over the connection, as API Gateway passes it on."""
    who = {"user_id": user, **context} if user else context
    about = {"eventType": "MESSAGE", "connectionId": connection, "requestId": "r-12345678", "authorizer": who}
    event = {"requestContext": about, "body": body if isinstance(body, str) else json.dumps(body)}
    assert telemetry.invoke("on_socket_message", event) == {"statusCode": 200}


def watch(telemetry: Service, connection: str, *, user: str | None = OTHER, **context: str) -> None:
    whose = {"user_id": ATHLETE} if user else {}
    say(telemetry, connection, {"action": "watch", "request_id": "w", **whose}, user=user, **context)


def deliver(service: Service, function: str, *events: dict[str, Any]) -> None:
    assert service.invoke(function, sqs_event(*events)) == {"batchItemFailures": []}


def hide(telemetry: Service, *zones: tuple[float, float, float], revision: int = 1) -> None:
    listed = [{"zone_id": str(n), "lat": a, "lon": o, "radius_m": r} for n, (a, o, r) in enumerate(zones)]
    event = entry("PrivacyZonesChanged", {"revision": revision, "zones": listed}, source="accounts")
    deliver(telemetry, "on_privacy_zones", event)


class TestSession:
    def test_samples_become_the_chunks_that_a_stop_hands_on(self, telemetry: Service) -> None:
        start(telemetry, name="Before work")
        assert send(telemetry, 0, 1, 2).body | {"refused": []} == {
            "session_id": SESSION,
            "accepted": 3,
            "added": 3,
            "received_until_s": 2.0,
            "refused_count": 0,
            "refused": [],
        }
        send(telemetry, 59, 60, 61)
        assert chunks(telemetry) == 2
        stopped = do(telemetry, "stop", at_s=90)
        assert (stopped.status, stopped.body["state"]) == (200, "finished")
        [event] = finished(telemetry)
        assert (event["revision"], event["outcome"], event["name"]) == (1, "stopped", "Before work")
        assert event["streams"]["samples"] == 6
        assert event["streams"]["key"].endswith("/live")
        columns = joined(unbundle(claims.collect(event["streams"]["key"])))
        assert columns["time_s"].tolist() == [0, 1, 2, 59, 60, 61]

    def test_everything_may_be_said_twice(self, telemetry: Service) -> None:
        body = {"session_id": SESSION, "sport_type": "Run", "started_at": an_hour_ago()}
        for _ in range(2):
            assert telemetry.call("POST", "/v1/live/sessions", body).status == 201
        assert [send(telemetry, 1, 2).body["added"] for _ in range(2)] == [2, 0]
        for what in ("pause", "resume", "stop"):
            for _ in range(2):
                assert do(telemetry, what, at_s={"pause": 5, "resume": 8, "stop": 20}[what]).status == 200
        [event] = finished(telemetry)
        assert event["pauses"] == [{"start_s": 5, "end_s": 8}]
        assert len(telemetry.published("LiveSessionStarted")) == 1

    def test_one_workout_at_a_time(self, telemetry: Service) -> None:
        start(telemetry)
        body = {"session_id": SECOND, "sport_type": "Run", "started_at": an_hour_ago()}
        refused = telemetry.call("POST", "/v1/live/sessions", body)
        assert (refused.status, refused.body["code"]) == (409, "live_session_is_open")
        assert refused.body["open_session_id"] == SESSION
        do(telemetry, "stop", at_s=5)
        assert telemetry.call("POST", "/v1/live/sessions", body).status == 201

    def test_an_id_means_one_session(self, telemetry: Service) -> None:
        start(telemetry)
        body = {"session_id": SESSION, "sport_type": "Ride", "started_at": an_hour_ago()}
        assert telemetry.call("POST", "/v1/live/sessions", body).body["code"] == "live_session_id_taken"

    def test_the_last_sample_and_the_gaps_say_where_to_go_on(self, telemetry: Service) -> None:
        start(telemetry)
        send(telemetry, 0, 1, 2, 30, 31)
        assert shown(telemetry)["received"] == {
            "samples": 5,
            "until_s": 31.0,
            "gaps": [{"start_s": 2.0, "end_s": 30.0}],
        }

    def test_a_discarded_session_leaves_nothing_and_takes_nothing(self, telemetry: Service) -> None:
        start(telemetry)
        send(telemetry, 0, 1, 2)
        for _ in range(2):
            assert do(telemetry, "discard").body["state"] == "discarded"
        assert chunks(telemetry) == 0
        assert (send(telemetry, 3).status, send(telemetry, 3).body["code"]) == (409, "live_session_is_over")
        assert [event["outcome"] for event in finished(telemetry)] == ["discarded"]

    def test_a_finished_session_is_not_discarded(self, telemetry: Service) -> None:
        start(telemetry)
        do(telemetry, "stop", at_s=60)
        assert do(telemetry, "discard").body["code"] == "live_session_is_finished"

    def test_a_session_without_a_sample_that_was_stopped_has_its_time(self, telemetry: Service) -> None:
        start(telemetry)
        do(telemetry, "stop", at_s=1200)
        [event] = finished(telemetry)
        assert event["streams"] is None
        ended = datetime.fromisoformat(event["ended_at"]) - datetime.fromisoformat(event["started_at"])
        assert ended == timedelta(seconds=1200)

    @pytest.mark.parametrize(
        ("columns", "code"),
        [
            ({"heart_rate_bpm": [1.0]}, "sample_columns_differ"),
            ({"lat": [1.0, 2.0]}, "sample_position_is_half"),
            ({"time_s": [1, 90_000]}, "sample_is_in_the_future"),
            ({"time_s": [1, -1]}, "request_is_invalid"),
            ({"time_s": [1, "2"]}, "request_is_invalid"),
            ({"time_s": []}, "request_is_invalid"),
            ({"heart_rate_bpm": [True, 1.0]}, "request_is_invalid"),
        ],
    )
    def test_a_batch_that_cannot_be_says_why(self, telemetry: Service, columns: Any, code: str) -> None:
        start(telemetry)
        body = {"time_s": [1, 2], **columns}
        answer = telemetry.call("POST", f"/v1/live/sessions/{SESSION}/samples", body)
        assert (answer.status, answer.body["code"]) == (422, code)
        assert chunks(telemetry) == 0

    def test_a_long_session_takes_fewer_samples_in_a_minute(self, telemetry: Service) -> None:
        start(telemetry, started_at=clock.rfc3339(datetime.now(UTC) - timedelta(hours=6)))
        assert send(telemetry, *(4 * 3600 - 60 + n / 2 for n in range(120))).status == 202
        assert send(telemetry, *(4 * 3600 - 60 + n / 20 for n in range(600))).status == 202
        assert send(telemetry, *(4 * 3600 + n / 2 for n in range(120))).status == 202
        assert send(telemetry, 4 * 3600 + 0.1).body["code"] == "too_many_samples_in_a_minute"

    def test_a_value_that_cannot_be_is_told_and_the_rest_is_kept(self, telemetry: Service) -> None:
        start(telemetry)
        answer = send(telemetry, 0, 1, heart_rate_bpm=[999, 140], lat=[95, 10], lon=[10, 10])
        assert answer.body["added"] == 2
        assert {(e["column"], e["index"]) for e in answer.body["refused"]} == {("heart_rate_bpm", 0), ("lat", 0)}
        do(telemetry, "stop", at_s=2)
        columns = joined(unbundle(claims.collect(finished(telemetry)[0]["streams"]["key"])))
        assert [str(value) for value in columns["heart_rate_bpm"]] == ["nan", "140.0"]
        assert [str(value) for value in columns["lon"]] == ["nan", "10.0"]

    def test_sessions_are_listed_page_by_page(self, telemetry: Service) -> None:
        for session_id in (SESSION, SECOND):
            start(telemetry, session_id)
            do(telemetry, "stop", session_id=session_id, at_s=1)
        first = telemetry.call("GET", "/v1/live/sessions", query={"limit": "1"}).body
        second = telemetry.call("GET", "/v1/live/sessions", query={"cursor": first["next_cursor"]}).body
        assert [entry["session_id"] for page in (first, second) for entry in page["items"]] == [SECOND, SESSION]
        assert second["next_cursor"] is None

    def test_another_athletes_session_is_not_there(self, telemetry: Service) -> None:
        start(telemetry)
        for method, path, body in (
            ("GET", "", None),
            ("POST", "/samples", {"time_s": [1]}),
            ("POST", "/stop", {}),
            ("POST", "/discard", {}),
            ("POST", "/share-links", {}),
        ):
            answer = telemetry.call(method, f"/v1/live/sessions/{SESSION}{path}", body, user=OTHER)
            assert (answer.status, answer.body["code"]) == (404, "live_session_not_found"), path

    def test_a_batch_takes_two_requests(self, telemetry: Service) -> None:
        start(telemetry)
        send(telemetry, 0)
        with counted() as operations:
            send(telemetry, 1, 2)
        assert operations == ["BatchGetItem", "TransactWriteItems", "Query"]  # the last: does anybody watch?


class TestWatching:
    def test_a_follower_sees_position_pace_and_heart_rate(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        telemetry.call("PUT", f"/v1/live/followers/{OTHER}")
        send(telemetry, 0, 1, lat=[55.70, 55.71], lon=[37.5, 37.5], heart_rate_bpm=[99, 101], power_w=[200, 210])
        watch(telemetry, "c1")
        [answer] = wire.to("c1")
        assert (answer["type"], answer["request_id"]) == ("watching", "w")
        assert (answer["seen"]["time_s"], answer["seen"]["position"]) == (1.0, [55.71, 37.5])
        send(telemetry, 2, lat=[55.72], lon=[37.5], speed_mps=[4.0], heart_rate_bpm=[103], power_w=[220])
        seen = wire.seen_by("c1")[-1]
        assert (seen["position"], seen["pace_s_per_km"], seen["heart_rate_bpm"]) == ([55.72, 37.5], 250.0, 103.0)
        assert "power_w" not in seen

    def test_a_stranger_sees_nothing_and_learns_nothing(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        watch(telemetry, "c1")
        say(telemetry, "c1", {"action": "watch", "user_id": ATHLETE, "session_id": SESSION}, user=OTHER)
        say(telemetry, "c1", {"action": "watch", "user_id": "nobody"}, user=OTHER)
        assert {answer["code"] for answer in wire.to("c1")} == {"live_session_not_found"}
        send(telemetry, 0)
        assert len(wire.to("c1")) == 3

    def test_a_place_that_is_private_is_told_to_nobody_else(self, telemetry: Service, wire: Wire) -> None:
        hide(telemetry, (*HOME, 400))
        start(telemetry)
        telemetry.call("PUT", f"/v1/live/followers/{OTHER}")
        send(telemetry, 0, lat=[HOME[0]], lon=[HOME[1]])
        watch(telemetry, "c1")
        watch(telemetry, "own", user=ATHLETE)
        link = do(telemetry, "share-links").body
        send(telemetry, 1, lat=[HOME[0]], lon=[HOME[1]], speed_mps=[3])
        shared = telemetry.call("GET", link["path"], user=None)
        assert [seen["position"] for seen in [*wire.seen_by("c1"), shared.body]] == [None, None, None]
        assert wire.seen_by("own")[-1]["position"] == list(HOME)
        assert wire.seen_by("c1")[-1]["speed_mps"] == 3
        send(telemetry, 2, lat=[55.80], lon=[37.61])
        assert wire.seen_by("c1")[-1]["position"] == [55.80, 37.61]

    def test_a_zone_that_comes_late_holds_for_the_next_push(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        telemetry.call("PUT", f"/v1/live/followers/{OTHER}")
        watch(telemetry, "c1")
        send(telemetry, 0, lat=[HOME[0]], lon=[HOME[1]])
        hide(telemetry, (*HOME, 400), revision=2)
        hide(telemetry, revision=1)
        send(telemetry, 1, lat=[HOME[0]], lon=[HOME[1]])
        assert [seen["position"] for seen in wire.seen_by("c1")] == [None, list(HOME), None]

    def test_a_follower_who_is_no_more_is_told_once_and_then_nothing(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        telemetry.call("PUT", f"/v1/live/followers/{OTHER}")
        watch(telemetry, "c1")
        assert telemetry.call("DELETE", f"/v1/live/followers/{OTHER}").status == 204
        send(telemetry, 0)
        assert [m["type"] for m in wire.to("c1")] == ["watching", "ended"]
        assert wire.to("c1")[-1]["reason"] == "not_allowed"
        assert telemetry.call("GET", "/v1/live/followers").body == {"items": []}

    def test_a_revocation_that_crashed_halfway_holds_for_the_next_push(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        telemetry.call("PUT", f"/v1/live/followers/{OTHER}")
        watch(telemetry, "c1")
        with telemetry.monkeypatch.context() as broken:
            broken.setattr("telemetry.live.watching.dismiss", lambda *_, **__: 1 / 0)
            assert telemetry.call("DELETE", f"/v1/live/followers/{OTHER}").status == 500
        send(telemetry, 0)
        send(telemetry, 1)
        assert [m["type"] for m in wire.to("c1")] == ["watching", "ended"]

    def test_a_link_shows_the_session_until_it_ends(self, telemetry: Service, wire: Wire, now: Clock) -> None:
        start(telemetry)
        link = do(telemetry, "share-links", expires_in_s=60).body
        context = {"athlete_id": ATHLETE, "session_id": SESSION, "link_id": link["link_id"]}
        watch(telemetry, "c1", user=None, **context)
        send(telemetry, 0)
        assert telemetry.call("GET", link["path"], user=None).body["time_s"] == 0
        say(telemetry, "c1", {"action": "stop", "session_id": SESSION}, user=None, **context)
        assert wire.to("c1")[-1]["code"] == "connection_only_watches"
        now.advance(seconds=61)
        gone = telemetry.call("GET", link["path"], user=None)
        assert (gone.status, gone.body["code"]) == (404, "share_link_not_found")
        send(telemetry, 1)
        assert [m["type"] for m in wire.to("c1")] == ["watching", "update", "error", "ended"]
        assert do(telemetry, "share-links").status == 201
        assert len(telemetry.call("GET", f"/v1/live/sessions/{SESSION}/share-links").body["items"]) == 1

    def test_who_comes_after_the_end_learns_that_it_ended_and_not_where(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        link = do(telemetry, "share-links", expires_in_s=3600).body
        telemetry.call("PUT", f"/v1/live/followers/{OTHER}")
        send(telemetry, 0, lat=[HOME[0]], lon=[HOME[1]], heart_rate_bpm=[120])
        do(telemetry, "stop", at_s=1)
        say(telemetry, "c1", {"action": "watch", "user_id": ATHLETE, "session_id": SESSION}, user=OTHER)
        for told in (telemetry.call("GET", link["path"], user=None).body, wire.seen_by("c1")[-1]):
            assert (told["state"], told["time_s"], told["position"], told["heart_rate_bpm"]) == (
                "finished",
                *[None] * 3,
            )

    def test_a_revoked_link_leads_nowhere(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        link = do(telemetry, "share-links").body
        watch(telemetry, "c1", user=None, athlete_id=ATHLETE, session_id=SESSION, link_id=link["link_id"])
        path = f"/v1/live/sessions/{SESSION}/share-links/{link['link_id']}"
        assert [telemetry.call("DELETE", path).status for _ in range(2)] == [204, 204]
        assert telemetry.call("GET", link["path"], user=None).status == 404
        assert wire.to("c1")[-1]["reason"] == "not_allowed"
        assert wire.gone == {"c1"}
        assert not [item for item in telemetry.items() if link["share_token"] in json.dumps(item, default=repr)]

    def test_connections_that_are_gone_are_forgotten(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        telemetry.call("PUT", f"/v1/live/followers/{OTHER}")
        watch(telemetry, "c1")
        watch(telemetry, "c2")
        wire.gone.add("c1")
        send(telemetry, 0)
        gone = {"requestContext": {"eventType": "DISCONNECT", "connectionId": "c2", "requestId": "r-1"}}
        telemetry.invoke("on_socket_message", gone)
        assert not [
            item for item in telemetry.items() if item.get("kind", {}).get("S") in {"live_watcher", "live_watch"}
        ]

    def test_a_late_batch_shows_no_follower_the_past(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        telemetry.call("PUT", f"/v1/live/followers/{OTHER}")
        watch(telemetry, "c1")
        send(telemetry, 70, 71)
        send(telemetry, 10, 11)
        send(telemetry, 60, 61)
        send(telemetry, 72)
        send(telemetry, 72)
        assert [seen["time_s"] for seen in wire.seen_by("c1")] == [None, 71, 72]

    def test_the_last_word_is_that_it_ended(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        telemetry.call("PUT", f"/v1/live/followers/{OTHER}")
        watch(telemetry, "c1")
        do(telemetry, "pause", at_s=1)
        do(telemetry, "stop", at_s=2)
        assert [m.get("seen", m).get("state", m.get("reason")) for m in wire.to("c1")] == [
            "running",
            "paused",
            "finished",
            "session_ended",
        ]

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ("not json", "request_is_invalid"),
            ("[" * 100_000, "request_is_invalid"),
            ({"action": "fly"}, "request_is_invalid"),
            ({"action": "samples", "session_id": SESSION, "time_s": ["x"]}, "request_is_invalid"),
            ({"action": "samples", "session_id": SESSION, "time_s": [1], "smuggled": 1}, "request_is_invalid"),
            ({"action": "stop", "session_id": SESSION}, "live_session_not_found"),
        ],
    )
    def test_what_cannot_be_done_is_answered_with_its_request(
        self, telemetry: Service, wire: Wire, body: Any, code: str
    ) -> None:
        sent = {**body, "request_id": "17"} if isinstance(body, dict) else body
        say(telemetry, "c1", sent)
        [answer] = wire.to("c1")
        assert (answer["type"], answer["code"]) == ("error", code)
        assert answer["request_id"] == ("17" if isinstance(body, dict) else None)

    def test_half_a_surrogate_pair_is_no_request_id(self, telemetry: Service, wire: Wire) -> None:
        say(telemetry, "c1", {"action": "ping", "request_id": "\ud800"})
        [answer] = wire.to("c1")
        assert (answer["code"], answer["request_id"]) == ("request_is_invalid", None)
        assert answer["errors"][0]["code"] == "string_unicode"

    @pytest.mark.parametrize("body", ["not json", "[]", {}, {"action": "fly"}, {"action": "samples", "time_s": 1}])
    def test_every_word_of_a_refusal_is_in_the_connections_language(
        self, telemetry: Service, wire: Wire, body: Any
    ) -> None:
        say(telemetry, "c1", body, language="ru")
        [answer] = wire.to("c1")
        for error in answer["errors"]:
            assert re.search("[а-я]", error["detail"]), error


class FakeCognito:
    """Says yes to every token, as it does for those of anybody's pool."""

    def __init__(self, refusal: str | None = None) -> None:
        self.refusal = refusal

    def get_user(self, AccessToken: str) -> None:  # noqa: N803
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal, "Message": ""}}, "GetUser")


OURS = {"sub": ATHLETE, "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_ours", "client_id": "app"}


def token_of(**claims: Any) -> str:
    payload = json.dumps({**OURS, "token_use": "access", **claims}).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.sig"


class TestConnecting:
    @pytest.fixture(autouse=True)
    def pool(self, telemetry: Service) -> None:
        telemetry.monkeypatch.setenv("STADION_USER_POOL_ID", "us-east-1_ours")
        telemetry.monkeypatch.setenv("STADION_USER_POOL_CLIENT_ID", "app")
        telemetry.monkeypatch.setattr(identity, "client", FakeCognito)

    def ask(self, telemetry: Service, *, query: Any = None, **headers: str) -> Any:
        event = {"methodArn": "arn:x/live/$connect", "headers": headers or None, "queryStringParameters": query}
        answer = telemetry.invoke("on_socket_connect", event)
        allowed = answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
        return answer["context"] if allowed else None

    def test_by_header_or_by_query(self, telemetry: Service) -> None:
        me = {"user_id": ATHLETE, "language": "en"}
        assert self.ask(telemetry, Authorization=f"Bearer {token_of()}") == me
        russian = {"Accept-Language": "ru"}
        assert self.ask(telemetry, query={"token": token_of()}, **russian) == {**me, "language": "ru"}

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "garbage",
            "a.b.c",
            token_of(iss="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_theirs"),
            token_of(client_id="another app"),
            token_of(token_use="id"),
            token_of(sub=""),
        ],
    )
    def test_what_is_not_an_access_token_of_ours_opens_nothing(self, telemetry: Service, token: str) -> None:
        assert self.ask(telemetry, query={"token": token}) is None

    def test_what_cognito_refuses_opens_nothing(self, telemetry: Service) -> None:
        telemetry.monkeypatch.setattr(identity, "client", lambda: FakeCognito("NotAuthorizedException"))
        assert self.ask(telemetry, query={"token": token_of()}) is None

    def test_a_token_that_cannot_be_checked_is_not_called_bad(self, telemetry: Service) -> None:
        telemetry.monkeypatch.setattr(identity, "client", lambda: FakeCognito("TooManyRequestsException"))
        with pytest.raises(identity.CannotCheckTokenError):
            self.ask(telemetry, query={"token": token_of()})

    def test_a_link_opens_its_session_only(self, telemetry: Service) -> None:
        start(telemetry)
        link = do(telemetry, "share-links").body
        found = self.ask(telemetry, query={"share_token": link["share_token"]})
        about = {"athlete_id": ATHLETE, "session_id": SESSION, "link_id": link["link_id"]}
        assert found == {**about, "language": "en"}
        assert self.ask(telemetry, query={"share_token": link["link_id"]}) is None


class TestEnd:
    def test_a_forgotten_session_ends_at_its_last_sample(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        send(telemetry, 0, 1, 2)
        assert telemetry.invoke("task_close_forgotten_sessions", {"source": "aws.events"}) == {"closed": 0}
        now.advance(hours=4, seconds=1)
        assert telemetry.invoke("task_close_forgotten_sessions", {"source": "aws.events"}) == {"closed": 1}
        assert telemetry.invoke("task_close_forgotten_sessions", {"source": "aws.events"}) == {"closed": 0}
        [event] = finished(telemetry)
        assert (event["outcome"], event["streams"]["samples"]) == ("forgotten", 3)
        assert shown(telemetry)["state"] == "finished"
        start(telemetry, SECOND)

    def test_one_that_nobody_fed_is_discarded(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        now.advance(hours=5)
        telemetry.invoke("task_close_forgotten_sessions", {})
        assert [event["outcome"] for event in finished(telemetry)] == ["discarded"]

    def test_a_session_that_is_heard_stays_open(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        for _ in range(3):
            now.advance(hours=2)
            send(telemetry, 3600 + 2)
            assert telemetry.invoke("task_close_forgotten_sessions", {}) == {"closed": 0}

    def test_what_comes_late_finishes_it_once_more(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        send(telemetry, 0, 1)
        now.advance(seconds=1)
        telemetry.invoke("task_close_forgotten_sessions", {"forgotten_after_s": 0})
        now.advance(days=6)
        assert send(telemetry, 2, 3, more=True).status == 202
        assert send(telemetry, 4, 5).status == 202
        do(telemetry, "stop", at_s=9)
        assert [(e["revision"], e["outcome"], e["streams"]["samples"]) for e in finished(telemetry)] == [
            (1, "forgotten", 2),
            (2, "forgotten", 6),
            (3, "stopped", 6),
        ]
        now.advance(days=8)
        assert send(telemetry, 6).body["code"] == "live_session_is_over"

    def test_a_finish_that_crashed_is_done_by_the_next_round(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        send(telemetry, 0, 1)
        with telemetry.monkeypatch.context() as broken:
            broken.setattr("telemetry.live.service._claim", lambda *_: 1 / 0)
            assert do(telemetry, "stop", at_s=2).status == 500
        assert finished(telemetry) == []
        assert telemetry.invoke("task_close_forgotten_sessions", {}) == {"closed": 0}
        now.advance(minutes=3)
        assert telemetry.invoke("task_close_forgotten_sessions", {}) == {"closed": 1}
        assert [(e["revision"], e["outcome"]) for e in finished(telemetry)] == [(1, "stopped")]

    def test_a_discard_that_crashed_is_done_by_the_next_round(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        send(telemetry, 0, 1)
        with telemetry.monkeypatch.context() as broken:
            broken.setattr("telemetry.live.session_store.delete_chunks", lambda *_: 1 / 0)
            assert do(telemetry, "discard").status == 500
        assert send(telemetry, 2).body["code"] == "live_session_is_over"
        now.advance(minutes=3)
        assert telemetry.invoke("task_close_forgotten_sessions", {}) == {"closed": 1}
        assert chunks(telemetry) == 0
        assert [(e["revision"], e["outcome"], e["streams"]) for e in finished(telemetry)] == [(1, "discarded", None)]

    def test_a_sample_between_the_stop_and_its_finish_is_in_it(self, telemetry: Service) -> None:
        start(telemetry)
        send(telemetry, 0, 1)
        from telemetry.live import service

        honest = service._claim
        calls: list[int] = []

        def interrupted(*args: Any) -> Any:
            calls.append(1)
            if len(calls) == 1:
                assert send(telemetry, 2, more=True).status == 202
            return honest(*args)

        telemetry.monkeypatch.setattr(service, "_claim", interrupted)
        do(telemetry, "stop", at_s=2)
        [event] = finished(telemetry)
        assert event["streams"]["samples"] == 3


class TestDiary:
    """Telemetry and workouts with their events in between."""

    @pytest.fixture
    def pair(self, telemetry: Service, workouts: Service) -> tuple[Service, Service]:
        return telemetry, workouts

    def run(self, telemetry: Service) -> None:
        start(telemetry, name="Before work", time_zone="Europe/Moscow")
        for minute in range(4):
            times = [minute * 60 + second for second in range(60)]
            send(
                telemetry,
                *times,
                lat=[55.7 + t * 3e-5 for t in times],
                lon=[37.6] * 60,
                heart_rate_bpm=[120 + t % 30 for t in times],
            )
        do(telemetry, "stop", at_s=240)

    def exchange(self, telemetry: Service, workouts: Service) -> None:
        """Everything that either published, twice."""
        for _ in range(2):
            deliver(workouts, "on_live_sessions", *telemetry.published("LiveSessionFinished"))
            told = [e for e in workouts.published() if e["detail_type"].startswith("Workout")]
            deliver_streams(telemetry, *told)
            deliver(telemetry, "on_live_saved", *workouts.published("LiveSessionSaved"))

    def test_a_stopped_session_is_a_workout_with_its_own_chunks(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        assert (workout["workout_id"], workout["origin"], workout["name"]) == (SESSION, "live", "Before work")
        assert workout["distance_m"] == pytest.approx(239 * 3.336, rel=0.01)
        assert len(workouts.published("WorkoutRecorded")) == 1
        assert workouts.published("WorkoutCorrected") == []
        assert chunks(telemetry) == 4
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body
        assert streams["streams"]["time"] == list(range(240))
        assert streams["streams"]["latlng"][7] == [55.70021, 37.6]
        assert shown(telemetry)["workout_id"] == SESSION

    def test_its_numbers_are_measured_and_not_edited(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        path = f"/v1/workouts/{SESSION}"
        refused = workouts.call("PATCH", path, {"distance_m": 99_999}, if_match="*")
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "#/distance_m")
        assert workouts.call("PATCH", path, {"name": "After work"}, if_match="*").status == 200

    def test_late_samples_correct_it_and_keep_the_athletes_words(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        workouts.call("PATCH", f"/v1/workouts/{SESSION}", {"name": "Mine", "sport_type": "Ride"}, if_match="*")
        assert send(telemetry, 240, 241, lat=[55.7072, 55.70723], lon=[37.6, 37.6]).body["added"] == 2
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        assert (workout["name"], workout["sport_type"], workout["revision"]) == ("Mine", "Ride", 3)
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body
        assert streams["original_size"] == 242

    def test_a_deleted_workout_takes_its_chunks_along(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        workouts.call("DELETE", f"/v1/workouts/{SESSION}", if_match="*")
        self.exchange(telemetry, workouts)
        assert chunks(telemetry) == 0
        assert send(telemetry, 300).body["code"] == "live_session_is_over"
        assert workouts.call("GET", "/v1/workouts").body["items"] == []

    def test_a_deletion_that_overtakes_the_recording_leaves_no_chunks(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        deliver(workouts, "on_live_sessions", *telemetry.published("LiveSessionFinished"))
        workouts.call("DELETE", f"/v1/workouts/{SESSION}", if_match="*")
        told = [e for e in workouts.published() if e["detail_type"].startswith("Workout")]
        deliver_streams(telemetry, *reversed(told))
        assert chunks(telemetry) == 0

    def test_one_that_was_typed_in_already_is_joined(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        started = shown(telemetry)["started_at"]
        typed = {"sport_type": "Run", "started_at": started, "elapsed_time_s": 240, "notes": "by hand"}
        other = workouts.call("POST", "/v1/workouts", typed).body["workout_id"]
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        assert (workout["workout_id"], workout["origin"]) == (other, "live")
        assert chunks(telemetry) == 1, "a quarter of an hour of the workout's own"
        assert shown(telemetry)["workout_id"] == other
        assert telemetry.call("GET", f"/v1/workouts/{other}/streams").status == 200
        assert send(telemetry, 300).body["code"] == "live_session_is_over"

    def test_a_late_sample_that_meets_the_end_of_the_chunks_is_kept(self, pair: tuple[Service, Service]) -> None:
        """It was answered, and its session was sealed before it was made known."""
        telemetry, workouts = pair
        self.run(telemetry)
        typed = {"sport_type": "Run", "started_at": shown(telemetry)["started_at"], "elapsed_time_s": 240}
        other = workouts.call("POST", "/v1/workouts", typed).body["workout_id"]
        deliver(workouts, "on_live_sessions", *telemetry.published("LiveSessionFinished"))
        assert send(telemetry, 250, heart_rate_bpm=[188], more=True).status == 202
        deliver(telemetry, "on_live_saved", *workouts.published("LiveSessionSaved"))
        assert chunks(telemetry) == 0
        self.exchange(telemetry, workouts)
        streams = telemetry.call("GET", f"/v1/workouts/{other}/streams", query={"resolution": "full"}).body["streams"]
        assert (streams["time"][-1], streams["heartrate"][-1]) == (250, 188)

    def test_a_file_of_the_same_run_is_merged_with_it(self, pair: tuple[Service, Service]) -> None:
        """The watch's file knows the height, the phone knew the heart: the workout has both, and one set of chunks."""
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        ended = upload(workouts, "watch.gpx", gpx(shown(telemetry)["started_at"]), on_duplicate="merge")
        assert (ended["status"], ended["workout_ids"]) == ("ready", [SESSION])
        self.exchange(telemetry, workouts)
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams").body["streams"]
        assert (streams["heartrate"][5], streams["altitude"][5]) == (125, 155.0)
        assert chunks(telemetry) == 1
        assert send(telemetry, 300).body["code"] == "live_session_is_over"

    def test_a_file_that_was_there_first_is_merged_with_it(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        ended = upload(workouts, "watch.gpx", gpx(shown(telemetry)["started_at"]))
        first = ended["workout_ids"][0]
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        assert (workout["workout_id"], workout["origin"]) == (first, "upload")
        streams = telemetry.call("GET", f"/v1/workouts/{first}/streams").body["streams"]
        assert (streams["heartrate"][5], streams["altitude"][5]) == (125, 155.0)
        assert (chunks(telemetry), shown(telemetry)["workout_id"]) == (1, first)

    def test_a_stop_without_samples_is_a_workout_without_streams(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        start(telemetry, sport_type="WeightTraining")
        do(telemetry, "pause", at_s=600)
        do(telemetry, "resume", at_s=900)
        do(telemetry, "stop", at_s=1800)
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        assert (workout["elapsed_time_s"], workout["timer_time_s"]) == (1800, 1500)
        assert telemetry.call("GET", f"/v1/workouts/{SESSION}/streams").status == 404

    def test_an_id_that_a_typed_workout_has_means_that_workout(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        started = an_hour_ago()
        start(telemetry, started_at=started)
        send(telemetry, 0, 1, 2)
        typed = {"sport_type": "Run", "started_at": started, "elapsed_time_s": 60, "workout_id": SESSION}
        workouts.call("POST", "/v1/workouts", typed)
        deliver_streams(telemetry, *workouts.published("WorkoutRecorded"))
        send(telemetry, 3, 4)
        do(telemetry, "stop", at_s=5)
        self.exchange(telemetry, workouts)
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body
        assert streams["streams"]["time"] == [0, 1, 2, 3, 4]

    def test_chunks_that_went_too_early_come_back_from_the_claim(self, pair: tuple[Service, Service]) -> None:
        telemetry, _ = pair
        self.run(telemetry)
        deliver_streams(telemetry, recorded(SESSION))
        assert chunks(telemetry) == 0
        event = telemetry.published("LiveSessionFinished")[0]["detail"]["data"]
        deliver_streams(telemetry, recorded(SESSION, revision=2, streams=event["streams"]))
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body
        assert streams["streams"]["time"] == list(range(240))
        deliver_streams(telemetry, deleted(SESSION, revision=3))
        assert chunks(telemetry) == 0


@pytest.mark.parametrize("seed", range(4))
def test_whatever_breaks_every_sample_is_in_the_diary_once(telemetry: Service, workouts: Service, seed: int) -> None:
    """Batches in any order, some twice; writes that fail, and writes that hold although the answer says they failed."""
    chance = random.Random(seed)
    pulse = {t: 100 + (t * 7) % 60 for t in range(0, 420)}
    batches = [list(range(a, a + 30)) for a in range(0, 420, 30)]
    todo: list[Any] = [*batches, *chance.sample(batches, 5), ("pause", 100), ("resume", 130)]
    chance.shuffle(todo)
    todo.insert(chance.randrange(len(todo)), ("stop", 420))
    start(telemetry)
    honest = Transaction.commit

    def breaking(transaction: Transaction) -> None:
        fate = chance.random()
        if fate < 0.15:
            raise ConnectionError("before it was written")
        honest(transaction)
        if fate > 0.85:
            raise ConnectionError("after it was written")

    with telemetry.monkeypatch.context() as fault:
        fault.setattr(Transaction, "commit", breaking)
        for one in todo:
            for _ in range(50):
                if isinstance(one, tuple):
                    answer = do(telemetry, one[0], at_s=one[1])
                else:
                    answer = send(telemetry, *one, heart_rate_bpm=[pulse[t] for t in one], more=chance.random() < 0.5)
                if answer.status < 300:
                    break
            assert answer.status < 300, answer.body
    send(telemetry, 0, heart_rate_bpm=[pulse[0]])  # nothing new, and no more to come: what waits is finished
    events = telemetry.published("LiveSessionFinished")
    for _ in range(2):
        chance.shuffle(events)
        deliver(workouts, "on_live_sessions", *events)
    told = [event for event in workouts.published() if event["detail_type"].startswith("Workout")]
    chance.shuffle(told)
    deliver_streams(telemetry, *told, *told)
    [workout] = workouts.call("GET", "/v1/workouts").body["items"]
    assert (workout["elapsed_time_s"], workout["timer_time_s"]) == (420, 390)
    read = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body["streams"]
    assert dict(zip(read["time"], read["heartrate"], strict=True)) == pulse
    newest = max(finished(telemetry), key=lambda event: event["revision"])
    columns = joined(unbundle(claims.collect(newest["streams"]["key"])))
    assert columns["heart_rate_bpm"].tolist() == list(pulse.values())
    assert newest["pauses"] == [{"start_s": 100, "end_s": 130}]
    assert sorted(e["revision"] for e in finished(telemetry)) == list(range(1, newest["revision"] + 1))


def gpx(started_at: str) -> bytes:
    """The run of `TestDiary.run`, as a watch without a chest strap saw it."""
    start = datetime.fromisoformat(started_at)
    points = [
        f'<trkpt lat="{55.7 + t * 3e-5:.6f}" lon="37.6"><ele>{150 + t % 30}</ele>'
        f"<time>{clock.rfc3339(start + timedelta(seconds=t))}</time></trkpt>"
        for t in range(240)
    ]
    track = f"<trk><type>running</type><trkseg>{''.join(points)}</trkseg></trk>"
    return f'<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">{track}</gpx>'.encode()


def deliver_streams(telemetry: Service, *events: dict[str, Any]) -> None:
    deliver(telemetry, "on_workout_events", *events)
