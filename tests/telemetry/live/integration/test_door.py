"""What others see where the athlete is, or was, in a privacy zone: nothing that tells how near the door is."""

from typing import Any

import pytest

from stadion.privacy import LEAVES_AFTER_M
from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, OTHER, Service
from tests.telemetry.live.integration.world import (
    HOME,
    SESSION,
    Wire,
    do,
    follow,
    grant,
    hide,
    say,
    send,
    start,
    tell,
    watch,
)

RADIUS_M = 400.0
EDGE = RADIUS_M + LEAVES_AFTER_M
STEP_M = 3.0
METRES_PER_DEGREE = 111_195.08


def north(metres: float) -> tuple[float, float]:
    return HOME[0] + metres / METRES_PER_DEGREE, HOME[1]


def run(telemetry: Service, at_s: int, *metres: float, **more: Any) -> None:
    """A second for each place north of the centre; the recording counts three metres a second, from the door on."""
    places = [north(one) for one in metres]
    times = [at_s + n for n in range(len(places))]
    answer = send(
        telemetry,
        *times,
        lat=[place[0] for place in places],
        lon=[place[1] for place in places],
        distance_m=[STEP_M * t for t in times],
        speed_mps=[STEP_M for _ in times],
        heart_rate_bpm=[140.0 for _ in times],
        **more,
    )
    assert answer.status == 202, answer.body


@pytest.fixture
def home(telemetry: Service) -> Service:
    """A follower, and a session that starts at a door inside the zone."""
    hide(telemetry, (*HOME, RADIUS_M))
    follow(telemetry, heart_rate=True)
    start(telemetry)
    return telemetry


def link_of(telemetry: Service, **more: Any) -> Any:
    answer = do(telemetry, "share-links", **more)
    assert answer.status == 201, answer.body
    return answer.body


def looked(telemetry: Service, link: Any) -> Any:
    return telemetry.call("GET", link["path"], user=None)


class TestStart:
    def test_a_session_that_is_still_hidden_does_not_exist(self, home: Service, wire: Wire) -> None:
        link = link_of(home)
        run(home, 0, 0, 3, 6)
        watch(home, "c1")
        by_link = {"athlete_id": ATHLETE, "session_id": SESSION, "link_id": link["link_id"]}
        watch(home, "c2", user=None, **by_link)
        say(home, "c3", {"action": "watch", "user_id": ATHLETE, "session_id": SESSION}, user=OTHER)
        assert [wire.to(one)[-1]["code"] for one in ("c1", "c2", "c3")] == ["live_session_not_found"] * 3
        assert looked(home, link).body["code"] == "live_session_not_found"
        do(home, "stop", at_s=4)
        assert looked(home, link).body["code"] == "live_session_not_found"
        assert [len(wire.to(one)) for one in ("c1", "c2", "c3")] == [1, 1, 1]

    def test_time_and_distance_count_from_the_first_visible_point(self, home: Service, wire: Wire) -> None:
        link = link_of(home)
        began = home.call("GET", f"/v1/live/sessions/{SESSION}").body["started_at"]
        run(home, 0, *(STEP_M * n for n in range(140)))  # to 417 m: out of the zone, not yet surely
        assert looked(home, link).status == 404
        run(home, 140, *(STEP_M * n for n in range(140, 160)))
        seen = looked(home, link).body
        first_s = int(EDGE / STEP_M) + 1
        assert (seen["time_s"], seen["distance_m"]) == (159 - first_s, (159 - first_s) * STEP_M)
        assert seen["position"] == pytest.approx(north(477))
        assert (seen["speed_mps"], seen["hidden"]) == (STEP_M, False)
        assert _seconds(seen["started_at"], began) == first_s

    def test_what_others_call_it_does_not_tell_when_it_was_made(self, home: Service, wire: Wire) -> None:
        run(home, 0, *(500 + STEP_M * n for n in range(5)))
        watch(home, "c1")
        seen = wire.seen_by("c1")[-1]
        assert seen["session_id"] != SESSION
        assert seen["sequence"] == 1

    def test_batches_that_were_hidden_leave_no_trace_in_the_sequence(self, home: Service, wire: Wire) -> None:
        for at_s in range(0, 50, 5):
            run(home, at_s, *(STEP_M * at_s + n for n in range(5)))
        run(home, 60, 500, 503)
        watch(home, "c1")
        assert wire.seen_by("c1")[-1]["sequence"] == 1

    def test_the_athletes_own_devices_see_everything(self, home: Service, wire: Wire) -> None:
        watch(home, "own", user=ATHLETE)
        run(home, 0, 0, 3, 6)
        seen = wire.seen_by("own")[-1]
        assert (seen["session_id"], seen["distance_m"], seen["heart_rate_bpm"]) == (SESSION, 6, 140)
        assert seen["position"] == pytest.approx(north(6))


