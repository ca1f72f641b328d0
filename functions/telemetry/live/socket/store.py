"""Which connections an athlete has, so that they can be ended with the session that opened them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, Self

from stadion import writes
from stadion.records import Records
from stadion.values import Value
from telemetry.live.socket.identity import Caller

OPEN_FOR: Final = timedelta(hours=3)
"""Longer than API Gateway keeps a connection (two hours)."""


class Socket(Value):
    connection_id: str
    signed_in: str | None = None
    issued_s: int | None = None

    @classmethod
    def of(cls, who: Caller, connection_id: str) -> Self:
        return cls(connection_id=connection_id, signed_in=who.signed_in, issued_s=who.issued_s)

    @property
    def claims(self) -> dict[str, Any]:
        """Of the token that opened it, as `stadion.standing` judges them."""
        return {"iat": self.issued_s, "origin_jti": self.signed_in}


SOCKETS = Records(
    Socket, kind="live_socket", pk="SOCKETS#{user_id}", sk="CONNECTION#{connection_id}", kept_for=OPEN_FOR
)
"""An athlete's open connections: while they are open; the end of sessions."""


def opened(user_id: str, socket: Socket, now: datetime) -> None:
    writes.put(SOCKETS.of(socket, user_id), socket, now)


def closed(user_id: str, connection_ids: Iterable[str]) -> None:
    writes.delete_all(SOCKETS.at(user_id, connection_id) for connection_id in connection_ids)


def open_sockets(user_id: str) -> list[Socket]:
    return list(SOCKETS.every(user_id))
