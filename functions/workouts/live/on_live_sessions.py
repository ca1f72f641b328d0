"""A finished live session becomes a workout."""

from typing import Any

from stadion import clock
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.telemetry import LiveOutcome, LiveSessionFinished
from workouts.live import service


def save(envelope: Envelope[Any]) -> Consumed:
    event = envelope.data
    if event.outcome is LiveOutcome.DISCARDED:
        return Consumed("discarded")
    outcome = service.save(envelope.user_id, event, clock.now())
    return Consumed(outcome, {"samples": event.streams.samples if event.streams is not None else 0})


handler = consumer(save, events=(LiveSessionFinished,))
