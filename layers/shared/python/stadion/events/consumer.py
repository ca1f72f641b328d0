"""A queue's consumer: message by message, with partial failures, one log line and one metric per outcome."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion.events.envelope import Envelope, Event
from stadion.observability import correlate, count, log, logger, measure_ms, metrics

LambdaHandler = Callable[[dict[str, Any], LambdaContext], Any]


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
        message = record.json_body
        envelope = _envelope(message, subscribed)
        correlate(envelope.correlation_id)
        started = time.perf_counter()
        try:
            consumed = handle(envelope)
        except Exception:
            count("ConsumeFailed")
            logger.exception(
                "not consumed",
                extra={"event_id": envelope.event_id, "event": message["detail-type"], **_subject(envelope)},
            )
            raise
        count("Consumed")
        measure_ms("ConsumeLag", max(0.0, (time.time() - envelope.occurred_at.timestamp()) * 1000))
        log(
            "consumed",
            event_id=envelope.event_id,
            event=message["detail-type"],
            outcome=consumed.outcome,
            duration_ms=round((time.perf_counter() - started) * 1000, 1),
            **_subject(envelope),
            **consumed.effects,
        )

    @logger.inject_lambda_context(clear_state=True)
    @metrics.log_metrics
    def handler(event: dict[str, Any], context: LambdaContext) -> Any:
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        return process_partial_response(event=event, record_handler=consume, processor=processor, context=context)

    return handler


def _envelope(message: dict[str, Any], subscribed: dict[str, type[Event]]) -> Envelope[Any]:
    kind = subscribed.get(message["detail-type"])
    if kind is None:
        raise UnknownEventError(message["detail-type"])
    return Envelope[kind].model_validate(message["detail"])  # type: ignore[valid-type]


def _subject(envelope: Envelope[Any]) -> dict[str, str]:
    data = envelope.data
    workout_id = getattr(data, "workout_id", None) or getattr(getattr(data, "workout", None), "workout_id", None)
    return {"workout_id": workout_id} if workout_id else {}
