"""Real recordings through announce, arrival and processing."""

import gzip
import itertools
import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.recordings import recordings
from tests.kit.services import OTHER, Service, sqs_event
from tests.workouts.diary import announce, arrival, arrive, measure, upload, workout
from tests.workouts.recordings.formats.unit import fits
from workouts.recordings.service import within_time

RIDE = ("4078723797.fit", "activity_4078723797.tcx", "activity_4078723797.gpx", "4078723797_strava.gpx")


def test_a_real_ride_is_measured_as_its_device_did(diary: Service, files: Path) -> None:
    ended = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes(), name="Over the hills")
    assert ended["status"] == "ready", ended
    ride = workout(diary, ended["workout_ids"][0])
    assert ride["sport_type"] == "Ride"
    assert ride["normalized_power_w"] == pytest.approx(267, abs=1)
    assert ride["average_power_w"] == pytest.approx(219, abs=1)
    assert ride["ascent_m"] == pytest.approx(1254, rel=0.05)
    assert ride["distance_m"] == pytest.approx(57_567, rel=0.005)
    assert (ride["name"], ride["origin"]) == ("Over the hills", "upload")
    assert len(ride["splits_km"]) == 58
    assert ride["polyline"]
    facts = diary.published("WorkoutRecorded")[0]["detail"]["data"]["workout"]
    assert {effort["name"] for effort in facts["best_efforts"]} >= {"5k", "10k", "Marathon"}


def test_four_files_of_one_ride_are_one_workout_whatever_the_order(diary: Service, files: Path) -> None:
    for turn, order in enumerate(itertools.permutations(RIDE, 4)):
        if turn % 8:
            continue  # three of the 24 orders, each with another file first; the rule itself is tested for all pairs
        user = str(uuid.uuid4())
        statuses = [_upload_as(diary, user, name, (files / name).read_bytes()) for name in order]
        assert statuses == ["ready", "duplicate", "duplicate", "duplicate"], order
        assert len(diary.call("GET", "/v1/workouts", user=user).body["items"]) == 1


def _upload_as(diary: Service, user: str, name: str, data: bytes) -> str:
    answer = diary.call("POST", "/v1/uploads", {"filename": name}, user=user).body
    arrive(diary, answer, data)
    return str(diary.call("GET", f"/v1/uploads/{answer['upload_id']}", user=user).body["status"])


def test_a_merge_keeps_one_workout_with_the_best_of_both_files(diary: Service, files: Path) -> None:
    first = upload(diary, RIDE[3], (files / RIDE[3]).read_bytes())
    second = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes(), on_duplicate="merge")
    assert second["status"] == "ready"
    assert second["workout_ids"] == first["workout_ids"]
    merged = workout(diary, first["workout_ids"][0])
    assert merged["normalized_power_w"] == pytest.approx(267, abs=2)
    assert [file["format"] for file in merged["files"]] == ["gpx", "fit"]
    assert merged["revision"] == 2


def test_a_replacement_takes_the_new_files_numbers_only(diary: Service, files: Path) -> None:
    """Also afterwards: what was replaced is kept, and no merge measures it."""
    first = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes())
    second = upload(diary, RIDE[2], (files / RIDE[2]).read_bytes(), on_duplicate="replace")
    assert second["workout_ids"] == first["workout_ids"]
    replaced = workout(diary, first["workout_ids"][0])
    assert (replaced["average_power_w"], replaced["normalized_power_w"]) == (None, None)
    assert [(file["format"], file["replaced"]) for file in replaced["files"]] == [("fit", True), ("gpx", False)]
    again = (files / RIDE[2]).read_bytes().replace(b"<gpx", b"<!-- exported again --><gpx", 1)
    upload(diary, RIDE[2], again, on_duplicate="merge")
    merged = workout(diary, first["workout_ids"][0])
    assert (merged["average_power_w"], len(merged["files"])) == (None, 3)


