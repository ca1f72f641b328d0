"""Uploads in the workouts table: announced once, ended once."""

from pynamodb.exceptions import PutError

from stadion.dynamo import Item, Transaction, absent, error_code
from workouts import keys
from workouts.uploads.domain import Upload
from workouts.uploads.errors import UploadIdTakenError, UploadNotFoundError


class UploadIsOverError(Exception):
    """A second delivery of the same upload arrived after the first had ended."""


def get(user_id: str, upload_id: str) -> Upload:
    item = Item.find(keys.user(user_id), _sk(upload_id))
    if item is None:
        raise UploadNotFoundError
    return Upload.model_validate(item.body)


def add(transaction: Transaction, upload: Upload) -> None:
    transaction.put(_item(upload), absent(), refused=lambda _: UploadIdTakenError())


def finish(transaction: Transaction, upload: Upload) -> None:
    """Only an upload that is still open can end."""
    transaction.put(_item(upload), Item.kind == "upload_open", refused=lambda _: UploadIsOverError())


def mark_processing(upload: Upload) -> None:
    """Tells a polling app; not a lock."""
    try:
        _item(upload).save(condition=Item.kind == "upload_open")
    except PutError as error:
        if error_code(error) != "ConditionalCheckFailedException":
            raise


def _sk(upload_id: str) -> str:
    return f"UPLOAD#{upload_id}"


def _item(upload: Upload) -> Item:
    return Item(
        pk=keys.user(upload.user_id),
        sk=_sk(upload.upload_id),
        kind="upload_open" if upload.is_open else "upload",
        body=upload.model_dump(mode="json", exclude_none=True),
    )
