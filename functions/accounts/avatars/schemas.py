"""The form that a picture is sent with."""

from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, Field

from stadion.fields import PICTURE_TYPE
from stadion.http import RequestModel
from stadion.values import PresignedPost


class AvatarRequest(RequestModel):
    content_type: str = Field(pattern=PICTURE_TYPE, examples=["image/jpeg"])


class AvatarForm(BaseModel):
    """POST these fields and then the `file` field, as multipart/form-data, to `url`."""

    url: str
    fields: dict[str, Any]
    max_bytes: int
    expires_at: AwareDatetime

    @classmethod
    def of(cls, post: PresignedPost) -> Self:
        return cls(url=post.url, fields=post.fields, max_bytes=post.max_bytes, expires_at=post.expires_at)
