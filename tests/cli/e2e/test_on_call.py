"""The on-call commands against the deployed app: something goes wrong, is found, mended and sent back."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.kit.stack import WAIT_S, DeployedStack, code_mailed_to, eventually

STADION = Path(sys.prefix) / "bin" / "stadion"
PASSWORD = "korrekt-horse-77"
TEMPLATE = """
from dataclasses import replace

TEMPLATES["a_template_of_tomorrow"] = replace(TEMPLATES["welcome"], kind=MessageKind.ACTIVITY)  # for the inbox alone
"""
INBOX = "stadion-notifications-on-notification-requests"


class Athlete:
    """Registered, confirmed and signed in."""

    def __init__(self, stack: DeployedStack) -> None:
        self._http = httpx.Client(base_url=stack.api, timeout=WAIT_S)
        self.email = f"athlete-{uuid4().hex[:12]}@example.org"
        self._http.post("/v1/auth/register", json={"email": self.email, "password": PASSWORD})
        code = code_mailed_to(stack.aws, self.email)
        self._http.post("/v1/auth/confirm", json={"email": self.email, "code": code, "password": PASSWORD})
        self.sign_in()
        self.user_id = self.call("GET", "/v1/me").json()["user_id"]

    def sign_in(self) -> None:
        answer = self._http.post("/v1/auth/sign-in", json={"email": self.email, "password": PASSWORD})
        self._token = answer.json()["access_token"]

    def call(self, method: str, path: str, body: Any = None, *, etag: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}"} | ({"If-Match": etag} if etag else {})
        answer = self._http.request(method, path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer

    def record(self) -> httpx.Response:
        run = {"sport_type": "Run", "started_at": "2026-07-20T05:40:00Z", "elapsed_time_s": 1834, "distance_m": 6400}
        return self.call("POST", "/v1/workouts", run)


@pytest.fixture
def athlete(stack: DeployedStack) -> Athlete:
    return Athlete(stack)


def stadion(stack: DeployedStack, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [STADION, *arguments, "--port", str(stack.emulator.port)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def told(stack: DeployedStack, *arguments: str) -> Any:
    shown = stadion(stack, *arguments, "--json")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def all_done(stack: DeployedStack, workout_id: str) -> Any:
    (trace,) = told(stack, "trace", workout_id)
    steps = [inner for step in trace["steps"] for inner in (step, *step["children"])]
    return trace if len(steps) >= 4 and {step["state"] for step in steps} == {"done"} else None


def test_trace_shows_every_consumer_of_a_workout(stack: DeployedStack, athlete: Athlete) -> None:
    answer = athlete.record()
    trace = eventually(lambda: all_done(stack, answer.json()["workout_id"]), every_s=0.5)
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


def test_a_corrected_workout_has_a_trace_for_each_request(stack: DeployedStack, athlete: Athlete) -> None:
    recorded = athlete.record()
    workout_id = recorded.json()["workout_id"]
    eventually(lambda: all_done(stack, workout_id), every_s=0.5)
    athlete.call("PATCH", f"/v1/workouts/{workout_id}", {"distance_m": 9000}, etag=recorded.headers["etag"])
    traces = eventually(lambda: (found := told(stack, "trace", workout_id))[1:] and found, every_s=0.5)
    assert [trace["steps"][0]["what"] for trace in traces] == ["POST /v1/workouts", "PATCH /v1/workouts/<workout_id>"]


def test_trace_of_what_never_was_says_so(stack: DeployedStack) -> None:
    shown = stadion(stack, "trace", str(uuid4()))
    assert shown.returncode == 1
    assert "Nothing was logged" in shown.stderr


def test_tail_sees_an_event_of_one_athlete_and_leaves_nothing_behind(stack: DeployedStack, athlete: Athlete) -> None:
    other = Athlete(stack)
    command = [STADION, "events", "tail", "--json", "--type", "GearAdded", "--user", athlete.user_id, "-n", "1"]
    tail = subprocess.Popen([*command, "--for", "90", "--port", str(stack.emulator.port)], stdout=subprocess.PIPE)
    eventually(lambda: _tail_rules(stack))
    for one in (other, athlete):
        one.call("POST", "/v1/gear", {"category": "running_shoes"})
    seen, _ = tail.communicate(timeout=100)
    event = json.loads(seen)
    assert (event["detail-type"], event["detail"]["user_id"]) == ("GearAdded", athlete.user_id)
    assert _tail_rules(stack) == []
    assert stack.aws.sqs.list_queues(QueueNamePrefix="stadion-tail-").get("QueueUrls", []) == []


def _tail_rules(stack: DeployedStack) -> list[Any]:
    return list(stack.aws.events.list_rules(EventBusName=stack.bus, NamePrefix="stadion-tail-")["Rules"])


def test_tail_cleans_up_when_it_is_terminated(stack: DeployedStack) -> None:
    tail = subprocess.Popen(
        [STADION, "events", "tail", "--port", str(stack.emulator.port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    eventually(lambda: _tail_rules(stack))
    tail.terminate()
    tail.wait(timeout=60)
    assert _tail_rules(stack) == []


def test_a_poisoned_message_is_found_mended_and_consumed(stack: DeployedStack, athlete: Athlete) -> None:
    sqs = stack.aws.sqs
    url = sqs.get_queue_url(QueueName=INBOX)["QueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    event = _request_of(athlete.user_id, template="a_template_of_tomorrow")
    try:
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event))
        event_id = event["detail"]["event_id"]
        (letter,) = eventually(lambda: _dead_letters(stack, event_id), every_s=0.5)
        assert letter["event"] == "NotificationRequested"
        assert letter["user_id"] == athlete.user_id
        assert letter["correlation_id"] == event["detail"]["correlation_id"]
        assert letter["received"] >= 5
        assert "a_template_of_tomorrow" in letter["last_error"]
        assert INBOX + "-dlq" in [queue["queue"] for queue in told(stack, "dlq", "list") if queue["depth"]]
        (trace,) = told(stack, "trace", event_id)
        assert [step["state"] for step in trace["steps"][0]["children"]] == ["failed"]

        with _mended(stack, INBOX, "notifications/templates.py", TEMPLATE):
            assert told(stack, "dlq", "redrive", "notification-requests", "--only", event_id)["moved"] == 1
            eventually(lambda: _consumed_after_all(stack, event_id), every_s=0.5)
        assert _dead_letters(stack, event_id) == []
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


def _consumed_after_all(stack: DeployedStack, event_id: str) -> bool:
    (trace,) = told(stack, "trace", event_id)
    found = [(child["state"], child["outcome"], child["tries"]) for child in trace["steps"][0]["children"]]
    return found == [("done", "taken", 6)]


@contextmanager
def _mended(stack: DeployedStack, function: str, path: str, more: str) -> Iterator[None]:
    """The function deployed with a file that has some more lines, and as it was afterwards."""
    functions = stack.aws.functions
    before = httpx.get(functions.get_function(FunctionName=function)["Code"]["Location"], timeout=WAIT_S).content
    functions.update_function_code(FunctionName=function, ZipFile=_with_more(before, path, more))
    try:
        yield
    finally:
        functions.update_function_code(FunctionName=function, ZipFile=before)


def _with_more(archive: bytes, path: str, more: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, content + more.encode() if entry.filename == path else content)
    return made.getvalue()


def _request_of(user_id: str, *, template: str) -> dict[str, Any]:
    detail = {
        "event_id": str(uuid4()),
        "occurred_at": "2026-11-21T06:30:00Z",
        "version": 1,
        "correlation_id": f"poison-{uuid4().hex[:8]}",
        "user_id": user_id,
        "data": {"request_id": f"test:{uuid4()}", "template": template, "values": {}, "about": {}},
    }
    return {"detail-type": "NotificationRequested", "source": "stadion.inventory", "detail": detail}


def _dead_letters(stack: DeployedStack, event_id: str) -> list[Any]:
    messages = told(stack, "dlq", "show", "notification-requests")["messages"]
    return [message for message in messages if message["event_id"] == event_id]


def test_redrive_of_an_unknown_message_moves_nothing(stack: DeployedStack) -> None:
    shown = stadion(stack, "dlq", "redrive", "notification-requests", "--only", str(uuid4()))
    assert shown.returncode == 1
    assert "no message" in shown.stderr


def test_a_granted_role_is_in_the_next_token(stack: DeployedStack, athlete: Athlete) -> None:
    assert told(stack, "user", "show", athlete.email)["roles"] == ["user"]
    assert told(stack, "user", "grant", athlete.email, "admin")["roles"] == ["user", "admin"]
    athlete.sign_in()
    assert athlete.call("GET", "/v1/me").json()["roles"] == ["user", "admin"]
    assert told(stack, "user", "revoke", athlete.user_id, "admin")["roles"] == ["user"]
    athlete.sign_in()
    assert athlete.call("GET", "/v1/me").json()["roles"] == ["user"]


def test_a_user_who_is_not_there_is_not_found(stack: DeployedStack) -> None:
    shown = stadion(stack, "user", "show", "nobody@example.org")
    assert shown.returncode == 1
    assert "404" in shown.stderr


def test_a_replay_changes_no_total(stack: DeployedStack, athlete: Athlete) -> None:
    workout_id = athlete.record().json()["workout_id"]
    eventually(lambda: all_done(stack, workout_id), every_s=0.5)
    before = athlete.call("GET", "/v1/gamification/progress").json()
    replayed = told(stack, "events", "replay", "--from", "10m", "--to-consumer", "gamification")
    assert replayed["state"] == "COMPLETED"
    assert replayed["consumers"] == ["gamification-on-workout-events"]
    eventually(lambda: _delivered_again(stack, workout_id), every_s=0.5)
    assert athlete.call("GET", "/v1/gamification/progress").json() == before


def _delivered_again(stack: DeployedStack, workout_id: str) -> bool:
    (trace,) = told(stack, "trace", workout_id)
    children = [child for step in trace["steps"] for child in step["children"]]
    return any("stale" in child["effects"].get("delivered_again", []) for child in children)


def test_an_event_that_never_reached_the_bus_is_republished(stack: DeployedStack, athlete: Athlete) -> None:
    dynamodb: Any = stack.aws.client("dynamodb")
    workout_id = athlete.record().json()["workout_id"]
    eventually(lambda: all_done(stack, workout_id), every_s=0.5)
    assert _missing(stack) == []
    lost = _outbox_copy(dynamodb, stack.tables["workouts"], workout_id)
    assert _missing(stack) == [lost]
    assert told(stack, "events", "republish", "workouts")["sent"] is True
    eventually(lambda: _missing(stack) == [], every_s=0.5)


def _missing(stack: DeployedStack) -> list[str]:
    found = told(stack, "events", "republish", "workouts", "--dry-run")
    return [event["event_id"] for event in found["events"]]


def _outbox_copy(dynamodb: Any, table: str, workout_id: str) -> str:
    """As if the relay had missed it: an item that came without an INSERT (an update of an item that is not new)."""
    items = dynamodb.scan(TableName=table)["Items"]
    item = next(i for i in items if i["pk"]["S"].startswith("OUTBOX#") and workout_id in i["body"]["S"])
    entry = json.loads(item["body"]["S"])
    entry["detail"]["event_id"] = str(uuid4())
    changed = {**item, "body": {"S": json.dumps(entry)}}
    dynamodb.put_item(TableName=table, Item=changed)  # over the old one: the stream says MODIFY
    return str(entry["detail"]["event_id"])