def test_the_same_bytes_again_are_a_duplicate(diary: Service, files: Path) -> None:
    data = (files / "6449921903_ACTIVITY.fit").read_bytes()
    first = upload(diary, "a.fit", data)
    again = upload(diary, "b.fit", data)
    assert (again["status"], again["existing_workout_id"]) == ("duplicate", first["workout_ids"][0])
    forced = upload(diary, "b.fit", data, on_duplicate="force")
    assert forced["status"] == "ready"


def test_a_gzipped_file_is_the_same_workout(diary: Service, files: Path) -> None:
    data = (files / "6449921903_ACTIVITY.fit").read_bytes()
    first = upload(diary, "a.fit", data)
    zipped = upload(diary, "a.fit.gz", gzip.compress(data))
    assert (zipped["status"], zipped["existing_workout_id"]) == ("duplicate", first["workout_ids"][0])


def test_a_multisport_file_becomes_several_workouts(diary: Service, files: Path) -> None:
    ended = upload(diary, "multi.fit", (files / "6471559601_ACTIVITY.fit").read_bytes())
    assert (ended["status"], len(ended["workout_ids"])) == ("ready", 3)
    assert len(diary.published("WorkoutRecorded")) == 3


def test_near_twins_stay_two_workouts(diary: Service) -> None:
    near = recordings("activity-parser")
    twins = sorted((near / "fit").glob("*bike.fit"))
    assert len(twins) == 2
    ids = [upload(diary, path.name, path.read_bytes())["workout_ids"] for path in twins]
    assert ids[0] != ids[1]


def test_a_second_delivery_of_the_arrival_changes_nothing(diary: Service, files: Path) -> None:
    announced = announce(diary, "a.fit")
    data = (files / "6449921903_ACTIVITY.fit").read_bytes()
    for _ in range(3):
        assert arrive(diary, announced, data) == {"batchItemFailures": []}
    assert len(diary.published("WorkoutRecorded")) == 1


def test_a_manual_entry_and_its_recording_become_one_workout(diary: Service, files: Path) -> None:
    ride = (files / RIDE[0]).read_bytes()
    measured = workout(diary, upload(diary, "probe.fit", ride)["workout_ids"][0])
    diary.call("DELETE", f"/v1/workouts/{measured['workout_id']}", if_match="*")
    typed = {key: measured[key] for key in ("sport_type", "started_at", "elapsed_time_s", "distance_m")}
    entered = diary.call("POST", "/v1/workouts", {**typed, "name": "My ride", "gear_ids": []}).body
    ended = upload(diary, "ride.fit", ride, on_duplicate="merge")
    joined = workout(diary, ended["workout_ids"][0])
    assert (joined["workout_id"], joined["name"], joined["origin"]) == (entered["workout_id"], "My ride", "upload")
    assert joined["normalized_power_w"] == pytest.approx(267, abs=1)


@pytest.mark.parametrize(
    ("filename", "data", "code"),
    [
        ("empty.gpx", b" ", "unknown_format"),
        ("note.txt", b"hello", "unknown_format"),
        ("bomb.gpx", b'<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "ha">]><gpx>&a;</gpx>', "xml_dtd"),
        ("head.fit", b"\x0e\x10\x01\x08\x4b\x1e\x00\x00.FIT", "truncated_fit"),
    ],
)
def test_a_hostile_file_ends_as_failed_with_a_reason(diary: Service, filename: str, data: bytes, code: str) -> None:
    ended = upload(diary, filename, data)
    assert (ended["status"], ended["problem"]["code"]) == ("failed", code), ended
    assert ended["problem"]["detail"]
    assert diary.call("GET", "/v1/workouts").body["items"] == []


def test_half_a_file_is_what_is_there_and_says_so(diary: Service, files: Path) -> None:
    ended = upload(diary, "half.fit", (files / RIDE[0]).read_bytes()[:50_000])
    (part,) = ended["parts"]
    assert (ended["status"], part["workout_id"], part["reason"]) == ("ready", ended["workout_ids"][0], None)
    assert [note["code"] for note in part["notes"]] == ["torn"]


