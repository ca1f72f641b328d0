"""What happens to a recording that arrived: decode, measure, look for twins, write.

Safe to repeat at any point: the workouts' ids are fixed by the upload, the originals' keys by ids and bytes, and the
one transaction that makes it all true also ends the upload.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from stadion.events.workouts import WorkoutRecorded
from workouts import file_store, service, store, twin_service
from workouts.domain import FileRef, Measured, OnDuplicate, Track, Workout, absorb, filled
from workouts.recordings.errors import RecordingError
from workouts.recordings.service import Entry, deposited, entries_of, live_part_of, merged_with
from workouts.uploads import incoming_store
from workouts.uploads import store as upload_store
from workouts.uploads.domain import Upload, UploadState
from workouts.uploads.incoming_store import Incoming

MAX_ENTRIES = 15  # sessions of one multisport file that fit one transaction


@dataclass(frozen=True)
class Processed:
    status: UploadState
    workout_ids: list[str]
    problem_code: str | None = None


def process(upload: Upload, incoming: Incoming, now: datetime) -> Processed:
    """Ends the upload in one of its final states; repeats change nothing."""
    if not upload.is_open:
        return Processed(upload.status, upload.workout_ids, upload.problem_code)
    upload_store.mark_processing(upload.model_copy(update={"status": UploadState.PROCESSING}))
    try:
        ended = _take_in(upload, incoming_store.read(incoming), now)
    except RecordingError as error:
        ended = _end(upload, now, status=UploadState.FAILED, problem_code=error.code, problem_detail=error.detail)
    except incoming_store.FileTooLargeError:
        ended = _end(upload, now, status=UploadState.FAILED, problem_code="file_too_large")
    return Processed(ended.status, ended.workout_ids, ended.problem_code)


def give_up(upload: Upload, now: datetime) -> Processed:
    """Tells the athlete that it is our fault, instead of leaving the upload in processing for ever."""
    ended = _end(upload, now, status=UploadState.FAILED, problem_code="file_broken")
    return Processed(ended.status, ended.workout_ids, ended.problem_code)


def _take_in(upload: Upload, data: bytes, now: datetime) -> Upload:
    sha256 = hashlib.sha256(data).hexdigest()
    known = store.workouts_of_file(upload.user_id, sha256)
    if known and upload.on_duplicate is not OnDuplicate.FORCE:
        return _end(upload, now, status=UploadState.DUPLICATE, existing_workout_id=known[0])
    entries = entries_of(data, sport_type=upload.sport_type, now=now)
    if len(entries) > MAX_ENTRIES:
        raise RecordingError("too_many_sessions", f"A file may hold at most {MAX_ENTRIES} sessions.")
    workouts = [_workout(upload, index, entry, data, sha256, now) for index, entry in enumerate(entries)]
    ended = twin_service.write_joined(lambda: _write(upload, entries, workouts, sha256, now))
    for workout in workouts:
        if workout.workout_id not in ended.workout_ids:
            file_store.forget(upload.user_id, workout.workout_id)  # it joined another workout, or was one too many
    return ended


def _write(upload: Upload, entries: list[Entry], workouts: list[Workout], sha256: str, now: datetime) -> Upload:
    slots = store.slots_around(upload.user_id, *(workout.started_at for workout in workouts))
    change = store.Change(upload.user_id, now)
    ids: list[str] = []
    twins: list[str] = []
    for entry, workout in zip(entries, workouts, strict=True):
        twin = twin_service.find_twin(slots, workout.fingerprint, but=workout.workout_id)
        if twin is None or twin in ids or upload.on_duplicate is OnDuplicate.FORCE:
            _plan_new(change, slots, workout, entry.track)
            ids.append(workout.workout_id)
        elif upload.on_duplicate is OnDuplicate.REJECT:
            twins.append(twin)
        else:
            slots = twin_service.with_twin(slots, upload.user_id, twin)
            _plan_join(change, slots, twin, entry, workout, upload.on_duplicate, now)
            ids.append(twin)
            twins.append(twin)
    ended = _ended(upload, ids, twins)
    if ids:
        change.know_file(sha256, ids)
    upload_store.finish(change.transaction, ended)
    slots.write(change.transaction)
    try:
        change.commit()
    except upload_store.UploadIsOverError:
        return upload_store.get(upload.user_id, upload.upload_id)
    return ended


def _plan_new(change: store.Change, slots: store.Slots, workout: Workout, track: Track) -> None:
    change.add(workout, track)
    slots.enter(workout)
    change.events.append(WorkoutRecorded(workout=workout.facts()))


def _plan_join(
    change: store.Change,
    slots: store.Slots,
    twin_id: str,
    entry: Entry,
    workout: Workout,
    on_duplicate: OnDuplicate,
    now: datetime,
) -> None:
    twin = store.get(change.user_id, twin_id)
    measured, best = _joined(twin, entry, workout, on_duplicate)
    moved = workout.model_copy(update={"files": [file_store.beside(file, twin) for file in workout.files]})
    joined = absorb(twin, moved, now, measured=measured, streams=deposited(twin.workout_id, best))
    if (joined.measured.model_dump(), joined.streams) == (twin.measured.model_dump(), twin.streams):
        change.revise(twin, joined, None)  # one more original, the same numbers: nobody else needs to know
        return
    service.plan_revision(change, twin, joined, slots, best.track)


def _joined(twin: Workout, entry: Entry, workout: Workout, on_duplicate: OnDuplicate) -> tuple[Measured, Entry]:
    """The numbers to keep, and the recording that they are of."""
    if on_duplicate is OnDuplicate.REPLACE or not twin.is_recorded:
        return filled(workout.measured, twin.measured), entry
    originals = [file_store.read_original(file) for file in twin.files]
    merged = merged_with(originals, entry, twin, live=live_part_of(twin))
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


def _ended(upload: Upload, ids: list[str], twins: list[str]) -> Upload:
    if not ids:
        return upload.model_copy(update={"status": UploadState.DUPLICATE, "existing_workout_id": twins[0]})
    existing = twins[0] if twins else None
    return upload.model_copy(update={"status": UploadState.READY, "workout_ids": ids, "existing_workout_id": existing})


def _end(upload: Upload, now: datetime, **fields: Any) -> Upload:
    ended = upload.model_copy(update=fields)
    change = store.Change(upload.user_id, now)
    upload_store.finish(change.transaction, ended)
    try:
        change.commit()
    except upload_store.UploadIsOverError:
        return upload_store.get(upload.user_id, upload.upload_id)
    return ended
