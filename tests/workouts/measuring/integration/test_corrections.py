"""A sport, a stretch or a recording that is corrected: measured anew from the originals, and the way back is none."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.kit.services import ATHLETE, OTHER, Service, sqs_event
from tests.workouts.diary import announce, arrive, corrected, measure, upload, workout
from workouts.measuring.service import measured_anew
from workouts.recordings.service import SAME_NAMES, within_time

RIDE = ("4078723797.fit", "activity_4078723797.tcx", "activity_4078723797.gpx", "4078723797_strava.gpx")
OTHER_RIDE = "6449921903_ACTIVITY.fit"
PAUSED = Path(__file__).parents[2] / "recordings" / "cases" / "gpx-train-ride-in-the-pause.gpx"
CHANGING = {"revision", "updated_at", "measurement"}


@pytest.fixture
def ride(diary: Service, files: Path) -> str:
    return str(upload(diary, RIDE[0], (files / RIDE[0]).read_bytes())["workout_ids"][0])


def numbers(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in CHANGING}


@pytest.mark.parametrize("sport", ["Run", "TrailRun", "GravelRide", "VirtualRide", "Swim", "WeightTraining", "Workout"])
def test_a_sport_there_and_back_changes_nothing(diary: Service, ride: str, sport: str) -> None:
    path, before = f"/v1/workouts/{ride}", workout(diary, ride)
    there = corrected(diary, "PATCH", path, {"sport_type": sport})
    assert (there["sport_type"], there["measurement"]) == (sport, "done")
    back = corrected(diary, "PATCH", path, {"sport_type": "Ride"})
    assert numbers(back) == numbers(before)
    facts = [event["detail"]["data"]["workout"] for event in diary.published("WorkoutCorrected")]
    assert [one["sport_type"] for one in facts] == [sport, "Ride"]
    assert facts[1]["streams"] == diary.published("WorkoutRecorded")[0]["detail"]["data"]["workout"]["streams"]


def test_others_hear_of_a_corrected_sport_with_its_numbers_only(diary: Service, ride: str) -> None:
    answer = diary.call("PATCH", f"/v1/workouts/{ride}", {"sport_type": "Run", "gear_ids": []}, if_match='"1"')
    assert (answer.body["measurement"], answer.body["sport_type"]) == ("pending", "Run")
    assert diary.published("WorkoutCorrected") == []
    diary.call("PATCH", f"/v1/workouts/{ride}", {"name": "Still to be measured"}, if_match="*")
    assert diary.published("WorkoutCorrected") == []
    measure(diary)
    (told,) = diary.published("WorkoutCorrected")
    assert "average_speed_too_high" in told["detail"]["data"]["workout"]["flags"]
    assert workout(diary, ride)["name"] == "Still to be measured"


def test_crop_keeps_the_id_and_the_original_and_is_undone(diary: Service, ride: str) -> None:
    path, before = f"/v1/workouts/{ride}", workout(diary, ride)
    half = corrected(diary, "POST", f"{path}/crop", {"from_s": 600, "to_s": 4200})
    assert half["elapsed_time_s"] == pytest.approx(3600, abs=2)
    assert half["started_at"] > before["started_at"]
    assert half["cut"] == {
        "from_s": 600, "to_s": 4200, "recorded_span_s": before["cut"] or half["cut"]["recorded_span_s"],
        "next_workout_id": None,
    }  # fmt: skip
    quarter = corrected(diary, "POST", f"{path}/crop", {"to_s": 1800})
    assert quarter["elapsed_time_s"] == pytest.approx(1800, abs=2)
    assert quarter["cut"]["from_s"] == 600
    back = corrected(diary, "DELETE", f"{path}/crop")
    assert numbers(back) == numbers(before)
    refused = diary.call("DELETE", f"{path}/crop", if_match="*")
    assert (refused.status, refused.body["code"]) == (409, "workout_is_not_cropped")


def test_split_makes_two_that_sum_up_and_are_one_again(diary: Service, ride: str) -> None:
    path, before = f"/v1/workouts/{ride}", workout(diary, ride)
    first = corrected(diary, "POST", f"{path}/split", {"at_s": 3000})
    second = workout(diary, first["cut"]["next_workout_id"])
    assert first["distance_m"] + second["distance_m"] == pytest.approx(before["distance_m"], rel=0.002)
    assert first["timer_time_s"] + second["timer_time_s"] == pytest.approx(before["timer_time_s"], abs=3)
    assert [event["detail"]["data"]["workout"]["workout_id"] for event in diary.published("WorkoutRecorded")] == [
        ride, second["workout_id"],
    ]  # fmt: skip
    third = corrected(diary, "POST", f"/v1/workouts/{second['workout_id']}/split", {"at_s": 600})
    assert third["cut"]["next_workout_id"] not in {ride, second["workout_id"], None}
    corrected(diary, "DELETE", f"/v1/workouts/{second['workout_id']}/split")
    back = corrected(diary, "DELETE", f"{path}/split")
    assert numbers(back) == numbers(before)
    assert diary.call("GET", f"/v1/workouts/{second['workout_id']}").status == 404
    assert len(diary.call("GET", "/v1/workouts").body["items"]) == 1


def test_a_workout_can_be_split_cropped_and_joined_in_any_order(diary: Service, ride: str) -> None:
    path, before = f"/v1/workouts/{ride}", workout(diary, ride)
    corrected(diary, "POST", f"{path}/crop", {"from_s": 300})
    second = corrected(diary, "POST", f"{path}/split", {"at_s": 3000})["cut"]["next_workout_id"]
    corrected(diary, "POST", f"/v1/workouts/{second}/crop", {"to_s": 600})
    corrected(diary, "PATCH", path, {"sport_type": "GravelRide"})
    joined = corrected(diary, "DELETE", f"{path}/split")
    assert joined["elapsed_time_s"] == pytest.approx(3600, abs=3)
    corrected(diary, "PATCH", path, {"sport_type": "Ride"})
    assert numbers(corrected(diary, "DELETE", f"{path}/crop")) == numbers(before)


def test_what_was_split_off_and_deleted_does_not_come_back(diary: Service, ride: str) -> None:
    path = f"/v1/workouts/{ride}"
    second = corrected(diary, "POST", f"{path}/split", {"at_s": 3000})["cut"]["next_workout_id"]
    diary.call("DELETE", f"/v1/workouts/{second}", if_match="*")
    refused = diary.call("DELETE", f"{path}/split", if_match="*")
    assert (refused.status, refused.body["code"]) == (409, "split_part_is_gone")


def test_who_is_told_to_delete_the_rest_and_upload_again_has_all_of_it(diary: Service, ride: str, files: Path) -> None:
    path, before = f"/v1/workouts/{ride}", workout(diary, ride)
    second = corrected(diary, "POST", f"{path}/split", {"at_s": 3000})["cut"]["next_workout_id"]
    diary.call("DELETE", f"/v1/workouts/{second}", if_match="*")
    assert "Delete this one too" in diary.call("DELETE", f"{path}/split", if_match="*").body["detail"]
    diary.call("DELETE", path, if_match="*")
    again = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes())["workout_ids"]
    assert workout(diary, again[0])["elapsed_time_s"] == before["elapsed_time_s"]


def test_a_stretch_outside_is_told_by_the_clock_that_is_shown(diary: Service, ride: str) -> None:
    shown = corrected(diary, "POST", f"/v1/workouts/{ride}/crop", {"from_s": 900, "to_s": 3000})
    refused = diary.call("POST", f"/v1/workouts/{ride}/crop", {"from_s": 2500}, if_match="*", accept_language="ru")
    assert refused.body["code"] == "outside_the_recording"
    assert f"Сейчас тренировка длится {int(shown['elapsed_time_s'])} с:" in refused.body["detail"]


def test_both_parts_keep_originals_of_their_own(diary: Service, ride: str) -> None:
    path = f"/v1/workouts/{ride}"
    second = corrected(diary, "POST", f"{path}/split", {"at_s": 3000})["cut"]["next_workout_id"]
    diary.call("DELETE", path, if_match="*")
    diary.invoke("on_workout_events", sqs_event(*diary.published("WorkoutDeleted")))
    assert corrected(diary, "PATCH", f"/v1/workouts/{second}", {"sport_type": "GravelRide"})["measurement"] == "done"


@pytest.mark.parametrize(
    ("where", "body", "status", "code"),
    [
        ("crop", {"from_s": 99_999}, 400, "outside_the_recording"),
        ("crop", {"from_s": 100, "to_s": 100}, 400, "outside_the_recording"),
        ("crop", {"from_s": -1}, 422, "request_is_invalid"),
        ("split", {"at_s": 99_999}, 400, "outside_the_recording"),
        ("split", {"at_s": 0}, 422, "request_is_invalid"),
        ("split", {}, 422, "request_is_invalid"),
    ],
)
def test_a_stretch_that_is_none_is_refused(
    diary: Service, ride: str, where: str, body: dict[str, Any], status: int, code: str
) -> None:
    refused = diary.call("POST", f"/v1/workouts/{ride}/{where}", body, if_match="*")
    assert (refused.status, refused.body["code"]) == (status, code)


def test_only_the_owner_and_the_newest_version_and_a_recording_can_be_cut(diary: Service, ride: str) -> None:
    path = f"/v1/workouts/{ride}/crop"
    assert diary.call("POST", path, {"to_s": 60}, user=OTHER, if_match="*").body["code"] == "workout_not_found"
    assert diary.call("POST", path, {"to_s": 60}).status == 428
    assert diary.call("POST", path, {"to_s": 60}, if_match='"7"').status == 412
    typed = {"sport_type": "Run", "started_at": "2026-11-20T05:40:00Z", "elapsed_time_s": 1834}
    by_hand = diary.call("POST", "/v1/workouts", typed).body["workout_id"]
    refused = diary.call("POST", f"/v1/workouts/{by_hand}/crop", {"to_s": 60}, if_match="*")
    assert (refused.status, refused.body["code"]) == (422, "workout_has_no_recording")


def test_the_same_ride_of_another_device_is_found_though_it_was_cut(diary: Service, ride: str, files: Path) -> None:
    corrected(diary, "POST", f"/v1/workouts/{ride}/crop", {"from_s": 900, "to_s": 3000})
    assert upload(diary, RIDE[1], (files / RIDE[1]).read_bytes())["existing_workout_id"] == ride
    merged = upload(diary, RIDE[2], (files / RIDE[2]).read_bytes(), on_duplicate="merge")
    assert merged["workout_ids"] == [ride]
    assert workout(diary, ride)["elapsed_time_s"] == pytest.approx(2100, abs=5)


def test_a_recording_that_cannot_be_measured_says_so_at_once(
    diary: Service, ride: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instead of being tried again and again: what was measured before stays shown, everybody hears of the sport."""
    monkeypatch.setattr("workouts.measuring.service.within_time", lambda: within_time(0.001))
    failed = corrected(diary, "PATCH", f"/v1/workouts/{ride}", {"sport_type": "Run"})
    assert (failed["measurement"], failed["sport_type"]) == ("failed", "Run")
    assert failed["measurement_problem"]["code"] == "takes_too_long"
    assert len(diary.published("WorkoutCorrected")) == 1


