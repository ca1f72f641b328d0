"""Save the emulator's state while it runs, so that a crash or a kill -9 loses seconds and not the day.

MiniStack writes its state at a clean shutdown only. Here a forked child writes it every few seconds when something
changed: the fork sees all services at one instant, and the requests do not wait. The more a snapshot costs, the longer
the pause after it, so that saving takes at most a tenth of a core, however much there is to save. Where the system
cannot fork safely with threads (macOS, Windows) only the clean shutdown saves.
"""

import asyncio
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final

from ministack import app as ministack_app
from ministack.core import persistence

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
AsgiApp = Callable[[Scope, Any, Any], Awaitable[None]]

HIGHEST_DESCRIPTOR: Final = 65536
CHILD_MAY_TAKE_S: Final = 60
SHARE_OF_A_CORE: Final = 0.1
"""A snapshot of 100 000 items takes 2.9 s of CPU: at the shortest interval that would be a third of a core."""
READING: Final = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "Filter", "TransactGet", "Search")
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

logger = logging.getLogger("stadion.snapshots")


class Snapshots:
    """Wraps MiniStack's ASGI app: notices writes, saves every `every_s` seconds, or less often where that is costly."""

    def __init__(self, app: AsgiApp, *, every_s: float) -> None:
        self._app = app
        self._every_s = every_s
        self._pause_s = every_s
        self._written_at = 0.0
        self._saved_at = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self._child = 0

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            self._task = asyncio.create_task(self._save_again_and_again())
            receive = self._ending_before_shutdown(receive)
        if scope["type"] == "http" and _writes(scope):
            self._written_at = time.monotonic()
        await self._app(scope, receive, send)

    def _ending_before_shutdown(self, receive: Receive) -> Receive:
        """MiniStack saves by itself at shutdown: an older snapshot must not come after that."""

        async def mended() -> Any:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self._end()
            return message

        return mended

    def _end(self) -> None:
        if self._task:
            self._task.cancel()
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)

    async def _save_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(self._pause_s)
            # What a request set going (queues, functions) goes on for a while: one more snapshot after the last write.
            if self._written_at + self._every_s < self._saved_at:
                continue
            self._saved_at = time.monotonic()
            self._child = _fork_and_save()
            cpu_s = await _finished(self._child)
            self._child = 0
            self._pause_s = pause_after(cpu_s, at_least_s=self._every_s)


def pause_after(cpu_s: float, *, at_least_s: float) -> float:
    """How long not to save after a snapshot that took so much CPU time."""
    return max(at_least_s, cpu_s * (1 / SHARE_OF_A_CORE - 1))


def _writes(scope: Scope) -> bool:
    if scope["method"] in SAFE_METHODS:
        return False
    target = next((value for name, value in scope["headers"] if name.lower() == b"x-amz-target"), b"")
    return not target.decode("latin-1").rpartition(".")[2].startswith(READING)


def _fork_and_save() -> int:
    child = os.fork()
    if child:
        return child
    try:
        _be_a_quiet_child()
        _save_all_at_once(Path(persistence.STATE_DIR))
    finally:
        os._exit(0)


def _save_all_at_once(state: Path) -> None:
    """Into a folder beside, then file by file into place: a kill in between leaves whole files."""
    beside = state / ".snapshot"
    shutil.rmtree(beside, ignore_errors=True)
    persistence.STATE_DIR = str(beside)
    persistence.save_all(ministack_app._build_persistence_save_dict())
    for file in beside.iterdir():
        file.replace(state / file.name)


def _be_a_quiet_child() -> None:
    """No socket, pipe or signal handler of the parent stays in use here."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    os.closerange(3, min(os.sysconf("SC_OPEN_MAX"), HIGHEST_DESCRIPTOR))
    logging.getLogger("persistence").setLevel(logging.WARNING)
    os.nice(10)


async def _finished(child: int) -> float:
    """Waits for it; the CPU time that it took, in seconds."""
    deadline = time.monotonic() + CHILD_MAY_TAKE_S
    while time.monotonic() < deadline:
        ended, _, used = os.wait4(child, os.WNOHANG)
        if ended:
            return used.ru_utime + used.ru_stime
        await asyncio.sleep(0.05)
    logger.warning("a snapshot took more than %s s and was given up", CHILD_MAY_TAKE_S)
    os.kill(child, signal.SIGKILL)
    _, _, used = os.wait4(child, 0)
    return used.ru_utime + used.ru_stime


def with_snapshots(app: AsgiApp, *, every_s: float) -> AsgiApp:
    if every_s <= 0 or not sys.platform.startswith("linux"):
        return app
    return Snapshots(app, every_s=every_s)
