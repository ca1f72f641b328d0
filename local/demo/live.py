"""The app's side of live workouts: an athlete who sends over a WebSocket, and followers who watch.

The sender keeps what was not answered and sends it again after a reconnection, or over HTTP when there is none: the
server counts nothing twice.
"""

import json
import socket as sockets
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import httpx
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from local.demo.client import ApiError, Athlete

ANSWER_WITHIN_S: Final = 30.0
TRIES: Final = 6


def dial(url: str, **headers: str) -> ClientConnection:
    """A connection that lives until it is closed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    opening = connect(url, additional_headers=named, open_timeout=ANSWER_WITHIN_S, close_timeout=2, proxy=None)
    return ExitStack().enter_context(opening)


class RefusedError(Exception):
    """The server answered with an error; `answer["code"]` says which."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        super().__init__(f"{answer['code']}: {answer['detail']} {answer['errors'] or ''}")


class BusyError(RefusedError, ConnectionError):
    """It may be tried again as it is (docs/live-protocol.md), so it is like a line that broke."""


@dataclass
class Line:
    """One WebSocket connection, opened anew whenever it is needed and is not there."""

    url: str
    credentials: dict[str, str]
    """`token` (an access token) or `share_token`; browsers cannot send headers, so both go into the query."""
    _socket: ClientConnection | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)
    """What came without being asked for: updates, and that there will be no more."""

    @property
    def socket(self) -> ClientConnection:
        """`InvalidStatus`: not with these credentials. `ConnectionError`: the server cannot, not even a while later."""
        if self._socket is None:
            self._socket = self._dialled()
        return self._socket

    def _dialled(self) -> ClientConnection:
        for attempt in range(TRIES):
            try:
                return dial(f"{self.url}?{urlencode(self.credentials)}")
            except InvalidStatus as refused:
                if refused.response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
                time.sleep(2**attempt)
        raise ConnectionError(self.url)

    def ask(self, action: str, **message: Any) -> dict[str, Any]:
        """The answer, or `RefusedError`. `ConnectionClosed`, `TimeoutError`: not heard, yet it may have been done."""
        request_id = uuid4().hex[:8]
        try:
            self.socket.send(json.dumps({"action": action, "request_id": request_id, **message}))
            while True:
                answer = json.loads(self.socket.recv(timeout=ANSWER_WITHIN_S))
                if answer.get("request_id") == request_id:
                    break
                self.heard.append(answer)
        except (ConnectionClosed, TimeoutError):
            self.hang_up()
            raise
        if answer["type"] == "error":
            raise (BusyError if _may_be_tried_again(answer["status"], answer["code"]) else RefusedError)(answer)
        return dict(answer)

    def insist(self, action: str, **message: Any) -> dict[str, Any]:
        """Asks again when the line broke: whatever was done the first time is not done twice."""
        for _ in range(TRIES - 1):
            with suppress(ConnectionClosed, OSError, TimeoutError):
                return self.ask(action, **message)
        return self.ask(action, **message)

    def listen(self, *, within_s: float) -> Iterator[dict[str, Any]]:
        """What comes by itself, until nothing comes for so long, or the line ends."""
        with suppress(TimeoutError, ConnectionClosed):
            while True:
                message = json.loads(self.socket.recv(timeout=within_s))
                self.heard.append(message)
                yield message

    def hang_up(self) -> None:
        if self._socket is not None:
            with suppress(ConnectionClosed, OSError):
                self._socket.close()
        self._socket = None

    def break_off(self) -> None:
        """As in a tunnel: nobody says good-bye."""
        if self._socket is not None:
            raw = self._socket.socket
            with suppress(OSError):
                raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                raw.shutdown(sockets.SHUT_RDWR)
            self._socket = None


def _may_be_tried_again(status: int, said: str) -> bool:
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or "request_in_progress" in said


