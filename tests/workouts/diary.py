"""What a person does with recordings in the diary on moto: announce, send, correct, have measured."""

import json
from typing import Any

import boto3

from tests.kit.services import Service, sqs_event


def announce(diary: Service, filename: str, **fields: Any) -> dict[str, Any]:
    answer = diary.call("POST", "/v1/uploads", {"filename": filename, **fields})
    assert answer.status == 201, answer.body
    return dict(answer.body)


def arrive(diary: Service, upload: dict[str, Any], data: bytes, *, tries: int = 1) -> Any:
    key = upload["form"]["fields"]["key"]
    boto3.client("s3").put_object(Bucket="stadion-files", Key=key, Body=data)
    return diary.invoke("on_upload", arrival(key, tries))


def arrival(key: str, tries: int = 1) -> dict[str, Any]:
    event = sqs_event({"source": "", "detail_type": "", "detail": {}})
    event["Records"][0]["body"] = json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(tries)
    return event


def upload(diary: Service, filename: str, data: bytes, **fields: Any) -> dict[str, Any]:
    announced = announce(diary, filename, **fields)
    assert arrive(diary, announced, data) == {"batchItemFailures": []}
    return dict(diary.call("GET", f"/v1/uploads/{announced['upload_id']}").body)


def workout(diary: Service, workout_id: str) -> dict[str, Any]:
    return dict(diary.call("GET", f"/v1/workouts/{workout_id}").body)


def measure(diary: Service) -> None:
    """Every request to measure anew so far; what was measured before stays as it is."""
    for asked in diary.published("WorkoutMeasuringAsked"):
        assert diary.invoke("measuring/on_measuring", sqs_event(asked)) == {"batchItemFailures": []}


def corrected(diary: Service, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """An edit, and the workout when its numbers are there."""
    answer = diary.call(method, path, body, if_match="*")
    assert answer.status == 200, answer.body
    measure(diary)
    return workout(diary, answer.body["workout_id"])
