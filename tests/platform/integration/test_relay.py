"""The relay: what the bus will never take does not keep back what it will."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from botocore.validate import ParamValidator

from platform_ import on_outbox
from stadion import settings
from tests.kit.services import Context

STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/stadion-workouts/stream/2026-11-21T00:00:00.000"
NOON = "2026-11-21T12:00:00Z"


NAMELESS = {"occurred_at": NOON, "correlation_id": "c"}
DETAIL = {**NAMELESS, "event_id": "odd"}


class Bus:
    """Takes what is not named to be refused, and refuses a request with `invalid` in it as a whole."""

    class exceptions:  # noqa: N801 - as botocore has it
        ClientError = ClientError

    def __init__(self, **refused: str) -> None:
        self.refused = refused
        self.taken: list[str] = []

    def put_events(self, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803 - as botocore has it
        model = boto3.client("events").meta.service_model.operation_model("PutEvents")
        if (report := ParamValidator().validate({"Entries": Entries}, model.input_shape)).has_errors():
            raise ParamValidationError(report=report.generate_report())
        ids = [json.loads(entry["Detail"])["event_id"] for entry in Entries]
        if "invalid" in ids:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "…"}}, "PutEvents")
        self.taken += [one for one in ids if one not in self.refused]
        said = [{"ErrorCode": self.refused[one]} if one in self.refused else {"EventId": one} for one in ids]
        return {"FailedEntryCount": sum("ErrorCode" in one for one in said), "Entries": said}


def record(event_id: str, *, body: str | None = None, **detail: Any) -> dict[str, Any]:
    told = {"event_id": event_id, "occurred_at": NOON, "correlation_id": "c", **detail}
    stored = {"source": "stadion.workouts", "detail_type": "WorkoutRecorded", "detail": told}
    image = {"pk": {"S": f"OUTBOX#{event_id}"}, "body": {"S": json.dumps(stored) if body is None else body}}
    return {"eventName": "INSERT", "eventSourceARN": STREAM, "dynamodb": {"NewImage": image}}


@pytest.fixture
def failures(moto: pytest.MonkeyPatch) -> Any:
    url = boto3.client("sqs").create_queue(QueueName="stadion-relay-failures")["QueueUrl"]
    moto.setenv("STADION_RELAY_FAILURES_QUEUE", url)
    moto.setenv("STADION_SERVICE", "platform")
    settings.forget()
    return url


def relay(monkeypatch: pytest.MonkeyPatch, bus: Bus, *records: dict[str, Any]) -> list[str]:
    monkeypatch.setattr(on_outbox, "client", lambda: bus)
    monkeypatch.setattr("stadion.retry.time.sleep", lambda _: None)
    on_outbox.handler({"Records": list(records)}, Context())  # type: ignore[arg-type]
    return bus.taken


def aside(url: str) -> list[tuple[str, str, str]]:
    found = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    told = [json.loads(one["Body"]) for one in found]
    return sorted((one["table"], one["pk"], one["reason"]) for one in told)


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        (record("bad", body="{"), "JSONDecodeError"),
        (record("bad", body="{}"), "KeyError"),
        (record("bad", padding="x" * 1024 * 1024), "TooLarge"),
        (record("invalid"), "ValidationException"),
        (record("refused"), "MalformedDetail"),
        (record("odd", occurred_at="yesterday"), "ValidationException"),
        (record("odd", occurred_at=None), "ValidationException"),
        (record("odd", body=json.dumps({"source": 7, "detail_type": "X", "detail": DETAIL})), "ValidationException"),
        (record("odd", body=json.dumps({"source": "stadion.x", "detail_type": "X", "detail": NAMELESS})), "KeyError"),
        (record("odd", body=json.dumps([])), "TypeError"),
    ],
)
def test_what_can_never_be_published_is_put_aside_at_once_and_the_rest_goes_on(
    failures: str, monkeypatch: pytest.MonkeyPatch, poison: dict[str, Any], reason: str
) -> None:
    taken = relay(monkeypatch, Bus(refused="MalformedDetail"), record("a"), poison, record("b"))

    assert sorted(taken) == ["a", "b"]
    key = poison["dynamodb"]["NewImage"]["pk"]["S"]
    assert aside(failures) == [("stadion-workouts", key, reason)]


def test_what_the_bus_does_not_take_now_comes_again(failures: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(on_outbox.NotPublishedError):
        relay(monkeypatch, Bus(busy="ThrottlingException"), record("a"), record("busy"))

    assert aside(failures) == []


def test_an_event_of_half_a_mebibyte_goes_alone(failures: str, monkeypatch: pytest.MonkeyPatch) -> None:
    large = record("large", padding="x" * 512 * 1024)

    assert relay(monkeypatch, Bus(), record("a"), large, record("b")) == ["a", "large", "b"]
    assert aside(failures) == []


@pytest.mark.parametrize("subject", [{"event": "x", "source": "y", "event_id": "z"}, None])
def test_what_is_said_of_an_event_in_the_log_keeps_no_other_back(
    failures: str, monkeypatch: pytest.MonkeyPatch, subject: Any
) -> None:
    """It is in the bus already: a failure now would send the whole batch again."""
    stored = {"source": "stadion.x", "detail_type": "X", "detail": DETAIL, "subject": subject}
    assert relay(monkeypatch, Bus(), record("a"), record("odd", body=json.dumps(stored))) == ["a", "odd"]
    assert aside(failures) == []
