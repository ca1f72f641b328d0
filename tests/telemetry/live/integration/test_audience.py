"""What followers and links see of a session, and what they never see."""

import json
import re
from typing import Any

import pytest

from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, OTHER, Service
from tests.telemetry.live.integration.world import HOME, SESSION, Wire, do, follow, say, send, start, watch


class TestWatching:
    def test_a_follower_sees_position_pace_and_the_heart_rate_if_let(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        follow(telemetry, heart_rate=True)
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
            broken.setattr("telemetry.live.audience.service.dismiss", lambda *_, **__: 1 / 0)
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
        link = do(telemetry, "share-links", expires_in_s=3600, heart_rate=True).body
        follow(telemetry, heart_rate=True)
        send(telemetry, 0, lat=[HOME[0]], lon=[HOME[1]], heart_rate_bpm=[120])
        watch(telemetry, "c1")
        shown_as = wire.seen_by("c1")[-1]["session_id"]
        do(telemetry, "stop", at_s=1)
        say(telemetry, "c1", {"action": "watch", "user_id": ATHLETE, "session_id": shown_as}, user=OTHER)
        assert wire.to("c1")[-1]["type"] == "watching"
        for told in (telemetry.call("GET", link["path"], user=None).body, wire.seen_by("c1")[-1]):
            assert told["state"] == "finished"
            assert {told.get(name) for name in ("time_s", "position", "heart_rate_bpm", "distance_m")} == {None}

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
