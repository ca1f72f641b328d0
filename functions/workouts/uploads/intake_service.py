"""What happens to a recording that arrived: decode, measure, look for twins, decide, write.

Safe to repeat at any point: the workouts' ids are fixed by the upload, the originals' keys by ids and bytes, and the
one transaction that makes it all true also ends the upload.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from stadion.retry import retry_on_conflict
from workouts import file_store, twin_service
from workouts import store as diary_store
from workouts.domain import FileRef, Measured, OnDuplicate, Workout, absorb, filled
from workouts.reasons import Reason
from workouts.recordings.errors import RecordingError
from workouts.recordings.service import Entry, contents_of, deposited, live_part_of, merged_with
from workouts.uploads import incoming_store, store
from workouts.uploads.domain import (
    Added,
    Intake,
    Joined,
    Outcome,
    Seen,
    Upload,
    UploadedPart,
    UploadState,
    decide,
    refused,
    same_bytes,
)
from workouts.uploads.incoming_store import Incoming

MAX_ENTRIES = 15  # sessions of one multisport file that fit one transaction


@dataclass(frozen=True)
class Arrived:
    """A recording of an upload, measured, and the workout that it would be."""

    entry: Entry
    workout: Workout


def process(upload: Upload, incoming: Incoming, now: datetime) -> Intake:
    """Ends the upload in one of its final states; repeats change nothing."""
    if not upload.is_open:
        return Intake(upload, Outcome.OVER)
    store.mark_processing(upload.model_copy(update={"status": UploadState.PROCESSING}), now)
    try:
        return _take_in(upload, incoming_store.read(incoming), now)
    except RecordingError as error:
        return store.end(refused(upload, error.reason), now)
    except incoming_store.FileTooLargeError:
        return store.end(refused(upload, Reason.of("file_too_large")), now)


def give_up(upload: Upload, now: datetime) -> Intake:
    """Tells the athlete that it is our fault, instead of leaving the upload in processing for ever."""
    return store.end(refused(upload, Reason.of("file_broken")), now)


def _take_in(upload: Upload, data: bytes, now: datetime) -> Intake:
    sha256 = hashlib.sha256(data).hexdigest()
    again = same_bytes(upload, diary_store.workouts_of_file(upload.user_id, sha256))
    if again is not None:
        return store.end(again, now)
    contents = contents_of(data, sport_type=upload.sport_type, now=now)
    if len(contents.entries) > MAX_ENTRIES:
        raise RecordingError("too_many_sessions", most=MAX_ENTRIES)
    arrived = [
        Arrived(entry, _workout(upload, n, entry, data, sha256, now)) for n, entry in enumerate(contents.entries)
    ]
    left_out = [UploadedPart(part=left.part, reason=left.reason) for left in contents.left_out]
    intake = retry_on_conflict(lambda: _enter(upload, arrived, left_out, sha256, now), also=twin_service.MOVED)
    for one in arrived:
        if one.workout.workout_id not in intake.upload.workout_ids:
            file_store.forget(upload.user_id, one.workout.workout_id)  # it joined another workout, or was one too many
    return intake


def _enter(upload: Upload, arrived: list[Arrived], left_out: list[UploadedPart], sha256: str, now: datetime) -> Intake:
    slots = diary_store.slots_around(upload.user_id, *(one.workout.started_at for one in arrived))
    intake = decide(upload, [_seen(one, slots) for one in arrived], left_out)
    brought: list[Added | Joined] = []
    for place, one in zip(intake.places, arrived, strict=True):
        if place.joins and place.home is not None:
            twin = diary_store.get(upload.user_id, place.home)
            slots = twin_service.with_twin(slots, twin)
            brought.append(_joined(twin, one, upload.on_duplicate, now))
        elif place.home is not None:
            brought.append(Added(one.workout, one.entry.track))
    return store.enter(intake, brought, slots, sha256=sha256, now=now)


def _seen(arrived: Arrived, slots: diary_store.Slots) -> Seen:
    workout, recording = arrived.workout, arrived.entry.recording
    twin_id = twin_service.find_twin(slots, workout.fingerprint, but=workout.workout_id)
    return Seen(workout.workout_id, twin_id, recording.part, recording.notes)


def _joined(twin: Workout, arrived: Arrived, on_duplicate: OnDuplicate, now: datetime) -> Joined:
    workout = arrived.workout
    measured, best = _numbers(twin, arrived, on_duplicate)
    moved = workout.model_copy(update={"files": [file_store.beside(file, twin) for file in workout.files]})
    replacing = on_duplicate is OnDuplicate.REPLACE
    streams = deposited(twin.workout_id, best)
    joined = absorb(twin, moved, now, measured=measured, streams=streams, replacing=replacing)
    is_same = (joined.measured.model_dump(), joined.streams) == (twin.measured.model_dump(), twin.streams)
    return Joined(twin, joined, None if is_same else best.track)


def _numbers(twin: Workout, arrived: Arrived, on_duplicate: OnDuplicate) -> tuple[Measured, Entry]:
    """The numbers to keep, and the recording that they are of."""
    if on_duplicate is OnDuplicate.REPLACE:
        return arrived.workout.measured, arrived.entry
    if not twin.is_recorded:
        return filled(arrived.workout.measured, twin.measured), arrived.entry
    originals = [file_store.read_original(file) for file in twin.sources]
    live = live_part_of(twin) if len(originals) == len(twin.files) else None
    merged = merged_with(originals, arrived.entry, twin, live=live)
    return filled(merged.measured, twin.measured), merged


def _workout(upload: Upload, index: int, entry: Entry, data: bytes, sha256: str, now: datetime) -> Workout:
    workout_id = upload.workout_id if index == 0 else str(uuid5(UUID(upload.workout_id), str(index)))
    original: FileRef = file_store.keep(
        data, user_id=upload.user_id, workout_id=workout_id, filename=upload.filename, fmt=entry.format, sha256=sha256
    )
    return Workout(
        **entry.measured.model_dump(),
        workout_id=workout_id,
        user_id=upload.user_id,
        origin="upload",
        name=upload.name,
        notes=upload.notes,
        time_zone=upload.time_zone,
        gear_ids=upload.gear_ids,
        files=[original],
        streams=deposited(workout_id, entry),
        created_at=now,
        updated_at=now,
    )
