"""One signed POST: no redirects, no proxies, a short time, and the answer's body is nobody's business."""

import socket
import ssl
from collections.abc import Mapping
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from typing import Final

from partners.webhooks.destinations import Destination

CONNECT_S: Final = 3.0
WHOLE_S: Final = 11.0
"""From the connection to the answer's last header, however it comes: a timeout of each read would begin anew with every
byte."""
LONGEST_LINE: Final = 65_536
"""In bytes, as the library has it."""


class NoAnswerError(Exception):
    """Nobody answered in time, or not over TLS as that host."""


def post(to: Destination, headers: Mapping[str, str], body: bytes, *, whole_s: float = WHOLE_S) -> int:
    """The status of the answer."""
    sent = {**headers, "Host": _host(to), "Content-Type": "application/json", "User-Agent": "Stadion-Webhooks/1"}
    deadline = _Deadline(whole_s)
    try:
        with deadline:
            connection = HTTPConnection(to.host, to.port)
            connection.response_class = _Answer
            connection.sock = deadline.holds(socket.create_connection((to.address, to.port), timeout=CONNECT_S))
            connection.sock.settimeout(whole_s)
            if to.scheme == "https":
                connection.sock = _over_tls(connection.sock, to.host, deadline)
            connection.request("POST", to.path, body=body, headers=sent)
            status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise NoAnswerError("Deadline" if deadline.is_over else type(error).__name__) from error
    if deadline.is_over:
        raise NoAnswerError("Deadline")  # headers that break off are read as if they were all
    return status


def _over_tls(opened: socket.socket, host: str, deadline: "_Deadline") -> ssl.SSLSocket:
    secured = _context().wrap_socket(opened, server_hostname=host, do_handshake_on_connect=False)
    deadline.holds(secured)
    secured.do_handshake()
    return secured


class _Answer(HTTPResponse):
    """The one that ends the exchange: the library passes over 100 only, and takes 103 (Early Hints) for it."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200:
                return version, status, reason
            while self.fp.readline(LONGEST_LINE).strip():
                pass  # its headers, as long as the deadline lets them come


class _Deadline:
    """Shuts the socket that it holds, whatever waits for it: below TLS, whose own `shutdown` forgets the encryption
    first, so that a thread in the middle of a request would go on in plain text."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def holds(self, opened: socket.socket) -> socket.socket:
        self._socket = opened
        if self.is_over:
            raise TimeoutError
        return opened

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            try:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return  # it was not connected yet, or is not any more

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._socket is not None:
            self._socket.close()


@cache
def _context() -> ssl.SSLContext:
    """Trusts whom botocore trusts: its certificates are wherever boto3 is."""
    from botocore.httpsession import where

    return ssl.create_default_context(cafile=where())


def _host(to: Destination) -> str:
    usual = {"https": 443, "http": 80}[to.scheme]
    host = f"[{to.host}]" if ":" in to.host else to.host
    return host if to.port == usual else f"{host}:{to.port}"