def test_an_original_that_is_gone_fails_and_leaves_the_numbers(diary: Service, ride: str) -> None:
    before = workout(diary, ride)
    for entry in boto3.client("s3").list_objects_v2(Bucket="stadion-files", Prefix="files/")["Contents"]:
        boto3.client("s3").delete_object(Bucket="stadion-files", Key=entry["Key"])
    failed = corrected(diary, "PATCH", f"/v1/workouts/{ride}", {"sport_type": "Run"})
    assert (failed["measurement"], failed["distance_m"]) == ("failed", before["distance_m"])
    assert failed["measurement_problem"]["code"] == "original_gone"


def test_a_stretch_without_points_says_why_it_fails_and_can_be_taken_back(diary: Service) -> None:
    walk = upload(diary, PAUSED.name, PAUSED.read_bytes())["workout_ids"][0]
    before = workout(diary, walk)
    failed = corrected(diary, "POST", f"/v1/workouts/{walk}/crop", {"from_s": 400, "to_s": 800})
    assert failed["measurement"] == "failed"
    shown = diary.call("GET", f"/v1/workouts/{walk}", accept_language="ru")
    assert shown.body["measurement_problem"] == {
        "code": "nothing_left",
        "detail": "На этом отрезке нет записанных точек. Выберите отрезок длиннее.",
    }
    back = corrected(diary, "DELETE", f"/v1/workouts/{walk}/crop")
    assert (back["measurement"], back["measurement_problem"]) == ("done", None)
    assert numbers(back) == numbers(before)


