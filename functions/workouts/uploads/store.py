"""Uploads in the workouts table: announced once, ended once, with all that they bring."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from stadion import pagination, writes
from stadion.change import Change
from stadion.dynamo import Item
from stadion.events.workouts import UploadEnded, UploadOutcome
from stadion.records import Index, Records
from workouts import store as diary_store
from workouts.quotas import store as quotas
from workouts.quotas.domain import BYTES, WORKOUTS
from workouts.uploads.domain import Added, Intake, Joined, Outcome, Upload, UploadState
from workouts.uploads.errors import UploadNotFoundError

OPEN = "upload_open"


LISTED = Index("USER#{user_id}#UPLOADS", "{created_at}#{upload_id}")
"""By the time of its announcement."""


class _UploadItem(Item):
    size = NumberAttribute(null=True)
    status = UnicodeAttribute(null=True)
    waits_until = NumberAttribute(null=True)


UPLOADS = Records(
    Upload,
    kind=lambda upload: OPEN if upload.is_open else "upload",
    pk="USER#{user_id}",
    sk="UPLOAD#{upload_id}",
    index=LISTED,
    attributes=lambda upload: {
        "size": upload.size,
        "status": upload.status.value,
        "waits_until": upload.waits_until.timestamp(),
    },
    item_type=_UploadItem,
    missing=UploadNotFoundError,
)
"""Announcement; its one end, while it is open; polling. In the index since 2026-12."""


class _UploadIsOverError(Exception):
    """A second delivery of the same upload arrived after the first had ended."""


def get(user_id: str, upload_id: str) -> Upload:
    return UPLOADS.get(user_id, upload_id)


def page(
    user_id: str, status: UploadState | None, *, limit: int, cursor: str | None, now: datetime
) -> pagination.Page[Upload]:
    """Newest first, each as of now."""
    scope = pagination.fingerprint("uploads", user_id, status)
    (partition,) = LISTED.partitions(user_id=user_id)
    position = pagination.decode(cursor, scope, gsi1pk=partition)
    some, position = UPLOADS.portion(
        partition, position=position, limit=limit, where=_of_status(status, now), newest_first=True
    )
    found = [stored.value.as_of(now) for stored in some if stored.value is not None]
    return pagination.Page(found, pagination.encode(position, scope) if position else None)


def _of_status(status: UploadState | None, now: datetime) -> Condition | None:
    """What waited too long has failed, though the table has it queued."""
    if status is None:
        return None
    stored, over = _UploadItem.status == status.value, _UploadItem.waits_until < now.timestamp()
    found: Condition = stored
    if status is UploadState.QUEUED:
        found = stored & ~over
    elif status is UploadState.FAILED:
        found = stored | ((_UploadItem.status == UploadState.QUEUED.value) & over)
    return found


def mark_processing(upload: Upload, now: datetime) -> None:
    """Tells a polling app; not a lock."""
    with suppress(_UploadIsOverError):
        writes.put(UPLOADS.of(upload), upload, now, Item.kind == OPEN, refused=_UploadIsOverError)


def count(upload: Upload, now: datetime) -> None:
    """Its bytes, once, whoever else was told of the same file. `QuotaUsedUpError`."""
    not_yet = (Item.kind == OPEN) & _UploadItem.size.does_not_exist()
    with suppress(_UploadIsOverError), Change(upload.user_id, now) as change:
        change.write(UPLOADS.of(upload), upload, not_yet, refused=_UploadIsOverError)
        quotas.spend(change, upload.user_id, BYTES, upload.size or 0, now)


def end(intake: Intake, now: datetime) -> Intake:
    """That it is over, and nothing else."""
    return _ended(intake, Change(intake.upload.user_id, now))


def enter(
    intake: Intake, brought: Collection[Added | Joined], slots: diary_store.Slots, *, sha256: str, now: datetime
) -> Intake:
    """All of it in one transaction with the upload's end.

    `WriteConflictError` and `StaleVersionError` when the diary is not as it was when that was decided;
    `QuotaUsedUpError`."""
    upload = intake.upload
    change = Change(upload.user_id, now)
    for one in brought:
        if isinstance(one, Added):
            diary_store.record(change, one.workout, slots, one.track)
        elif one.track is None:
            diary_store.revise(change, one.old, one.new, slots)
        else:
            diary_store.correct(change, one.old, one.new, slots, one.track)
    if upload.workout_ids:
        diary_store.know_file(change, upload.user_id, sha256, upload.workout_ids)
    quotas.spend(change, upload.user_id, WORKOUTS, sum(isinstance(one, Added) for one in brought), now)
    workouts = [one.workout if isinstance(one, Added) else one.new for one in brought]
    return _ended(intake, change, slots, max((one.started_at for one in workouts), default=None))


def _ended(
    intake: Intake,
    change: Change,
    slots: diary_store.Slots | None = None,
    newest_started_at: datetime | None = None,
) -> Intake:
    """Only an upload that is still open can end."""
    try:
        with change:
            upload = intake.upload
            change.write(UPLOADS.of(upload), upload, Item.kind == OPEN, refused=_UploadIsOverError)
            change.publish(
                UploadEnded(
                    upload_id=upload.upload_id,
                    status=UploadOutcome(upload.status.value),
                    workout_ids=upload.workout_ids,
                    existing_workout_id=upload.existing_workout_id,
                    problem=upload.problem_code,
                    newest_started_at=newest_started_at,
                )
            )
            if slots is not None:
                slots.write(change)
    except _UploadIsOverError:
        return Intake(get(intake.upload.user_id, intake.upload.upload_id), Outcome.OVER)
    return intake
