"""Photos in S3: presigned in, kept in two sizes, presigned out to their owner."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from stadion.settings import load
from stadion.storage import Version, delete_versions, presigned_post, s3_client, versions_under
from stadion.values import PresignedPost
from workouts.domain import PHOTO_FORM_LASTS, PhotoLinks
from workouts.photos.settings import PhotoSettings

MAX_BYTES: Final = 20 * 1024 * 1024
LINK_LASTS: Final = timedelta(hours=1)
INCOMING: Final = "incoming"
KEPT: Final = "photos"
WEBP: Final = "image/webp"


@dataclass(frozen=True)
class Place:
    """Of a photo: where it arrives, `incoming/<user>/<workout>/<photo>`, and where it is kept."""

    user_id: str
    workout_id: str
    photo_id: str

    @property
    def incoming(self) -> str:
        return f"{INCOMING}/{self.user_id}/{self.workout_id}/{self.photo_id}"

    @property
    def kept(self) -> str:
        return f"{KEPT}/{self.user_id}/{self.workout_id}/{self.photo_id}.webp"

    @property
    def thumbnail(self) -> str:
        return f"{KEPT}/{self.user_id}/{self.workout_id}/{self.photo_id}.thumb.webp"

    @classmethod
    def of_key(cls, key: str) -> "Place":
        _, user_id, workout_id, photo_id = key.split("/")
        return cls(user_id, workout_id, photo_id)


def form(place: Place, content_type: str, now: datetime) -> PresignedPost:
    return presigned_post(
        bucket(), place.incoming, max_bytes=MAX_BYTES, lasts=PHOTO_FORM_LASTS, now=now, content_type=content_type
    )


def read(place: Place) -> bytes | None:
    """None when nothing lies there any more: S3's notices come more than once."""
    s3 = s3_client()
    try:
        return s3.get_object(Bucket=bucket(), Key=place.incoming)["Body"].read(MAX_BYTES + 1)
    except s3.exceptions.NoSuchKey:
        return None


def keep(place: Place, picture: bytes, thumbnail: bytes) -> None:
    """The same call twice writes the same objects."""
    for key, body in ((place.kept, picture), (place.thumbnail, thumbnail)):
        s3_client().put_object(Bucket=bucket(), Key=key, Body=body, ContentType=WEBP)


def discard_incoming(place: Place) -> None:
    s3_client().delete_object(Bucket=bucket(), Key=place.incoming)


def discard(place: Place) -> None:
    """All that lies of it anywhere; the bucket keeps no versions."""
    for key in (place.incoming, place.kept, place.thumbnail):
        s3_client().delete_object(Bucket=bucket(), Key=key)


def links(place: Place, now: datetime) -> PhotoLinks:
    return PhotoLinks(_link(place.kept), _link(place.thumbnail), now + LINK_LASTS)


def _link(key: str) -> str:
    return s3_client().generate_presigned_url(
        "get_object", Params={"Bucket": bucket(), "Key": key}, ExpiresIn=int(LINK_LASTS.total_seconds())
    )


def forget(user_id: str, workout_id: str) -> int:
    """Of a deleted workout; how many objects there were."""
    return sum(delete_versions(bucket(), _under(prefix, user_id, workout_id)) for prefix in (KEPT, INCOMING))


def _under(prefix: str, user_id: str, workout_id: str) -> list[Version]:
    return list(versions_under(bucket(), f"{prefix}/{user_id}/{workout_id}/"))


def bucket() -> str:
    return load(PhotoSettings).photos_bucket
