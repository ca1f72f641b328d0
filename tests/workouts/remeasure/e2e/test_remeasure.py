"""Old workouts are measured anew on the deployed stack: killed twice, resumed, and every total is what it was."""

import json
from typing import Any

import pytest

from local.demo import story
from local.demo.client import Athlete
from local.recordings import recordings
from stadion.events.workouts import WorkoutCorrected
from tests.kit.command_line import told
from tests.kit.stack import DeployedStack, eventually, settle
from tests.kit.workflows import executions, stopped
from workouts.domain import Workout

pytestmark = pytest.mark.long
MACHINE = "stadion-workout-remeasure"
FILES = ("4078723797.fit", "6471559601_ACTIVITY.fit", "3173437224.tcx")
WORKOUTS = 5


def totals(athlete: Athlete) -> dict[str, Any]:
    """All that workouts move, as the API tells it; messages too."""
    gear = athlete.get("/v1/gear")["items"]
    days = "from=2015-01-01&to=2016-12-31", "from=2017-01-01&to=2018-12-31", "from=2019-01-01&to=2020-12-31"
    return {
        "wear": {one["category"]: (one["distance_m"], one["time_s"], one["sessions"]) for one in gear},
        "xp": athlete.get("/v1/gamification/progress")["xp"],
        "records": {r["record"]: r["elapsed_time_s"] for r in athlete.get("/v1/gamification/records")["items"]},
        "load": [
            (day["day"], round(day["load"], 1))
            for span in days
            for day in athlete.get(f"/v1/metrics/fitness?{span}")["items"]
            if day["load"]
        ],
        "told": sorted(note["template"] for note in athlete.get("/v1/notifications")["items"]),
    }


def diary(athlete: Athlete) -> dict[str, Any]:
    """Without what a correction moves."""
    own = {"revision", "updated_at", "assigned_for"}
    found = {
        one["workout_id"]: athlete.get(f"/v1/workouts/{one['workout_id']}")
        for one in athlete.get("/v1/workouts")["items"]
    }
    return {name: {key: value for key, value in one.items() if key not in own} for name, one in found.items()}


def measured_by_older_code(stack: DeployedStack, athlete: Athlete) -> None:
    """Every workout is as code with a fault would have left it, and so it was told."""
    for workout_id in diary(athlete):
        key = {"pk": {"S": f"USER#{athlete.user_id}"}, "sk": {"S": f"WORKOUT#{workout_id}"}}
        item = stack.dynamodb.get_item(TableName=stack.tables["workouts"], Key=key, ConsistentRead=True)["Item"]
        body = json.loads(item["body"]["S"])
        body |= {"revision": body["revision"] + 1, "moving_time_s": body["moving_time_s"] / 2}
        body["distance_m"] = body.get("distance_m", 0.0) * 1.3 + 7
        body["best_efforts"] = [
            one | {"elapsed_time_s": one["elapsed_time_s"] - 9} for one in body.get("best_efforts", [])
        ]
        item |= {"body": {"S": json.dumps(body)}, "revision": {"N": str(body["revision"])}}
        stack.dynamodb.put_item(TableName=stack.tables["workouts"], Item=item)
        tell(stack, athlete.user_id, WorkoutCorrected(workout=Workout.model_validate(body).facts(agrees=True)))
    settle(stack, athlete.user_id)


def tell(stack: DeployedStack, user_id: str, event: WorkoutCorrected) -> None:
    from stadion.events.envelope import Envelope

    detail = Envelope.of(event, user_id=user_id, correlation_id="older-code").model_dump_json()
    entry: Any = {
        "Source": "stadion.workouts", "DetailType": "WorkoutCorrected", "Detail": detail, "EventBusName": stack.bus
    }  # fmt: skip
    assert stack.aws.events.put_events(Entries=[entry])["FailedEntryCount"] == 0


def status(stack: DeployedStack, run_id: str) -> Any:
    return told(stack, "workouts", "remeasure", "status", run_id)


def killed(stack: DeployedStack, run_id: str) -> None:
    """Where it is, with what its map began."""
    for execution in executions(stack, MACHINE, run_id):
        if execution["status"] == "RUNNING":
            stopped(stack, execution)


def ended(stack: DeployedStack, run_id: str) -> Any:
    return eventually(lambda: found if (found := status(stack, run_id))["state"] == "ended" else None, every_s=0.5)


def test_killed_twice_and_resumed_every_total_is_that_of_a_recomputation(stack: DeployedStack, anna: Athlete) -> None:
    for category, sport in (("bike", "Ride"), ("running_shoes", "Run")):
        anna.post("/v1/gear", {"category": category, "used_since": "2010-01-01", "default_for": [sport]})
    anna.call("PUT", "/v1/me/consents/health_data", {"granted": True, "text_version": "2026-10"})
    anna.call("PUT", "/v1/me/physical/2010-01-01", {"ftp_w": 200, "max_heart_rate_bpm": 190})
    for file in FILES:
        assert anna.upload(recordings("sweat") / file, time_zone="Europe/Moscow")["status"] == "ready"
    story.settled(anna, WORKOUTS)
    settle(stack, anna.user_id)
    right, true = totals(anna), diary(anna)
    assert (len(true), right["told"]) == (WORKOUTS, ["welcome"])
    measured_by_older_code(stack, anna)
    wrong = totals(anna)
    assert [name for name in ("wear", "xp", "records") if wrong[name] == right[name]] == []

    everybody = told(stack, "workouts", "remeasure", "start")["run_id"]  # the diaries of all tests
    assert ended(stack, everybody)["counts"]["failed"] == 0
    listed = told(stack, "workouts", "remeasure", "report", everybody)
    assert {one["user_id"] for one in listed["workouts"]} == {anna.user_id}
    assert {one["workout_id"] for one in listed["workouts"]} == true.keys()
    assert totals(anna) == wrong

    run_id = told(stack, "workouts", "remeasure", "start", "--apply", everybody, "--yes")["run_id"]
    for _ in range(2):
        eventually(lambda: status(stack, run_id)["state"] != "choosing", every_s=0.05)
        killed(stack, run_id)
        assert status(stack, run_id)["state"] == "measuring"
        told(stack, "workouts", "remeasure", "resume", run_id)
    assert ended(stack, run_id)["counts"]["changed"] == WORKOUTS
    settle(stack, anna.user_id)
    assert diary(anna) == true
    assert eventually(lambda: found if (found := totals(anna)) == right else None)
    changes = {
        one["workout_id"]: one["changes"] for one in told(stack, "workouts", "remeasure", "report", run_id)["workouts"]
    }
    assert changes == {one["workout_id"]: one["changes"] for one in listed["workouts"]}