def test_an_upload_names_the_workout_that_it_corrects(diary: Service, ride: str, files: Path) -> None:
    before, other = workout(diary, ride), (files / OTHER_RIDE).read_bytes()
    ended = upload(diary, OTHER_RIDE, other, corrects=ride)
    assert (ended["status"], ended["workout_ids"]) == ("ready", [ride])
    replaced = workout(diary, ride)
    assert replaced["distance_m"] != before["distance_m"]
    assert [file["replaced"] for file in replaced["files"]] == [True, False]
    restored = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes(), corrects=ride)
    assert restored["status"] == "ready"
    shown = workout(diary, ride)
    assert [file["replaced"] for file in shown["files"]] == [False, True]
    assert shown["distance_m"] == before["distance_m"]
    assert upload(diary, OTHER_RIDE, other, corrects=ride, on_duplicate="merge")["problem"]["code"] == "unlike"


def test_an_upload_cannot_correct_what_is_not_there(diary: Service, ride: str, files: Path) -> None:
    named = {"filename": OTHER_RIDE, "corrects": ride}
    assert diary.call("POST", "/v1/uploads", named, user=OTHER).body["code"] == "workout_not_found"
    assert diary.call("POST", "/v1/uploads", {**named, "on_duplicate": "force"}).status == 422
    announced = announce(diary, OTHER_RIDE, corrects=ride)
    diary.call("DELETE", f"/v1/workouts/{ride}", if_match="*")
    arrive(diary, announced, (files / OTHER_RIDE).read_bytes())
    ended = diary.call("GET", f"/v1/uploads/{announced['upload_id']}").body
    assert (ended["status"], ended["problem"]["code"]) == ("failed", "workout_gone")


