"""Original recordings in S3: one folder for each workout, presigned out."""

from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import quote

from stadion.settings import load
from stadion.storage import delete_versions, s3_client, versions_under
from workouts.domain import FileRef, LivePart, Workout
from workouts.settings import WorkoutSettings

LINK_LASTS = timedelta(minutes=15)
UNVERSIONED = "null"
"""What S3 calls the one version of an object in a bucket that keeps none."""


def original(user_id: str, workout_id: str, sha256: str) -> str:
    """The key of a recording in the folder of its workout, with which it goes."""
    return f"{folder(user_id, workout_id)}{sha256[:16]}"


def keep(file: FileRef, data: bytes) -> None:
    """The same call twice writes the same object."""
    s3_client().put_object(Bucket=bucket(), Key=file.key, Body=data)


def of(file: FileRef, workout: Workout) -> FileRef:
    """The same recording in the folder of another workout, where it is not yet."""
    return file.model_copy(update={"key": original(workout.user_id, workout.workout_id, file.sha256)})


def beside(file: FileRef, workout: Workout) -> FileRef:
    """`of`, and there it is."""
    copy = of(file, workout)
    _copied(file.key, copy.key)
    return copy


def keep_live(data: bytes, *, user_id: str, workout_id: str, session_id: str) -> str:
    """The columns of a live session: its original. A later revision of the session takes the place."""
    key = _live_key(user_id, workout_id, session_id)
    s3_client().put_object(Bucket=bucket(), Key=key, Body=data)
    return key


def replace_kept(key: str, data: bytes) -> None:
    """By less of it; the bucket keeps no former version."""
    former = list(versions_under(bucket(), key))
    newest = s3_client().put_object(Bucket=bucket(), Key=key, Body=data).get("VersionId", UNVERSIONED)
    delete_versions(bucket(), (one for one in former if one.version_id not in {newest, UNVERSIONED}))


def live_beside(live: LivePart, workout: Workout) -> LivePart:
    if live.kept is None:
        return live
    key = _live_key(workout.user_id, workout.workout_id, live.session_id)
    return live.model_copy(update={"kept": _copied(live.kept, key)})


def read_kept(key: str) -> bytes:
    return s3_client().get_object(Bucket=bucket(), Key=key)["Body"].read()


def _copied(key: str, to: str) -> str:
    """What is gone has no copy: whoever reads it hears of that."""
    if to != key:
        with suppress(s3_client().exceptions.NoSuchKey):
            s3_client().copy_object(Bucket=bucket(), Key=to, CopySource={"Bucket": bucket(), "Key": key})
    return to


def download_link(file: FileRef, now: datetime) -> tuple[str, datetime]:
    plain = file.filename.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_")
    named = f"filename=\"{plain}\"; filename*=UTF-8''{quote(file.filename, safe='')}"  # RFC 6266
    url = s3_client().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket(),
            "Key": file.key,
            "ResponseContentDisposition": f"attachment; {named}",
        },
        ExpiresIn=int(LINK_LASTS.total_seconds()),
    )
    return url, now + LINK_LASTS


def forget(user_id: str, workout_id: str) -> int:
    """Deletes all recordings of a workout; how many there were."""
    pages = s3_client().get_paginator("list_objects_v2").paginate(Bucket=bucket(), Prefix=folder(user_id, workout_id))
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    for key in keys:
        s3_client().delete_object(Bucket=bucket(), Key=key)
    return len(keys)


def folder(user_id: str, workout_id: str) -> str:
    """Of all that is kept of a workout's recordings."""
    return f"files/{user_id}/{workout_id}/"


def _live_key(user_id: str, workout_id: str, session_id: str) -> str:
    return f"{folder(user_id, workout_id)}live-{session_id}"


def bucket() -> str:
    return load(WorkoutSettings).files_bucket
