"""The on-call commands where something is broken for everybody: a function that cannot, an event that was missed."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.kit.athletes import Athlete, join
from tests.kit.command_line import all_done, told
from tests.kit.stack import WAIT_S, DeployedStack, eventually

RUN = {"sport_type": "Run", "started_at": "2026-07-20T05:40:00Z", "elapsed_time_s": 1834, "distance_m": 6400}
WORDS = "notifications/messages.json"
INBOX = "stadion-notifications-dispatch-on-notification-requests"


@pytest.fixture
def athlete(stack: DeployedStack) -> Athlete:
    return join(stack)


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

        with _mended(stack, INBOX):
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
def _mended(stack: DeployedStack, function: str) -> Iterator[None]:
    """The function deployed with words for the message of tomorrow, and as it was afterwards."""
    functions = stack.aws.functions
    before = httpx.get(functions.get_function(FunctionName=function)["Code"]["Location"], timeout=WAIT_S).content
    functions.update_function_code(FunctionName=function, ZipFile=_with_words(before))
    try:
        yield
    finally:
        functions.update_function_code(FunctionName=function, ZipFile=before)


def _with_words(archive: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, _with_tomorrow(content) if entry.filename == WORDS else content)
    return made.getvalue()


def _with_tomorrow(words: bytes) -> bytes:
    """As an activity, that is for the inbox alone."""
    known = json.loads(words)
    return json.dumps({**known, "a_template_of_tomorrow": {**known["welcome"], "kind": "activity"}}).encode()


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


def test_an_event_that_never_reached_the_bus_is_republished(stack: DeployedStack, athlete: Athlete) -> None:
    dynamodb: Any = stack.aws.client("dynamodb")
    workout_id = athlete.post("/v1/workouts", RUN)["workout_id"]
    all_done(stack, workout_id)
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
