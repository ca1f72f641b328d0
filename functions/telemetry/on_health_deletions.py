"""Deletes the health data of an athlete who withdrew the consent and asks for it."""

from stadion import clock
from stadion.events.accounts import HealthDataDeletionAsked
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from telemetry import health_service

handler = Consumer()


@handler.on(HealthDataDeletionAsked)
def forget(envelope: Envelope[HealthDataDeletionAsked]) -> Consumed:
    return Consumed("forgotten", health_service.forget(envelope.user_id, envelope.data, clock.now()))
