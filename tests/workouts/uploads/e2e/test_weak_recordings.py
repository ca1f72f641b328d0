"""Recordings with one weak part on the deployed stack: what the athlete sees of them, everywhere."""

from pathlib import Path
from typing import Any

import pytest

from local.demo.client import Athlete
from tests.kit.stack import eventually

CASES = Path(__file__).parents[2] / "recordings" / "cases"


def uploaded(athlete: Athlete, name: str, **fields: Any) -> dict[str, Any]:
    ended = athlete.upload(CASES / name, on_duplicate="force", **fields)
    assert ended["status"] == "ready", ended
    return ended


def workout_of(athlete: Athlete, name: str, **fields: Any) -> Any:
    [workout_id] = uploaded(athlete, name, **fields)["workout_ids"]
    return athlete.get(f"/v1/workouts/{workout_id}")


def streams_of(athlete: Athlete, workout_id: str) -> Any:
    def found() -> Any:
        answer = athlete.answer("GET", f"/v1/workouts/{workout_id}/streams")
        return answer.json() if answer.status_code == 200 else None

    return eventually(found)


def test_ten_seconds_at_0_0_wear_no_shoe_out(anna: Athlete) -> None:
    shoes = anna.post("/v1/gear", {"category": "running_shoes", "used_since": "2020-01-01"})
    run = workout_of(anna, "gpx-null-island-for-10-s.gpx", gear_ids=[shoes["gear_id"]])
    assert (run["distance_m"], run["flags"], run["measured_by"]["distance_m"]) == (
        pytest.approx(1785, rel=0.01),
        [],
        "positions",
    )
    worn = eventually(lambda: anna.get(f"/v1/gear/{shoes['gear_id']}")["distance_m"] or None)
    assert worn == pytest.approx(1785, rel=0.01)
    streams = streams_of(anna, run["workout_id"])
    assert streams["doubted"]["latlng"] == [[60, 61]]
    assert streams["streams"]["latlng"][60] == [0.0, 0.0]
    assert streams["streams"]["distance"][-1] == pytest.approx(run["distance_m"], rel=0.01)
    exported = anna.answer("GET", f"/v1/workouts/{run['workout_id']}/export?format=gpx")
    assert 'lat="0"' not in exported.text


def test_a_treadmill_is_as_long_as_the_athlete_said(anna: Athlete) -> None:
    run = workout_of(anna, "fit-treadmill-calibrated-after-the-run.fit")
    assert (run["distance_m"], run["measured_by"]["distance_m"], run["disputed"]) == (1000, "session", [])
    assert streams_of(anna, run["workout_id"])["streams"]["distance"][-1] == pytest.approx(1000, abs=1)


def test_a_file_is_a_list_of_parts_in_the_readers_language(anna: Athlete) -> None:
    ended = uploaded(anna, "tcx-second-activity-empty.tcx")
    assert len(ended["workout_ids"]) == 1
    one, other = ended["parts"]
    assert (one["workout_id"], other["workout_id"]) == (ended["workout_ids"][0], None)
    told = anna.answer("GET", f"/v1/uploads/{ended['upload_id']}", accept_language="en").json()["parts"][1]["reason"]
    assert told["code"] == other["reason"]["code"]
    assert told["detail"] != other["reason"]["detail"]


def test_a_file_without_a_sport_is_guessed_until_the_athlete_says(anna: Athlete) -> None:
    run = workout_of(anna, "gpx-no-type.gpx")
    assert (run["sport_type"], run["sport_guessed"], run["ascent_m"] is not None) == ("Run", True, True)
    said = anna.call("PATCH", f"/v1/workouts/{run['workout_id']}", {"sport_type": "Run"}, if_match="*")
    assert (said["sport_guessed"], said["ascent_m"]) == (False, run["ascent_m"])


def test_what_nobody_has_run_is_no_record(anna: Athlete) -> None:
    run = workout_of(anna, "gpx-run-of-12-km-at-29-kmh.gpx")
    assert {flag["code"] for flag in run["flags"]} >= {"speed_too_high"}
    honest = workout_of(anna, "gpx-opentracks-distance-is-a-step.gpx")
    assert honest["flags"] == []
    records = eventually(lambda: anna.get("/v1/gamification/records")["items"] or None)
    assert run["workout_id"] not in {record["workout_id"] for record in records}
