"""A queue's consumer: message by message, with partial failures, one log line and one metric per outcome.

    handler = Consumer()

    @handler.on(WorkoutRecorded, WorkoutCorrected)
    def wear(envelope: Envelope[WorkoutRecorded | WorkoutCorrected]) -> Consumed: ...

What it listens to stands in these lines alone: the stack reads the rule from them.
"""

import time
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar, overload

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion.events.envelope import Envelope, Event, subject_of
from stadion.observability import correlate, count, log, logger, measure_ms
from stadion.queues import queue_handler

REPLAY: Final = "replay-name"
"""What EventBridge adds to an event that its archive sends again."""


class UnknownEventError(Exception):
    """The queue holds an event that this consumer did not subscribe to, or of a version that it does not know; it
    belongs in the DLQ."""


@dataclass(frozen=True)
class Consumed:
    """What became of an event: one word, and effects for the log line (ids and numbers, no personal data)."""

    outcome: str
    effects: dict[str, Any] = field(default_factory=dict)


A = TypeVar("A", bound=Event)
B = TypeVar("B", bound=Event)
C = TypeVar("C", bound=Event)
D = TypeVar("D", bound=Event)
E = TypeVar("E", bound=Event)
F = TypeVar("F", bound=Event)
T = TypeVar("T", bound=Event)


class Handle(Protocol[T]):
    """What is called with an event."""

    def __call__(self, envelope: "Envelope[T]", /) -> Consumed: ...


class Registered(Protocol[T]):
    """The decorator of what is called with events of type `T`."""

    def __call__(self, handle: Handle[T], /) -> Handle[T]: ...


class Consumer:
    """The Lambda handler of an SQS queue that an EventBridge rule fills."""

    def __init__(self) -> None:
        self._handlers: dict[str, tuple[type[Event], Handle[Any]]] = {}
        self._handler = queue_handler(self._consume)

    @overload
    def on(self, a: type[A], /) -> Registered[A]: ...
    @overload
    def on(self, a: type[A], b: type[B], /) -> Registered[A | B]: ...
    @overload
    def on(self, a: type[A], b: type[B], c: type[C], /) -> Registered[A | B | C]: ...
    @overload
    def on(self, a: type[A], b: type[B], c: type[C], d: type[D], /) -> Registered[A | B | C | D]: ...
    @overload
    def on(self, a: type[A], b: type[B], c: type[C], d: type[D], e: type[E], /) -> Registered[A | B | C | D | E]: ...
    @overload
    def on(
        self, a: type[A], b: type[B], c: type[C], d: type[D], e: type[E], f: type[F], /
    ) -> Registered[A | B | C | D | E | F]: ...
    def on(self, *events: type[Event]) -> Registered[Any]:
        """Has the function called with events of these types, each by one function only."""

        def register(handle: Handle[Any]) -> Handle[Any]:
            for event in events:
                if event.detail_type() in self._handlers:
                    raise ValueError(f"{event.detail_type()} is handled twice")
                self._handlers[event.detail_type()] = (event, handle)
            return handle

        return register

    @property
    def events(self) -> tuple[type[Event], ...]:
        return tuple(event for event, _ in self._handlers.values())

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> Any:
        return self._handler(event, context)

    def _consume(self, record: SQSRecord) -> None:
        started = time.perf_counter()
        told: dict[str, Any] = {"message_id": record.message_id}
        try:
            message = record.json_body
            told |= self._told(message)
            correlate(str(message["detail"].get("correlation_id", "none")))
            kind, handle = self._subscribed(message["detail-type"], message["source"])
            envelope = Envelope[kind].model_validate(message["detail"])  # type: ignore[valid-type]
            if envelope.version > kind.version:
                raise UnknownEventError(f"version {envelope.version} of {message['detail-type']}")
            consumed = handle(envelope.as_replayed() if REPLAY in message else envelope)
        except Exception:
            count("ConsumeFailed")
            logger.exception("not consumed", extra=told)
            raise
        count("Consumed")
        measure_ms("ConsumeLag", max(0.0, (time.time() - envelope.occurred_at.timestamp()) * 1000))
        log(
            "consumed",
            **{
                **self._told(message),
                **consumed.effects,
                "outcome": consumed.outcome,
                "duration_ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )

    def _subscribed(self, detail_type: str, source: str) -> tuple[type[Event], Handle[Any]]:
        """The rule lets any of its events in from any of its sources: which goes with which is looked at here."""
        kind, handle = self._handlers.get(detail_type, (None, None))
        if kind is None or handle is None or kind.source not in {None, source}:
            raise UnknownEventError(f"{detail_type} of {source}")
        return kind, handle

    def _told(self, message: dict[str, Any]) -> dict[str, Any]:
        """What the log lines say of a message, also of one that cannot be read further: ids only."""
        detail = message["detail"]
        kind, _ = self._handlers.get(message["detail-type"], (Event, None))
        data = detail.get("data")
        return {
            "event": message["detail-type"],
            "event_id": detail.get("event_id"),
            **(subject_of(kind, data) if isinstance(data, dict) else {}),
        }
