"""The life of an upload: queued -> processing -> ready | failed | duplicate."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stadion.sports import SportType
from workouts.domain import OnDuplicate


class UploadState(StrEnum):
    QUEUED = "queued"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    DUPLICATE = "duplicate"


class Upload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    upload_id: str
    user_id: str
    workout_id: str = Field(description="of the first workout in the recording")
    correlation_id: str
    filename: str
    time_zone: str = "UTC"
    name: str | None = None
    notes: str | None = None
    sport_type: SportType | None = None
    gear_ids: list[str] | None = None
    on_duplicate: OnDuplicate = OnDuplicate.REJECT
    created_at: AwareDatetime
    form_expires_at: AwareDatetime
    status: UploadState = UploadState.QUEUED
    workout_ids: list[str] = Field(default_factory=list)
    existing_workout_id: str | None = None
    problem_code: str | None = None
    problem_detail: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status in {UploadState.QUEUED, UploadState.PROCESSING}