class TestMiddle:
    def test_out_of_sight_nothing_flows_and_nothing_counts(self, home: Service, wire: Wire) -> None:
        run(home, 0, 600, 597, 594)
        watch(home, "c1")
        run(home, 3, 500, 402, 399, 396)
        seen = wire.seen_by("c1")
        assert [(one["hidden"], one["time_s"], one["distance_m"]) for one in seen] == [
            (False, 2, 6),
            (True, 4, 12),
        ]
        assert {seen[-1][name] for name in ("speed_mps", "pace_s_per_km", "heart_rate_bpm")} == {None}
        assert seen[-1]["position"] == pytest.approx(north(402))
        for at_s in range(10, 60, 10):
            run(home, at_s, 0, 3)
        do(home, "pause", at_s=60)
        do(home, "resume", at_s=90)
        assert len(wire.seen_by("c1")) == 2
        run(home, 500, 600, 603)
        back = wire.seen_by("c1")[-1]
        assert (back["hidden"], back["time_s"], back["distance_m"]) == (False, 5, 15)

    def test_who_comes_back_is_out_of_sight_for_a_while(self, home: Service, wire: Wire) -> None:
        """The time between would tell how far it is to the door and back."""
        run(home, 0, 600, 597)
        watch(home, "c1")
        run(home, 5, 399)
        run(home, 50, 600, 603)
        assert wire.seen_by("c1")[-1]["hidden"]
        run(home, 5 + int(RADIUS_M), 700, 703)
        assert not wire.seen_by("c1")[-1]["hidden"]

    def test_a_position_that_jitters_at_the_edge_draws_no_edge(self, home: Service, wire: Wire) -> None:
        run(home, 0, 600, 597)
        watch(home, "c1")
        run(home, 10, *(RADIUS_M + (15 if n % 2 else -15) for n in range(30)))
        places = {tuple(one["position"]) for one in wire.seen_by("c1")}
        assert len(places) <= 2

    def test_a_way_that_was_not_heard_counts_nothing_near_a_zone(self, home: Service, wire: Wire) -> None:
        run(home, 0, 450, 453)
        run(home, 300, 500, 503)
        watch(home, "c1")
        assert wire.seen_by("c1")[-1]["hidden"]
        run(home, 500, 500, 503)
        seen = wire.seen_by("c1")[-1]
        assert (seen["time_s"], seen["distance_m"]) == (2, 6)

    def test_far_from_every_zone_a_tunnel_counts(self, home: Service, wire: Wire) -> None:
        run(home, 0, 5_000, 5_003)
        run(home, 60, 5_180, 5_183)
        watch(home, "c1")
        seen = wire.seen_by("c1")[-1]
        assert (seen["time_s"], seen["distance_m"]) == (61, 183)

    def test_a_late_batch_tells_nobody_more(self, home: Service, wire: Wire) -> None:
        run(home, 100, 600, 603)
        watch(home, "c1")
        before = wire.seen_by("c1")
        run(home, 0, *(450 + n for n in range(50)))
        run(home, 100, 600, 603)
        assert wire.seen_by("c1") == before
        run(home, 102, 606)
        assert (wire.seen_by("c1")[-1]["time_s"], wire.seen_by("c1")[-1]["distance_m"]) == (2, 6)


