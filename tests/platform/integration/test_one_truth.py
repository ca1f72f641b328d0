"""One and the same effort, live, as a file, and typed in by hand: all services are told the same numbers."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from stadion import clock, storage
from tests.kit.events import entry
from tests.kit.services import Service
from tests.telemetry.live.integration.world import SESSION, deliver, do, send, start
from tests.telemetry.metrics.integration.test_metrics import measure
from tests.workouts.diary import upload

LASTS_S, PAUSED = 1500, (600, 720)
TOLD = {"WorkoutRecorded", "WorkoutCorrected", "WorkoutDeleted"}
SHARED = (
    "sport_type", "started_at", "time_zone", "elapsed_time_s", "timer_time_s", "moving_time_s", "distance_m",
    "average_heart_rate_bpm", "max_heart_rate_bpm", "average_speed_mps", "calories_kcal", "calories_method", "flags",
    "splits_km", "splits_mile", "best_efforts", "pauses", "polyline", "start_latlng", "end_latlng",
)  # fmt: skip


def seconds() -> list[int]:
    return [second for second in range(LASTS_S + 1) if not PAUSED[0] < second < PAUSED[1]]


def place(second: float) -> tuple[float, float]:
    """About 3.3 m/s to the north, but for the pause."""
    ran_s = second if second <= PAUSED[0] else max(float(PAUSED[0]), second - (PAUSED[1] - PAUSED[0]))
    return 55.7 + ran_s * 3e-5, 37.6


def bpm(second: float) -> int:
    return round(145 + 10 * math.sin(second / 60))


def gpx(began: datetime) -> bytes:
    def point(second: int) -> str:
        lat, lon = place(second)
        return (
            f'<trkpt lat="{lat:.7f}" lon="{lon:.7f}"><time>{clock.rfc3339(began + timedelta(seconds=second))}</time>'
            f"<extensions><t:TrackPointExtension><t:hr>{bpm(second)}</t:hr></t:TrackPointExtension></extensions></trkpt>"
        )

    parts = ([s for s in seconds() if s <= PAUSED[0]], [s for s in seconds() if s >= PAUSED[1]])
    segments = "".join(f"<trkseg>{''.join(map(point, part))}</trkseg>" for part in parts)
    head = '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1" xmlns:t="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">'
    return f"{head}<trk><type>running</type>{segments}</trk></gpx>".encode()


@pytest.fixture
def began() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture
def pair(telemetry: Service, workouts: Service) -> tuple[Service, Service]:
    storage.s3_client.cache_clear()
    physical = {"measured_on": "2026-01-01", "revision": 1, "resting_heart_rate_bpm": 50, "max_heart_rate_bpm": 190,
                "threshold_heart_rate_bpm": 170, "threshold_pace_s_per_km": 270, "mass_kg": 72}  # fmt: skip
    profile = {"revision": 2, "language": "ru", "time_zone": "Asia/Tokyo", "changed": [], "gender": "female",
               "birth_date": "1990-01-01"}  # fmt: skip
    consent = {
        "kind": "health_data",
        "granted": True,
        "revision": 1,
        "text_version": "2026-10",
        "changed_at": "2026-01-01T00:00:00Z",
    }
    told = [
        entry("PhysicalDataChanged", physical, source="accounts"),
        entry("ProfileUpdated", profile, source="accounts"),
    ]
    deliver(telemetry, "on_account_events", *told)
    deliver(workouts, "on_account_events", *told, entry("ConsentChanged", consent, source="accounts"))
    return telemetry, workouts


def exchange(telemetry: Service, workouts: Service) -> None:
    finished = telemetry.published("LiveSessionFinished")
    if finished:
        deliver(workouts, "on_live_sessions", *finished)
        deliver(telemetry, "on_live_saved", *workouts.published("LiveSessionSaved"))
    told = [event for event in workouts.published() if event["detail_type"] in TOLD]
    deliver(telemetry, "on_workout_events", *told)
    measure(telemetry)


def live(telemetry: Service, workouts: Service, began: datetime) -> str:
    start(telemetry, started_at=clock.rfc3339(began))
    for part in range(0, LASTS_S + 1, 60):
        times = [second for second in seconds() if part <= second < part + 60]
        if times:
            spots = [place(second) for second in times]
            send(
                telemetry,
                *times,
                lat=[lat for lat, _ in spots],
                lon=[lon for _, lon in spots],
                heart_rate_bpm=[bpm(second) for second in times],
            )
        if part == PAUSED[0]:
            do(telemetry, "pause", at_s=PAUSED[0])
            do(telemetry, "resume", at_s=PAUSED[1])
    do(telemetry, "stop", at_s=LASTS_S)
    exchange(telemetry, workouts)
    return SESSION


def shown(telemetry: Service, workouts: Service, workout_id: str) -> tuple[dict[str, Any], dict[str, Any], Any]:
    diary = workouts.call("GET", f"/v1/workouts/{workout_id}").body
    streams = telemetry.call("GET", f"/v1/workouts/{workout_id}/streams", query={"resolution": "full"})
    metrics = telemetry.call("GET", f"/v1/workouts/{workout_id}/metrics").body
    return diary, streams.body.get("streams", {}), metrics


def test_live_and_file_agree_in_every_number(pair: tuple[Service, Service], began: datetime) -> None:
    telemetry, workouts = pair
    one = live(telemetry, workouts, began)
    other = upload(workouts, "run.gpx", gpx(began), on_duplicate="force")["workout_ids"][0]
    exchange(telemetry, workouts)
    (diary, streams, metrics), (diary2, streams2, metrics2) = (shown(*pair, which) for which in (one, other))

    assert diary["origin"] == "live"
    assert diary2["origin"] == "upload"
    assert {name: diary[name] for name in SHARED} == {name: diary2[name] for name in SHARED}
    assert diary["time_zone"] == "Europe/Moscow", "where it began, not where the athlete lives"
    assert diary["calories_method"] == "heart_rate"
    assert diary["timer_time_s"] == pytest.approx(LASTS_S - (PAUSED[1] - PAUSED[0]), abs=1)
    assert streams.keys() == streams2.keys() >= {"distance", "velocity_smooth", "moving"}
    for name, values in streams.items():
        np.testing.assert_allclose(np.array(values, float), np.array(streams2[name], float), err_msg=name)
    same = {name for name in metrics if name not in {"workout_id", "revision"}}
    assert {name: metrics[name] for name in same} == {name: metrics2[name] for name in same}
    assert metrics["load"]["method"] == "hr_tss"


def test_typed_in_by_hand_it_counts_the_same_where_it_can(pair: tuple[Service, Service], began: datetime) -> None:
    telemetry, workouts = pair
    recorded = upload(workouts, "run.gpx", gpx(began))["workout_ids"][0]
    exchange(telemetry, workouts)
    diary, _, metrics = shown(*pair, recorded)
    typed = {
        name: diary[name]
        for name in ("sport_type", "started_at", "elapsed_time_s", "moving_time_s", "distance_m",
                     "average_heart_rate_bpm", "max_heart_rate_bpm", "calories_kcal")
    }  # fmt: skip
    by_hand = workouts.call("POST", "/v1/workouts", {**typed, "time_zone": "Europe/Moscow", "on_duplicate": "force"})
    exchange(telemetry, workouts)
    diary2, _, metrics2 = shown(*pair, by_hand.body["workout_id"])

    shared = [*typed, "time_zone", "average_speed_mps", "flags"]
    assert {name: diary2[name] for name in shared} == {name: diary[name] for name in shared}
    assert metrics2["load"]["value"] == pytest.approx(metrics["load"]["value"], rel=0.03)
    assert metrics2["load"]["estimated"]
