"""The on-call commands against the deployed app: something goes wrong, is found, mended and sent back."""

import json
import subprocess
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.kit.athletes import Athlete, door_of, join
from tests.kit.command_line import all_done, stadion, started, told
from tests.kit.stack import PATIENCE_S, DeployedStack, eventually


def record(athlete: Athlete) -> httpx.Response:
    run = {"sport_type": "Run", "started_at": "2026-07-20T05:40:00Z", "elapsed_time_s": 1834, "distance_m": 6400}
    answer = athlete.answer("POST", "/v1/workouts", run)
    assert answer.is_success, answer.text
    return answer


@pytest.fixture
def athlete(stack: DeployedStack) -> Athlete:
    """Who agrees to nothing: a grant has every workout looked at once more, and that is a trace of its own."""
    return Athlete.register(door_of(stack), "athlete")


def test_trace_shows_every_consumer_of_a_workout(stack: DeployedStack, athlete: Athlete) -> None:
    answer = record(athlete)
    trace = all_done(stack, answer.json()["workout_id"])
    assert trace["correlation_id"] == answer.headers["x-correlation-id"]
    request, event = trace["steps"][:2]
    assert (request["what"], request["outcome"]) == ("POST /v1/workouts", "201")
    assert event["what"] == "WorkoutRecorded"
    listening = {child["function"] for child in event["children"]}
    assert {"stadion-inventory-on-workout-events", "stadion-gamification-on-workout-events"} <= listening
    assert all(child["what"] == "consumed" and child["outcome"] for child in event["children"])
    assert "XpGranted" in {step["what"] for step in trace["steps"]}
    readable = stadion(stack, "trace", answer.headers["x-correlation-id"])
    assert "all done" in readable.stdout


def test_a_request_is_found_by_what_the_app_calls_it(stack: DeployedStack, athlete: Athlete) -> None:
    called = str(uuid4())
    athlete.call("GET", "/v1/me", **{"x-correlation-id": called})
    eventually(lambda: "GET /v1/me" in stadion(stack, "trace", called).stdout)


def test_a_corrected_workout_has_a_trace_for_each_request(stack: DeployedStack, athlete: Athlete) -> None:
    recorded = record(athlete)
    workout_id = recorded.json()["workout_id"]
    all_done(stack, workout_id)
    requests = ["POST /v1/workouts", "PATCH /v1/workouts/<workout_id>"]

    athlete.call("PATCH", f"/v1/workouts/{workout_id}", {"distance_m": 9000}, if_match=recorded.headers["etag"])

    # The event may be in the logs before the request that made it.
    eventually(lambda: [trace["steps"][0]["what"] for trace in told(stack, "trace", workout_id)] == requests, every_s=1)


def test_trace_of_what_never_was_says_so(stack: DeployedStack) -> None:
    shown = stadion(stack, "trace", str(uuid4()))
    assert shown.returncode == 1
    assert "Nothing was logged" in shown.stderr


def test_tail_sees_an_event_of_one_athlete_and_leaves_nothing_behind(stack: DeployedStack, athlete: Athlete) -> None:
    other = join(stack)
    words = ["events", "tail", "--json", "--type", "GearAdded", "--user", athlete.user_id, "-n", "1", "--for", "90"]
    tail = started(stack, *words, stdout=subprocess.PIPE)
    eventually(lambda: _tail_rules(stack))
    for one in (other, athlete):
        one.call("POST", "/v1/gear", {"category": "running_shoes"})
    seen, _ = tail.communicate(timeout=PATIENCE_S)
    event = json.loads(seen)
    assert (event["detail-type"], event["detail"]["user_id"]) == ("GearAdded", athlete.user_id)
    assert _tail_rules(stack) == []
    assert stack.aws.sqs.list_queues(QueueNamePrefix="stadion-tail-").get("QueueUrls", []) == []


def _tail_rules(stack: DeployedStack) -> list[Any]:
    return list(stack.aws.events.list_rules(EventBusName=stack.bus, NamePrefix="stadion-tail-")["Rules"])


def test_tail_cleans_up_when_it_is_terminated(stack: DeployedStack) -> None:
    tail = started(stack, "events", "tail", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    eventually(lambda: _tail_rules(stack))
    tail.terminate()
    tail.wait(timeout=PATIENCE_S)
    assert _tail_rules(stack) == []


def test_redrive_of_an_unknown_message_moves_nothing(stack: DeployedStack) -> None:
    shown = stadion(stack, "dlq", "redrive", "notification-requests", "--only", str(uuid4()))
    assert shown.returncode == 1
    assert "no message" in shown.stderr


def test_a_granted_role_is_in_the_next_token(stack: DeployedStack, athlete: Athlete) -> None:
    assert told(stack, "user", "show", athlete.email)["roles"] == ["user"]
    assert told(stack, "user", "grant", athlete.email, "admin")["roles"] == ["user", "admin"]
    athlete.sign_in()
    assert athlete.call("GET", "/v1/me")["roles"] == ["user", "admin"]
    assert told(stack, "user", "revoke", athlete.user_id, "admin")["roles"] == ["user"]
    athlete.sign_in()
    assert athlete.call("GET", "/v1/me")["roles"] == ["user"]


def test_a_user_who_is_not_there_is_not_found(stack: DeployedStack) -> None:
    shown = stadion(stack, "user", "show", "nobody@example.org")
    assert shown.returncode == 1
    assert "Nobody has" in shown.stderr


def test_a_replay_changes_no_total(stack: DeployedStack, athlete: Athlete) -> None:
    workout_id = record(athlete).json()["workout_id"]
    all_done(stack, workout_id)
    before = athlete.call("GET", "/v1/gamification/progress")
    replayed = told(stack, "events", "replay", "--from", "10m", "--to-consumer", "gamification")
    assert replayed["state"] == "COMPLETED"
    assert replayed["consumers"] == [
        "gamification-athletes-on-account-events",
        "gamification-boards-on-presence-changes",
        "gamification-on-workout-events",
    ]
    eventually(lambda: _delivered_again(stack, workout_id), every_s=0.5)
    assert athlete.call("GET", "/v1/gamification/progress") == before


def _delivered_again(stack: DeployedStack, workout_id: str) -> bool:
    (trace,) = told(stack, "trace", workout_id)
    children = [child for step in trace["steps"] for child in step["children"]]
    return any("stale" in child["effects"].get("delivered_again", []) for child in children)
