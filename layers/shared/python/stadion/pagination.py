"""Opaque cursors: where a list goes on, tied to the list and its filters."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel

from stadion.errors import InvalidCursorError

T = TypeVar("T")
U = TypeVar("U")

MAX_LIMIT = 200
DEFAULT_LIMIT = 50
MAX_KEY: Final = 1024
"""In bytes: of a sort key; DynamoDB takes longer partition keys, but we make none."""
SORT_KEYS: Final = {"pk": "sk", "gsi1pk": "gsi1sk"}
POSITIONS: Final = {"pk": {"pk", "sk"}, "gsi1pk": {"pk", "sk", "gsi1pk", "gsi1sk"}}
"""By the key of the partition: all keys of a position in the table, or in its index."""


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


def decode(cursor: str | None, scope: str, *, beginning: str = "", **partition: str) -> dict[str, Any] | None:
    """The position in `cursor`; `InvalidCursorError` when it is damaged, was made for another list or leads out of
    the partition, or of what begins with `beginning` there (DynamoDB refuses such a position, which is the client's
    fault and not ours)."""
    if cursor is None:
        return None
    try:
        made_for, position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (RecursionError, ValueError, TypeError) as error:
        raise InvalidCursorError from error
    if made_for != scope or not _is_position(position, partition, beginning):
        raise InvalidCursorError
    return dict(position)


def _is_position(position: Any, partition: Mapping[str, str], beginning: str) -> bool:
    return (
        isinstance(position, dict)
        and all(_is_key(value) for value in position.values())
        and all(position.get(key) == {"S": name} for key, name in partition.items())
        and all(position.keys() == POSITIONS[key] for key in partition)
        and all(position[SORT_KEYS[key]]["S"].startswith(beginning) for key in partition)
    )


def _is_key(value: Any) -> bool:
    """What may be a key: a text that is not empty, not too long, and has a form in UTF-8."""
    if not isinstance(value, dict) or value.keys() != {"S"} or not isinstance(value["S"], str):
        return False
    try:
        return 0 < len(value["S"].encode()) <= MAX_KEY
    except UnicodeEncodeError:
        return False
