"""Sessions that nobody stops, and finishes that crash."""

from typing import Any

from tests.kit.clock import Clock
from tests.kit.services import Service
from tests.telemetry.live.integration.world import SECOND, chunks, do, finished, send, shown, start


class TestEnd:
    def test_a_forgotten_session_ends_at_its_last_sample(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        send(telemetry, 0, 1, 2)
        assert telemetry.invoke("close_forgotten_sessions", {"source": "aws.events"}) == {"closed": 0}
        now.advance(hours=4, seconds=1)
        assert telemetry.invoke("close_forgotten_sessions", {"source": "aws.events"}) == {"closed": 1}
        assert telemetry.invoke("close_forgotten_sessions", {"source": "aws.events"}) == {"closed": 0}
        [event] = finished(telemetry)
        assert (event["outcome"], event["streams"]["samples"]) == ("forgotten", 3)
        assert shown(telemetry)["state"] == "finished"
        start(telemetry, SECOND)

    def test_one_that_nobody_fed_is_discarded(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        now.advance(hours=5)
        telemetry.invoke("close_forgotten_sessions", {})
        assert [event["outcome"] for event in finished(telemetry)] == ["discarded"]

    def test_a_session_that_is_heard_stays_open(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        for _ in range(3):
            now.advance(hours=2)
            send(telemetry, 3600 + 2)
            assert telemetry.invoke("close_forgotten_sessions", {}) == {"closed": 0}

    def test_what_comes_late_finishes_it_once_more(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        send(telemetry, 0, 1)
        now.advance(hours=5)
        telemetry.invoke("close_forgotten_sessions", {})
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
        assert telemetry.invoke("close_forgotten_sessions", {}) == {"closed": 0}
        now.advance(minutes=3)
        assert telemetry.invoke("close_forgotten_sessions", {}) == {"closed": 1}
        assert [(e["revision"], e["outcome"]) for e in finished(telemetry)] == [(1, "stopped")]

    def test_a_discard_that_crashed_is_done_by_the_next_round(self, telemetry: Service, now: Clock) -> None:
        start(telemetry)
        send(telemetry, 0, 1)
        with telemetry.monkeypatch.context() as broken:
            broken.setattr("telemetry.live.sessions.store.delete_chunks", lambda *_: 1 / 0)
            assert do(telemetry, "discard").status == 500
        assert send(telemetry, 2).body["code"] == "live_session_is_over"
        now.advance(minutes=3)
        assert telemetry.invoke("close_forgotten_sessions", {}) == {"closed": 1}
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
