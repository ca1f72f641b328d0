"""Readings that their neighbours contradict: they stay in the stream, and nothing is made of them."""

import csv

import numpy as np
import pytest

from stadion.sports import SportType
from stadion.streams.codec import Floats
from stadion.streams.recorded import BoolArray, with_doubts
from telemetry.downsampling import StreamResolution
from telemetry.exports.domain import Exported, ExportFormat
from telemetry.exports.service import exported
from telemetry.streams.domain import KNOWN, StreamSeries, doubted_ranges, guessed, streams
from tests.workouts.recordings.unit.samples import START
from workouts.recordings.formats.service import decode

N = 2000


def among(*samples: int) -> BoolArray:
    return np.isin(np.arange(N), samples)


@pytest.fixture
def run() -> dict[str, Floats]:
    """A heartbeat of 255, 65 m/s, and three seconds at 0, 0."""
    time_s = np.arange(float(N))
    lost = among(500, 501, 502)
    columns = {
        "time_s": time_s,
        "lat": np.where(lost, 0.0, 55 + time_s * 3e-5),
        "lon": np.where(lost, 0.0, 37.0),
        "distance_m": 3 * time_s,
        "speed_mps": np.where(among(900), 65.0, 3.0),
        "heart_rate_bpm": np.where(among(7), 255.0, 140 + time_s % 5),
    }
    return with_doubts(columns, {"position": lost, "speed_mps": among(900), "heart_rate_bpm": among(7)})


def leaving(columns: dict[str, Floats]) -> Exported:
    return Exported.of(guessed(columns, SportType.RUN, START), columns)


def told(columns: dict[str, Floats], resolution: str, keys: tuple[str, ...] = KNOWN) -> tuple[dict, dict]:  # type: ignore[type-arg]
    asked = {"resolution": StreamResolution(resolution), "series": StreamSeries.TIME}
    return (
        streams(columns, SportType.RUN, list(keys), **asked),  # type: ignore[arg-type]
        doubted_ranges(columns, SportType.RUN, list(keys), **asked),  # type: ignore[arg-type]
    )


def test_what_is_doubted_is_told_by_the_name_of_its_series_and_stays_there(run: dict[str, Floats]) -> None:
    lists, doubted = told(run, "full")
    assert doubted == {"latlng": [(500, 502)], "velocity_smooth": [(900, 900)], "heartrate": [(7, 7)]}
    assert lists["heartrate"][7] == 255
    assert lists["latlng"][501] == [0, 0]


def test_only_of_what_was_asked_for(run: dict[str, Floats]) -> None:
    assert list(told(run, "full", ("time", "heartrate"))[1]) == ["heartrate"]
    assert told(run, "full", ("time",))[1] == {}


@pytest.mark.parametrize("resolution", ["low", "medium"])
def test_the_indices_are_those_of_the_answer(run: dict[str, Floats], resolution: str) -> None:
    lists, doubted = told(run, resolution)
    heartbeats = [index for first, last in doubted.get("heartrate", []) for index in range(first, last + 1)]
    assert heartbeats == [index for index, second in enumerate(lists["time"]) if second == 7]
    places = [index for first, last in doubted.get("latlng", []) for index in range(first, last + 1)]
    assert places == [index for index, second in enumerate(lists["time"]) if 500 <= second <= 502]


def test_what_is_derived_follows_the_sound_readings(run: dict[str, Floats]) -> None:
    lists, _ = told(run, "full")
    assert set(lists["velocity_smooth"]) == {3.0}
    assert all(lists["moving"])


@pytest.mark.parametrize("as_format", [ExportFormat.GPX, ExportFormat.TCX, ExportFormat.FIT])
def test_a_file_that_is_read_back_lacks_them(run: dict[str, Floats], as_format: ExportFormat) -> None:
    [back] = decode(exported(leaving(run), as_format))
    assert np.nanmax(back.heart_rate_bpm) == 144
    assert np.nanmin(back.lat) >= 55 - 1e-7


def test_a_table_lacks_them_and_the_doubts(run: dict[str, Floats]) -> None:
    text = exported(leaving(run), ExportFormat.CSV).decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert [rows[7]["heart_rate_bpm"], rows[501]["lat"], rows[900]["speed_mps"]] == ["", "", ""]
    assert "doubts" not in rows[0]


def test_a_dead_speed_channel_does_not_stop_the_clock() -> None:
    time_s = np.arange(100.0)
    dead = {"time_s": time_s, "distance_m": 3 * time_s, "speed_mps": np.zeros(100)}
    lists, _ = told(dead, "full", ("time", "velocity_smooth", "moving"))
    assert all(lists["moving"])
    assert set(lists["velocity_smooth"]) == {3.0}
    standing = {**dead, "distance_m": np.zeros(100)}
    assert not any(told(standing, "full")[0]["moving"])
