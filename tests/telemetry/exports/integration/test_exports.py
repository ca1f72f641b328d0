"""A workout's file through the Lambda handlers."""

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from stadion import large_answers
from tests.kit.events import recorded as recorded_event
from tests.kit.services import ATHLETE, Service, http_event
from tests.telemetry.streams.integration.test_streams import deliver, event, ride  # noqa: F401 - the ride is a fixture

PATH = "/v1/workouts/w-1/export"


def export(telemetry: Service, as_format: str, **headers: str) -> Any:
    return telemetry.call("GET", PATH, query={"format": as_format}, **headers)


@pytest.mark.parametrize(("as_format", "start"), [("gpx", "<?xml"), ("tcx", "<?xml"), ("csv", "time,time_s")])
def test_a_workout_is_exported(telemetry: Service, ride: bytes, as_format: str, start: str) -> None:  # noqa: F811
    deliver(telemetry, event(telemetry, ride))
    answer = export(telemetry, as_format)
    assert answer.status == 200
    assert answer.body.startswith(start)
    assert f"w-1.{as_format}" in answer.headers["Content-Disposition"]


def test_fit_is_bytes(telemetry: Service) -> None:
    deliver(telemetry, recorded_event("w-1", timer_time_s=1_800.0))
    asked = http_event("GET", PATH, None, user=ATHLETE, query={"format": "fit"}, headers={"accept-encoding": "gzip"})
    answer = telemetry.invoke("api", asked)
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "application/vnd.ant.fit")
    assert answer["isBase64Encoded"]
    assert base64.b64decode(answer["body"])[8:12] == b".FIT"


@pytest.mark.parametrize(("language", "words"), [("en", "has no place for"), ("ru", "нет места для")])
def test_gpx_of_what_was_typed_in_is_refused_with_the_formats_that_can(
    telemetry: Service, language: str, words: str
) -> None:
    deliver(telemetry, recorded_event("w-1"))
    answer = export(telemetry, "gpx", **{"accept-language": language})
    assert (answer.status, answer.body["code"]) == (400, "format_cannot_carry_workout")
    assert answer.body["formats"] == ["fit", "tcx"]
    assert words in answer.body["detail"]


def test_the_newest_numbers_of_the_workout_leave(telemetry: Service, ride: bytes) -> None:  # noqa: F811
    """A distance that was typed in, or a sport that was corrected, without other streams."""
    deliver(telemetry, event(telemetry, ride))
    corrected = event(telemetry, ride, revision=2)
    corrected["detail"]["data"]["workout"] |= {"sport_type": "GravelRide", "distance_m": 20_000.0}
    deliver(telemetry, corrected)
    told = export(telemetry, "tcx").body
    assert 'sport="GravelRide"' in told
    assert 'distance_m="20000"' in told


@pytest.mark.parametrize("encoding", ["", "br, gzip"])
@pytest.mark.parametrize("as_format", ["gpx", "fit"])
def test_what_is_larger_than_an_answer_may_be_lies_where_the_answer_leads(
    telemetry: Service,
    ride: bytes,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    as_format: str,
    encoding: str,
) -> None:
    deliver(telemetry, event(telemetry, ride))
    asked = http_event(
        "GET", PATH, None, user=ATHLETE, query={"format": as_format}, headers={"accept-encoding": encoding}
    )
    here = telemetry.invoke("api", asked)
    monkeypatch.setattr(large_answers, "MAX_BYTES", 1_000)

    answer = telemetry.invoke("api", asked)

    assert (answer["statusCode"], answer["body"]) == (303, "")
    assert "Content-Encoding" not in answer["headers"]
    bucket, key, lasts_s = lies_at(answer["headers"]["Location"])
    assert (bucket, key.rpartition("/")[0], lasts_s) == ("stadion-answers", f"answers/{ATHLETE}", 300)
    there = boto3.client("s3").get_object(Bucket=bucket, Key=key)
    was = here["headers"]
    assert there["Body"].read() == (
        base64.b64decode(here["body"]) if here["isBase64Encoded"] else here["body"].encode()
    )
    assert there["ContentType"] == was["Content-Type"]
    assert there["ContentDisposition"] == was["Content-Disposition"] == f'attachment; filename="w-1.{as_format}"'
    assert there.get("ContentEncoding") == was.get("Content-Encoding")


def lies_at(link: str) -> tuple[str, str, int]:
    parts = urlsplit(link)
    _, bucket, key = parts.path.split("/", 2)
    return bucket, key, int(parse_qs(parts.query)["X-Amz-Expires"][0])


def test_an_answer_that_cannot_be_put_down_is_to_be_asked_for_again(
    telemetry: Service,
    ride: bytes,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deliver(telemetry, event(telemetry, ride))
    monkeypatch.setattr(large_answers, "MAX_BYTES", 1_000)
    boto3.client("s3").delete_bucket(Bucket="stadion-answers")

    answer = export(telemetry, "gpx")

    assert (answer.status, answer.body["code"]) == (503, "answer_not_kept")
    assert answer.headers["Retry-After"] == "1"


def test_an_answer_that_leads_nowhere_says_what_to_ask_for(
    telemetry: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a route that nobody thought to be large."""
    monkeypatch.setattr(large_answers, "MAX_BYTES", 10)

    answer = telemetry.call("GET", "/v1/metrics/zones")

    assert (answer.status, answer.body["code"]) == (413, "answer_too_large")
    assert answer.headers["Content-Type"] == "application/problem+json"
