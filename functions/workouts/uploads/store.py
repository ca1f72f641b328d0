"""Uploads in the workouts table: announced once, ended once, with all that they bring."""

from collections.abc import Iterable
from datetime import datetime

from pynamodb.exceptions import PutError

from stadion.dynamo import Item, Transaction, absent, error_code
from workouts import keys
from workouts import store as diary_store
from workouts.uploads.domain import Added, Intake, Joined, Reason, Upload
from workouts.uploads.errors import UploadIdTakenError, UploadNotFoundError


def get(user_id: str, upload_id: str) -> Upload:
    item = Item.find(keys.user(user_id), _sk(upload_id))
    if item is None:
        raise UploadNotFoundError
    return Upload.model_validate(item.body)


def add(transaction: Transaction, upload: Upload) -> None:
    transaction.put(_item(upload), absent(), refused=lambda _: UploadIdTakenError())


def mark_processing(upload: Upload) -> None:
    """Tells a polling app; not a lock."""
    try:
        _item(upload).save(condition=Item.kind == "upload_open")
    except PutError as error:
        if error_code(error) != "ConditionalCheckFailedException":
            raise


def end(intake: Intake, now: datetime) -> Intake:
    """That it is over, and nothing else."""
    change = diary_store.Change(intake.upload.user_id, now)
    return _ended(intake, change)


def enter(
    intake: Intake, brought: Iterable[Added | Joined], slots: diary_store.Slots, *, sha256: str, now: datetime
) -> Intake:
    """All of it in one transaction with the upload's end.

    `WriteConflictError` and `StaleVersionError` when the diary is not as it was when that was decided."""
    change = diary_store.Change(intake.upload.user_id, now)
    for one in brought:
        if isinstance(one, Added):
            change.record(one.workout, slots, one.track)
        elif one.track is None:
            change.revise(one.old, one.new)
        else:
            change.correct(one.old, one.new, slots, one.track)
    if intake.upload.workout_ids:
        change.know_file(sha256, intake.upload.workout_ids)
    return _ended(intake, change, slots)


def _ended(intake: Intake, change: diary_store.Change, slots: diary_store.Slots | None = None) -> Intake:
    """Only an upload that is still open can end."""
    open_ = Item.kind == "upload_open"
    change.transaction.put(_item(intake.upload), open_, refused=lambda _: _UploadIsOverError())
    if slots is not None:
        slots.write(change.transaction)
    try:
        change.commit()
    except _UploadIsOverError:
        return Intake(get(intake.upload.user_id, intake.upload.upload_id), Reason.OVER)
    return intake


class _UploadIsOverError(Exception):
    """A second delivery of the same upload arrived after the first had ended."""


def _sk(upload_id: str) -> str:
    return f"UPLOAD#{upload_id}"


def _item(upload: Upload) -> Item:
    return Item(
        pk=keys.user(upload.user_id),
        sk=_sk(upload.upload_id),
        kind="upload_open" if upload.is_open else "upload",
        body=upload.model_dump(mode="json", exclude_none=True),
    )
