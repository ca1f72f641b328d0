"""The diary has a live session. Where it joined a workout that has its own streams, the session's chunks go."""

from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import LiveSessionSaved
from telemetry.live import service

handler = Consumer()


@handler.on(LiveSessionSaved)
def note(envelope: Envelope[LiveSessionSaved]) -> Consumed:
    event = envelope.data
    return Consumed(service.saved(envelope.user_id, event.session_id, event.workout_id, clock.now()))
