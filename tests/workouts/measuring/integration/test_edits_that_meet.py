"""Edits that meet before the numbers are there, and numbers that nothing measured: nothing is lost, nothing cheated."""

from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from stadion import clock
from tests.kit.services import Service
from tests.workouts.diary import corrected, measure, upload, workout
from tests.workouts.measuring.integration.test_any_order import BEGAN

HOUR_S = 3600
RUN_DEGREES, RIDE_DEGREES = 3e-5, 1e-4
"""To the north in a second: 12 and 40 km/h."""
MANUAL_RUN = {"sport_type": "Run", "started_at": "2026-11-20T05:40:00Z", "elapsed_time_s": 3600}


def north(
    *,
    degrees: float = RUN_DEGREES,
    kind: str = "running",
    began: datetime = BEGAN,
    lasts_s: int = HOUR_S,
    every_s: int = 5,
    silent: tuple[int, int] = (0, 0),
    mark: int = 0,
) -> bytes:
    def point(second: int) -> str:
        time = clock.rfc3339(began + timedelta(seconds=second))
        return f'<trkpt lat="{55 + second * degrees:.6f}" lon="37.6"><time>{time}</time></trkpt>'

    seconds = (one for one in range(0, lasts_s + 1, every_s) if not silent[0] < one < silent[1])
    return (
        f'<gpx version="1.1" creator="{mark}" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><type>{kind}</type><trkseg>{''.join(map(point, seconds))}</trkseg></trk></gpx>"
    ).encode()


def uploaded(diary: Service, data: bytes) -> tuple[str, str]:
    workout_id = upload(diary, "a.gpx", data)["workout_ids"][0]
    return workout_id, f"/v1/workouts/{workout_id}"


def everything(diary: Service) -> list[dict[str, Any]]:
    return [workout(diary, one["workout_id"]) for one in diary.call("GET", "/v1/workouts").body["items"]]


def told(diary: Service) -> dict[str, Any]:
    return dict(diary.published("WorkoutCorrected")[-1]["detail"]["data"]["workout"])


# --- what nothing measured counts for nothing -------------------------------------------------------------------------


def test_a_ride_that_cannot_be_measured_as_a_run_is_no_run_of_anybodys_records(diary: Service) -> None:
    _, path = uploaded(diary, north(degrees=RIDE_DEGREES, kind="cycling"))
    corrected(diary, "POST", f"{path}/crop", {"from_s": 11.2, "to_s": 11.4})
    failed = corrected(diary, "PATCH", path, {"sport_type": "Run"})
    assert (failed["measurement"], failed["flags"][0]["code"]) == ("failed", "not_measured")
    assert told(diary)["flags"] == ["not_measured"]
    corrected(diary, "PATCH", path, {"sport_type": "Ride"})
    back = corrected(diary, "DELETE", f"{path}/crop")
    assert (back["measurement"], back["flags"]) == ("done", [])
    assert told(diary)["flags"] == []


def test_a_distance_that_is_merged_into_a_workout_by_hand_is_judged(diary: Service) -> None:
    diary.call("POST", "/v1/workouts", MANUAL_RUN)
    joined = diary.call("POST", "/v1/workouts", {**MANUAL_RUN, "distance_m": 100_000, "on_duplicate": "merge"}).body
    assert [flag["code"] for flag in joined["flags"]] == ["average_speed_too_high"]


def indoor(lasts_s: int, *, every_s: int = 5) -> bytes:
    """A heart and no way."""

    def point(second: int) -> str:
        time = clock.rfc3339(BEGAN + timedelta(seconds=second))
        return f"<Trackpoint><Time>{time}</Time><HeartRateBpm><Value>150</Value></HeartRateBpm></Trackpoint>"

    points = "".join(point(second) for second in range(0, lasts_s + 1, every_s))
    return (
        '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>'
        f'<Activity Sport="Running"><Id>{clock.rfc3339(BEGAN)}</Id><Lap StartTime="{clock.rfc3339(BEGAN)}">'
        f"<TotalTimeSeconds>{lasts_s}</TotalTimeSeconds><Calories>600</Calories><Track>{points}</Track></Lap></Activity></Activities>"
        "</TrainingCenterDatabase>"
    ).encode()


