"""Streams kept from events and read through the Lambda handlers."""

from typing import Any

import boto3
import botocore.client
import numpy as np
import pytest

from local.recordings import recordings
from stadion import claims
from stadion.streams import recorded
from tests.kit.events import deleted
from tests.kit.events import recorded as recorded_event
from tests.kit.services import OTHER, Service, sqs_event
from workouts.recordings.service import entries_of


@pytest.fixture(scope="session")
def ride() -> bytes:
    from stadion import clock

    data = (recordings("sweat") / "4078723797.fit").read_bytes()
    return entries_of(data, sport_type=None, now=clock.now())[0].bundled


def event(telemetry: Service, data: bytes | None, *, revision: int = 1, name: str = "a") -> dict[str, Any]:
    telemetry.enter()
    if data is None:
        return recorded_event("w-1", revision=revision, sport_type="Ride")
    key = claims.deposit(f"streams/w-1/{name}", data)
    return recorded_event("w-1", revision=revision, sport_type="Ride", streams={"key": key, "samples": 1})


def deliver(telemetry: Service, *events: dict[str, Any]) -> None:
    assert telemetry.invoke("on_workout_events", sqs_event(*events)) == {"batchItemFailures": []}


def chunks(telemetry: Service) -> int:
    return sum(item.get("kind", {}).get("S") == "chunk" for item in telemetry.items())


def read(telemetry: Service, **query: str) -> Any:
    return telemetry.call("GET", "/v1/workouts/w-1/streams", query=query)


def test_the_streams_of_an_uploaded_ride_are_kept_and_read(telemetry: Service, ride: bytes) -> None:
    sent = event(telemetry, ride)
    deliver(telemetry, sent, sent)
    assert chunks(telemetry) == 11
    answer = read(telemetry, keys="heartrate,watts", resolution="low")
    assert answer.status == 200, answer.body
    assert (answer.body["original_size"], answer.body["size"]) == (8357, 100)
    assert set(answer.body["streams"]) == {"time", "heartrate", "watts"}


def test_doubted_readings_are_named_and_not_exported(telemetry: Service) -> None:
    bpm = np.where(np.arange(60) == 9, 255.0, 140.0)
    columns = {"time_s": np.arange(60.0), "heart_rate_bpm": bpm}
    doubted = recorded.with_doubts(columns, {"heart_rate_bpm": bpm == 255})
    deliver(telemetry, event(telemetry, recorded.bundle(recorded.chunks(doubted))))
    answer = read(telemetry)
    assert answer.body["doubted"] == {"heartrate": [[9, 9]]}
    assert answer.body["streams"]["heartrate"][9] == 255
    assert ",255" not in telemetry.call("GET", "/v1/workouts/w-1/export", query={"format": "csv"}).body


def test_streams_without_the_column_have_no_doubts(telemetry: Service, ride: bytes) -> None:
    deliver(telemetry, event(telemetry, ride))
    assert read(telemetry, resolution="low").body["doubted"] == {}


def test_a_full_read_of_an_hour_takes_two_requests(telemetry: Service, ride: bytes) -> None:
    deliver(telemetry, event(telemetry, ride))
    calls: list[str] = []
    make = botocore.client.BaseClient._make_api_call

    def counted(client: Any, operation: str, parameters: Any) -> Any:
        if client.meta.service_model.service_name == "dynamodb":
            calls.append(operation)
        return make(client, operation, parameters)

    telemetry.monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", counted)
    assert read(telemetry, resolution="full").body["size"] == 8357
    assert calls == ["UpdateItem", "BatchGetItem", "Query"]


def test_a_merge_replaces_the_chunks_and_leaves_none_behind(telemetry: Service, ride: bytes) -> None:
    first = event(telemetry, ride)
    shorter = recorded.bundle(recorded.unbundle(ride)[:3])
    second = event(telemetry, shorter, revision=2, name="b")
    deliver(telemetry, first, second, first)
    assert chunks(telemetry) == 3
    assert read(telemetry, resolution="full").body["original_size"] < 8357


def test_a_new_name_of_the_workout_needs_no_claim_any_more(telemetry: Service, ride: bytes) -> None:
    first = event(telemetry, ride)
    deliver(telemetry, first)
    boto3.client("s3").delete_object(Bucket="stadion-claims", Key="streams/w-1/a")
    renamed = recorded_event("w-1", revision=2, sport_type="Ride", streams={"key": "streams/w-1/a", "samples": 1})
    deliver(telemetry, renamed)
    assert read(telemetry).status == 200


def test_a_deleted_workout_has_no_streams_whatever_came_first(telemetry: Service, ride: bytes) -> None:
    first = event(telemetry, ride)
    deliver(telemetry, deleted("w-1"), first)
    assert (read(telemetry).status, chunks(telemetry)) == (404, 0)


@pytest.mark.parametrize("revision", [1, 2])
def test_who_comes_late_to_a_claim_that_is_gone_waits_for_the_deletion(
    telemetry: Service, ride: bytes, revision: int
) -> None:
    first = event(telemetry, ride)
    late = event(telemetry, ride, revision=revision, name="b")
    if revision > 1:
        deliver(telemetry, first)
    boto3.client("s3").delete_object(Bucket="stadion-claims", Key="streams/w-1/b")
    deliver(telemetry, late)
    assert read(telemetry).status == (200 if revision > 1 else 404)
    deliver(telemetry, deleted("w-1", revision=3), late)
    assert (read(telemetry).status, chunks(telemetry)) == (404, 0)


def test_a_crash_before_the_old_chunks_went_is_mended_by_the_next_delivery(telemetry: Service, ride: bytes) -> None:
    deliver(telemetry, event(telemetry, ride))
    gone = deleted("w-1")
    with telemetry.monkeypatch.context() as broken:
        broken.setattr("telemetry.streams.store.delete_chunks", lambda *_: 1 / 0)
        assert len(telemetry.invoke("on_workout_events", sqs_event(gone))["batchItemFailures"]) == 1
    assert chunks(telemetry) == 11
    deliver(telemetry, gone)
    assert chunks(telemetry) == 0


def test_a_manual_workout_has_no_streams(telemetry: Service) -> None:
    deliver(telemetry, event(telemetry, None))
    answer = read(telemetry)
    assert (answer.status, answer.body["code"]) == (404, "streams_not_found")


def test_another_athletes_streams_are_not_found(telemetry: Service, ride: bytes) -> None:
    deliver(telemetry, event(telemetry, ride))
    for what, query in (("streams", {}), ("export", {"format": "fit"})):
        answer = telemetry.call("GET", f"/v1/workouts/w-1/{what}", query=query, user=OTHER)
        assert (answer.status, answer.body["code"]) == (404, "streams_not_found")


def test_an_unknown_stream_is_named(telemetry: Service, ride: bytes) -> None:
    deliver(telemetry, event(telemetry, ride))
    answer = read(telemetry, keys="heartrate,blood")
    assert (answer.status, answer.body["code"]) == (400, "stream_is_unknown")
    assert "blood" in answer.body["detail"]
