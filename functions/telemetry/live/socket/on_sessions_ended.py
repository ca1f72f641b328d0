"""A session is over, and so are the connections that its tokens opened."""

from stadion.events.accounts import SessionsEnded
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from telemetry.live import connections
from telemetry.live.socket import store
from telemetry.live.socket.store import Socket

handler = Consumer()


class StillConnectedError(Exception):
    """Some could not be ended: the event comes again."""


@handler.on(SessionsEnded)
def hang_up(envelope: Envelope[SessionsEnded]) -> Consumed:
    ended = [socket for socket in store.open_sockets(envelope.user_id) if _is_over(socket, envelope.data)]
    left = connections.hang_up(socket.connection_id for socket in ended)
    store.closed(envelope.user_id, [socket.connection_id for socket in ended if socket.connection_id not in left])
    if left:
        raise StillConnectedError
    return Consumed("ended" if ended else "nobody there", {"connections": len(ended)})


def _is_over(socket: Socket, event: SessionsEnded) -> bool:
    """As `stadion.standing` judges the token."""
    if event.session_id is not None:
        return socket.signed_in == event.session_id
    return (socket.issued_s or 0) <= int(event.ended_at.timestamp())
