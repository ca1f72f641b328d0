"""A finished live session becomes a workout."""

from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.telemetry import LiveOutcome, LiveSessionFinished
from workouts.live import service

handler = Consumer()


@handler.on(LiveSessionFinished)
def save(envelope: Envelope[LiveSessionFinished]) -> Consumed:
    event = envelope.data
    if event.outcome is LiveOutcome.DISCARDED:
        return Consumed("discarded")
    outcome = service.save(envelope.user_id, event, clock.now())
    return Consumed(outcome, {"samples": event.streams.samples if event.streams is not None else 0})
