"""Recordings on their way in: a presigned form to S3, where they wait to be taken in."""

from dataclasses import dataclass

from stadion.storage import presigned_post, s3_client
from stadion.values import PresignedPost
from workouts.file_store import bucket
from workouts.uploads.domain import FORM_LASTS, Upload

INCOMING = "uploads"
MAX_BYTES = 50 * 1024 * 1024


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


@dataclass(frozen=True)
class Arrival:
    tag: str
    """Of the bytes."""
    size: int


def upload_form(upload: Upload) -> PresignedPost:
    key = Incoming(upload.user_id, upload.upload_id).key
    return presigned_post(bucket(), key, max_bytes=MAX_BYTES, lasts=FORM_LASTS, now=upload.form_expires_at - FORM_LASTS)


def read(incoming: Incoming) -> bytes:
    answer = s3_client().get_object(Bucket=bucket(), Key=incoming.key)
    if answer["ContentLength"] > MAX_BYTES:
        raise FileTooLargeError
    return answer["Body"].read()


def arrived(incoming: Incoming) -> Arrival | None:
    """What lies there; None: nothing does."""
    try:
        found = s3_client().head_object(Bucket=bucket(), Key=incoming.key)
    except s3_client().exceptions.ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
            return None
        raise
    return Arrival(found["ETag"], found["ContentLength"])


def refuse(incoming: Incoming) -> None:
    s3_client().delete_object(Bucket=bucket(), Key=incoming.key)
