"""Avatars in S3: presigned in, checked and made small, presigned out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.settings import AccountSettings
from stadion import ids
from stadion.settings import load
from stadion.storage import presigned_post, s3_client
from stadion.values import PresignedPost

MAX_BYTES = 5 * 1024 * 1024
FORM_LASTS = timedelta(minutes=15)
LINK_LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Incoming:
    """A picture that arrived: `incoming/<user>/<id>`."""

    user_id: str
    picture_id: str

    @property
    def key(self) -> str:
        return f"incoming/{self.user_id}/{self.picture_id}"

    @property
    def kept_key(self) -> str:
        return f"avatars/{self.user_id}/{self.picture_id}.webp"

    @classmethod
    def of_key(cls, key: str) -> "Incoming":
        _, user_id, picture_id = key.split("/")
        return cls(user_id, picture_id)


def picture_form(user_id: str, content_type: str, now: datetime) -> PresignedPost:
    key = Incoming(user_id, ids.new_id()).key
    return presigned_post(_bucket(), key, max_bytes=MAX_BYTES, lasts=FORM_LASTS, now=now, content_type=content_type)


def read(incoming: Incoming) -> bytes | None:
    """None when it was taken in and discarded before: S3's notices come more than once."""
    s3 = s3_client()
    try:
        return s3.get_object(Bucket=_bucket(), Key=incoming.key)["Body"].read(MAX_BYTES + 1)
    except s3.exceptions.NoSuchKey:
        return None


def keep(incoming: Incoming, picture: bytes) -> str:
    s3_client().put_object(Bucket=_bucket(), Key=incoming.kept_key, Body=picture, ContentType="image/webp")
    return incoming.kept_key


def discard(key: str) -> None:
    s3_client().delete_object(Bucket=_bucket(), Key=key)


def url(key: str | None) -> str | None:
    if key is None:
        return None
    return s3_client().generate_presigned_url(
        "get_object", Params={"Bucket": _bucket(), "Key": key}, ExpiresIn=int(LINK_LASTS.total_seconds())
    )


def _bucket() -> str:
    return load(AccountSettings).avatars_bucket