@dataclass
class Live:
    """An athlete's live workout."""

    athlete: Athlete
    url: str
    """Of the WebSocket API, as `stadion up` tells it."""
    session_id: str = field(default_factory=lambda: str(uuid4()))
    waiting: list[dict[str, Any]] = field(default_factory=list)
    """Batches that were not answered yet."""

    def __post_init__(self) -> None:
        self.line = Line(self.url, {"token": self.athlete.access_token})

    @property
    def path(self) -> str:
        return f"/v1/live/sessions/{self.session_id}"

    def start(self, sport_type: str, started_at: str, **about: Any) -> dict[str, Any]:
        start = {"session_id": self.session_id, "sport_type": sport_type, "started_at": started_at, **about}
        return dict(self.line.insist("start", **start)["session"])

    def samples(self, time_s: Sequence[float], **columns: Sequence[float | None]) -> None:
        """Sent now if the line holds, and kept until it was answered."""
        self.waiting.append({"time_s": list(time_s), **{name: list(values) for name, values in columns.items()}})
        self.catch_up()

    def catch_up(self) -> None:
        """Everything that was not answered, in order; what is left waits for the next time."""
        with suppress(ConnectionClosed, OSError, TimeoutError):
            while self.waiting:
                self.line.ask("samples", session_id=self.session_id, **self.waiting[0])
                self.waiting.pop(0)

    def catch_up_over_http(self) -> None:
        while self.waiting:
            self._post(self.waiting[0])
            self.waiting.pop(0)

    def _post(self, batch: dict[str, Any]) -> None:
        """Again after a server's error or a lost answer: a batch may be sent as often as one likes."""
        for attempt in range(TRIES):
            try:
                self.athlete.post(f"{self.path}/samples", batch)
            except (ApiError, httpx.TransportError) as error:
                is_final = isinstance(error, ApiError) and not _may_be_tried_again(
                    error.answer.status_code, error.answer.text
                )
                if is_final or attempt == TRIES - 1:
                    raise
                time.sleep(2**attempt)
            else:
                return

    def say(self, command: str, at_s: float | None = None) -> dict[str, Any]:
        """pause, resume or stop."""
        return dict(self.line.insist(command, session_id=self.session_id, at_s=at_s)["session"])

    def state(self) -> dict[str, Any]:
        return dict(self.athlete.get(self.path))

    def allow(self, follower: Athlete, *, heart_rate: bool = False) -> None:
        self.athlete.call("PUT", f"/v1/live/followers/{follower.user_id}", {"heart_rate": heart_rate})

    def share(self, *, expires_in_s: int = 3600, heart_rate: bool = False) -> dict[str, Any]:
        wanted = {"expires_in_s": expires_in_s, "heart_rate": heart_rate}
        return dict(self.athlete.post(f"{self.path}/share-links", wanted))


@dataclass
class Follower:
    """Somebody who watches; a `share_token` needs no account."""

    line: Line
    seen: list[dict[str, Any]] = field(default_factory=list)
    ended: str | None = None

    @classmethod
    def with_account(cls, url: str, viewer: Athlete) -> "Follower":
        return cls(Line(url, {"token": viewer.access_token}))

    @classmethod
    def with_link(cls, url: str, share_token: str) -> "Follower":
        return cls(Line(url, {"share_token": share_token}))

    def watch(self, user_id: str | None = None, session_id: str | None = None) -> dict[str, Any]:
        named = {"user_id": user_id, "session_id": session_id}
        known = len(self.line.heard)
        answer = self.line.ask("watch", **{name: value for name, value in named.items() if value is not None})
        self._see(answer["seen"])
        for message in self.line.heard[known:]:  # they overtook the answer
            self._hear(message)
        return dict(answer["seen"])

    def finds(self, user_id: str, session_id: str | None = None) -> bool:
        """Whether there is something to watch: not before the athlete is out of every privacy zone."""
        try:
            self.watch(user_id, session_id)
        except RefusedError as refused:
            if refused.answer["code"] != "live_session_not_found":
                raise
            return False
        return True

    def look(self, *, within_s: float) -> None:
        """Takes in what comes, until nothing comes for so long or it is over."""
        for message in self.line.listen(within_s=within_s):
            self._hear(message)
            if self.ended is not None:
                return

    def _hear(self, message: dict[str, Any]) -> None:
        if message.get("type") == "update":
            self._see(message["seen"])
        if message.get("type") == "ended":
            self.ended = message["reason"]

    def _see(self, seen: dict[str, Any]) -> None:
        """Messages may overtake each other: what is older than what is shown is not shown any more."""
        shown = [one["sequence"] for one in self.seen if one["session_id"] == seen["session_id"]]
        if seen["sequence"] >= max(shown, default=0):
            self.seen.append(seen)
