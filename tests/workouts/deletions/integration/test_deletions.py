"""Of a deleted workout nothing is left in any bucket, in no version; of everything else, all."""

from pathlib import Path
from typing import Any

import boto3
import pytest

from stadion import claims, storage
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event
from tests.workouts.uploads.integration.test_uploads import RIDE, announce, arrive, upload
from workouts.uploads import intake_service

BUCKETS = ("stadion-files", "stadion-claims")
RUN = "6449921903_ACTIVITY.fit"


@pytest.fixture(params=[True, False], ids=["with versions", "without"])
def diary(workouts: Service, request: pytest.FixtureRequest) -> Service:
    storage.s3_client.cache_clear()
    for bucket in BUCKETS if request.param else ():
        boto3.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return workouts


def everything() -> list[tuple[str, str, str]]:
    """Bucket, key and version of each object, and of each mark that a deletion left."""
    return [(bucket, one.key, one.version_id) for bucket in BUCKETS for one in storage.versions_under(bucket, "")]


def keys_with(text: str) -> set[str]:
    return {key for _, key, _ in everything() if text in key}


def delete(diary: Service, workout_id: str, *, user: str = ATHLETE) -> None:
    assert diary.call("DELETE", f"/v1/workouts/{workout_id}", if_match="*", user=user).status == 204
    told = sqs_event(*diary.published("WorkoutDeleted"))
    assert diary.invoke("on_workout_events", told) == {"batchItemFailures": []}


def ride(diary: Service, files: Path) -> str:
    """Of two files, the second of which made the claim of the first an older one."""
    first = upload(diary, RIDE[0], (files / RIDE[0]).read_bytes())
    upload(diary, RIDE[3], (files / RIDE[3]).read_bytes(), on_duplicate="replace")
    return str(first["workout_ids"][0])


def test_its_originals_their_uploads_and_its_claims_go(diary: Service, files: Path) -> None:
    workout_id = ride(diary, files)
    assert {key.split("/")[0] for key in keys_with(ATHLETE)} == {"files", "streams", "uploads"}
    assert len(keys_with(f"streams/{ATHLETE}/{workout_id}/")) == 2
    boto3.client("s3").delete_object(Bucket="stadion-files", Key=next(iter(keys_with("files/"))))
    delete(diary, workout_id)
    assert everything() == []


def test_what_is_not_of_it_stays(diary: Service, files: Path) -> None:
    workout_id = ride(diary, files)
    upload(diary, RUN, (files / RUN).read_bytes())
    waiting = announce(diary, "a.fit")["form"]["fields"]["key"]
    boto3.client("s3").put_object(Bucket="stadion-files", Key=waiting, Body=b"not looked at yet")
    theirs = diary.call("POST", "/v1/uploads", {"filename": "a.fit"}, user=OTHER).body
    arrive(diary, theirs, (files / RIDE[0]).read_bytes())
    of_the_ride = [f"/{workout_id}/", *_uploads_of(diary, workout_id)]
    stays = [one for one in everything() if not any(text in one[1] for text in of_the_ride)]
    delete(diary, workout_id)
    assert everything() == stays
    assert {key.split("/")[0] for _, key, _ in stays} == {"files", "streams", "uploads"}
    assert waiting in keys_with("uploads/")


def _uploads_of(diary: Service, workout_id: str) -> list[str]:
    return [one["upload_id"] for one in diary.bodies("upload") if workout_id in one["workout_ids"]]


def test_an_id_that_names_somebody_else_takes_nothing_of_theirs(diary: Service, files: Path) -> None:
    """Ids of workouts are the client's choice: also that of another athlete, or of their workout."""
    workout_id = ride(diary, files)
    before = everything()
    manual: dict[str, Any] = {"sport_type": "Run", "started_at": "2026-11-20T05:40:00Z", "elapsed_time_s": 1800}
    for n, chosen in enumerate([ATHLETE, workout_id]):
        sent = {**manual, "started_at": f"2026-11-2{n}T05:40:00Z", "workout_id": chosen}
        assert diary.call("POST", "/v1/workouts", sent, user=OTHER).status == 201
        delete(diary, chosen, user=OTHER)
    assert everything() == before


def test_a_file_that_joins_a_workout_while_that_is_deleted_leaves_nothing_in_its_folder(
    diary: Service, files: Path
) -> None:
    gone = str(upload(diary, RIDE[0], (files / RIDE[0]).read_bytes())["workout_ids"][0])
    numbered = intake_service.numbered

    def deleted_meanwhile(*arguments: Any, **named: Any) -> Any:
        diary.monkeypatch.setattr(intake_service, "numbered", numbered)
        delete(diary, gone)
        return numbered(*arguments, **named)

    diary.monkeypatch.setattr(intake_service, "numbered", deleted_meanwhile)
    ended = upload(diary, RIDE[3], (files / RIDE[3]).read_bytes(), on_duplicate="merge")
    assert ended["workout_ids"] != [gone]
    kept = boto3.client("s3").list_objects_v2(Bucket="stadion-files", Prefix="files/")["Contents"]
    assert [entry["Key"].split("/")[2] for entry in kept] == ended["workout_ids"]


def test_a_workout_without_any_file_has_nothing_to_forget(diary: Service) -> None:
    sent = {"sport_type": "Run", "started_at": "2026-11-20T05:40:00Z", "elapsed_time_s": 1800}
    delete(diary, diary.call("POST", "/v1/workouts", sent).body["workout_id"])
    assert everything() == []


def test_what_s3_does_not_remove_is_tried_again(diary: Service, files: Path) -> None:
    workout_id = ride(diary, files)
    refused = {"Errors": [{"Key": "a", "Code": "InternalError"}]}
    with diary.monkeypatch.context() as broken:
        broken.setattr(storage.s3_client(), "delete_objects", lambda **_: refused)
        diary.call("DELETE", f"/v1/workouts/{workout_id}", if_match="*")
        told = sqs_event(*diary.published("WorkoutDeleted"))
        assert len(diary.invoke("on_workout_events", told)["batchItemFailures"]) == 1
    assert diary.invoke("on_workout_events", told) == {"batchItemFailures": []}
    assert everything() == []


def test_more_than_a_thousand_versions_go(diary: Service) -> None:
    diary.enter()
    for number in range(1_100):
        claims.deposit(f"{claims.folder(ATHLETE, 'w-1')}{number}", b"x")
    assert claims.forget(ATHLETE, "w-1") == 1_100
    assert everything() == []