def test_the_parts_of_a_file_are_told_in_the_readers_language(diary: Service, files: Path) -> None:
    activity = (files / "6449921903_ACTIVITY.fit").read_bytes()
    settings = fits.a_fit(fits.message(0, [(0, fits.ENUM, 2)]))
    announced = announce(diary, "both.fit")
    assert arrive(diary, announced, settings + activity) == {"batchItemFailures": []}
    ended = diary.call("GET", f"/v1/uploads/{announced['upload_id']}", accept_language="ru").body
    assert ended["status"] == "ready"
    assert {part["part"]: part["workout_id"] for part in ended["parts"]} == {
        "session:1": ended["workout_ids"][0],
        "file:1": None,
    }
    reason = next(part["reason"] for part in ended["parts"] if part["part"] == "file:1")
    assert reason["code"] == "not_an_activity"
    assert "нет тренировки" in reason["detail"]


def test_a_part_that_the_diary_has_names_its_workout(diary: Service, files: Path) -> None:
    first = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes())
    again = upload(diary, RIDE[1], (files / RIDE[1]).read_bytes())
    (part,) = again["parts"]
    assert (part["workout_id"], part["reason"]["code"]) == (first["workout_ids"][0], "in_the_diary")


def test_the_original_comes_back_and_goes_with_the_workout(diary: Service, files: Path) -> None:
    data = (files / "6449921903_ACTIVITY.fit").read_bytes()
    workout_id = upload(diary, "утро.fit", data)["workout_ids"][0]
    link = diary.call("GET", f"/v1/workouts/{workout_id}/files/original").body
    assert link["filename"] == "утро.fit"
    key = workout_key(workout_id)
    assert boto3.client("s3").get_object(Bucket="stadion-files", Key=key)["Body"].read() == data
    diary.call("DELETE", f"/v1/workouts/{workout_id}", if_match="*")
    diary.invoke("on_workout_events", sqs_event(*diary.published("WorkoutDeleted")))
    assert diary.call("GET", f"/v1/workouts/{workout_id}/files/original").status == 404
    assert workout_key(workout_id) is None


def workout_key(workout_id: str) -> Any:
    listed = boto3.client("s3").list_objects_v2(Bucket="stadion-files").get("Contents", [])
    return next((entry["Key"] for entry in listed if f"/{workout_id}/" in entry["Key"]), None)


def test_what_a_recording_measured_cannot_be_typed_over(diary: Service, files: Path) -> None:
    data = (files / "6449921903_ACTIVITY.fit").read_bytes()
    path = f"/v1/workouts/{upload(diary, 'a.fit', data)['workout_ids'][0]}"
    refused = diary.call("PATCH", path, {"distance_m": 99_000}, if_match="*")
    assert (refused.status, refused.body["code"]) == (422, "field_is_measured")
    assert diary.call("PATCH", path, {"name": "Evening"}, if_match="*").body["name"] == "Evening"


def test_another_athletes_upload_is_not_found(diary: Service) -> None:
    announced = announce(diary, "a.fit")
    answer = diary.call("GET", f"/v1/uploads/{announced['upload_id']}", user=OTHER)
    assert (answer.status, answer.body["code"]) == (404, "upload_not_found")


def test_an_upload_that_breaks_our_code_is_told_as_failed_in_the_end(diary: Service, files: Path) -> None:
    announced = announce(diary, "a.fit")
    diary.monkeypatch.setattr("workouts.uploads.intake_service.contents_of", lambda *_, **__: 1 / 0)
    data = (files / "6449921903_ACTIVITY.fit").read_bytes()
    assert len(arrive(diary, announced, data, tries=1)["batchItemFailures"]) == 1
    assert arrive(diary, announced, data, tries=4) == {"batchItemFailures": []}
    ended = diary.call("GET", f"/v1/uploads/{announced['upload_id']}", accept_language="ru").body
    assert (ended["status"], ended["problem"]["code"]) == ("failed", "file_broken")
    assert "Оригинал" in ended["problem"]["detail"]