def test_what_was_typed_in_fills_what_the_recording_lacks_and_stays(diary: Service, files: Path) -> None:
    typed = {
        "sport_type": "Ride", "started_at": "2019-09-18T15:04:17Z", "elapsed_time_s": 10_000, "calories_kcal": 1500,
        "average_heart_rate_bpm": 140,
    }  # fmt: skip
    by_hand = diary.call("POST", "/v1/workouts", typed).body["workout_id"]
    upload(diary, RIDE[3], (files / RIDE[3]).read_bytes(), corrects=by_hand, on_duplicate="merge")
    before = workout(diary, by_hand)
    for sport in ("Run", "Ride"):
        shown = corrected(diary, "PATCH", f"/v1/workouts/{by_hand}", {"sport_type": sport})
    assert numbers(shown) == numbers(before)


def test_recordings_of_a_workout_are_bounded(diary: Service, ride: str, files: Path) -> None:
    data = (files / RIDE[2]).read_bytes()
    ended = [
        upload(diary, f"{n}.gpx", data.replace(b"<gpx", f"<!-- {n} --><gpx".encode(), 1), on_duplicate="merge")
        for n in range(8)
    ]
    assert [one["status"] for one in ended] == ["ready"] * 7 + ["failed"]
    assert ended[-1]["problem"]["code"] == "too_many_files"


def test_a_file_that_joins_before_a_split_is_measured_takes_nothing_from_it(
    diary: Service, ride: str, files: Path
) -> None:
    answer = diary.call("POST", f"/v1/workouts/{ride}/split", {"at_s": 3000}, if_match="*")
    upload(diary, RIDE[1], (files / RIDE[1]).read_bytes(), on_duplicate="merge")
    assert workout(diary, ride)["measurement"] == "done"
    measure(diary)
    second = workout(diary, answer.body["cut"]["next_workout_id"])
    assert second["distance_m"] + workout(diary, ride)["distance_m"] == pytest.approx(57_567, rel=0.005)


