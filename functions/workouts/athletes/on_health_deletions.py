"""Has the workouts of an athlete measured without health data, who withdrew the consent and wants them deleted."""

from stadion import clock
from stadion.events.accounts import HealthDataDeletionAsked
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from workouts.athletes import service

handler = Consumer()


@handler.on(HealthDataDeletionAsked)
def forget_health(envelope: Envelope[HealthDataDeletionAsked]) -> Consumed:
    asked = service.forget_health(envelope.user_id, envelope.data, clock.now())
    return Consumed("asked", {"workouts": asked})
