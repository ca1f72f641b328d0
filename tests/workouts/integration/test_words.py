"""What an athlete says of a workout beside its numbers: description, marks, tags, how it felt."""

from typing import Any

import pytest

from tests.kit.services import Service
from tests.workouts.diary import corrected, upload, workout
from tests.workouts.recordings.cases.unit.test_cases import CASES
from tests.workouts.recordings.unit.samples import data
from workouts.domain import Feeling, Workout, tags_of

TYPED = {"sport_type": "Run", "started_at": "2026-11-20T07:00:00Z", "elapsed_time_s": 3_600, "distance_m": 9_000}
WORDS = {"description": "Round the lake", "marks": ["race", "long"], "tags": ["club"], "feeling": "strong"}
RIDE, INDOOR = "4078723797.fit", "fit-treadmill-calibrated-after-the-run.fit"


def indoor_run() -> bytes:
    return (CASES / INDOOR).read_bytes()


def test_words_are_kept_corrected_and_taken_back(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", {**TYPED, **WORDS})
    path = f"/v1/workouts/{created.body['workout_id']}"
    assert {name: created.body[name] for name in WORDS} == {**WORDS, "marks": ["long", "race"]}
    cleared = workouts.call("PATCH", path, dict.fromkeys(WORDS), if_match='"1"').body
    assert {name: cleared[name] for name in WORDS} == {
        "description": None, "marks": [], "tags": [], "feeling": None,
    }  # fmt: skip
    (listed,) = workouts.call("GET", "/v1/workouts").body["items"]
    assert {"marks", "tags", "feeling", "rpe"} <= listed.keys()
    assert not {"description", "notes", "polyline_detailed"} & listed.keys()


def test_nobody_else_hears_of_them(workouts: Service) -> None:
    workouts.call("POST", "/v1/workouts", {**TYPED, **WORDS})
    assert not {"lake", "club"} & set(str(workouts.published()).split())


def test_a_tag_counts_once_however_it_is_written() -> None:
    assert tags_of([" Club ", "club", "CLUB", "e\u0301te\u0301", "\u00e9t\u00e9"]) == ["Club", "\u00e9t\u00e9"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tags", ["  "]), ("tags", ["x" * 31]), ("tags", ["two\nlines"]), ("tags", ["\u200b"]), ("tags", ["\u3164"]),
        ("tags", [str(n) for n in range(11)]), ("tags", "club"), ("marks", ["easy"]), ("feeling", "great"),
        ("feeling", 3), ("rpe", 0), ("description", "x" * 2001),
        ("name", "  "), ("name", "\u200b"), ("name", "\ufeff\u200d"), ("name", "\u2800 \u3164"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_kept_are_refused_by_name(workouts: Service, field: str, value: Any) -> None:
    refused = workouts.call("POST", "/v1/workouts", {**TYPED, field: value})
    assert refused.status == 422
    assert refused.body["errors"][0]["pointer"].startswith(f"#/{field}")


def test_words_of_an_upload_are_those_of_its_workout(workouts: Service) -> None:
    said = {"description": "Round the lake", "marks": ["commute"], "tags": ["Club", "club"]}
    (workout_id,) = upload(workouts, RIDE, data(RIDE), **said)["workout_ids"]
    shown = workout(workouts, workout_id)
    assert (shown["description"], shown["marks"], shown["tags"]) == ("Round the lake", ["commute"], ["Club"])
    assert shown["elevation_high_m"] > shown["elevation_low_m"]
    assert shown["average_temperature_c"] is not None
    assert len(shown["polyline_detailed"]) > len(shown["polyline"])


def test_a_measured_indoor_is_marked_and_the_athletes_word_stands(workouts: Service) -> None:
    (workout_id,) = upload(workouts, INDOOR, indoor_run(), marks=["race"])["workout_ids"]
    path = f"/v1/workouts/{workout_id}"
    before = workout(workouts, workout_id)
    assert (before["marks"], before["indoor"]) == (["indoor", "race"], True)
    denied = workouts.call("PATCH", path, {"marks": ["race"]}, if_match="*").body
    assert (denied["marks"], denied["indoor"]) == (["race"], False)
    measured = corrected(workouts, "POST", f"{path}/crop", {"to_s": 60})
    assert (measured["marks"], measured["indoor"]) == (["race"], False)
    back = workouts.call("PATCH", path, {"marks": None}, if_match="*").body
    assert (back["marks"], back["indoor"]) == (["indoor"], True)


def test_words_meet_when_a_file_joins(workouts: Service) -> None:
    (workout_id,) = upload(workouts, RIDE, data(RIDE), tags=["club"], description="Mine")["workout_ids"]
    upload(
        workouts, "again.gpx", data("activity_4078723797.gpx"), on_duplicate="merge",
        tags=["CLUB", "hills"], marks=["race"], description="Not mine",
    )  # fmt: skip
    joined = workout(workouts, workout_id)
    assert (joined["tags"], joined["marks"], joined["description"]) == (["club", "hills"], ["race"], "Mine")


@pytest.mark.parametrize(("feel", "felt"), [(0, "very_weak"), (25, "weak"), (51, "normal"), (100, "very_strong")])
def test_a_devices_feel_is_the_nearest_of_five(feel: float, felt: str) -> None:
    assert Feeling.of_device(feel) == felt


def test_a_workout_that_was_stored_before_there_were_marks_has_the_measured_one() -> None:
    moment = "2026-11-20T07:00:00Z"
    old = Workout.model_validate(
        {
            "workout_id": "1", "user_id": "2", "origin": "upload", "sport_type": "Rowing", "indoor": True,
            "started_at": moment, "created_at": moment, "updated_at": moment, "elapsed_time_s": 1,
            "timer_time_s": 1, "moving_time_s": 1, "feel": 75,
        }
    )  # fmt: skip
    assert (old.marks, old.tags, old.felt) == (["indoor"], [], "strong")


def test_a_workout_always_has_a_name_in_the_language_of_who_reads_it(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", {**TYPED, "time_zone": "Europe/Moscow"})
    path = f"/v1/workouts/{created.body['workout_id']}"
    assert (created.body["name"], created.body["is_named"]) == ("Morning run", False)
    assert workouts.call("GET", path, accept_language="ru").body["name"] == "Утренняя пробежка"
    (listed,) = workouts.call("GET", "/v1/workouts", accept_language="ru").body["items"]
    assert (listed["name"], listed["is_named"]) == ("Утренняя пробежка", False)
    tags = {workouts.call("GET", path, accept_language=one).etag for one in ("en", "ru")}
    assert len(tags) == 2
    named = workouts.call("PATCH", path, {"name": "Before work"}, if_match=tags.pop()).body
    assert (named["name"], named["is_named"]) == ("Before work", True)
    again = workouts.call("PATCH", path, {"name": None, "sport_type": "Swim"}, if_match="*").body
    assert (again["name"], again["is_named"]) == ("Morning swim", False)
