"""Requests and responses of photos."""

from dataclasses import asdict
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, Field

from stadion.errors import FieldRequiredError
from stadion.fields import PICTURE_TYPE, TEXT
from stadion.http import RequestModel
from stadion.ids import ClientId
from stadion.values import PresignedPost
from workouts.schemas import WorkoutPhoto

Alt = Annotated[
    str,
    Field(
        max_length=500,
        pattern=TEXT,
        description="what can be seen, for who cannot see it",
        examples=["A lake at dawn"],
    ),
]


class NewPhoto(RequestModel):
    """A picture to come: JPEG, PNG or WebP. HEIC is not taken: phones make a JPEG of it when they are asked."""

    photo_id: ClientId | None = Field(default=None, description="chosen by the client, so that it works offline")
    content_type: str = Field(pattern=PICTURE_TYPE, examples=["image/jpeg"])
    alt: Alt | None = None


class PhotoPatch(RequestModel):
    """RFC 7396 merge patch: what is absent stays, null removes."""

    alt: Alt | None = None
    position: int | None = Field(default=None, ge=0, le=9, description="among the workout's photos, from 0")

    def changes(self) -> dict[str, Any]:
        if "position" in self.model_fields_set and self.position is None:
            raise FieldRequiredError(pointer="#/position", field="position")
        changes = self.model_dump(exclude_unset=True)
        return {**changes, "alt": self.alt or None} if "alt" in changes else changes


class PhotoForm(BaseModel):
    """POST these fields and then the `file` field, as multipart/form-data, to `url`."""

    url: str
    fields: dict[str, str]
    max_bytes: int
    expires_at: AwareDatetime


class AnnouncedPhoto(WorkoutPhoto):
    form: PhotoForm

    @classmethod
    def announced(cls, photo: WorkoutPhoto, form: PresignedPost) -> Self:
        return cls(**photo.model_dump(), form=PhotoForm(**asdict(form)))
