"""Recordings on their way in: a presigned form to S3, where they wait to be taken in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from stadion.storage import s3_client
from workouts.file_store import bucket
from workouts.uploads.domain import Upload

INCOMING = "uploads"
MAX_BYTES = 50 * 1024 * 1024
FORM_LASTS = timedelta(hours=1)
ARRIVAL_GRACE = timedelta(minutes=15)


class FileTooLargeError(Exception):
    """The object in S3 is larger than the form allowed."""


@dataclass(frozen=True)
class Incoming:
    """A file that arrived: `uploads/<user>/<upload>`."""

    user_id: str
    upload_id: str

    @property
    def key(self) -> str:
        return f"{INCOMING}/{self.user_id}/{self.upload_id}"

    @classmethod
    def of_key(cls, key: str) -> "Incoming":
        _, user_id, upload_id = key.split("/")
        return cls(user_id=user_id, upload_id=upload_id)


def upload_form(upload: Upload) -> dict[str, Any]:
    """Url and fields of a presigned POST that takes one file of at most `MAX_BYTES`."""
    return s3_client().generate_presigned_post(
        Bucket=bucket(),
        Key=Incoming(upload.user_id, upload.upload_id).key,
        Conditions=[["content-length-range", 1, MAX_BYTES]],
        ExpiresIn=int(FORM_LASTS.total_seconds()),
    )


def read(incoming: Incoming) -> bytes:
    answer = s3_client().get_object(Bucket=bucket(), Key=incoming.key)
    if answer["ContentLength"] > MAX_BYTES:
        raise FileTooLargeError
    return answer["Body"].read()
