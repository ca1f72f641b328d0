"""Writes that stand for themselves: one item, or many that need not come together.

A transaction costs twice as much. What makes news, or must hold together with anything else, goes through `Change`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
    with _refusals(refused):
        item.save(condition=condition)


def replace(seen: Stored[M], value: M, now: datetime, *, refused: type[Exception] = WriteConflictError) -> None:
    """On the revision read, also if that was none."""
    with _refusals(refused):
        seen.followed_by(value, now).save(condition=seen.unchanged)


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


@contextmanager
def _refusals(refused: type[Exception]) -> Iterator[None]:
    try:
        yield
    except PutError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            raise refused from error
        if error_code(error) == "TransactionConflictException":
            raise WriteConflictError from error
        raise
