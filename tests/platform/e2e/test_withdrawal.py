"""From the word of an athlete to the last service that heard it, over real HTTP, bus and queues."""

import time
from typing import Any

from local.demo.client import Athlete
from stadion.events.accounts import ConsentKind
from tests.kit.stack import DeployedStack, eventually, settle

RUN: dict[str, Any] = {
    "sport_type": "Run",
    "started_at": "2026-11-20T08:40:00+03:00",
    "elapsed_time_s": 1834,
    "distance_m": 6400,
    "average_heart_rate_bpm": 152,
}


def test_a_withdrawal_is_heard_everywhere_within_a_moment(stack: DeployedStack, anna: Athlete) -> None:
    """The promise is a minute; what it took is printed, and fails nobody."""
    anna.agree(*ConsentKind, partner_id="store")
    workout_id = anna.post("/v1/workouts", RUN)["workout_id"]
    anna.call("PUT", "/v1/me/physical/2026-11-01", {"max_heart_rate_bpm": 190})
    settle(stack, anna.user_id)

    said = time.monotonic()
    anna.withdraw(*ConsentKind, partner_id="store")
    answered = time.monotonic() - said
    eventually(lambda: not anna.shows_health() or None)
    shown = time.monotonic() - said
    settle(stack, anna.user_id)
    heard = time.monotonic() - said

    print(f"\n  {len(ConsentKind)} consents withdrawn: answered after {answered:.1f} s,")
    print(f"  health data shown no more after {shown:.1f} s, heard by every service after {heard:.1f} s")
    assert anna.answer("GET", "/v1/me/physical").status_code == 403
    assert anna.get(f"/v1/workouts/{workout_id}")["average_heart_rate_bpm"] is None
    sample = {"metric": "heart_rate", "value": 142, "timestamp": "2026-11-20T05:40:00Z"}
    receipt = anna.post("/v1/telemetry", {"device_id": "watch", "samples": [sample]})
    assert [one["code"] for one in receipt["results"]] == ["consent_required"]


def test_what_was_kept_is_deleted_on_request(stack: DeployedStack, ben: Athlete) -> None:
    sample = {"metric": "heart_rate", "value": 142, "timestamp": "2026-11-20T05:40:00Z"}
    ben.post("/v1/telemetry", {"device_id": "watch", "samples": [sample]})
    workout_id = ben.post("/v1/workouts", RUN)["workout_id"]
    ben.call("PUT", "/v1/me/physical/2026-11-01", {"mass_kg": 61.25})
    assert ben.answer("DELETE", "/v1/me/health-data").status_code == 409
    ben.withdraw("health_data")

    ben.call("DELETE", "/v1/me/health-data")
    settle(stack, ben.user_id)

    ben.agree("health_data")
    assert ben.get("/v1/me/physical")["history"] == []
    assert ben.get("/v1/telemetry/heart_rate?from=2026-11-20&to=2026-11-20")["values"] == []
    assert ben.get(f"/v1/workouts/{workout_id}")["average_heart_rate_bpm"] is None
