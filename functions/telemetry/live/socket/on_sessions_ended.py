"""A session is over, and so are the connections that its tokens opened."""

from stadion.events.accounts import SessionsEnded
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.standing import Standing
from telemetry.live import connections
from telemetry.live.socket import store

handler = Consumer()


class StillConnectedError(Exception):
    """Some could not be ended: the event comes again."""


@handler.on(SessionsEnded)
def hang_up(envelope: Envelope[SessionsEnded]) -> Consumed:
    standing = _standing_after(envelope.data)
    ended = [socket for socket in store.open_sockets(envelope.user_id) if standing.is_over(socket.claims)]
    left = connections.hang_up(socket.connection_id for socket in ended)
    store.closed(envelope.user_id, [socket.connection_id for socket in ended if socket.connection_id not in left])
    if left:
        raise StillConnectedError
    return Consumed("ended" if ended else "nobody there", {"connections": len(ended)})


def _standing_after(event: SessionsEnded) -> Standing:
    """What alone the event says of the athlete's."""
    ended_s = int(event.ended_at.timestamp())
    if event.session_id is not None:
        return Standing(ended_sessions={event.session_id: ended_s})
    return Standing(ended_s=ended_s)
