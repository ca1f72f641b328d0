"""A phone's recording on the deployed stack: its zone, its guessed sport, the one question, and the totals."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.demo.client import Athlete
from tests.kit.stack import eventually
from tests.workouts.recordings.unit import samples


def a_phones_run(folder: Path, began: datetime) -> Path:
    """Ten minutes in Kathmandu, by an app that writes no type."""
    points = "".join(
        samples.a_trkpt(
            second,
            lat=f"{27.7172 + second * 2.7e-5:.6f}",
            lon="85.3240",
            time=f"{began + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}",
        )
        for second in range(600)
    )
    file = folder / "phone.gpx"
    file.write_bytes(samples.a_gpx(points).replace(b"<type>running</type>", b""))
    return file


def test_it_is_asked_about_once_and_counts_meanwhile(ben: Athlete, tmp_path: Path) -> None:
    began = datetime.now(UTC) - timedelta(hours=2)
    [workout_id] = ben.upload(a_phones_run(tmp_path, began))["workout_ids"]
    run = ben.get(f"/v1/workouts/{workout_id}")
    assert (run["sport_type"], run["guessed_by"]["code"], run["time_zone"]) == (
        "Run",
        "sport_by_speed",
        "Asia/Kathmandu",
    )

    def questions() -> list[str]:
        """Beside news of records."""
        titles = [one["title"] for one in ben.get("/v1/notifications")["items"] if one["about"] == about]
        return [title for title in titles if title.endswith("?")]

    about = {"workout_id": workout_id}
    assert eventually(lambda: questions() or None) == ["Was it a run?"]
    ben.call("PATCH", f"/v1/workouts/{workout_id}", {"name": "Up the hill"}, if_match="*")
    totals = eventually(lambda: one if (one := ben.get("/v1/workouts/totals"))["count"] else None)
    assert (totals["distance_m"], totals["flagged"]["count"]) == (run["distance_m"], 0)
    assert [one["sport_type"] for one in totals["by_sport"]] == ["Run"]
    typed = {"sport_type": "Walk", "started_at": (began - timedelta(hours=3)).isoformat(), "elapsed_time_s": 600}
    walk = eventually(lambda: _in_berlin(ben.post("/v1/workouts", {**typed, "on_duplicate": "force"})))
    assert walk["time_zone"] == "Europe/Berlin"
    assert questions() == ["Was it a run?"]


def _in_berlin(workout: dict[str, str]) -> dict[str, str] | None:
    """Accounts' news of a new athlete may come a moment later."""
    return workout if workout["time_zone"] != "UTC" else None
