"""What became of an upload, to whoever of its athlete's apps is connected: nobody has to ask again and again."""

from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import UploadEnded
from telemetry.live import connections
from telemetry.live.messages import UploadEndedMessage
from telemetry.live.socket import store

handler = Consumer()


@handler.on(UploadEnded)
def tell(envelope: Envelope[UploadEnded]) -> Consumed:
    message = UploadEndedMessage.of(envelope.data)
    open_ = [socket.connection_id for socket in store.open_sockets(envelope.user_id)]
    gone = connections.tell_all(dict.fromkeys(open_, message))
    store.closed(envelope.user_id, gone)
    return Consumed("told" if len(gone) < len(open_) else "nobody there", {"connections": len(open_) - len(gone)})
