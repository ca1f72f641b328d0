"""The inbox says that a recording is in the diary, or why it is not."""

from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import UploadEnded
from workouts.news import service

handler = Consumer()


@handler.on(UploadEnded)
def tell(envelope: Envelope[UploadEnded]) -> Consumed:
    return Consumed(service.tell(envelope.user_id, envelope.data, envelope.occurred_at, clock.now()))
