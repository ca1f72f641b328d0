"""The life of an upload: queued -> processing -> ready | failed | duplicate. Where its recordings go, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field

from stadion.sports import SportType
from stadion.values import Value
from workouts.domain import OnDuplicate, Track, Workout

FORM_LASTS = timedelta(hours=1)
ARRIVAL_GRACE = timedelta(minutes=15)


class UploadState(StrEnum):
    QUEUED = "queued"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    DUPLICATE = "duplicate"


class Upload(Value):
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

    def as_of(self, now: datetime) -> "Upload":
        """What waits for a file longer than its form holds has failed, though nothing says so in the table."""
        if self.status is UploadState.QUEUED and now > self.form_expires_at + ARRIVAL_GRACE:
            return self.model_copy(update={"status": UploadState.FAILED, "problem_code": "file_never_arrived"})
        return self


# --- what becomes of it ---------------------------------------------------------------------------------------------


class Reason(StrEnum):
    """Why a recording, or a whole upload, ends where it does."""

    NEW = "new"
    """The diary has nothing like it."""
    FORCED = "forced"
    """The athlete wants it beside what is there."""
    SIBLING = "sibling"
    """What it is like has just taken another session of this file: two sessions are two workouts."""
    MERGED = "merged"
    REPLACED = "replaced"
    IN_THE_DIARY = "in_the_diary"
    SAME_BYTES = "same_bytes"
    REFUSED = "refused"
    """See the upload's `problem_code`."""
    OVER = "over"
    """It had ended before: another delivery was faster."""


@dataclass(frozen=True)
class Placement:
    """Where one recording goes. `workout_id` is its own, `twin_id` what the diary has of the same workout."""

    workout_id: str
    twin_id: str | None
    reason: Reason

    @property
    def joins(self) -> bool:
        return self.reason in {Reason.MERGED, Reason.REPLACED}

    @property
    def home(self) -> str | None:
        """The workout that holds it afterwards; None: it is left out."""
        if self.reason is Reason.IN_THE_DIARY:
            return None
        return self.twin_id if self.joins else self.workout_id


@dataclass(frozen=True)
class Intake:
    """What an upload comes to: `upload` as it ends."""

    upload: Upload
    reason: Reason
    places: tuple[Placement, ...] = ()


@dataclass(frozen=True)
class Seen:
    """A recording, and what the diary has of the same workout."""

    workout_id: str
    twin_id: str | None


def decide(upload: Upload, recordings: Sequence[Seen]) -> Intake:
    """Of at least one recording, in the order of the file."""
    places: list[Placement] = []
    for seen in recordings:
        taken = {place.home for place in places}
        places.append(Placement(seen.workout_id, seen.twin_id, _reason(upload.on_duplicate, seen.twin_id, taken)))
    homes = [place.home for place in places if place.home is not None]
    met = [place.twin_id for place in places if place.twin_id is not None and (place.joins or place.home is None)]
    if not homes:
        ended = upload.model_copy(update={"status": UploadState.DUPLICATE, "existing_workout_id": met[0]})
        return Intake(ended, Reason.IN_THE_DIARY, tuple(places))
    fields = {"status": UploadState.READY, "workout_ids": homes, "existing_workout_id": met[0] if met else None}
    reason = next(place.reason for place in places if place.home is not None)
    return Intake(upload.model_copy(update=fields), reason, tuple(places))


def _reason(on_duplicate: OnDuplicate, twin_id: str | None, taken: Iterable[str | None]) -> Reason:
    if twin_id is None:
        return Reason.NEW
    if twin_id in taken:
        return Reason.SIBLING
    return {
        OnDuplicate.FORCE: Reason.FORCED,
        OnDuplicate.REJECT: Reason.IN_THE_DIARY,
        OnDuplicate.MERGE: Reason.MERGED,
        OnDuplicate.REPLACE: Reason.REPLACED,
    }[on_duplicate]


def same_bytes(upload: Upload, known: Sequence[str]) -> Intake | None:
    """`known`: the workouts that this very file became before."""
    if not known or upload.on_duplicate is OnDuplicate.FORCE:
        return None
    fields = {"status": UploadState.DUPLICATE, "existing_workout_id": known[0]}
    return Intake(upload.model_copy(update=fields), Reason.SAME_BYTES)


def refused(upload: Upload, code: str, detail: str | None = None) -> Intake:
    fields = {"status": UploadState.FAILED, "problem_code": code, "problem_detail": detail}
    return Intake(upload.model_copy(update=fields), Reason.REFUSED)


# --- what it brings into the diary ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Added:
    workout: Workout
    track: Track


@dataclass(frozen=True)
class Joined:
    """The next revision of a workout; `track` None: the same numbers, of which nobody else needs to know."""

    old: Workout
    new: Workout
    track: Track | None
