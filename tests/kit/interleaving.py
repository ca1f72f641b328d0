"""Calls at the same time, as one order of their requests to the store: the order is an argument, not chance."""

import contextvars
import threading
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.kit.memory import Memory

ORDERS = st.lists(st.integers(0, 5), min_size=24, max_size=60)
"""Who goes next: an index into those that still have something to do. Zeros, and its end: one after the other.

Long enough that several calls have looked before one of them writes: short lists are nearly no interleaving.
"""
PATIENCE_S = 60


class Actor:
    """A call in a thread of its own, which stands still before each request."""

    def __init__(self, call: Callable[[], Any], expected: tuple[type[Exception], ...]) -> None:
        self.result: Any = None
        self.failure: BaseException | None = None
        self.is_done = False
        self._call, self._expected = call, expected
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        context = contextvars.copy_context()
        self.thread = threading.Thread(target=context.run, args=(self._run,), daemon=True)
        self.thread.start()

    def _run(self) -> None:
        wait(self._go)
        try:
            self.result = self._call()
        except self._expected as error:
            self.result = error
        except BaseException as error:  # noqa: BLE001 - raised again where the order was given
            self.failure = error
        self.is_done = True
        self._stopped.release()

    def step(self) -> None:
        """Up to its next request, or to its end."""
        self._go.release()
        wait(self._stopped)

    def stand_still(self) -> None:
        self._stopped.release()
        wait(self._go)


def interleaved(
    store: Memory,
    calls: Sequence[Callable[[], Any]],
    order: Sequence[int],
    *,
    expected: tuple[type[Exception], ...] = (),
) -> list[Any]:
    """What each call returned, or the expected error that it raised."""
    actors = [Actor(call, expected) for call in calls]
    by_thread = {actor.thread: actor for actor in actors}
    choices = iter(order)

    def before(operation: str, request: dict[str, Any]) -> None:
        if (actor := by_thread.get(threading.current_thread())) is not None:
            actor.stand_still()

    store.before = before
    try:
        while waiting := [actor for actor in actors if not actor.is_done]:
            waiting[next(choices, 0) % len(waiting)].step()
    finally:
        store.before = lambda operation, request: None
    for actor in actors:
        if actor.failure is not None:
            raise actor.failure
    return [actor.result for actor in actors]


def wait(semaphore: threading.Semaphore) -> None:
    assert semaphore.acquire(timeout=PATIENCE_S), "a call waits for something that is not a request to the store"
