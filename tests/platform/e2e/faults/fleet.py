"""Several environments of a service at once, and the queue that feeds them."""

import multiprocessing
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.platform.e2e.faults import environment
from tests.platform.e2e.faults.environment import Delivered, Entry, Said
from tests.platform.e2e.faults.world import Life

T = TypeVar("T")
LARGEST_BATCH = 10
MAX_ROUNDS = 60


@dataclass
class Fleet:
    service: str
    table: str
    pool: ProcessPoolExecutor
    seen: Counter[str] = field(default_factory=Counter)

    def ask(self, user: str, method: str, path: str, body: Any = None, **more: str) -> Said:
        return self.pool.submit(environment.ask, self.service, user, method, path, body, **more).result()

    def live(self, lives: Iterable[Life], seed: str) -> None:
        futures = [self.pool.submit(environment.live, life, f"{seed}:{life.workout_id}") for life in lives]
        for future in futures:
            self.seen += future.result()

    def consume(self, module: str, entries: list[Entry], seed: str) -> int:
        """Each entry one to three times in random order, and what failed again until nothing fails; how many came."""
        order = random.Random(f"{seed}:{module}")
        waiting = [entry for entry in entries for _ in range(order.randint(1, 3))]
        came = len(waiting)
        for turn in range(MAX_ROUNDS):
            batches = [*_crowded(waiting, order), *_batches(waiting, order)]
            futures: list[Future[Delivered]] = [
                self.pool.submit(environment.deliver, self.service, module, batch, f"{seed}:{module}:{turn}:{n}")
                for n, batch in enumerate(batches)
            ]
            waiting = []
            for batch, future in zip(batches, futures, strict=True):
                delivered = future.result()
                self.seen += delivered.seen
                waiting += [batch[position] for position in delivered.failed]
            self.seen["redelivered"] += len(waiting)
            if not waiting:
                return came
        raise AssertionError(f"{len(waiting)} messages still fail after {MAX_ROUNDS} rounds")

    def read_stream(self, module: str, images: list[list[dict[str, Any]]], seed: str) -> int:
        """All images one to three times, in no order but that a batch has those of one item as they were written; a
        batch comes until it is taken. A table's stream has one reader for each item. How many came."""
        order = random.Random(f"{seed}:{module}")
        numbered = [(age, image) for age, written in enumerate(images) for image in written]
        waiting = [one for one in numbered for _ in range(order.randint(1, 3))]
        order.shuffle(waiting)
        for number, batch in enumerate(_batches(waiting, order)):
            records = [image for _, image in sorted(batch, key=lambda one: one[0])]
            for turn in range(MAX_ROUNDS):
                one = f"{seed}:{module}:{number}:{turn}"
                taken, seen = self.pool.submit(environment.stream, self.service, module, records, one).result()
                self.seen += seen
                if taken:
                    break
            else:
                raise AssertionError(f"a batch of the stream still fails after {MAX_ROUNDS} turns")
        return len(waiting)


def _crowded(waiting: list[Entry], order: random.Random) -> Iterator[list[Entry]]:
    """Takes half of them out, neighbours in pairs of batches that are in work at the same time: versions and copies of
    one workout, and workouts of one athlete, meet one another between look and write."""
    order.shuffle(waiting)
    taken = sorted(waiting[len(waiting) // 2 :], key=_subject)
    del waiting[len(waiting) // 2 :]
    for start in range(0, len(taken), 2 * LARGEST_BATCH):
        several = taken[start : start + 2 * LARGEST_BATCH]
        yield several[::2]
        if several[1:]:
            yield several[1::2]


def _subject(entry: Entry) -> tuple[str, str]:
    detail = entry["detail"]
    data = detail["data"]
    return detail["user_id"], data.get("workout", data).get("workout_id", "")


def _batches(entries: list[T], order: random.Random) -> Iterator[list[T]]:
    start = 0
    while start < len(entries):
        size = order.randint(1, LARGEST_BATCH)
        yield entries[start : start + size]
        start += size


@contextmanager
def fleet(service: str, table: str, endpoint: str, *, workers: int) -> Iterator[Fleet]:
    with ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=environment.start,
        initargs=(service, table, endpoint),
    ) as pool:
        yield Fleet(service, table, pool)


def at_once(*works: Callable[[], int]) -> list[int]:
    """Runs them side by side; their results in order."""
    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result() for future in [threads.submit(work) for work in works]]