@pytest.mark.parametrize("order", ["recording first", "by hand first"])
def test_a_distance_typed_beside_a_recording_without_one_is_judged(diary: Service, order: str) -> None:
    typed = {**MANUAL_RUN, "started_at": clock.rfc3339(BEGAN), "distance_m": 60_000, "on_duplicate": "merge"}
    if order == "recording first":
        _, path = uploaded(diary, indoor(HOUR_S))
        diary.call("POST", "/v1/workouts", typed)
    else:
        path = f"/v1/workouts/{diary.call('POST', '/v1/workouts', typed).body['workout_id']}"
        upload(diary, "a.tcx", indoor(HOUR_S), on_duplicate="merge")
    shown = diary.call("GET", path).body
    assert (shown["distance_m"], [flag["code"] for flag in shown["flags"]]) == (60_000, ["average_speed_too_high"])
    corrected(diary, "PATCH", path, {"sport_type": "Ride"})
    back = corrected(diary, "PATCH", path, {"sport_type": "Run"})
    assert back["flags"] == shown["flags"]


def test_a_distance_typed_of_the_whole_is_none_of_a_part(diary: Service) -> None:
    _, path = uploaded(diary, indoor(HOUR_S))
    typed = {**MANUAL_RUN, "started_at": clock.rfc3339(BEGAN), "distance_m": 10_000, "on_duplicate": "merge"}
    diary.call("POST", "/v1/workouts", typed)
    assert corrected(diary, "POST", f"{path}/crop", {"to_s": 1500})["distance_m"] is None
    assert corrected(diary, "DELETE", f"{path}/crop")["distance_m"] == 10_000


def test_how_hard_a_recorded_workout_felt_stays_as_it_was_said(diary: Service) -> None:
    _, path = uploaded(diary, north())
    corrected(diary, "PATCH", path, {"rpe": 7})
    assert corrected(diary, "PATCH", path, {"sport_type": "TrailRun"})["rpe"] == 7
    upload(diary, "b.gpx", north(every_s=2, mark=1), on_duplicate="merge")
    corrected(diary, "POST", f"{path}/split", {"at_s": 1000})
    assert [one["rpe"] for one in everything(diary)] == [7, 7]
    corrected(diary, "PATCH", path, {"rpe": None})
    assert corrected(diary, "DELETE", f"{path}/split")["rpe"] is None


@pytest.mark.parametrize("from_s", [0, 2 * HOUR_S])
def test_a_sport_that_is_named_by_hand_ends_the_guess(diary: Service, from_s: int) -> None:
    """Also of a workout that is found by the whole recording, hours before what is left of it."""
    lasts_s = 3 * HOUR_S
    _, path = uploaded(diary, north(lasts_s=lasts_s).replace(b"<type>running</type>", b""))
    if from_s:
        corrected(diary, "POST", f"{path}/crop", {"from_s": from_s})
    typed = {"sport_type": "TrailRun", "started_at": clock.rfc3339(BEGAN), "elapsed_time_s": lasts_s}
    joined = diary.call("POST", "/v1/workouts", {**typed, "on_duplicate": "merge"})
    assert (joined.status, joined.body["measurement"]) == (200, "pending")
    measure(diary)
    shown = diary.call("GET", path).body
    assert (shown["sport_type"], shown["sport_guessed"], shown["measurement"]) == ("TrailRun", False, "done")
    assert shown["elapsed_time_s"] == lasts_s - from_s


# --- edits that meet --------------------------------------------------------------------------------------------------


def test_a_part_that_is_split_before_it_is_there_loses_nothing(diary: Service) -> None:
    workout_id, path = uploaded(diary, north())
    whole_m = workout(diary, workout_id)["distance_m"]
    for at_s in (3000, 1000):
        assert diary.call("POST", f"{path}/split", {"at_s": at_s}, if_match="*").status == 200
    for _ in range(3):
        measure(diary)
    parts = everything(diary)
    assert [one["elapsed_time_s"] for one in reversed(parts)] == [1000, 2000, 600]
    assert sum(one["distance_m"] for one in parts) == pytest.approx(whole_m, rel=0.005)


@pytest.mark.parametrize(
    ("first", "then", "body"),
    [
        ("split", "split", {"at_s": 3000}),
        ("split", "split", {"at_s": 3200}),
        ("crop", "split", {"at_s": 100}),
        ("crop", "crop", {"to_s": 100}),
    ],
)
def test_a_second_cut_that_leaves_nothing_of_the_first_is_refused(
    diary: Service, first: str, then: str, body: dict[str, Any]
) -> None:
    """Shown is what was measured, while the first is on its way."""
    _, path = uploaded(diary, north())
    made = diary.call(
        "POST", f"{path}/{first}", {"split": {"at_s": 3000}, "crop": {"from_s": 600}}[first], if_match="*"
    )
    assert made.status == 200
    refused = diary.call("POST", f"{path}/{then}", body, if_match="*")
    assert (refused.status, refused.body["code"]) == (400, "outside_the_recording")
    measure(diary)
    assert {one["measurement"] for one in everything(diary)} == {"done"}


