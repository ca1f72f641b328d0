"""One `stadion up` (or reset, or down) at a time for each stack."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.errors import AnotherUpIsRunning


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Held until the block ends, or the process does; the file stays, so that nobody locks a removed one."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AnotherUpIsRunning(file.read().strip()) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
