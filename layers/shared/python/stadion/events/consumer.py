"""A queue's consumer: message by message, with partial failures, one log line and one metric per outcome."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from stadion.events.envelope import Envelope, Event
from stadion.observability import correlate, count, log, logger, measure_ms
from stadion.queues import LambdaHandler, queue_handler


class UnknownEventError(Exception):
    """The queue holds an event that this consumer did not subscribe to; it belongs in the DLQ."""


@dataclass(frozen=True)
class Consumed:
    """What became of an event: one word, and effects for the log line (ids and numbers, no personal data)."""

    outcome: str
    effects: dict[str, Any] = field(default_factory=dict)


def consumer(handle: Callable[[Envelope[Any]], Consumed], *, events: tuple[type[Event], ...]) -> LambdaHandler:
    """The Lambda handler of an SQS queue that an EventBridge rule fills."""
    subscribed = {event.detail_type(): event for event in events}

    def consume(record: SQSRecord) -> None:
        started = time.perf_counter()
        told: dict[str, Any] = {"message_id": record.message_id}
        try:
            message = record.json_body
            told |= _subject(message)
            correlate(str(message["detail"].get("correlation_id", "none")))
            envelope = _envelope(message, subscribed)
            consumed = handle(envelope)
        except Exception:
            count("ConsumeFailed")
            logger.exception("not consumed", extra=told)
            raise
        count("Consumed")
        measure_ms("ConsumeLag", max(0.0, (time.time() - envelope.occurred_at.timestamp()) * 1000))
        log(
            "consumed",
            outcome=consumed.outcome,
            duration_ms=round((time.perf_counter() - started) * 1000, 1),
            **_subject(message),
            **consumed.effects,
        )

    return queue_handler(consume)


def _envelope(message: dict[str, Any], subscribed: dict[str, type[Event]]) -> Envelope[Any]:
    kind = subscribed.get(message["detail-type"])
    if kind is None:
        raise UnknownEventError(message["detail-type"])
    return Envelope[kind].model_validate(message["detail"])  # type: ignore[valid-type]


def _subject(message: dict[str, Any]) -> dict[str, Any]:
    """What the log lines say of a message, also of one that cannot be read further: ids only."""
    detail = message["detail"]
    data = detail.get("data") or {}
    workout_id = data.get("workout_id") or (data.get("workout") or {}).get("workout_id")
    return {
        "event": message["detail-type"],
        "event_id": detail.get("event_id"),
        **({"workout_id": workout_id} if workout_id else {}),
    }
