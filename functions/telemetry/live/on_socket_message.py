"""What comes over a WebSocket connection: a message, or the word that it was opened or is over.

The answer is posted to the connection: that works the same with and without route responses.
"""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion import clock
from stadion.observability import correlate, count, log, logger, measure_ms, metrics
from telemetry.live import connections
from telemetry.live.audience import service as audience
from telemetry.live.socket import service
from telemetry.live.socket.identity import Caller

DONE = {"statusCode": 200}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    about = event["requestContext"]
    connection_id = str(about["connectionId"])
    correlate(str(about["requestId"]))
    if about["eventType"] == "MESSAGE":
        _answer(event.get("body") or "", about, connection_id)
    elif about["eventType"] == "DISCONNECT":
        log("disconnected", watched=audience.unwatch(connection_id))
    else:
        log("connected")
    return DONE


def _answer(body: str, about: dict[str, Any], connection_id: str) -> None:
    started = time.perf_counter()
    who = Caller.model_validate(about.get("authorizer") or {})
    action, message = service.answer(body, who, connection_id, clock.now())
    there = connections.tell(connection_id, message)
    elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
    measure_ms("LiveLatency", elapsed_ms)
    code = getattr(message, "code", None)
    count("LiveRefusedMessage" if code else "LiveMessages")
    log("answered", action=action, code=code, there=there, duration_ms=elapsed_ms)