def test_a_ride_that_is_called_a_run_is_flagged_until_it_is_a_ride_again(diary: Service, files: Path) -> None:
    ride = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes(), sport_type="Run")
    path = f"/v1/workouts/{ride['workout_ids'][0]}"
    assert [flag["code"] for flag in diary.call("GET", path).body["flags"]] != []
    corrected = diary.call("PATCH", path, {"sport_type": "Ride"}, if_match="*")
    assert (corrected.status, corrected.body["measurement"]) == (200, "pending")
    measure(diary)
    shown = diary.call("GET", path).body
    assert (shown["measurement"], shown["flags"]) == ("done", [])
    diary.call("PATCH", path, {"sport_type": "Run"}, if_match="*")
    measure(diary)
    assert "speed_too_high" in [flag["code"] for flag in diary.call("GET", path).body["flags"]]


def test_a_file_whose_twin_was_deleted_can_be_uploaded_again(diary: Service, files: Path) -> None:
    first = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes())
    tcx = (files / RIDE[1]).read_bytes()
    assert upload(diary, RIDE[1], tcx)["status"] == "duplicate"
    diary.call("DELETE", f"/v1/workouts/{first['workout_ids'][0]}", if_match="*")
    assert upload(diary, RIDE[1], tcx)["status"] == "ready"


def test_every_recording_lives_and_goes_with_the_workout_that_it_ended_in(diary: Service, files: Path) -> None:
    first = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes())
    upload(diary, RIDE[1], (files / RIDE[1]).read_bytes(), on_duplicate="merge")
    upload(diary, RIDE[2], (files / RIDE[2]).read_bytes())
    workout_id = first["workout_ids"][0]
    assert {key.split("/")[2] for key in kept_files()} == {workout_id}
    assert len(kept_files()) == len(workout(diary, workout_id)["files"]) == 2
    diary.call("DELETE", f"/v1/workouts/{workout_id}", if_match="*")
    diary.invoke("on_workout_events", sqs_event(*diary.published("WorkoutDeleted")))
    assert kept_files() == []


def kept_files() -> list[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket="stadion-files", Prefix="files/").get("Contents", [])
    return [entry["Key"] for entry in listed]


def test_a_form_takes_one_file(diary: Service, files: Path) -> None:
    announced = announce(diary, RIDE[0])
    arrive(diary, announced, (files / RIDE[2]).read_bytes())
    key = announced["form"]["fields"]["key"]
    diary.invoke("on_upload", arrival(key))
    assert boto3.client("s3").head_object(Bucket="stadion-files", Key=key)["ContentLength"]
    arrive(diary, announced, (files / "6449921903_ACTIVITY.fit").read_bytes())
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket="stadion-files", Prefix="uploads/")
    assert len(diary.call("GET", "/v1/workouts").body["items"]) == 1


def test_a_file_that_kills_its_process_twice_is_told_as_failed_instead_of_waking_somebody(
    diary: Service, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed says nothing, so what began and did not end is counted."""

    class KilledError(BaseException):
        pass

    def kill(*_: Any, **__: Any) -> None:
        raise KilledError

    announced = announce(diary, "a.fit")
    data = (files / "6449921903_ACTIVITY.fit").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr("workouts.uploads.intake_service.contents_of", kill)
        for tries in (1, 2):
            with pytest.raises(KilledError):
                arrive(diary, announced, data, tries=tries)
    assert arrive(diary, announced, data, tries=3) == {"batchItemFailures": []}
    ended = diary.call("GET", f"/v1/uploads/{announced['upload_id']}").body
    assert (ended["status"], ended["problem"]["code"]) == ("failed", "takes_too_long")


def test_a_recording_that_takes_too_long_is_refused_at_the_first_try(
    diary: Service, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workouts.uploads.intake_service.within_time", lambda: within_time(0.001))
    ended = upload(diary, "a.fit", (files / "6449921903_ACTIVITY.fit").read_bytes())
    assert (ended["status"], ended["problem"]["code"]) == ("failed", "takes_too_long")
