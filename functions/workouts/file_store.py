"""Original recordings in S3: one folder for each workout, presigned out."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import quote

from stadion.settings import load
from stadion.storage import s3_client
from workouts.domain import FileRef, Workout
from workouts.settings import WorkoutSettings

LINK_LASTS = timedelta(minutes=15)


def read_original(file: FileRef) -> bytes:
    return s3_client().get_object(Bucket=bucket(), Key=file.key)["Body"].read()


def keep(data: bytes, *, user_id: str, workout_id: str, filename: str, fmt: str, sha256: str) -> FileRef:
    """Stores the original beside its workout; the same call twice writes the same object."""
    name = PurePosixPath(filename).name
    key = f"files/{user_id}/{workout_id}/{sha256[:16]}"
    s3_client().put_object(Bucket=bucket(), Key=key, Body=data)
    return FileRef(key=key, filename=name, format=fmt, sha256=sha256, size=len(data))


def beside(file: FileRef, workout: Workout) -> FileRef:
    """The same recording in the folder of the workout that it joins, so that it goes with that workout."""
    key = f"files/{workout.user_id}/{workout.workout_id}/{file.sha256[:16]}"
    if key != file.key:
        s3_client().copy_object(Bucket=bucket(), Key=key, CopySource={"Bucket": bucket(), "Key": file.key})
    return file.model_copy(update={"key": key})


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
    pages = (
        s3_client().get_paginator("list_objects_v2").paginate(Bucket=bucket(), Prefix=f"files/{user_id}/{workout_id}/")
    )
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    for key in keys:
        s3_client().delete_object(Bucket=bucket(), Key=key)
    return len(keys)


def bucket() -> str:
    return load(WorkoutSettings).files_bucket
