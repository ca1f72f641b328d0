"""Ranges, resolutions and days of what is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from stadion import clock
from telemetry.devices import readings_service as reading_service
from telemetry.devices import store as series_store
from tests.kit.services import Service
from tests.telemetry.devices.integration.world import DAY, deliver, read, sample, send

pytestmark = pytest.mark.usefixtures("standing_clock")


def test_daily_metrics_are_told_by_the_athletes_day(telemetry: Service) -> None:
    send(
        telemetry,
        sample(61.5, "mass", "2026-11-19"),
        sample(135, "mass", "2026-11-20T00:30:00+03:00", unit="lb"),
        sample(7.5, "sleep_duration", "2026-11-20", unit="h"),
        sample(0.062, "hrv_rmssd", "2026-11-20", unit="s"),
        sample(8412, "steps", "2026-11-21"),
    )
    deliver(telemetry)
    found = read(telemetry, "mass", **{"from": "2025-11-21"})
    assert (found["dates"], found["values"], found["times"]) == (["2026-11-19", "2026-11-20"], [61.5, 61.235], None)
    assert read(telemetry, "sleep_duration")["values"] == [27_000]
    assert read(telemetry, "hrv_rmssd")["values"] == [62]
    assert telemetry.call("GET", "/v1/telemetry/steps").body["dates"] == ["2026-11-21"]


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-11-20", "to": "2026-11-19"},
        {"from": "2026-09-01", "to": "2026-11-19"},
        {"from": "yesterday"},
        {"from": "2026-11-20T05:00:00"},
        {"from": "0001-01-01"},
        {"to": "9999-12-31"},
        {"from": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_range_that_is_none_is_refused(telemetry: Service, query: dict[str, str]) -> None:
    answer = telemetry.call("GET", "/v1/telemetry/heart_rate", query=query)
    assert (answer.status, answer.body["code"]) == (400, "telemetry_range_is_invalid")


def test_an_unknown_metric_is_not_found(telemetry: Service) -> None:
    assert telemetry.call("GET", "/v1/telemetry/luck").body["code"] == "metric_not_found"


def too_long(telemetry: Service) -> bool:
    answer = telemetry.call("GET", "/v1/telemetry/heart_rate", query=DAY)
    return (answer.status, answer.body.get("code")) == (400, "telemetry_range_is_too_long")


def test_a_range_that_holds_too_much_is_refused_before_all_of_it_is_read(telemetry: Service) -> None:
    send(telemetry, *[sample(timestamp=f"2026-11-20T{n:02}:00:00Z") for n in range(24)])
    deliver(telemetry)
    with telemetry.monkeypatch.context() as patch:
        patch.setattr(reading_service, "MAX_TOLD", 23)
        assert (
            telemetry.call("GET", "/v1/telemetry/heart_rate", query=DAY).body["code"] == "telemetry_range_is_too_long"
        )
    telemetry.monkeypatch.setattr(series_store, "MAX_ITEMS", 23)
    assert telemetry.call("GET", "/v1/telemetry/heart_rate", query=DAY).body["code"] == "telemetry_range_is_too_long"


def test_a_screen_gets_as_many_samples_as_it_can_show(telemetry: Service) -> None:
    start = datetime(2026, 11, 20, 5, tzinfo=UTC)
    send(telemetry, *[sample(100 + n % 60, timestamp=clock.rfc3339(start + timedelta(seconds=n))) for n in range(500)])
    deliver(telemetry)
    found = read(telemetry, resolution="low")
    assert (found["original_size"], found["size"], len(found["times"]), len(found["values"])) == (500, 100, 100, 100)
