"""Live workouts through the Lambda handlers of telemetry, on moto; connections are a recorder."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from pydantic import BaseModel

from stadion import clock
from telemetry.live.audience.work import Push
from tests.kit.events import entry
from tests.kit.services import ATHLETE, OTHER, Answer, Service, sqs_event

SESSION = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"
SECOND = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b12"
HOME = (55.75, 37.61)


class Wire:
    """What was posted to connections; those in `gone` are not there any more, those in `stuck` cannot be ended now."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.gone: set[str] = set()
        self.stuck: set[str] = set()

    def tell(self, connection_id: str, message: BaseModel) -> bool:
        if connection_id in self.gone:
            return False
        self.posted.append((connection_id, message.model_dump(mode="json")))
        return True

    def hang_up(self, connections: Iterable[str]) -> set[str]:
        asked = set(connections)
        self.gone |= asked - self.stuck
        return asked & self.stuck

    def to(self, connection_id: str) -> list[dict[str, Any]]:
        return [message for to, message in self.posted if to == connection_id]

    def seen_by(self, connection_id: str) -> list[dict[str, Any]]:
        return [message["seen"] for message in self.to(connection_id) if "seen" in message]


def an_hour_ago() -> str:
    return clock.rfc3339(datetime.now(UTC) - timedelta(hours=1))


def start(telemetry: Service, session_id: str = SESSION, *, user: str = ATHLETE, **fields: Any) -> Answer:
    body = {"session_id": session_id, "sport_type": "Run", "started_at": an_hour_ago(), **fields}
    answer = telemetry.call("POST", "/v1/live/sessions", body, user=user)
    assert answer.status == 201, answer.body
    return answer


def send(telemetry: Service, *times: float, session_id: str = SESSION, **columns: Any) -> Answer:
    body = {"time_s": list(times), **columns}
    if not columns:
        body |= {"heart_rate_bpm": [100 + int(t) % 60 for t in times]}
    answer = telemetry.call("POST", f"/v1/live/sessions/{session_id}/samples", body)
    tell(telemetry)
    return answer


def do(telemetry: Service, what: str, *, session_id: str = SESSION, **body: Any) -> Answer:
    answer = telemetry.call("POST", f"/v1/live/sessions/{session_id}/{what}", body)
    tell(telemetry)
    return answer


def follow(telemetry: Service, viewer: str = OTHER, **more: Any) -> None:
    answer = telemetry.call("PUT", f"/v1/live/followers/{viewer}", more or None)
    assert answer.status == 200, answer.body


def shown(telemetry: Service, session_id: str = SESSION) -> Any:
    answer = telemetry.call("GET", f"/v1/live/sessions/{session_id}")
    assert answer.status == 200, answer.body
    return answer.body


def chunks(telemetry: Service) -> int:
    return sum(item.get("kind", {}).get("S") == "chunk" for item in telemetry.items())


def finished(telemetry: Service) -> list[dict[str, Any]]:
    return [event["detail"]["data"] for event in telemetry.published("LiveSessionFinished")]


def say(telemetry: Service, connection: str, body: Any, *, user: str | None = ATHLETE, **context: str) -> None:
    """Over the connection, as API Gateway passes it on."""
    who = {"user_id": user, **context} if user else context
    about = {"eventType": "MESSAGE", "connectionId": connection, "requestId": "r-12345678", "authorizer": who}
    event = {"requestContext": about, "body": body if isinstance(body, str) else json.dumps(body)}
    assert telemetry.invoke("on_socket_message", event) == {"statusCode": 200}
    tell(telemetry)


def watch(telemetry: Service, connection: str, *, user: str | None = OTHER, **context: str) -> None:
    whose = {"user_id": ATHLETE} if user else {}
    say(telemetry, connection, {"action": "watch", "request_id": "w", **whose}, user=user, **context)


def deliver(service: Service, function: str, *events: dict[str, Any]) -> None:
    assert service.invoke(function, sqs_event(*events)) == {"batchItemFailures": []}


def waiting(name: str = "pushes") -> list[str]:
    """What is in the queue, and in no hurry."""
    client = boto3.client("sqs")
    url = client.get_queue_url(QueueName=name)["QueueUrl"]
    bodies: list[str] = []
    while found := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in found]
        for message in found:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


def tell(telemetry: Service, *, ends: bool = False) -> None:
    """What waits to be pushed is; with `ends`, what was left for a quarter of an hour after the athlete vanished."""
    bodies = waiting()
    if ends:
        word = Push(correlation_id="c-1", asked_at=clock.now(), user_id=ATHLETE, session_id=SESSION, ends=True)
        bodies.append(word.model_dump_json())
    if bodies:
        records = [
            {"messageId": str(n), "body": body, "eventSource": "aws:sqs", "attributes": {}}
            for n, body in enumerate(bodies)
        ]
        assert telemetry.invoke("on_pushes", {"Records": records}) == {"batchItemFailures": []}


def grant(telemetry: Service, kind: str, *, granted: bool = True, revision: int = 1) -> None:
    """The athlete's consent, as `accounts` tells it."""
    said = {
        "kind": kind,
        "granted": granted,
        "revision": revision,
        "text_version": "2026-10",
        "changed_at": "2026-11-21T06:30:00Z",
    }
    deliver(telemetry, "on_privacy_zones", entry("ConsentChanged", said, source="accounts"))


def hide(telemetry: Service, *zones: tuple[float, float, float], revision: int = 1) -> None:
    listed = [{"zone_id": str(n), "lat": a, "lon": o, "radius_m": r} for n, (a, o, r) in enumerate(zones)]
    event = entry("PrivacyZonesChanged", {"revision": revision, "zones": listed}, source="accounts")
    deliver(telemetry, "on_privacy_zones", event)
