"""A workout's file through the Lambda handlers."""

import base64
from typing import Any

import pytest

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


def test_what_is_larger_than_an_answer_may_be_is_asked_for_packed(
    telemetry: Service,
    ride: bytes,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from telemetry import api

    deliver(telemetry, event(telemetry, ride))
    monkeypatch.setattr(api, "MAX_UNPACKED", 1_000)
    refused = telemetry.call("GET", PATH, query={"format": "gpx"})
    assert (refused.status, refused.body["code"]) == (422, "export_needs_gzip")
    packed = http_event(
        "GET", PATH, None, user=ATHLETE, query={"format": "gpx"}, headers={"accept-encoding": "br, gzip"}
    )
    assert telemetry.invoke("api", packed)["statusCode"] == 200