class TestEnd:
    def test_a_run_that_ends_out_of_sight_ends_at_the_last_visible_moment(
        self, home: Service, wire: Wire, now: Clock
    ) -> None:
        link = link_of(home)
        run(home, 0, 450, 420, 399)
        watch(home, "c1")
        watch(home, "own", user=ATHLETE)
        before = looked(home, link).body
        assert (before["state"], before["hidden"]) == ("running", True)
        do(home, "stop", at_s=120)
        now.advance(minutes=13)
        tell(home)
        assert looked(home, link).body == before
        assert wire.to("c1")[-1]["type"] == "watching"
        assert wire.to("own")[-1]["type"] == "ended"
        say(home, "c4", {"action": "watch", "user_id": ATHLETE}, user=OTHER)
        assert wire.to("c4")[-1]["seen"] == before | {"sequence": before["sequence"]}
        now.advance(minutes=2)
        tell(home, ends=True)
        assert [m["type"] for m in wire.to("c1")] == ["watching", "update", "ended"]
        assert wire.to("c1")[-1]["session_id"] == before["session_id"]
        assert looked(home, link).body["state"] == "finished"
        say(home, "c5", {"action": "watch", "user_id": ATHLETE}, user=OTHER)
        assert wire.to("c5")[-1]["code"] == "live_session_not_found"

    def test_that_it_goes_on_out_of_sight_looks_the_same(self, home: Service, wire: Wire, now: Clock) -> None:
        run(home, 0, 450, 420, 399)
        watch(home, "c1")
        now.advance(minutes=15)
        tell(home, ends=True)
        assert [m["type"] for m in wire.to("c1")] == ["watching", "update", "ended"]
        assert wire.seen_by("c1")[-1]["state"] == "finished"
        run(home, 1000, 600, 603)
        watch(home, "c1")
        assert (wire.seen_by("c1")[-1]["state"], wire.seen_by("c1")[-1]["time_s"]) == ("running", 2)

    def test_who_is_in_sight_again_is_not_over(self, home: Service, wire: Wire, now: Clock) -> None:
        run(home, 0, 450, 420, 399)
        watch(home, "c1")
        now.advance(minutes=15)
        run(home, 900, 600, 603)
        tell(home, ends=True)
        assert [m["type"] for m in wire.to("c1")] == ["watching", "update"]

    def test_an_end_at_the_edge_that_nobody_heard_is_not_told_either(self, home: Service, wire: Wire) -> None:
        run(home, 0, 450, 440)
        watch(home, "c1")
        do(home, "stop", at_s=150)
        assert (wire.seen_by("c1")[-1]["state"], wire.seen_by("c1")[-1]["hidden"]) == ("running", True)

    def test_an_end_in_sight_is_told_at_once(self, home: Service, wire: Wire) -> None:
        run(home, 0, 600, 603)
        watch(home, "c1")
        do(home, "stop", at_s=3)
        assert [m["type"] for m in wire.to("c1")] == ["watching", "update", "ended"]


