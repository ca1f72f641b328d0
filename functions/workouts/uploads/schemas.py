"""Requests and responses of uploads."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from stadion import ids
from stadion.errors import UnacceptableValueError
from stadion.http import RequestModel
from stadion.i18n import Text
from stadion.ids import ClientId
from stadion.sports import SportType
from stadion.units import ANYBODY, Reader
from stadion.values import PresignedPost
from stadion.zones import TimeZone
from workouts.domain import OnDuplicate
from workouts.reasons import Reason
from workouts.schemas import Description, GearIds, Marks, Name, Notes, Tags
from workouts.texts import worded
from workouts.uploads.domain import FORM_LASTS, Upload, UploadedPart, UploadState

_LETTER = r"[^/\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
FILE_NAME = rf"^{_LETTER}*{_LETTER[:-1]}.]{_LETTER}*$"
"""Of one line (`fields.LINE`), in no folder, neither `.` nor `..`, and without marks of direction: a name that means
something has none, and one before the dot changes what is seen behind it."""


class NewUpload(RequestModel):
    """A recording to come: FIT, GPX or TCX, each also gzipped."""

    upload_id: ClientId | None = Field(default=None, description="chosen by the client, so that it works offline")
    filename: str = Field(min_length=1, max_length=200, pattern=FILE_NAME, examples=["morning.fit"])
    time_zone: TimeZone | None = Field(
        default=None, description="of the first position, or else the athlete's own, when it is not named"
    )
    name: Name | None = None
    description: Description | None = None
    notes: Notes | None = None
    marks: Marks = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    sport_type: SportType | None = Field(default=None, description="overrides what the recording says")
    gear_ids: GearIds | None = None
    on_duplicate: OnDuplicate | None = Field(
        default=None, description="null: `reject`, or `replace` of an upload that `corrects` a workout"
    )
    corrects: ClientId | None = Field(
        default=None,
        description="a workout of the diary whose recording this is, however little they look alike: it takes the "
        "place of that, or with `on_duplicate` `merge` joins it",
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.corrects is not None and self._on_duplicate not in {OnDuplicate.MERGE, OnDuplicate.REPLACE}:
            raise UnacceptableValueError(
                Text(
                    en="An upload that corrects a workout can merge or replace: send one of them as on_duplicate, "
                    "or leave it out to replace.",
                    ru="Загрузка, исправляющая тренировку, может объединить или заменить: передайте в on_duplicate "
                    "merge или replace; без него она заменяет.",
                )
            )
        return self

    @property
    def _on_duplicate(self) -> OnDuplicate:
        return self.on_duplicate or (OnDuplicate.REPLACE if self.corrects is not None else OnDuplicate.REJECT)

    def upload(self, user_id: str, correlation_id: str, now: datetime) -> Upload:
        return Upload(
            **self.model_dump(exclude={"upload_id", "on_duplicate"}),
            on_duplicate=self._on_duplicate,
            upload_id=self.upload_id or ids.new_id(),
            user_id=user_id,
            workout_id=ids.new_id(),
            correlation_id=correlation_id,
            created_at=now,
            form_expires_at=now + FORM_LASTS,
        )


class UploadForm(BaseModel):
    """POST these fields and then the `file` field, as multipart/form-data, to `url`."""

    url: str
    fields: dict[str, str]
    max_bytes: int
    expires_at: AwareDatetime

    @classmethod
    def of(cls, form: PresignedPost) -> Self:
        return cls(**asdict(form))


class UploadProblem(BaseModel):
    code: str = Field(examples=["no_times"])
    detail: str

    @classmethod
    def of(cls, upload: Upload, reader: Reader) -> Self | None:
        problem = upload.problem
        if problem is None:
            return None
        return cls(code=problem.code, detail=upload.problem_detail or worded(problem, reader))


class UploadNote(BaseModel):
    code: str = Field(examples=["torn"])
    detail: str

    @classmethod
    def of(cls, reason: Reason, reader: Reader) -> Self:
        return cls(code=reason.code, detail=worded(reason, reader))


class UploadPart(BaseModel):
    """A part of the file: the workout that it is or joined, or why it is none."""

    part: str = Field(examples=["session:2"], description="which one: file, session, activity or track, from 1")
    workout_id: str | None = None
    reason: UploadNote | None = Field(default=None, description="why it is not a workout of its own")
    notes: list[UploadNote] = Field(default_factory=list, description="what was left out of it")
    dropped: list[str] = Field(
        default_factory=list,
        examples=[["heart_rate_bpm"]],
        description="what was not measured, for want of the consent `health_data`; the original has it",
    )

    @classmethod
    def of(cls, part: UploadedPart, reader: Reader) -> Self:
        return cls(
            part=part.part,
            workout_id=part.workout_id,
            reason=UploadNote.of(part.reason, reader) if part.reason is not None else None,
            notes=[UploadNote.of(note, reader) for note in part.notes],
            dropped=part.dropped,
        )


class UploadSummary(BaseModel):
    upload_id: str
    status: UploadState = Field(
        examples=["ready"],
        description="of `ready`, `workout_ids`; of `duplicate`, `existing_workout_id`; of `failed`, `problem`",
    )
    filename: str
    created_at: AwareDatetime
    workout_ids: list[str] = Field(default_factory=list)
    existing_workout_id: str | None = None
    problem: UploadProblem | None = None

    @classmethod
    def of(cls, upload: Upload, reader: Reader) -> Self:
        return cls.model_validate(_status(upload, reader))


class UploadStatus(UploadSummary):
    parts: list[UploadPart] = Field(default_factory=list)


class CreatedUpload(UploadStatus):
    form: UploadForm

    @classmethod
    def announced(cls, upload: Upload, form: PresignedPost) -> Self:
        """Nothing went wrong yet, so it needs no language."""
        return cls.model_validate({**_status(upload, ANYBODY), "form": UploadForm.of(form)})


def _status(upload: Upload, reader: Reader) -> dict[str, Any]:
    return {
        "upload_id": upload.upload_id,
        "status": upload.status.value,
        "filename": upload.filename,
        "created_at": upload.created_at,
        "workout_ids": upload.workout_ids,
        "existing_workout_id": upload.existing_workout_id,
        "problem": UploadProblem.of(upload, reader),
        "parts": [UploadPart.of(part, reader) for part in upload.parts],
    }
