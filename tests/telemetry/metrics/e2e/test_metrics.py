"""What a ride means, on the deployed stack: from the file to the trend, and anew when FTP changes."""

from typing import Any

import pytest

from local.demo.client import Athlete
from local.recordings import recordings
from tests.kit.stack import eventually


def measured(athlete: Athlete, workout_id: str) -> Any:
    """The metrics, once they are there."""
    return eventually(lambda: found(athlete, f"/v1/workouts/{workout_id}/metrics"))


def found(athlete: Athlete, path: str) -> Any:
    answer = athlete.door.http.get(athlete.door.api + path, headers={"authorization": f"Bearer {athlete.access_token}"})
    return answer.json() if answer.status_code == 200 else None


def test_a_real_ride_has_the_stress_that_its_device_says_and_another_when_ftp_changes(anna: Athlete) -> None:
    anna.call("PUT", "/v1/me/consents/health_data", {"granted": True, "text_version": "2026-10"})
    anna.call("PUT", "/v1/me/physical/2015-01-01", {"ftp_w": 200})
    ended = anna.upload(recordings("sweat") / "4078723797.fit", time_zone="Europe/Moscow")
    [workout_id] = ended["workout_ids"]
    metrics = measured(anna, workout_id)
    eventually(lambda: measured(anna, workout_id)["tss"]["value"] is not None)
    assert measured(anna, workout_id)["tss"]["value"] == pytest.approx(413.7, rel=0.005)
    day = metrics["day"]
    fitness = f"/v1/metrics/fitness?from={day}&to={day}"
    eventually(lambda: round(found(anna, fitness)["items"][0]["load"]) == 415)
    anna.call("PUT", f"/v1/me/physical/{day}", {"ftp_w": 250})
    eventually(lambda: measured(anna, workout_id)["load"]["inputs"]["ftp"]["value"] == 250)
    eventually(lambda: round(found(anna, fitness)["items"][0]["load"]) == 266)
    best = found(anna, f"/v1/metrics/mean-max?from={day}&to={day}")
    assert {item["workout_id"] for item in best["items"]} == {workout_id}
    assert best["critical_power"]["r_squared"] > 0.95
    anna.call("DELETE", f"/v1/workouts/{workout_id}", if_match="*")
    eventually(lambda: found(anna, f"/v1/workouts/{workout_id}/metrics") is None)
    eventually(lambda: found(anna, fitness)["items"][0]["load"] == 0)


def test_a_workout_that_moves_to_another_day_takes_its_load_along(ben: Athlete) -> None:
    ben.call("PUT", "/v1/me/consents/health_data", {"granted": True, "text_version": "2026-10"})
    ben.call("PUT", "/v1/me/physical/2026-01-01", {"max_heart_rate_bpm": 190, "threshold_heart_rate_bpm": 170})
    run = {"sport_type": "Run", "started_at": "2026-10-01T07:00:00Z", "elapsed_time_s": 3600, "distance_m": 10_000}
    workout = ben.post("/v1/workouts", {**run, "average_heart_rate_bpm": 170})
    week = "/v1/metrics/fitness?from=2026-10-01&to=2026-10-03"

    def loads() -> list[int]:
        return [round(day["load"]) for day in found(ben, week)["items"]]

    eventually(lambda: loads() == [100, 0, 0])
    path = f"/v1/workouts/{workout['workout_id']}"
    ben.call("PATCH", path, {"started_at": "2026-10-03T07:00:00Z"}, if_match="*")
    eventually(lambda: loads() == [0, 0, 100])
    ben.call("PATCH", path, {"started_at": "2026-10-01T07:00:00Z"}, if_match="*")
    eventually(lambda: loads() == [100, 0, 0])
    ben.call("DELETE", path, if_match="*")
    eventually(lambda: loads() == [0, 0, 0])
