"""Work that a service leaves for itself: messages of one model, in a queue of its own, done one by one."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import AwareDatetime, computed_field

from stadion.as_of import moment
from stadion.batches import batched_by
from stadion.events.consumer import Consumed
from stadion.observability import correlate, count, log, logger, measure_ms
from stadion.queues import LambdaHandler, queue_handler, sqs_client
from stadion.values import Value

MAX_BYTES: Final = 256 * 1024
"""Of one message, and of all messages of one request."""
MAX_MESSAGES: Final = 10


class Work(Value):
    """What is wrong with a message goes to the log, what is in it does not."""

    correlation_id: str
    asked_at: AwareDatetime
    as_of: AwareDatetime | None = None
    """What time it is for this piece of work; on the local stage only."""

    @property
    def now(self) -> datetime:
        """NotOnThisStageError."""
        return moment(self.as_of)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def work(self) -> str:
        """Its name, for who looks at the message."""
        return type(self).__name__


W = TypeVar("W", bound=Work)


class NotQueuedError(Exception):
    """The queue did not take some of the messages."""


def enqueue(queue_url: str, work: Sequence[Work], *, delay_s: int = 0) -> None:
    """All of it, or `NotQueuedError`, after which some of it may be there: it must be safe to repeat.

    Nobody sees it for `delay_s`, up to 900.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        messages = (one.model_dump_json() for one in work)
        for bodies in batched_by(messages, max_count=MAX_MESSAGES, max_bytes=MAX_BYTES, size_of=_size):
            entries: Any = [
                {"Id": str(number), "MessageBody": body, "DelaySeconds": delay_s} for number, body in enumerate(bodies)
            ]
            if sqs_client().send_message_batch(QueueUrl=queue_url, Entries=entries).get("Failed"):
                raise NotQueuedError
    except (BotoCoreError, ClientError) as error:
        raise NotQueuedError from error


def _size(message: str) -> int:
    return len(message.encode())


def worker(do: Callable[[W], Consumed], *, kind: type[W]) -> LambdaHandler:
    """The Lambda handler of the queue: partial failures, and the log line and metrics of a consumer of events."""

    def consume(record: SQSRecord) -> None:
        started = time.perf_counter()
        try:
            work = kind.model_validate_json(record.body)
            correlate(work.correlation_id)
            done = do(work)
        except Exception:
            count("ConsumeFailed")
            logger.exception("not consumed", extra={"event": kind.__name__, "message_id": record.message_id})
            raise
        count("Consumed")
        measure_ms("ConsumeLag", max(0.0, (time.time() - work.asked_at.timestamp()) * 1000))
        elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
        log(
            "consumed",
            event=kind.__name__,
            message_id=record.message_id,
            outcome=done.outcome,
            duration_ms=elapsed_ms,
            **done.effects,
        )

    return queue_handler(consume)
