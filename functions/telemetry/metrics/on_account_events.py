"""Keeps this service's own copy of the athlete, and has measured anew what a change of it touches."""

from stadion import clock
from stadion.events.accounts import PhysicalDataChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from telemetry.metrics.athletes import service as athletes
from telemetry.metrics.workouts import work

handler = Consumer()


@handler.on(UserRegistered, ProfileUpdated, PhysicalDataChanged)
def know(envelope: Envelope[UserRegistered | ProfileUpdated | PhysicalDataChanged]) -> Consumed:
    """What a change touches is asked for even when the change is no news: a crash in between is mended so."""
    now = clock.now()
    known = athletes.know(envelope.user_id, envelope.data, now)
    asked = 0
    if known.touched is not None:
        asked = work.ask_for(envelope.user_id, known.touched, correlation_id=envelope.correlation_id, now=now)
    return Consumed("kept" if known.is_news else "stale", {"workouts": asked})
