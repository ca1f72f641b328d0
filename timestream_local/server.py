"""The endpoint: a threaded HTTP server on 127.0.0.1, its state in a folder. It answers programs of this machine: a page
in a browser could lead a name of its own here (DNS rebinding), and read what people did."""

import logging
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from timestream_local.catalogue import Catalogue
from timestream_local.clock import Clock, system_clock
from timestream_local.protocol import Protocol
from timestream_local.querying import Querying
from timestream_local.resources import Resources
from timestream_local.scheduled import Scheduled
from timestream_local.store import Store
from timestream_local.writing import Writing

HOST = "127.0.0.1"
TICK_S = 0.5
MAX_BODY = 4 * 1024 * 1024
HERE = re.compile(r"(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[a-z0-9_-]+\.)*localhost)(?::\d{1,5})?", re.IGNORECASE)
"""What a program calls this machine."""
OF_PAGES = ("Origin", "Sec-Fetch-Site")
"""No program sends them, and a browser does for every page."""
logger = logging.getLogger("timestream_local")


class TimestreamEndpoint:
    """`port` 0 takes a free one. `clock` gives aware UTC times; every rule about time asks it, and nothing else."""

    def __init__(
        self,
        port: int,
        state: Path,
        *,
        clock: Clock = system_clock,
        late_delay_s: float = 0,
        onboarded: bool = True,
        empty_first_page: bool = False,
    ) -> None:
        self.port = port
        self.state = state
        self.clock = clock
        self.late_delay_s = late_delay_s
        self.onboarded = onboarded
        self.empty_first_page = empty_first_page
        self._stopped = Event()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        self._open()
        self._server = _Server((HOST, self.port), _Handler)
        self._server.protocol = self.protocol
        self.port = self._server.server_address[1]
        self.protocol.url = self.url
        self._stopped.clear()
        self._threads = [
            Thread(target=self._server.serve_forever, args=(0.05,), name="timestream-http", daemon=True),
            Thread(target=self._tick, name="timestream-ticks", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Everything that was accepted is on disk afterwards."""
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join()
        self.querying.close()
        self.store.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _open(self) -> None:
        catalogue = Catalogue(self.state / "catalogue.json")
        self.store = Store(self.state / "rows.duckdb", catalogue.tables())
        writing = Writing(catalogue, self.store, self.clock, self.late_delay_s)
        self.querying = Querying(catalogue, self.store, self.clock, empty_first_page=self.empty_first_page)
        self.scheduled = Scheduled(catalogue, self.querying, writing, self.clock)
        resources = Resources(catalogue, self.store, self.clock)
        self.protocol = Protocol(resources, writing, self.querying, self.scheduled, onboarded=self.onboarded)

    def _tick(self) -> None:
        while not self._stopped.wait(TICK_S):
            try:
                self.scheduled.run_due()
                self.store.flush_all()
            except Exception:
                logger.exception("a tick failed; the next one tries again")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    protocol: Protocol


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_POST(self) -> None:
        if not self._is_asked_by_a_program():
            self.close_connection = True
            self.send_error(403)
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            self.send_error(413)
            return
        status, body = self.server.protocol.answer(self.headers.get("X-Amz-Target", ""), self.rfile.read(int(length)))
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _is_asked_by_a_program(self) -> bool:
        is_of_here = HERE.fullmatch(self.headers.get("Host", "")) is not None
        return is_of_here and not any(name in self.headers for name in OF_PAGES)

    def log_message(self, *_: object) -> None:
        """No line for each call: bodies and queries can hold what people did."""
