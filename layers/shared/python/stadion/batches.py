"""As many things at a time as a service of AWS takes in one request."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def batched_by(items: Iterable[T], *, max_count: int, max_bytes: int, size_of: Callable[[T], int]) -> Iterator[list[T]]:
    """In their order. One that is larger than `max_bytes` alone is alone in its batch."""
    batch: list[T] = []
    size = 0
    for item in items:
        length = size_of(item)
        if batch and (len(batch) == max_count or size + length > max_bytes):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += length
    if batch:
        yield batch
