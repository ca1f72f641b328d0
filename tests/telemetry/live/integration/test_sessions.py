"""A session from its start to its stop: what is taken, refused, told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stadion import claims, clock
from stadion.streams.recorded import joined, unbundle
from tests.kit.counting import counted
from tests.kit.services import OTHER, Service
from tests.telemetry.live.integration.world import (
    SECOND,
    SESSION,
    an_hour_ago,
    chunks,
    do,
    finished,
    follow,
    send,
    shown,
    start,
    waiting,
    watch,
)


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
            "dropped": [],
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
        assert operations == ["UpdateItem", "BatchGetItem", "TransactWriteItems"]  # how does the athlete stand?

    def test_however_many_watch_a_batch_takes_no_more_than_a_word_in_a_queue(self, telemetry: Service) -> None:
        start(telemetry)
        follow(telemetry)
        for number in range(5):
            watch(telemetry, f"c{number}")
        with counted() as operations:
            body = {"time_s": [1, 2], "heart_rate_bpm": [100, 101]}
            telemetry.call("POST", f"/v1/live/sessions/{SESSION}/samples", body)
        assert operations == ["UpdateItem", "BatchGetItem", "TransactWriteItems"]
        assert len(waiting()) == 1
