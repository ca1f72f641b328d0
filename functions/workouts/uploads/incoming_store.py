"""Recordings on their way in: a presigned form to S3, where they wait to be taken in."""

from dataclasses import dataclass

from stadion.storage import s3_client
from workouts.file_store import bucket
from workouts.uploads.domain import FORM_LASTS, PresignedForm, Upload

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


def upload_form(upload: Upload) -> PresignedForm:
    """Takes one file of at most `MAX_BYTES`."""
    made = s3_client().generate_presigned_post(
        Bucket=bucket(),
        Key=Incoming(upload.user_id, upload.upload_id).key,
        Conditions=[["content-length-range", 1, MAX_BYTES]],
        ExpiresIn=int(FORM_LASTS.total_seconds()),
    )
    return PresignedForm(**made, max_bytes=MAX_BYTES, expires_at=upload.form_expires_at)


def read(incoming: Incoming) -> bytes:
    answer = s3_client().get_object(Bucket=bucket(), Key=incoming.key)
    if answer["ContentLength"] > MAX_BYTES:
        raise FileTooLargeError
    return answer["Body"].read()
