"""Trying again: the one loop, with full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015)."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from stadion.errors import RequestInProgressError

T = TypeVar("T")
JITTER: Final = random.SystemRandom()
"""Copies of a function that began from one snapshot share the seed of Python's own generator, and would all pause alike
(docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html)."""


class WriteConflictError(Exception):
    """Another write came between our look and our write: look again."""


@dataclass(frozen=True)
class Policy:
    """How often; the pause is up to `base_s` after the first time, twice that after the next, `max_s` at most."""

    attempts: int
    base_s: float
    max_s: float = 1.0

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError("nothing is tried less than once")

    def tries(self, sleep: Callable[[float], None] | None = None) -> Iterator[int]:
        """Numbers from 0, with a pause before each but the first."""
        longest = self.base_s
        for attempt in range(self.attempts):
            if attempt:
                longest = min(self.max_s, longest)
                (sleep or time.sleep)(JITTER.uniform(0, longest))
                longest *= 2
            yield attempt


def wait(seconds: float) -> None:
    """For what is true in a moment whoever else is busy."""
    time.sleep(seconds)


CONFLICTS: Final = Policy(attempts=12, base_s=0.01, max_s=0.64)


def retry_on_conflict(
    write: Callable[[], T], policy: Policy = CONFLICTS, *, also: tuple[type[Exception], ...] = ()
) -> T:
    """Runs `write` (a look and a write) until nobody comes between; `RequestInProgressError` when that never ends.

    `also` are further errors that mean the same here, such as `StaleVersionError` where no client could look again.
    """
    conflicts: tuple[type[Exception], ...] = (WriteConflictError, *also)
    for _ in policy.tries():
        try:
            return write()
        except conflicts as error:
            conflict = error
    raise RequestInProgressError from conflict
