"""The diary has a live session. Where it joined a workout that has its own streams, the session's chunks go."""

from typing import Any

from stadion import clock
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import LiveSessionSaved
from telemetry.live import service


def note(envelope: Envelope[Any]) -> Consumed:
    event = envelope.data
    return Consumed(service.saved(envelope.user_id, event.session_id, event.workout_id, clock.now()))


handler = consumer(note, events=(LiveSessionSaved,))
