"""What is too large for an answer lies where the answer leads."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np

from local.demo.client import Athlete
from stadion.sports import SportType
from telemetry.exports.domain import Exported
from telemetry.exports.fit import as_fit
from telemetry.streams.domain import guessed
from tests.kit.stack import WAIT_S, eventually

SECONDS: Final = 7 * 3600
SIX_MB: Final = 6 * 1024 * 1024


def test_an_export_of_seven_hours_is_had_packed_and_as_it_is(anna: Athlete, tmp_path: Path) -> None:
    [workout_id] = anna.upload(ridden(tmp_path / "ride.fit"))["workout_ids"]
    path = f"/v1/workouts/{workout_id}/export?format=gpx"
    packed = eventually(lambda: found(anna, path))

    leads = anna.answer("GET", path, accept_encoding="identity")

    assert leads.status_code == 303
    there = httpx.get(leads.headers["location"], headers={"accept-encoding": "identity"}, timeout=WAIT_S)
    assert (there.status_code, there.content) == (200, packed.content)
    assert len(there.content) > SIX_MB
    by_page = httpx.get(leads.headers["location"], headers={"origin": "null"}, timeout=WAIT_S)
    assert by_page.headers["access-control-allow-origin"] in {"*", "null"}
    assert there.headers["content-disposition"] == f'attachment; filename="{workout_id}.gpx"'


def found(athlete: Athlete, path: str) -> httpx.Response | None:
    answer = athlete.answer("GET", path, accept_encoding="gzip")
    return answer if answer.status_code == 200 else None


def ridden(file: Path) -> Path:
    """At 1 Hz, with what a good watch knows."""
    time_s = np.arange(SECONDS, dtype=float)
    noise = np.random.default_rng(1)
    columns: Any = {
        "time_s": time_s,
        "lat": 50 + time_s * 5e-5 + noise.normal(0, 1e-6, SECONDS),
        "lon": np.full(SECONDS, 10.0),
        "altitude_m": 100 + noise.normal(0, 0.3, SECONDS),
        "heart_rate_bpm": 140.0 + noise.integers(-9, 9, SECONDS),
        "cadence_rpm": 80.0 + noise.integers(-9, 9, SECONDS),
        "power_w": 200.0 + noise.integers(-50, 50, SECONDS),
        "distance_m": time_s * 5.55,
        "temperature_c": np.full(SECONDS, 20.0),
    }
    told = guessed(columns, SportType.RIDE, datetime(2026, 11, 1, 5, tzinfo=UTC))
    file.write_bytes(as_fit(Exported.of(told, columns)))
    return file
