"""A live session that is finished again, or joins, after its workout was cropped, split or deleted."""

from typing import Any

import boto3
import pytest

from tests.kit.services import ATHLETE, Service, sqs_event
from tests.workouts.diary import corrected, measure, upload, workout
from tests.workouts.live_sessions import SESSION, finished, save
from tests.workouts.measuring.integration.test_any_order import BEGAN
from tests.workouts.measuring.integration.test_edits_that_meet import everything, north
from workouts.live import service as live_service
from workouts.recordings.errors import RecordingError

PATH = f"/v1/workouts/{SESSION}"


def test_late_samples_of_a_session_cropped_to_nothing_are_kept_at_the_first_try(diary: Service) -> None:
    save(diary, finished(diary, BEGAN, 1200, sampled_s=1000))
    corrected(diary, "POST", f"{PATH}/crop", {"from_s": 11.2, "to_s": 11.4})
    save(diary, finished(diary, BEGAN, 1200, revision=2))
    shown = workout(diary, SESSION)
    assert (shown["measurement"], shown["flags"][0]["code"]) == ("failed", "not_measured")
    back = corrected(diary, "DELETE", f"{PATH}/crop")
    assert (back["measurement"], back["flags"]) == ("done", [])
    assert back["distance_m"] == pytest.approx(1200 * 3.336, rel=0.01)


def test_late_samples_reach_both_parts_of_a_split(diary: Service) -> None:
    save(diary, finished(diary, BEGAN, 1200, sampled_s=1000))
    corrected(diary, "POST", f"{PATH}/split", {"at_s": 600})
    save(diary, finished(diary, BEGAN, 1200, revision=2))
    measure(diary)
    assert sum(one["distance_m"] for one in everything(diary)) == pytest.approx(1200 * 3.336, rel=0.01)


def test_a_live_session_that_joined_the_second_part_comes_back_with_it(diary: Service) -> None:
    whole = north(lasts_s=1200).replace(b"</trkpt><trkpt", b"</trkpt>\n<trkpt")
    first = upload(diary, "a.gpx", whole)["workout_ids"][0]
    path = f"/v1/workouts/{first}"
    second = corrected(diary, "POST", f"{path}/split", {"at_s": 600})["cut"]["next_workout_id"]
    began = BEGAN.replace(minute=10)
    save(diary, finished(diary, began, 600))
    assert [one["workout_id"] for one in everything(diary)] == [second, first]
    assert workout(diary, second)["elapsed_time_s"] == 600
    corrected(diary, "DELETE", f"{path}/split")
    diary.invoke("on_workout_events", sqs_event(*diary.published("WorkoutDeleted")))
    stored = next(one for one in diary.bodies("workout") if one["workout_id"] == first)
    assert stored["live"]["session_id"] == SESSION
    assert boto3.client("s3").head_object(Bucket="stadion-files", Key=stored["live"]["kept"])
    save(diary, finished(diary, began, 600, revision=2))
    assert [one["workout_id"] for one in everything(diary)] == [first]
    (entry,) = diary.bodies("live")
    assert entry == {"workout_id": first, "session_revision": 2}
    assert workout(diary, first)["measurement"] == "done"


def keys(prefix: str) -> list[str]:
    found = boto3.client("s3").list_objects_v2(Bucket="stadion-files", Prefix=prefix)
    return [entry["Key"] for entry in found.get("Contents", [])]


def test_a_session_that_finishes_again_while_its_workout_is_deleted_leaves_nothing(
    diary: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workouts.live import service

    save(diary, finished(diary, BEGAN, 1200, sampled_s=1000))
    meanwhile(diary, monkeypatch, service, SESSION)
    save(diary, finished(diary, BEGAN, 1200, revision=2))
    assert everything(diary) == []
    assert keys(f"files/{ATHLETE}/") == []


def test_a_session_whose_columns_are_gone_says_failed_at_the_first_try(diary: Service) -> None:
    save(diary, finished(diary, BEGAN, 1200))
    (key,) = keys(f"files/{ATHLETE}/")
    boto3.client("s3").delete_object(Bucket="stadion-files", Key=key)
    failed = corrected(diary, "PATCH", PATH, {"sport_type": "TrailRun"})
    assert (failed["measurement"], failed["flags"][0]["code"]) == ("failed", "not_measured")


def test_parts_whose_original_is_gone_are_one_again_all_the_same(diary: Service) -> None:
    first = upload(diary, "a.gpx", north())["workout_ids"][0]
    path = f"/v1/workouts/{first}"
    second = corrected(diary, "POST", f"{path}/split", {"at_s": 600})["cut"]["next_workout_id"]
    upload(diary, "b.gpx", north(mark=1), on_duplicate="merge", corrects=second)
    for key in keys(f"files/{ATHLETE}/{second}/"):
        boto3.client("s3").delete_object(Bucket="stadion-files", Key=key)
    joined = corrected(diary, "DELETE", f"{path}/split")
    assert (joined["measurement"], len(joined["files"])) == ("failed", 2)


def meanwhile(diary: Service, monkeypatch: pytest.MonkeyPatch, module: Any, workout_id: str) -> None:
    """Deleted when the numbers are there and not written yet."""
    real = module.numbered

    def deleted(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(module, "numbered", real)
        assert diary.call("DELETE", f"/v1/workouts/{workout_id}", if_match="*").status == 204
        diary.invoke("on_workout_events", sqs_event(*diary.published("WorkoutDeleted")))
        return real(*arguments, **named)

    monkeypatch.setattr(module, "numbered", deleted)


@pytest.mark.parametrize("edit", ["crop", "split"])
def test_a_workout_that_is_deleted_while_it_is_measured_leaves_nothing(
    diary: Service, monkeypatch: pytest.MonkeyPatch, edit: str
) -> None:
    from workouts.measuring import service

    first = upload(diary, "a.gpx", north())["workout_ids"][0]
    body = {"crop": {"to_s": 600}, "split": {"at_s": 600}}[edit]
    assert diary.call("POST", f"/v1/workouts/{first}/{edit}", body, if_match="*").status == 200
    real = service.store.slots_of

    def deleted(*arguments: Any) -> Any:
        monkeypatch.setattr(service.store, "slots_of", real)
        slots = real(*arguments)
        assert diary.call("DELETE", f"/v1/workouts/{first}", if_match="*").status == 204
        diary.invoke("on_workout_events", sqs_event(*diary.published("WorkoutDeleted")))
        return slots

    monkeypatch.setattr(service.store, "slots_of", deleted)
    measure(diary)
    assert everything(diary) == []
    assert keys("files/") == []


@pytest.mark.parametrize("reason", ["takes_too_long", "no_points"])
def test_a_session_that_cannot_be_measured_ends_in_no_dead_letter(
    diary: Service, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    """Tried again, it would be the same."""

    def refuse(*_: object) -> None:
        raise RecordingError(reason)

    monkeypatch.setattr(live_service, "measured_of", refuse)

    save(diary, finished(diary, BEGAN, 600))

    assert diary.bodies("workout") == []
