"""How hard it felt, typed in: the diary keeps it, and the other services hear of it."""

import pytest

from tests.kit.services import Service
from tests.workouts.recordings.unit.samples import data
from tests.workouts.uploads.integration.test_uploads import upload

TYPED = {"sport_type": "Yoga", "started_at": "2026-11-20T07:00:00Z", "elapsed_time_s": 3_600}


def test_exertion_is_typed_in_corrected_and_taken_back(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", {**TYPED, "rpe": 6})
    path = f"/v1/workouts/{created.body['workout_id']}"
    assert created.body["rpe"] == 6
    assert workouts.call("PATCH", path, {"rpe": 7.5}, if_match="*").body["rpe"] == 7.5
    assert workouts.call("PATCH", path, {"rpe": None}, if_match="*").body["rpe"] is None
    told = [event["detail"]["data"]["workout"].get("rpe") for event in workouts.published()]
    assert told == [6, 7.5, None]


@pytest.mark.parametrize("rpe", [-1, 0, 10.5, "hard"])
def test_exertion_is_from_one_to_ten(workouts: Service, rpe: object) -> None:
    refused = workouts.call("POST", "/v1/workouts", {**TYPED, "rpe": rpe})
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "#/rpe")


def test_what_a_recording_cannot_measure_is_the_athletes_to_say(workouts: Service) -> None:
    ended = upload(workouts, "ride.fit", data("4078723797.fit"))
    path = f"/v1/workouts/{ended['workout_ids'][0]}"
    assert workouts.call("PATCH", path, {"rpe": 8}, if_match="*").body["rpe"] == 8
    assert workouts.published("WorkoutCorrected")[-1]["detail"]["data"]["workout"]["rpe"] == 8