class TestConsents:
    def test_the_heart_rate_is_for_those_who_are_let(self, telemetry: Service, wire: Wire) -> None:
        follow(telemetry)
        start(telemetry)
        let = link_of(telemetry, heart_rate=True)
        other = link_of(telemetry)
        run(telemetry, 0, 0, 3)
        watch(telemetry, "c1")
        assert wire.seen_by("c1")[-1]["heart_rate_bpm"] is None
        assert looked(telemetry, other).body["heart_rate_bpm"] is None
        assert looked(telemetry, let).body["heart_rate_bpm"] == 140
        follow(telemetry, heart_rate=True)
        run(telemetry, 2, 6)
        assert wire.seen_by("c1")[-1]["heart_rate_bpm"] == 140
        follow(telemetry)
        run(telemetry, 3, 9)
        assert wire.seen_by("c1")[-1]["heart_rate_bpm"] == 140
        grant(telemetry, "health_data", granted=False, revision=2)
        run(telemetry, 4, 12)
        assert wire.seen_by("c1")[-1]["heart_rate_bpm"] is None
        assert looked(telemetry, let).body["heart_rate_bpm"] is None

    def test_without_the_consent_to_location_others_see_no_position(self, telemetry: Service, wire: Wire) -> None:
        grant(telemetry, "location", granted=False, revision=3)
        grant(telemetry, "location", granted=True, revision=2)
        follow(telemetry)
        start(telemetry)
        watch(telemetry, "c1")
        watch(telemetry, "own", user=ATHLETE)
        run(telemetry, 0, 0, 3)
        assert (wire.seen_by("c1")[-1]["position"], wire.seen_by("c1")[-1]["distance_m"]) == (None, 3)
        assert wire.seen_by("own")[-1]["position"] is not None


class TestNames:
    def test_whose_link_is_over_is_not_told_the_sessions_own_id(self, home: Service, wire: Wire, now: Clock) -> None:
        link = link_of(home, expires_in_s=60)
        run(home, 0, 600, 603, 606)
        watch(home, "c1", user=None, athlete_id=ATHLETE, session_id=SESSION, link_id=link["link_id"])
        now.advance(seconds=61)
        run(home, 10, 609, 612)
        ended = wire.to("c1")[-1]
        assert (ended["type"], ended["reason"]) == ("ended", "not_allowed")
        assert ended["session_id"] == wire.seen_by("c1")[-1]["session_id"]


class TestZones:
    def test_a_zone_that_comes_late_holds_from_the_next_sample_on(self, telemetry: Service, wire: Wire) -> None:
        follow(telemetry)
        start(telemetry)
        watch(telemetry, "c1")
        run(telemetry, 0, 0)
        hide(telemetry, (*HOME, RADIUS_M), revision=2)
        hide(telemetry, revision=1)
        run(telemetry, 1, 3, 6)
        seen = wire.seen_by("c1")
        assert [(one["hidden"], one["position"] is not None) for one in seen] == [
            (False, False),
            (False, True),
            (True, False),
        ]

    def test_a_place_where_a_zone_was_set_since_is_shown_to_nobody(self, telemetry: Service) -> None:
        """Whoever comes then would be told the door."""
        start(telemetry)
        link = link_of(telemetry)
        run(telemetry, 0, 600, 300, 3)
        hide(telemetry, (*HOME, RADIUS_M))
        seen = looked(telemetry, link).body
        hidden = ("hidden", "position", "speed_mps", "pace_s_per_km", "heart_rate_bpm")
        assert [seen[name] for name in hidden] == [True, None, None, None, None]

    def test_who_comes_from_a_zone_into_a_larger_one_is_hidden_as_long_as_that_one_hides(
        self, telemetry: Service, wire: Wire
    ) -> None:
        hide(telemetry, (*north(900), 200.0), (*HOME, 800.0))
        follow(telemetry)
        start(telemetry)
        run(telemetry, 0, 1200, 1197, 1099, 1000, 700, 300)
        run(telemetry, 300, 700, 900, 1131)
        watch(telemetry, "c1")
        assert wire.seen_by("c1")[-1]["hidden"], "the small one hides for 200 s"
        run(telemetry, 802, 1131)
        assert not wire.seen_by("c1")[-1]["hidden"]

    def test_a_zone_that_is_taken_away_shows_what_comes_and_nothing_of_before(self, home: Service, wire: Wire) -> None:
        run(home, 0, 0, 3, 6)
        hide(home, revision=2)
        run(home, 100, 300, 303)
        watch(home, "c1")
        seen = wire.seen_by("c1")[-1]
        assert (seen["time_s"], seen["distance_m"]) == (1, 3)


def _seconds(moment: str, since: str) -> float:
    from datetime import datetime

    return (datetime.fromisoformat(moment) - datetime.fromisoformat(since)).total_seconds()
