"""Requests and responses of uploads."""

from pydantic import AwareDatetime, BaseModel, Field

from stadion.http import RequestModel
from stadion.ids import ClientId
from stadion.sports import SportType
from stadion.zones import TimeZone
from workouts.domain import OnDuplicate
from workouts.schemas import GearIds, Name, Notes


class NewUpload(RequestModel):
    """A recording to come: FIT, GPX or TCX, each also gzipped."""

    upload_id: ClientId | None = Field(default=None, description="chosen by the client, so that it works offline")
    filename: str = Field(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f]+$", examples=["morning.fit"])
    time_zone: TimeZone = "UTC"
    name: Name | None = None
    notes: Notes | None = None
    sport_type: SportType | None = Field(default=None, description="overrides what the recording says")
    gear_ids: GearIds | None = None
    on_duplicate: OnDuplicate = OnDuplicate.REJECT


class UploadForm(BaseModel):
    """POST these fields and then the `file` field, as multipart/form-data, to `url`."""

    url: str
    fields: dict[str, str]
    max_bytes: int
    expires_at: AwareDatetime


class UploadProblem(BaseModel):
    code: str = Field(examples=["fit_truncated"])
    detail: str


class UploadStatus(BaseModel):
    upload_id: str
    status: str = Field(examples=["ready"], description="queued, processing, ready, failed or duplicate")
    filename: str
    created_at: AwareDatetime
    workout_ids: list[str] = Field(default_factory=list)
    existing_workout_id: str | None = None
    problem: UploadProblem | None = None


class CreatedUpload(UploadStatus):
    form: UploadForm