def test_a_dry_run_writes_nothing_anywhere(diary: Service, ride: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workouts.recordings.service.SAME_NAMES", SAME_NAMES - {"ascent_m"})
    diary.enter()
    items, objects = diary.items(), everything()
    found = measured_anew(ATHLETE, ride, datetime.now(UTC), write=False)
    assert found.is_news
    assert found.after is not None
    assert (found.after.ascent_m, found.before.ascent_m) == (None, 1254.0)
    assert (diary.items(), everything()) == (items, objects)


def everything() -> set[str]:
    s3 = boto3.client("s3")
    return {
        f"{bucket['Name']}/{entry['Key']}"
        for bucket in s3.list_buckets()["Buckets"]
        for entry in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", [])
    }


START = "2026-05-01T06:00:00Z"


def by_hand(diary: Service, **fields: Any) -> str:
    typed = {"sport_type": "Run", "started_at": START, "elapsed_time_s": 3_600, "moving_time_s": 3_600, "rpe": 6}
    return str(diary.call("POST", "/v1/workouts", {**typed, **fields}).body["workout_id"])


def by_strap(diary: Service) -> str:
    heart = "<HeartRateBpm><Value>140</Value></HeartRateBpm>"
    points = "".join(
        f"<Trackpoint><Time>2026-05-01T{6 + minute // 60:02}:{minute % 60:02}:00Z</Time>{heart}</Trackpoint>"
        for minute in range(61)
    )
    strap = (
        f'<TrainingCenterDatabase><Activities><Activity Sport="Running"><Id>{START}</Id><Lap StartTime="{START}">'
        f"<TotalTimeSeconds>3600</TotalTimeSeconds><Track>{points}</Track></Lap></Activity></Activities>"
        "</TrainingCenterDatabase>"
    )
    return str(upload(diary, "strap.tcx", strap.encode(), on_duplicate="merge")["workout_ids"][0])


def a_treadmill_run(diary: Service, *, distance_m: float) -> str:
    """Typed in, with the strap's file of it."""
    workout_id = by_hand(diary, distance_m=distance_m)
    assert by_strap(diary) == workout_id
    return workout_id


@pytest.mark.parametrize(("how", "body"), [("crop", {"to_s": 1_800}), ("split", {"at_s": 1_800})])
def test_what_was_typed_in_of_the_whole_says_nothing_of_a_part(diary: Service, how: str, body: dict[str, Any]) -> None:
    path = f"/v1/workouts/{a_treadmill_run(diary, distance_m=10_000)}"
    before = diary.call("GET", path).body
    assert (before["distance_m"], before["average_speed_mps"], before["flags"]) == (10_000, 2.778, [])
    half = corrected(diary, "POST", f"{path}/{how}", body)
    assert (half["elapsed_time_s"], half["distance_m"], half["average_speed_mps"]) == (1_800, None, None)
    assert half["rpe"] == 6
    assert numbers(corrected(diary, "DELETE", f"{path}/{how}")) == numbers(before)


def flags(diary: Service, workout_id: str) -> list[str]:
    return [flag["code"] for flag in workout(diary, workout_id)["flags"]]


def test_a_file_without_a_distance_takes_no_flag_off_the_one_that_was_typed_in(diary: Service) -> None:
    assert flags(diary, a_treadmill_run(diary, distance_m=60_000)) == ["average_speed_too_high"]


def test_a_distance_that_is_typed_in_later_is_judged(diary: Service) -> None:
    recorded = by_strap(diary)
    assert by_hand(diary, distance_m=60_000, on_duplicate="merge") == recorded
    assert flags(diary, recorded) == ["average_speed_too_high"]


def test_others_are_told_of_a_distance_that_nobody_recorded(diary: Service) -> None:
    recorded = by_strap(diary)
    assert by_hand(diary, distance_m=9_000, on_duplicate="merge") == recorded
    told = [one["detail"]["data"]["workout"] for one in diary.published() if "workout" in one["detail"]["data"]]
    last = max(told, key=lambda one: one["revision"])
    assert (last["origin"], last["distance_m"], last["by_hand"]) == ("upload", 9_000, ["distance_m"])


def test_a_distance_that_is_typed_in_of_what_was_typed_in_is_judged(diary: Service) -> None:
    before = by_hand(diary)
    assert by_hand(diary, distance_m=60_000, on_duplicate="merge") == before
    assert flags(diary, before) == ["average_speed_too_high"]


@pytest.mark.parametrize("how", ["PATCH", "upload"])
def test_another_devices_file_is_known_whatever_the_athlete_called_the_sport(
    diary: Service, files: Path, how: str
) -> None:
    """Its file calls it a ride still."""
    named = {"sport_type": "Run"} if how == "upload" else {}
    first = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes(), **named)["workout_ids"][0]
    if how == "PATCH":
        corrected(diary, "PATCH", f"/v1/workouts/{first}", {"sport_type": "Run"})
    assert upload(diary, RIDE[1], (files / RIDE[1]).read_bytes())["existing_workout_id"] == first


def test_a_crop_that_takes_nothing_off_is_no_edit(diary: Service, ride: str) -> None:
    answer = diary.call("POST", f"/v1/workouts/{ride}/crop", {}, if_match="*")
    assert (answer.status, answer.body["revision"], answer.body["measurement"]) == (200, 1, "done")


def test_a_recording_that_kills_its_process_twice_is_not_tried_again(
    diary: Service, ride: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def kill(*_: Any, **__: Any) -> None:
        raise KilledError

    diary.call("PATCH", f"/v1/workouts/{ride}", {"sport_type": "Run"}, if_match="*")
    with monkeypatch.context() as patched:
        patched.setattr("workouts.measuring.service.measured_of", kill)
        for _ in range(2):
            with pytest.raises(KilledError):
                measure(diary)
    measure(diary)
    shown = workout(diary, ride)
    assert (shown["measurement"], shown["measurement_problem"]["code"]) == ("failed", "takes_too_long")
    assert corrected(diary, "PATCH", f"/v1/workouts/{ride}", {"sport_type": "Ride"})["measurement"] == "done"
