"""Keeps this service's own copy of the athlete, and has measured anew what a change of it touches."""

from stadion import clock
from stadion.events.accounts import ConsentChanged, PhysicalDataChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from telemetry.metrics.athletes import service as athletes
from telemetry.metrics.athletes.service import Known

handler = Consumer()


@handler.on(UserRegistered, ProfileUpdated, ConsentChanged)
def know_person(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged]) -> Consumed:
    return _measured_anew(athletes.know_person(envelope, clock.now()), envelope.user_id, envelope.correlation_id)


@handler.on(PhysicalDataChanged)
def know_day(envelope: Envelope[PhysicalDataChanged]) -> Consumed:
    known = athletes.know_day(envelope.user_id, envelope.data, clock.now())
    return _measured_anew(known, envelope.user_id, envelope.correlation_id)


def _measured_anew(known: Known, user_id: str, correlation_id: str) -> Consumed:
    """What a change touches is asked for even when the change is no news: a crash in between is mended so."""
    if known.touched is not None:
        athletes.ask_for(user_id, known.touched, correlation_id=correlation_id, now=clock.now())
    return Consumed("kept" if known.is_news else "stale", {"touches": known.touched is not None})
