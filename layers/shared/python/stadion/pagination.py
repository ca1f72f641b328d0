"""Opaque cursors: where a list goes on, tied to the list and its filters."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from stadion.errors import InvalidCursorError

T = TypeVar("T")
U = TypeVar("U")

MAX_LIMIT = 200
DEFAULT_LIMIT = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    items: list[T]
    next_cursor: str | None = None

    def of(self, make: Callable[[T], U]) -> "Page[U]":
        """The same page of something else."""
        return Page([make(item) for item in self.items], self.next_cursor)


class ListResponse(BaseModel, Generic[T]):
    """What every list answers."""

    items: list[T]
    next_cursor: str | None = None


def fingerprint(*scope: object) -> str:
    """Of the list and its filters, so that a cursor of another list is refused."""
    return hashlib.sha256(json.dumps(scope, default=str).encode()).hexdigest()[:12]


def encode(position: Mapping[str, Any], scope: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([scope, position], separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str | None, scope: str, **partition: str) -> dict[str, Any] | None:
    """The position in `cursor`; `InvalidCursorError` when it is damaged, was made for another list or leads out of
    the partition (DynamoDB refuses such a position, which is the client's fault and not ours)."""
    if cursor is None:
        return None
    try:
        made_for, position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidCursorError from error
    if made_for != scope or not _is_position(position, partition):
        raise InvalidCursorError
    return dict(position)


def _is_position(position: Any, partition: Mapping[str, str]) -> bool:
    return (
        isinstance(position, dict)
        and all(isinstance(value, dict) and isinstance(value.get("S"), str) for value in position.values())
        and all(position.get(key) == {"S": name} for key, name in partition.items())
    )
