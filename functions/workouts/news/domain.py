"""What the inbox says of uploads that ended: each of the first few of an hour, then that there are more, then nothing.

An old diary that is imported says nothing but of files that cannot be taken in.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import Field

from stadion.events.notifications import NotificationRequested
from stadion.events.workouts import NEWS_FOR, UploadEnded, UploadOutcome
from stadion.i18n import Language
from stadion.units import KnownReader
from stadion.values import Value
from workouts.reasons import Reason
from workouts.texts import worded
from workouts.uploads.domain import Upload

SINGLY: Final = 5
"""Messages of an hour that name their upload."""
STILL_THERE: Final = timedelta(minutes=2)
"""Who sent the file so long ago probably looks at the app: the inbox has it, and nothing rings."""


class Told(Value):
    """The uploads of an hour that the inbox spoke of."""

    upload_ids: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class Message:
    told: Told
    request: NotificationRequested


def hour_of(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H}"


def is_worth_telling(event: UploadEnded, ended_at: datetime) -> bool:
    """A repeated file is the app's to tell; an old workout is no news."""
    if event.status is UploadOutcome.READY:
        return event.newest_started_at is not None and ended_at - event.newest_started_at <= NEWS_FOR
    return event.status is UploadOutcome.FAILED


def message_of(upload: Upload, event: UploadEnded, ended_at: datetime, told: Told) -> Message | None:
    """The next one of its hour, and what has been told with it."""
    if upload.upload_id in told.upload_ids or len(told.upload_ids) > SINGLY:
        return None
    after = Told(upload_ids=[*told.upload_ids, upload.upload_id])
    if len(told.upload_ids) == SINGLY:
        many = NotificationRequested(
            request_id=f"uploads-ended:{hour_of(ended_at)}", template="uploads_ended", channels=["inbox"]
        )
        return Message(after, many)
    request = _failed(upload) if event.status is UploadOutcome.FAILED else _ready(upload, event, ended_at)
    return Message(after, request)


def _failed(upload: Upload) -> NotificationRequested:
    problem = upload.problem or Reason.of("file_broken")
    return NotificationRequested(
        request_id=f"upload-ended:{upload.upload_id}",
        template="upload_failed",
        values={
            "filename": upload.filename,
            "reason": {language.value: worded(problem, KnownReader(language)) for language in Language},
        },
        about={"upload_id": upload.upload_id},
    )


def _ready(upload: Upload, event: UploadEnded, ended_at: datetime) -> NotificationRequested:
    about = {"upload_id": upload.upload_id, **({"workout_id": event.workout_ids[0]} if event.workout_ids else {})}
    return NotificationRequested(
        request_id=f"upload-ended:{upload.upload_id}",
        template="upload_ready",
        values={"filename": upload.filename},
        about=about,
        channels=["inbox"] if ended_at - upload.created_at <= STILL_THERE else None,
    )
