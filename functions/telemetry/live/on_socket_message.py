"""What comes over a WebSocket connection: a message, or the word that it was opened or is over.

The answer is posted to the connection: that works the same with and without route responses.
"""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion import clock, snapshots
from stadion.errors import SessionOverError, SuspendedError
from stadion.observability import correlate, count, log, measure_ms, observed
from telemetry.live import connections
from telemetry.live.audience import service as audience
from telemetry.live.socket import service, store
from telemetry.live.socket.identity import Caller
from telemetry.live.socket.store import Socket

DONE = {"statusCode": 200}
REFUSED = {"statusCode": 401}
OVER = {SessionOverError.code, SuspendedError.code}
"""After which nothing more is to be said."""


snapshots.prepare()


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    about = event["requestContext"]
    connection_id = str(about["connectionId"])
    correlate(str(about["requestId"]))
    who = Caller.model_validate(about.get("authorizer") or {})
    if about["eventType"] == "MESSAGE":
        _answer(event.get("body") or "", who, connection_id)
    elif about["eventType"] == "DISCONNECT":
        _forget(who, connection_id)
    elif not _is_welcome(who, connection_id):
        return REFUSED
    return DONE


def _is_welcome(who: Caller, connection_id: str) -> bool:
    """Noted first, then looked at once more: a session that ends just now either is seen to be over, or sees this."""
    if who.user_id is not None:
        store.opened(who.user_id, Socket.of(who, connection_id), clock.now())
        try:
            who.check_standing()
        except (SessionOverError, SuspendedError) as error:
            store.closed(who.user_id, [connection_id])
            log("connection refused", code=error.code)
            return False
    log("connected")
    return True


def _forget(who: Caller, connection_id: str) -> None:
    if who.user_id is not None:
        store.closed(who.user_id, [connection_id])
    log("disconnected", watched=audience.unwatch(connection_id))


def _answer(body: str, who: Caller, connection_id: str) -> None:
    started = time.perf_counter()
    action, message = service.answer(body, who, connection_id, clock.now())
    there = connections.tell(connection_id, message)
    if getattr(message, "code", None) in OVER:
        connections.hang_up([connection_id])
    elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
    measure_ms("LiveLatency", elapsed_ms)
    code = getattr(message, "code", None)
    count("LiveRefusedMessage" if code else "LiveMessages")
    log("answered", action=action, code=code, there=there, duration_ms=elapsed_ms)
