"""What happens to a recording that arrived: decode, measure, look for twins, decide, write.

Safe to repeat at any point: the workouts' ids are fixed by the upload, the originals' keys by ids and bytes, and the
one transaction that makes it all true also ends the upload.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from uuid import UUID, uuid5

from stadion.retry import retry_on_conflict
from stadion.sports import SportType
from workouts import file_store, twin_service
from workouts import store as diary_store
from workouts.domain import (
    MAX_SOURCES,
    MEASURED,
    Cut,
    FileRef,
    Mark,
    Measurement,
    OnDuplicate,
    Workout,
    absorb,
    numbered,
)
from workouts.errors import HourIsFullError, WorkoutNotFoundError
from workouts.matching import overlap
from workouts.measuring import service as measuring
from workouts.quotas.errors import QuotaUsedUpError
from workouts.reasons import Reason
from workouts.recordings.errors import RecordingError
from workouts.recordings.service import Entry, contents_of, deposited, within_time
from workouts.recordings.zone_service import zone_for
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
    data: bytes
    folders: set[str] = field(default_factory=set)
    """Workouts whose folder has its file: each that it was to end in, as the diary was when that was decided."""


def process(upload: Upload, incoming: Incoming, now: datetime) -> Intake:
    """Ends the upload in one of its final states; repeats change nothing."""
    arrival = incoming_store.arrived(incoming)
    tag = arrival.tag if arrival is not None else None
    if not upload.is_open:
        return _over(upload, incoming, tag)
    if upload.begun >= measuring.MAX_KILLED:
        return store.end(refused(upload, Reason.of("takes_too_long")), now)
    begun = {"status": UploadState.PROCESSING, "begun": upload.begun + 1, "received": upload.received or tag}
    upload = upload.model_copy(update=begun)
    try:
        upload = _begin(upload, arrival, now)
        data = incoming_store.read(incoming)
        with within_time():
            return _take_in(upload, data, now)
    except RecordingError as error:
        return store.end(refused(upload, error.reason), now)
    except incoming_store.FileTooLargeError:
        return store.end(refused(upload, Reason.of("file_too_large")), now)
    except (QuotaUsedUpError, HourIsFullError) as error:
        return store.end(refused(upload, Reason.of(error.code)), now)


def _over(upload: Upload, incoming: Incoming, tag: str | None) -> Intake:
    if upload.received is not None and tag not in {None, upload.received}:
        incoming_store.refuse(incoming)  # a form takes one file
        return Intake(upload, Outcome.FORM_USED)
    return Intake(upload, Outcome.OVER)


def _begin(upload: Upload, arrival: incoming_store.Arrival | None, now: datetime) -> Upload:
    """Its bytes count before they are looked at, and once, however often it is tried."""
    if arrival is None or upload.size is not None:
        store.mark_processing(upload, now)
        return upload
    upload = upload.model_copy(update={"size": arrival.size})
    store.count(upload, now)
    return upload


def failed(upload_id: str, user_id: str, now: datetime) -> None:
    """A try that ended with an error was not killed."""
    upload = store.get(user_id, upload_id)
    store.mark_processing(upload.model_copy(update={"begun": max(0, upload.begun - 1)}), now)


def give_up(upload: Upload, now: datetime) -> Intake:
    """Tells the athlete that it is our fault, instead of leaving the upload in processing for ever."""
    return store.end(refused(upload, Reason.of("file_broken")), now)


def _take_in(upload: Upload, data: bytes, now: datetime) -> Intake:
    sha256 = hashlib.sha256(data).hexdigest()
    again = same_bytes(upload, diary_store.workouts_of_file(upload.user_id, sha256))
    if again is not None:
        return store.end(again, now)
    contents = contents_of(data, sport_type=upload.sport_type, now=now, body_at=measuring.body_of(upload.user_id))
    if len(contents.entries) > MAX_ENTRIES:
        raise RecordingError("too_many_sessions", most=MAX_ENTRIES)
    arrived = [
        Arrived(entry, _workout(upload, n, entry, data, sha256, now), data) for n, entry in enumerate(contents.entries)
    ]
    left_out = [UploadedPart(part=left.part, reason=left.reason) for left in contents.left_out]
    try:
        intake = retry_on_conflict(lambda: _enter(upload, arrived, left_out, sha256, now), also=twin_service.MOVED)
    except (RecordingError, QuotaUsedUpError, HourIsFullError):
        _forget_but(upload, arrived, ())
        raise
    _forget_but(upload, arrived, intake.upload.workout_ids)
    return intake


def _forget_but(upload: Upload, arrived: list[Arrived], workout_ids: Collection[str]) -> None:
    for workout_id in {one for each in arrived for one in each.folders}.difference(workout_ids):
        if diary_store.find(upload.user_id, workout_id) is None:  # deleted meanwhile, or never there
            file_store.forget(upload.user_id, workout_id)


def _enter(upload: Upload, arrived: list[Arrived], left_out: list[UploadedPart], sha256: str, now: datetime) -> Intake:
    slots = diary_store.slots_of(*(one.workout for one in arrived))
    named = _named(upload, arrived)
    intake = decide(upload, [_seen(one, slots, named.get(one.workout.workout_id)) for one in arrived], left_out)
    brought: list[Added | Joined] = []
    for place, one in zip(intake.places, arrived, strict=True):
        if place.joins and place.home is not None:
            twin = diary_store.get(upload.user_id, place.home)
            joined = _joined(twin, one, upload.on_duplicate, now)
            slots = twin_service.with_join(slots, twin, joined.new)
            brought.append(joined)
        elif place.home is not None:
            brought.append(_added(one))
    return store.enter(intake, brought, slots, sha256=sha256, now=now)


def _named(upload: Upload, arrived: list[Arrived]) -> dict[str, str]:
    """Of an upload that corrects a workout: which of its recordings is that one."""
    if upload.corrects is None:
        return {}
    try:
        named = diary_store.get(upload.user_id, upload.corrects)
    except WorkoutNotFoundError:
        raise RecordingError("workout_gone") from None
    likest = max(arrived, key=lambda one: overlap(one.workout.fingerprint, named.fingerprints[-1]))
    shared = overlap(likest.workout.fingerprint, named.fingerprints[-1])
    if upload.on_duplicate is OnDuplicate.MERGE and shared == 0:
        raise RecordingError("unlike")
    return {likest.workout.workout_id: named.workout_id}


def _seen(arrived: Arrived, slots: diary_store.Slots, named: str | None) -> Seen:
    workout, recording = arrived.workout, arrived.entry.recording
    twin_id = named or twin_service.find_twin(slots, workout.fingerprint, but=workout.workout_id)
    return Seen(workout.workout_id, twin_id, recording.part, recording.notes, tuple(workout.dropped))


def _added(arrived: Arrived) -> Added:
    """Originals and claims bear the name of a workout that there is: by that they are found, and with it they go."""
    workout = arrived.workout
    _keep(arrived, workout.files, workout.workout_id)
    streams = deposited(workout.user_id, workout.workout_id, arrived.entry)
    return Added(workout.model_copy(update={"streams": streams}), arrived.entry.track)


def _keep(arrived: Arrived, files: list[FileRef], workout_id: str) -> None:
    arrived.folders.add(workout_id)
    for file in files:
        file_store.keep(file, arrived.data)


def _joined(twin: Workout, arrived: Arrived, on_duplicate: OnDuplicate, now: datetime) -> Joined:
    workout, replacing = arrived.workout, on_duplicate is OnDuplicate.REPLACE
    moved = workout.model_copy(update={"files": [file_store.of(file, twin) for file in workout.files]})
    joined = absorb(twin, moved, now, replacing=replacing)
    if replacing and joined.cut is not None and not _meets(arrived.entry, joined.cut):
        if measuring.part_to_come(joined) is not None:
            raise RecordingError("nothing_left")
        joined = joined.model_copy(update={"cut": None})  # it was of a recording that counts no more
    if joined.has_too_many_files:
        raise RecordingError("too_many_files", most=MAX_SOURCES)
    known = {file.sha256: arrived.entry.source for file in workout.files}
    try:
        best = measuring.entry_of_workout(joined, _sport(twin, workout, replacing=replacing), known) or arrived.entry
    except RecordingError:
        diary_store.get(twin.user_id, twin.workout_id)  # deleted meanwhile: all is looked at anew
        raise
    _keep(arrived, moved.files, twin.workout_id)
    streams = deposited(twin.user_id, twin.workout_id, best)
    joined = numbered(joined, best.measured, streams=streams, agrees=best.agrees).model_copy(update=MEASURED)
    return Joined(twin, joined, None if _is_no_news(twin, joined) else best.track)


def _is_no_news(twin: Workout, joined: Workout) -> bool:
    """Others know of it already what they may know."""
    if twin.measurement is not Measurement.DONE or twin.measured != joined.measured:
        return False
    known, told = (one.facts(agrees=True).model_dump(exclude={"revision"}) for one in (twin, joined))
    return known == told


def _meets(entry: Entry, cut: Cut) -> bool:
    recording = entry.recording
    begins, ends = recording.started_at, recording.started_at + timedelta(seconds=recording.span_s)
    return (cut.first is None or cut.first <= ends) and (cut.last is None or cut.last >= begins)


def _sport(twin: Workout, arrived: Workout, *, replacing: bool) -> SportType | None:
    """What the athlete said of the twin stands; of a replacement, what its file says."""
    kept, brought = measuring.named_sport(twin), measuring.named_sport(arrived)
    return brought or kept if replacing else kept or brought


def _workout(upload: Upload, index: int, entry: Entry, data: bytes, sha256: str, now: datetime) -> Workout:
    workout_id = upload.workout_id if index == 0 else str(uuid5(UUID(upload.workout_id), str(index)))
    original = FileRef(
        key=file_store.original(upload.user_id, workout_id, sha256),
        filename=PurePosixPath(upload.filename).name,
        format=entry.format,
        part=entry.recording.part,
        sha256=sha256,
        size=len(data),
    )
    return Workout(
        **entry.measured.model_dump(),
        workout_id=workout_id,
        user_id=upload.user_id,
        origin="upload",
        name=upload.name,
        description=upload.description,
        notes=upload.notes,
        marks=upload.marks,
        indoor_marked=True if Mark.INDOOR in upload.marks else None,
        tags=upload.tags,
        time_zone=upload.time_zone or zone_for(upload.user_id, entry.measured.start_latlng),
        gear_ids=upload.gear_ids,
        sport_named=upload.sport_type is not None,
        files=[original],
        created_at=now,
        updated_at=now,
    )
