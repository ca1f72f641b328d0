"""Fitness, trends, zones, curves and series of one's own workouts and devices, through the API."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from telemetry.timeseries.errors import TelemetryStoreBusyError
from telemetry.timeseries.rollups import store as rollup_store
from tests.kit.services import OTHER, Answer, Service
from tests.telemetry.devices.integration.world import waiting as batches
from tests.telemetry.metrics.integration.test_metrics import (
    DAY,
    RIDE,
    brought,
    physical,
    profile,
    ridden,
    ride,
    telemetry,
)

__all__ = ["ride", "telemetry"]
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}
RIDDEN_S = 8357
QUESTIONS = (
    "fitness",
    "trends/heart_rate",
    "zones",
    "histogram",
    "mean-max",
    "series/heart_rate",
    "latest",
)


pytestmark = pytest.mark.usefixtures("standing_clock")


@pytest.fixture
def rider(telemetry: Service, ride: bytes) -> Service:
    brought(telemetry, physical(ftp_w=200, threshold_heart_rate_bpm=172), ridden(telemetry, ride))
    return telemetry


def ask(telemetry: Service, what: str, *, user: str | None = None, **query: Any) -> Answer:
    who = {"user": user} if user is not None else {}
    return telemetry.call("GET", f"/v1/metrics/{what}", query={k: str(v) for k, v in query.items()}, **who)


def test_fitness_falls_from_the_day_of_the_ride(rider: Service) -> None:
    answer = ask(rider, "fitness", **{"from": DAY, "to": "2026-11-27"})
    assert answer.status == 200, answer.body
    first, second, *_, last = answer.body["items"]
    assert (first["day"], last["day"], len(answer.body["items"])) == (DAY, "2026-11-27", 8)
    assert first["load"] == pytest.approx(413.7, rel=0.005)
    assert first["ctl"] == pytest.approx(first["load"] * 0.02353, rel=1e-3)
    assert (first["tsb"], second["tsb"]) == (0, pytest.approx(first["ctl"] - first["atl"], abs=0.02))
    assert (first["load_ratio"], first["spike"]) == (None, None)
    assert second["atl"] < first["atl"]
    assert set(answer.body["methods"]) == set(first) - {"day", "spike"}


def test_a_day_has_the_same_fitness_whichever_days_are_asked_for(telemetry: Service, ride: bytes) -> None:
    rides = [ridden(telemetry, ride, f"w-{n}", started_at=f"2026-0{n}-01T05:40:00Z") for n in range(1, 8)]
    brought(telemetry, physical("2026-01-01", ftp_w=200), *rides)
    far = ask(telemetry, "fitness", **YEAR).body["items"]
    near = ask(telemetry, "fitness", **{"from": "2026-07-01", "to": "2026-07-01"}).body["items"]
    assert near == [one for one in far if one["day"] == "2026-07-01"]
    assert near[0]["spike"] is True


def test_a_trend_tells_averages_and_percentiles(rider: Service) -> None:
    body = ask(rider, "trends/power", period="month").body
    assert (body["unit"], [item["start"] for item in body["items"]]) == ("W", ["2026-11-01"])
    [item] = body["items"]
    assert item["avg"] == pytest.approx(219, abs=1)
    assert list(item["percentiles"]) == ["5", "25", "50", "75", "95"]


def test_a_trend_of_a_device(telemetry: Service) -> None:
    body = {"device_id": "scale", "samples": [{"metric": "mass", "value": 61.5, "timestamp": DAY}]}
    assert telemetry.call("POST", "/v1/telemetry", body).status == 202
    telemetry.invoke("on_batches", {"Records": batches(telemetry)})
    [item] = ask(telemetry, "trends/mass", source="devices", period="day").body["items"]
    assert (item["start"], item["avg"]) == (DAY, 61.5)
    assert ask(telemetry, "latest").body["devices"]["mass"]["value"] == 61.5


@pytest.mark.parametrize("metric", ["heart_rate", "power"])
def test_zones_are_those_of_the_workout_and_sum_to_the_recorded_time(rider: Service, metric: str) -> None:
    body = ask(rider, "zones", metric=metric, **YEAR).body
    kept = rider.call("GET", "/v1/workouts/w-1/metrics").body["zones"][metric]
    assert body["seconds"] == kept["seconds"]
    assert sum(body["seconds"]) == pytest.approx(RIDDEN_S, abs=2)
    assert body["spans"][0]["zones"]["bounds"] == kept["zones"]["bounds"]


def test_dated_zones_are_summed_by_the_bounds_of_their_day(rider: Service, ride: bytes) -> None:
    later = ridden(rider, ride, "w-2", started_at="2026-11-25T05:40:00Z")
    brought(rider, physical("2026-11-23", ftp_w=300), later)
    body = ask(rider, "zones", metric="power", **YEAR).body
    assert [(span["since"], span["until"]) for span in body["spans"]] == [
        ("2026-01-01", "2026-10-31"),
        ("2026-11-01", "2026-11-22"),
        ("2026-11-23", "2026-12-31"),
    ]
    kept = [rider.call("GET", f"/v1/workouts/w-{n}/metrics").body["zones"]["power"]["seconds"] for n in (1, 2)]
    assert body["seconds"] == pytest.approx([a + b for a, b in zip(*kept, strict=True)])
    assert kept[0] != kept[1]
    assert (body["estimated"], body["spans"][0]["zones"]["inputs"]["ftp"]["assumed"]) == (True, "measured_later")


def test_estimated_zones_move_on_the_birthday(telemetry: Service) -> None:
    brought(telemetry, profile(birth_date="1984-02-29", changed=["birth_date"]))
    body = ask(telemetry, "zones", **{"from": "2026-02-20", "to": "2026-03-10"}).body
    assert [span["since"] for span in body["spans"]] == ["2026-02-20", "2026-03-01"]
    assert (body["estimated"], body["missing"]) == (True, [])


def test_without_anything_known_there_are_no_zones_and_it_says_what_it_would_take(telemetry: Service) -> None:
    body = ask(telemetry, "zones", metric="power").body
    assert (body["seconds"], body["missing"], body["spans"][0]["zones"]) == ([], ["ftp_w"], None)


def test_a_histogram_holds_the_recorded_time(rider: Service) -> None:
    body = ask(rider, "histogram", metric="power", width=50).body
    assert sum(item["seconds"] for item in body["items"]) == pytest.approx(RIDDEN_S, abs=2)
    assert {item["high"] - item["low"] for item in body["items"]} == {50}


def test_the_season_has_its_best_averages_and_a_critical_power(rider: Service) -> None:
    body = ask(rider, "mean-max").body
    curve = {item["duration_s"]: item["value"] for item in body["items"]}
    assert (curve[1], body["items"][0]["workout_id"], body["items"][0]["day"]) == (
        pytest.approx(820, abs=300),
        "w-1",
        DAY,
    )
    fit = body["critical_power"]
    assert 200 < fit["cp_w"] < curve[1200] < curve[120]
    assert fit["r_squared"] > 0.95
    assert {int(duration) for duration in fit["points"]} == {d for d in curve if 120 <= d <= 1200}
    assert body["ftp"]["value"] == pytest.approx(0.95 * curve[1200], abs=0.01)
    assert body["ftp"]["estimated"] is True
    other = ask(rider, "mean-max", metric="heart_rate").body
    assert (other["critical_power"], other["ftp"]) == (None, None)


def test_a_series_has_even_steps(rider: Service) -> None:
    query = {"from": RIDE["started_at"], "to": "2026-11-20T05:50:00Z", "step_s": 60}
    items = ask(rider, "series/heart_rate", **query).body["items"]
    times = [datetime.fromisoformat(item["time"]) for item in items]
    assert len(times) == 10
    assert {b - a for a, b in pairwise(times)} == {timedelta(minutes=1)}


def test_the_newest_values_are_told(rider: Service) -> None:
    body = ask(rider, "latest").body
    assert body["devices"] == {}
    assert set(body["workouts"]) >= {"heart_rate", "power", "speed", "altitude"}
    assert body["workouts"]["power"]["unit"] == "W"


@pytest.mark.parametrize("what", QUESTIONS)
def test_another_athlete_sees_nothing_of_it(rider: Service, what: str) -> None:
    text = str(ask(rider, what, user=OTHER).body)
    mine = ask(rider, what)
    assert mine.status == 200
    assert "w-1" not in text
    assert ask(rider, "latest", user=OTHER).body == {"workouts": {}, "devices": {}}


@pytest.mark.parametrize(
    ("what", "query", "code"),
    [
        ("fitness", {"from": "2026-11-21", "to": "2026-11-20"}, "metrics_range_is_invalid"),
        ("fitness", {"from": "2020-01-01", "to": "2026-11-20"}, "metrics_range_is_invalid"),
        ("fitness", {"from": "tomorrow"}, "metrics_range_is_invalid"),
        ("fitness", {"to": "20261121"}, "metrics_range_is_invalid"),
        ("zones", {"from": "0001-01-01", "to": "0001-01-02"}, "metrics_range_is_invalid"),
        ("zones", {"metric": "cadence"}, "metric_not_found"),
        ("trends/blood", {}, "metric_not_found"),
        ("trends/mass", {"source": "workouts"}, "metric_not_found"),
        ("histogram", {"metric": "mass"}, "metric_not_found"),
        ("histogram", {"metric": "altitude", "width": 3}, "histogram_width_is_invalid"),
        ("mean-max", {"metric": "altitude"}, "metric_not_found"),
        ("series/heart_rate", {"step_s": 1}, "series_range_is_invalid"),
        ("series/heart_rate", {"from": "2026-11-21T09:00:00Z"}, "series_range_is_invalid"),
        ("series/heart_rate", {"from": "2026-01-01", "to": "2026-11-01", "step_s": 86400}, "series_range_is_invalid"),
        ("series/heart_rate", {"from": "2026-11-20T05:40"}, "telemetry_range_is_invalid"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    telemetry: Service, what: str, query: dict[str, Any], code: str
) -> None:
    answer = ask(telemetry, what, **query)
    assert (answer.status, answer.body["code"]) == (404 if code == "metric_not_found" else 400, code)


def test_busy_series_ask_to_come_again(telemetry: Service) -> None:
    def busy(*_: object) -> None:
        raise TelemetryStoreBusyError

    telemetry.monkeypatch.setattr(rollup_store, "workouts", busy)
    answer = ask(telemetry, "fitness")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
