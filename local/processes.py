"""Processes that outlive the command which started them: found again by a file, known by what they run."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from local.errors import EmulatorStillRunning

STOPS_WITHIN_S: Final = 5.0
ENDS_WITH_STDIN: Final = "STADION_ENDS_WITH_STDIN"
"""Set for a process that must not survive the one that started it, and that holds the other end of its stdin."""
STDIN: Final = 0


@dataclass(frozen=True)
class Running:
    """The process that serves a port."""

    pid: int
    port: int
    started_at: datetime
    timestream: str = ""
    """Where the functions of an emulator find Timestream; empty: nowhere."""

    @classmethod
    def read(cls, path: Path) -> "Running | None":
        try:
            known = json.loads(path.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return cls(**(known | {"started_at": datetime.fromisoformat(known["started_at"])}))

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self) | {"started_at": self.started_at.isoformat(timespec="seconds")}))


def is_alive(pid: int, module: str) -> bool:
    """Process ids are used again: this one must run `python -m <module>`."""
    return alive(pid) and module in command_line(pid)


def stop_process(pid: int, module: str) -> bool:
    """TERM, then KILL after five seconds, with all that it started; False when it has ended by itself."""
    if not is_alive(pid, module):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    wait_for_end(pid, STOPS_WITHIN_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if not wait_for_end(pid, STOPS_WITHIN_S):
        raise EmulatorStillRunning(f"Process {pid} is still there after KILL.", hint=f"kill {pid}")
    return True


def end_with_stdin() -> None:
    """If so asked: stops with the process that started this one, however that ended."""
    if os.environ.get(ENDS_WITH_STDIN):
        threading.Thread(target=_end_with_stdin, daemon=True).start()


def _end_with_stdin() -> None:
    while os.read(STDIN, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOPS_WITHIN_S)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # our own child would stay a zombie otherwise
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_line(pid: int) -> list[str]:
    proc = Path(f"/proc/{pid}/cmdline")
    if proc.exists():
        return [part.decode(errors="replace") for part in proc.read_bytes().split(b"\0") if part]
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return shown.stdout.split()


def wait_for_end(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not alive(pid):
            return True
        time.sleep(0.02)
    return not alive(pid)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def keep_previous(log: Path) -> None:
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))


def last_lines(log: Path, count: int) -> list[str]:
    try:
        return log.read_text(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []
