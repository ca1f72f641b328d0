"""A receiver that answers as slowly as it can holds nobody up."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import pytest

from partners.webhooks import destinations, transport
from partners.webhooks.destinations import Destination
from partners.webhooks.transport import NoAnswerError, post

EVERY_S = 0.05
MANY = 400
"""Drops: twenty seconds of them, each of which comes well within any timeout of a single read."""


@contextmanager
def receiver(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                taken, _ = server.accept()
                with taken:
                    answer(taken)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def destination(port: int, scheme: str = "http") -> Destination:
    return Destination(scheme, "store.example", "127.0.0.1", port, "/hooks")


@pytest.mark.parametrize(
    ("scheme", "first", "drop"),
    [
        ("http", b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        ("http", b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        ("http", b"", b"H"),
        ("http", b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ("https", b"\x16\x03\x03\x3f\xff", b"\x00"),
    ],
    ids=["header by header", "one long header", "a status that never ends", "100 Continue", "a handshake"],
)
def test_a_receiver_that_drips_is_cut_off(scheme: str, first: bytes, drop: bytes) -> None:
    dropped, stop = [0], Event()

    def drip(taken: socket.socket) -> None:
        taken.sendall(first)
        while dropped[0] < MANY and not stop.wait(EVERY_S):
            taken.sendall(drop)
            dropped[0] += 1

    with receiver(drip) as port:
        with pytest.raises(NoAnswerError, match="Deadline"):
            post(destination(port, scheme), {"webhook-id": "m"}, b"{}", whole_s=10 * EVERY_S)
        cut_after = dropped[0]
        stop.set()
    assert cut_after < MANY / 4


def test_a_receiver_that_says_nothing_is_cut_off() -> None:
    silent = Event()
    with receiver(lambda _: [None, silent.wait()][0]) as port:
        with pytest.raises(NoAnswerError, match=r"Deadline|Timeout"):
            post(destination(port), {}, b"{}", whole_s=0.2)
        silent.set()


def test_a_plain_answer_is_its_status_whatever_comes_behind_it() -> None:
    def answer(taken: socket.socket) -> None:
        taken.recv(65_536)
        taken.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n" + b"x" * 1_000)

    with receiver(answer) as port:
        assert post(destination(port), {"webhook-id": "m"}, b"{}") == 204


def test_who_is_not_that_host_over_tls_gets_nothing() -> None:
    heard = []

    def answer(taken: socket.socket) -> None:
        heard.append(taken.recv(65_536))
        taken.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with receiver(answer) as port, pytest.raises(NoAnswerError, match="SSL"):
        post(destination(port, "https"), {"webhook-id": "secret-id"}, b"{}")
    assert b"secret-id" not in heard[0]


def test_all_that_a_worker_does_fits_its_time() -> None:
    """Two to a batch (`infra_cdk/stacks/partners.py`), of a function that has thirty seconds."""
    assert transport.CONNECT_S < transport.WHOLE_S
    assert 2 * (destinations.NAMED_WITHIN_S + transport.WHOLE_S) < 30


def test_a_host_that_is_an_address_stands_in_brackets() -> None:
    heard = []

    def answer(taken: socket.socket) -> None:
        heard.append(taken.recv(65_536))
        taken.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with receiver(answer) as port:
        assert post(Destination("http", "2a00:1450::1", "127.0.0.1", port, "/hooks"), {}, b"{}") == 204
    assert f"Host: [2a00:1450::1]:{port}\r\n".encode() in heard[0]


@pytest.mark.parametrize("before", ["103 Early Hints", "102 Processing", "100 Continue"])
def test_what_comes_before_an_answer_is_none(before: str) -> None:
    def answer(taken: socket.socket) -> None:
        taken.recv(65_536)
        taken.sendall(f"HTTP/1.1 {before}\r\nLink: </a>\r\n\r\n".encode() * 2 + b"HTTP/1.1 204 No Content\r\n\r\n")

    with receiver(answer) as port:
        assert post(destination(port), {}, b"{}") == 204


def test_the_end_of_the_time_takes_nobody_from_tls_back_to_plain_text() -> None:
    """Python's own `shutdown` forgets TLS first: a thread in the middle of a request would go on without it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        secured = ssl.create_default_context().wrap_socket(
            ours, server_hostname="store.example", do_handshake_on_connect=False
        )
        deadline = transport._Deadline(60)
        deadline.holds(secured)
        deadline._end()
        with pytest.raises(OSError):  # noqa: PT011 - of several kinds
            secured.do_handshake()
        with pytest.raises(OSError):  # noqa: PT011 - of several kinds
            secured.sendall(b"POST /hooks")
        assert theirs.recv(65_536).find(b"POST") < 0
        secured.close()
