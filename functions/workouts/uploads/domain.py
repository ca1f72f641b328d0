"""The life of an upload: queued -> processing -> ready | failed | duplicate. Where its recordings go, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field

from stadion.sports import SportType
from stadion.values import Value
from workouts.domain import Mark, OnDuplicate, Track, Workout
from workouts.reasons import Reason

FORM_LASTS = timedelta(hours=1)
ARRIVAL_GRACE = timedelta(minutes=15)


class UploadState(StrEnum):
    QUEUED = "queued"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    DUPLICATE = "duplicate"


class UploadedPart(Value):
    """A part of the file: the workout that it is or joined, or why it is none."""

    part: str = Field(examples=["session:2"])
    workout_id: str | None = None
    reason: Reason | None = Field(default=None, description="why it is not a workout of its own")
    notes: list[Reason] = Field(default_factory=list)
    dropped: list[str] = Field(default_factory=list, description="what the athlete does not agree to")


class Upload(Value):
    upload_id: str
    user_id: str
    workout_id: str = Field(description="of the first workout in the recording")
    correlation_id: str
    filename: str
    time_zone: str | None = None
    name: str | None = None
    description: str | None = None
    notes: str | None = None
    marks: list[Mark] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    sport_type: SportType | None = None
    gear_ids: list[str] | None = None
    on_duplicate: OnDuplicate = OnDuplicate.REJECT
    received: str | None = Field(default=None, description="the tag of the file that the form was used for")
    size: int | None = Field(default=None, description="of that file, in bytes, once they count")
    begun: int = Field(default=0, description="how many tries ended without a word: their process was killed")
    corrects: str | None = Field(default=None, description="the workout that its recording is to join")
    created_at: AwareDatetime
    form_expires_at: AwareDatetime
    status: UploadState = UploadState.QUEUED
    workout_ids: list[str] = Field(default_factory=list)
    existing_workout_id: str | None = None
    parts: list[UploadedPart] = Field(default_factory=list)
    problem_code: str | None = None
    problem_values: dict[str, str | int | float] = Field(default_factory=dict)
    problem_detail: str | None = Field(
        default=None, description="in English, of a problem that was stored before it had values"
    )

    @property
    def is_open(self) -> bool:
        return self.status in {UploadState.QUEUED, UploadState.PROCESSING}

    def is_over_with(self, workout_id: str) -> bool:
        """It has ended, and its file is a recording of that workout."""
        return not self.is_open and workout_id in {*self.workout_ids, self.existing_workout_id}

    @property
    def problem(self) -> Reason | None:
        return Reason(code=self.problem_code, values=self.problem_values) if self.problem_code is not None else None

    @property
    def waits_until(self) -> datetime:
        return self.form_expires_at + ARRIVAL_GRACE

    def as_of(self, now: datetime) -> "Upload":
        """What waits for a file longer than its form holds has failed, though nothing says so in the table."""
        if self.status is UploadState.QUEUED and now > self.waits_until:
            return self.model_copy(update={"status": UploadState.FAILED, "problem_code": "file_never_arrived"})
        return self


# --- what becomes of it ---------------------------------------------------------------------------------------------


class Outcome(StrEnum):
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
    FORM_USED = "form_used"
    """Another file came by a form that had taken one."""
    OVER = "over"
    """It had ended before: another delivery was faster."""


@dataclass(frozen=True)
class Placement:
    """Where one recording goes. `workout_id` is its own, `twin_id` what the diary has of the same workout."""

    workout_id: str
    twin_id: str | None
    outcome: Outcome

    @property
    def joins(self) -> bool:
        return self.outcome in {Outcome.MERGED, Outcome.REPLACED}

    @property
    def home(self) -> str | None:
        """The workout that holds it afterwards; None: it is left out."""
        if self.outcome is Outcome.IN_THE_DIARY:
            return None
        return self.twin_id if self.joins else self.workout_id


@dataclass(frozen=True)
class Intake:
    """What an upload comes to: `upload` as it ends."""

    upload: Upload
    outcome: Outcome
    places: tuple[Placement, ...] = ()


@dataclass(frozen=True)
class Seen:
    """A recording, and what the diary has of the same workout."""

    workout_id: str
    twin_id: str | None
    part: str = "activity:1"
    notes: tuple[Reason, ...] = ()
    dropped: tuple[str, ...] = ()


MAX_PARTS = 100
"""That an upload tells of."""


def decide(upload: Upload, recordings: Sequence[Seen], left_out: Sequence[UploadedPart] = ()) -> Intake:
    """Of at least one recording, in the order of the file."""
    places: list[Placement] = []
    for seen in recordings:
        taken = {place.home for place in places}
        places.append(Placement(seen.workout_id, seen.twin_id, _outcome(upload.on_duplicate, seen.twin_id, taken)))
    told = [*map(_told, recordings, places), *left_out]
    upload = upload.model_copy(update={"parts": told[:MAX_PARTS]})
    homes = [place.home for place in places if place.home is not None]
    met = [place.twin_id for place in places if place.twin_id is not None and (place.joins or place.home is None)]
    if not homes:
        ended = upload.model_copy(update={"status": UploadState.DUPLICATE, "existing_workout_id": met[0]})
        return Intake(ended, Outcome.IN_THE_DIARY, tuple(places))
    fields = {"status": UploadState.READY, "workout_ids": homes, "existing_workout_id": met[0] if met else None}
    outcome = next(place.outcome for place in places if place.home is not None)
    return Intake(upload.model_copy(update=fields), outcome, tuple(places))


def _told(seen: Seen, place: Placement) -> UploadedPart:
    is_new = place.home == place.workout_id
    reason = None if is_new else Reason.of(place.outcome.value)
    workout_id = place.workout_id if is_new else place.twin_id
    return UploadedPart(
        part=seen.part, workout_id=workout_id, reason=reason, notes=list(seen.notes), dropped=list(seen.dropped)
    )


def _outcome(on_duplicate: OnDuplicate, twin_id: str | None, taken: Iterable[str | None]) -> Outcome:
    if twin_id is None:
        return Outcome.NEW
    if twin_id in taken:
        return Outcome.SIBLING
    return {
        OnDuplicate.FORCE: Outcome.FORCED,
        OnDuplicate.REJECT: Outcome.IN_THE_DIARY,
        OnDuplicate.MERGE: Outcome.MERGED,
        OnDuplicate.REPLACE: Outcome.REPLACED,
    }[on_duplicate]


def same_bytes(upload: Upload, known: Sequence[str]) -> Intake | None:
    """`known`: the workouts that this very file became before."""
    if not known or upload.on_duplicate is OnDuplicate.FORCE or upload.corrects in known:
        return None
    fields = {"status": UploadState.DUPLICATE, "existing_workout_id": known[0]}
    return Intake(upload.model_copy(update=fields), Outcome.SAME_BYTES)


def refused(upload: Upload, reason: Reason) -> Intake:
    fields = {"status": UploadState.FAILED, "problem_code": reason.code, "problem_values": reason.values}
    return Intake(upload.model_copy(update=fields), Outcome.REFUSED)


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
