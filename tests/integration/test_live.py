"""Live workouts through the Lambda handlers of telemetry, on moto; connections are a recorder."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from stadion import claims, clock
from stadion.streams.recorded import joined, unbundle
from telemetry.live import sockets
from tests.builders import deleted, entry
from tests.builders import recorded as recorded_event
from tests.services import ATHLETE, OTHER, Answer, Service, sqs_event

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
    monkeypatch.setattr(sockets, "hang_up", lambda connections: wire.gone.update(connections))
    return wire


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator["Now"]:
    found = Now(clock.now())
    monkeypatch.setattr(clock, "now", lambda: found.moment)
    yield found


class Now:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def passes(self, **span: float) -> None:
        self.moment += timedelta(**span)


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


def message(telemetry: Service, connection: str, body: Any, *, user: str | None = ATHLETE, **context: str) -> Any:
    """Over the connection, as API Gateway passes it on; what was answered."""
    import json

    about = {"eventType": "MESSAGE", "connectionId": connection, "requestId": "r-12345678"}
    about["authorizer"] = {"user_id": user, **context} if user else context  # type: ignore[assignment]
    event = {"requestContext": about, "body": body if isinstance(body, str) else json.dumps(body)}
    assert telemetry.invoke("on_socket_message", event) == {"statusCode": 200}


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

    def test_a_value_that_cannot_be_is_told_and_the_rest_is_kept(self, telemetry: Service) -> None:
        start(telemetry)
        answer = send(telemetry, 0, 1, heart_rate_bpm=[999, 140], lat=[95, 10], lon=[10, 10])
        assert answer.body["added"] == 2
        assert {(e["column"], e["index"]) for e in answer.body["refused"]} == {("heart_rate_bpm", 0), ("lat", 0)}
        do(telemetry, "stop", at_s=2)
        columns = joined(unbundle(claims.collect(finished(telemetry)[0]["streams"]["key"])))
        assert [str(value) for value in columns["heart_rate_bpm"]] == ["nan", "140.0"]
        assert [str(value) for value in columns["lon"]] == ["nan", "10.0"]

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
        from tests.integration.test_request_counts import counted

        start(telemetry)
        send(telemetry, 0)
        with counted() as operations:
            send(telemetry, 1, 2)
        assert operations == ["BatchGetItem", "TransactWriteItems", "Query"]  # the last: does anybody watch?