def test_others_hear_of_a_sport_that_a_file_without_news_overtook(
    diary: Service,
) -> None:
    """Both sports measure the same."""
    _, path = uploaded(diary, indoor(HOUR_S))
    diary.call("PATCH", path, {"sport_type": "TrailRun"}, if_match="*")
    upload(diary, "b.tcx", indoor(HOUR_S, every_s=30), on_duplicate="merge")
    measure(diary)
    assert told(diary)["sport_type"] == "TrailRun"


def test_others_hear_of_the_gear_that_a_file_without_news_names(diary: Service) -> None:
    _, path = uploaded(diary, north())
    gear = ["0a0b0c0d-0000-4000-8000-000000000001"]
    upload(diary, "b.gpx", north(every_s=30, mark=1), on_duplicate="merge", gear_ids=gear)
    assert diary.call("GET", path).body["gear_ids"] == gear
    assert told(diary)["gear_ids"] == gear


def test_a_recording_of_another_day_replaces_a_workout_that_was_cropped(diary: Service) -> None:
    workout_id, path = uploaded(diary, north())
    corrected(diary, "POST", f"{path}/crop", {"from_s": 60, "to_s": 3000})
    ended = upload(diary, "b.gpx", north(began=BEGAN - timedelta(days=2)), corrects=workout_id)
    assert ended["status"] == "ready"
    shown = workout(diary, workout_id)
    assert (shown["elapsed_time_s"], shown["cut"]) == (HOUR_S, None)


def test_a_replacement_whose_first_point_in_the_stretch_is_hours_later_is_taken_in(diary: Service) -> None:
    workout_id, path = uploaded(diary, north(lasts_s=3 * HOUR_S))
    corrected(diary, "POST", f"{path}/crop", {"from_s": 4600})
    silent = north(lasts_s=3 * HOUR_S, silent=(3300, 8000), mark=1)
    assert upload(diary, "b.gpx", silent, corrects=workout_id)["status"] == "ready"
    assert workout(diary, workout_id)["started_at"] == "2026-11-20T08:13:20Z"


def test_a_recording_whose_part_was_deleted_is_whole_again_as_the_refusal_says(diary: Service) -> None:
    _, path = uploaded(diary, north())
    second = corrected(diary, "POST", f"{path}/split", {"at_s": 3000})["cut"]["next_workout_id"]
    diary.call("DELETE", f"/v1/workouts/{second}", if_match="*")
    refused = diary.call("DELETE", f"{path}/split", if_match="*")
    assert (refused.status, refused.body["code"]) == (409, "split_part_is_gone")
    assert upload(diary, "a.gpx", north())["status"] == "duplicate"
    diary.call("DELETE", path, if_match="*")
    assert upload(diary, "a.gpx", north())["status"] == "ready"
    assert [one["elapsed_time_s"] for one in everything(diary)] == [HOUR_S]


def test_a_file_that_is_refused_for_its_second_part_leaves_no_copy_of_the_first(diary: Service) -> None:
    workout_id, path = uploaded(diary, north())
    corrected(diary, "POST", f"{path}/crop", {"from_s": 11.2, "to_s": 11.4})
    before, new = north(mark=1, every_s=7), north(kind="cycling", began=BEGAN - timedelta(days=1), lasts_s=600)
    both = new.replace(b"</gpx>", b"<trk>" + before.split(b"<trk>")[1])
    ended = upload(diary, "b.gpx", both, on_duplicate="merge")
    assert (ended["status"], ended["problem"]["code"]) == ("failed", "nothing_left")
    kept = boto3.client("s3").list_objects_v2(Bucket="stadion-files", Prefix="files/")["Contents"]
    assert [entry["Key"].split("/")[2] for entry in kept] == [workout_id]


def test_parts_that_have_too_many_recordings_together_stay_two(diary: Service) -> None:
    """Each time that a workout is measured, all of its recordings are decoded."""
    first, path = uploaded(diary, north())
    second = corrected(diary, "POST", f"{path}/split", {"at_s": 600})["cut"]["next_workout_id"]
    for mark in range(1, 9):
        named = {"corrects": first if mark % 2 else second, "on_duplicate": "merge"}
        assert upload(diary, "b.gpx", north(every_s=60, mark=mark), **named)["status"] == "ready"
    refused = diary.call("DELETE", f"{path}/split", if_match="*")
    assert (refused.status, refused.body["code"]) == (409, "too_many_recordings")
    assert len(everything(diary)) == 2
