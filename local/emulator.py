"""Run one MiniStack: its own port, its own folder, a clean environment, a clean end."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from local.errors import EmulatorDied, PortTaken, PythonTooOld
from local.paths import CACHE, ROOT, StackFolder
from local.processes import (
    ENDS_WITH_STDIN,
    Running,
    command_line,
    is_alive,
    is_free,
    keep_previous,
    last_lines,
    stop_process,
)
from local.timestream_process import TimestreamProcess

DEFAULT_PORT: Final = 4566
OLDEST_PYTHON: Final = (3, 11)
HEALTHY_WITHIN_S: Final = 60.0
PORT_LINGERS_S: Final = 1.0
LOG_LINES_SHOWN: Final = 15
LAUNCHER: Final = "local.launcher"
INHERITED: Final = (
    *("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT"),
    *("STADION_USED_RIGHTS", "STADION_COUNTED", "STADION_LAMBDA_SLOWER"),
)
"""The last three: where a run wants to know what functions ask for (`local.used_rights`) and cost (`local.counted`),
and how patient it is with them (`local.patches.lambda_worker`)."""


class Emulator:
    """A MiniStack on `port` with its state in `folder`, and a Timestream beside it; they survive this process, or,
    with `survives=False`, end when it ends, even by a signal."""

    def __init__(
        self,
        port: int,
        folder: StackFolder | None = None,
        *,
        snapshot_every_s: float = 5.0,
        expiry_every_s: float | None = None,
        with_timestream: bool = False,
        survives: bool = True,
    ) -> None:
        self.port = port
        self.folder = folder or StackFolder.of_port(port)
        self._snapshot_every_s = snapshot_every_s
        self._expiry_every_s = expiry_every_s
        self._survives = survives
        self._started: subprocess.Popen[bytes] | None = None
        self.timestream = TimestreamProcess(self.folder, beside=port, survives=survives) if with_timestream else None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def running(self) -> Running | None:
        """The process that we started and that still lives."""
        known = Running.read(self.folder.process)
        return known if known is not None and is_alive(known.pid, LAUNCHER) else None

    def healthy(self) -> bool:
        return health(self.url) is not None

    def start(self) -> bool:
        """Start it and wait until it answers; False when it runs already."""
        if sys.version_info[:2] < OLDEST_PYTHON:
            raise PythonTooOld(sys.version_info[:2])
        if self.timestream:
            self.timestream.start()
        if self._runs_as_it_should():
            self._wait_until_healthy(None)
            return False
        if not _becomes_free(self.port):
            raise PortTaken(self.port, owner_of(self.port))
        self._wait_until_healthy(self._launch())
        return True

    def stop(self) -> bool:
        """It writes its state, within five seconds; False when it was not running."""
        stopped = self._stop()
        if self.timestream:
            self.timestream.stop()
        return stopped

    def reset(self) -> None:
        """Stop it and forget everything."""
        self.stop()
        shutil.rmtree(self.folder.path, ignore_errors=True)

    def last_log_lines(self, count: int = LOG_LINES_SHOWN) -> list[str]:
        return last_lines(self.folder.log, count)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _runs_as_it_should(self) -> bool:
        """Its functions learn at its start where Timestream is: one that was told otherwise starts anew."""
        running = self.running()
        if running and self.timestream and running.timestream != self.timestream.url:
            self._stop()
            return False
        return running is not None

    def _stop(self) -> bool:
        running = self.running()
        if running is None:
            return False
        stop_process(running.pid, LAUNCHER)
        self.folder.process.unlink(missing_ok=True)
        shutil.rmtree(self.folder.temporary, ignore_errors=True)
        return True

    def _launch(self) -> "subprocess.Popen[bytes]":
        for path in (self.folder.state, self.folder.objects, self.folder.temporary):
            path.mkdir(parents=True, exist_ok=True)
        self.folder.path.chmod(0o700)  # tokens, mails and keys lie there
        keep_previous(self.folder.log)
        with self.folder.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", LAUNCHER],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL if self._survives else subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started = process  # its stdin is open as long as this is
        url = self.timestream.url if self.timestream else ""
        Running(process.pid, self.port, datetime.now(UTC), url).write(self.folder.process)
        return process

    def _environment(self) -> dict[str, str]:
        """All that the emulator sees: an AWS_ENDPOINT_URL of the shell would send its functions elsewhere."""
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return inherited | {
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "DOCKER_HOST": "unix:///nonexistent/docker.sock",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.folder.state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.folder.objects),
            "TMPDIR": str(self.folder.temporary),
            "STADION_CODE_CACHE": str(CACHE),
            "STADION_SNAPSHOT_SECONDS": str(self._snapshot_every_s),
            "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
            **({"STADION_EXPIRY_SECONDS": str(self._expiry_every_s)} if self._expiry_every_s else {}),
            **(self.timestream.variables() if self.timestream else {}),
            **({} if self._survives else {ENDS_WITH_STDIN: "1"}),
        }

    def _wait_until_healthy(self, process: "subprocess.Popen[bytes] | None") -> None:
        deadline = time.monotonic() + HEALTHY_WITHIN_S
        while time.monotonic() < deadline:
            if self.healthy():
                return
            if process is not None and process.poll() is not None:
                raise self._died(process.returncode)
            time.sleep(0.05)
        raise self._died(None)

    def _died(self, exit_code: int | None) -> EmulatorDied:
        if exit_code is not None:
            self.folder.process.unlink(missing_ok=True)
        return EmulatorDied(self.port, exit_code, self.folder.log, self.last_log_lines())


def health(url: str, *, timeout_s: float = 2.0) -> dict[str, Any] | None:
    """What the emulator (MiniStack or LocalStack) says about itself, or None."""
    return _told(f"{url}/_localstack/health", timeout_s)


def is_ministack(url: str) -> bool:
    return _told(f"{url}/_ministack/health", 2.0) is not None


def _told(url: str, timeout_s: float) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as answer:  # noqa: S310
            told = json.load(answer)
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) and "services" in told else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def owner_of(port: int) -> str | None:
    """Who listens there, if the system tells."""
    told = health(f"http://127.0.0.1:{port}", timeout_s=1.0)
    kind = f"an AWS emulator (edition {told.get('edition', '?')}, {told.get('version', '?')})" if told else None
    pid = _pid_listening_on(port)
    if pid is None:
        return kind
    command = " ".join(command_line(pid))[:80]
    return f"{kind + ', ' if kind else ''}process {pid} ({command})"


def _becomes_free(port: int) -> bool:
    """A killed emulator's last child may hold the port for a moment."""
    deadline = time.monotonic() + PORT_LINGERS_S
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _pid_listening_on(port: int) -> int | None:
    if shutil.which("lsof"):
        found = subprocess.run(
            ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-t"], capture_output=True, text=True, check=False
        ).stdout.split()
        return int(found[0]) if found else None
    inodes = _listening_inodes(port)
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if str(link.readlink()) in inodes:
                return int(link.parts[2])
    return None


def _listening_inodes(port: int) -> set[str]:
    listening, inodes = "0A", set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with contextlib.suppress(OSError):
            for row in (line.split() for line in table.read_text().splitlines()[1:]):
                if row[3] == listening and int(row[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{row[9]}]")
    return inodes
