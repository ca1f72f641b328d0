"""Writes that stand for themselves: one item, or many that need not come together.

A transaction costs twice as much. What makes news, or must hold together with anything else, goes through `Change`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition

from stadion.dynamo import Item, error_code
from stadion.records import Place, Stored
from stadion.retry import WriteConflictError

M = TypeVar("M")


def put(
    place: Place[M],
    value: M,
    now: datetime,
    condition: Condition | None = None,
    *,
    revision: int | None = None,
    refused: type[Exception] = WriteConflictError,
) -> None:
    """Whatever is there, or on a condition; `WriteConflictError` too while a transaction holds the item."""
    item = place.records.item(place, value, revision=revision, now=now)
    _save(item, condition, refused)


def replace(seen: Stored[M], value: M, now: datetime, *, refused: type[Exception] = WriteConflictError) -> None:
    """On the revision read, also if that was none."""
    _save(seen.followed_by(value, now), seen.unchanged, refused)


def delete(place: Place[Any]) -> None:
    """Whatever is there, or nothing."""
    place.bare_item().delete()


# --- many, twenty-five in a request ---


def put_all(values: Iterable[tuple[Place[M], M]], now: datetime) -> None:
    """Whatever is there. A crash leaves some of them written."""
    with Item.batch_write() as batch:
        for place, value in values:
            batch.save(place.records.item(place, value, revision=None, now=now))


def delete_all(places: Iterable[Place[Any]]) -> None:
    """A crash leaves some of them there."""
    with Item.batch_write() as batch:
        for place in places:
            batch.delete(place.bare_item())


def _save(item: Item, condition: Condition | None, refused: type[Exception]) -> None:
    try:
        item.save(condition=condition)
    except PutError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            if _was_repeated(error) and _is_there(item):
                return
            raise refused from error
        if error_code(error) == "TransactionConflictException":
            raise WriteConflictError from error
        raise


def _was_repeated(error: PutError) -> bool:
    """By botocore, after an answer that did not come in time: what was refused may be in the way of itself. (A
    transaction has a token for that.)"""
    said = getattr(error.cause, "__cause__", None)  # pynamodb's own error leaves this part out
    response: dict[str, Any] = getattr(said, "response", None) or {}
    return int(response.get("ResponseMetadata", {}).get("RetryAttempts", 0)) > 0


def _is_there(item: Item) -> bool:
    found = type(item).find(item.pk, item.sk)
    return found is not None and found.to_dynamodb_dict() == item.to_dynamodb_dict()
