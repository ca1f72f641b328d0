"""The local Timestream as a process of its own beside an emulator: started before it, stopped after it."""

import json
import re
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, NoReturn

from infra_cdk.timestream_tables import database_name, make_tables
from local.errors import TimestreamDied
from local.paths import ROOT, StackFolder
from local.processes import Running, is_alive, is_free, keep_previous, last_lines, stop_process

MODULE: Final = "timestream_local"
BESIDE: Final = 4
"""Ports above the emulator's: 4570 beside 4566. Another one if that is taken."""
LISTENS_WITHIN_S: Final = 30.0
LISTENS: Final = re.compile(r"listens on http://127\.0\.0\.1:(\d+)")
DATABASE: Final = database_name("local")


class TimestreamProcess:
    """`python -m timestream_local` with its state in the folder of a stack; it survives this process, if it shall."""

    def __init__(self, folder: StackFolder, *, beside: int | None = None, survives: bool = True) -> None:
        self.folder = folder
        self._beside = beside
        self._survives = survives
        self._process: subprocess.Popen[bytes] | None = None

    def running(self) -> Running | None:
        known = Running.read(self.folder.timestream_process)
        return known if known is not None and is_alive(known.pid, MODULE) else None

    @property
    def url(self) -> str:
        running = self.running()
        return f"http://127.0.0.1:{running.port}" if running else ""

    def start(self) -> bool:
        """Start it and wait until it listens, at the port of last time if that is free; False when it runs already."""
        if self.running():
            return False
        known = Running.read(self.folder.timestream_process)
        wanted = known.port if known else (self._beside or 0) + BESIDE
        process, port = (self._started(wanted) if is_free(wanted) else None) or self._started(0) or self._died()
        self._process = process  # its stdin is open as long as this is
        Running(process.pid, port, datetime.now(UTC)).write(self.folder.timestream_process)
        return True

    def stop(self) -> bool:
        """Everything it took is on disk afterwards. Its port stays known: functions that run may be told of it."""
        running = self.running()
        return running is not None and stop_process(running.pid, MODULE)

    def variables(self) -> dict[str, str]:
        """What makes functions use it."""
        return {
            "AWS_ENDPOINT_URL_TIMESTREAM_WRITE": self.url,
            "AWS_ENDPOINT_URL_TIMESTREAM_QUERY": self.url,
            "STADION_TIMESTREAM_DATABASE": DATABASE,
        }

    def has_tables(self) -> bool:
        """Said by its state, without asking: that would cost a second of every `stadion up`."""
        with suppress(FileNotFoundError, json.JSONDecodeError):
            return DATABASE in (self.folder.timestream / "catalogue.json").read_text()
        return False

    def make_tables(self) -> None:
        """The emulator's CloudFormation refuses the types of Timestream; the API makes the same."""
        import boto3

        client = boto3.client(
            "timestream-write",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106
        )
        make_tables(client, DATABASE)

    def _started(self, port: int) -> "tuple[subprocess.Popen[bytes], int] | None":
        """With the port that it took, when it listens."""
        process = self._launch(port)
        deadline = time.monotonic() + LISTENS_WITHIN_S
        while time.monotonic() < deadline and process.poll() is None:
            if found := LISTENS.search(self.folder.timestream_log.read_text(errors="replace")):
                return process, int(found[1])
            time.sleep(0.02)
        process.kill()
        process.wait()
        return None

    def _died(self) -> NoReturn:
        raise TimestreamDied(self.folder.timestream_log, last_lines(self.folder.timestream_log, 15))

    def _launch(self, port: int) -> "subprocess.Popen[bytes]":
        self.folder.timestream.mkdir(parents=True, exist_ok=True)
        keep_previous(self.folder.timestream_log)
        with self.folder.timestream_log.open("wb") as log:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", MODULE, "--port", str(port), "--state", str(self.folder.timestream)),
                    *(() if self._survives else ("--end-with-stdin",)),
                ],
                cwd=ROOT,
                stdin=subprocess.DEVNULL if self._survives else subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
