"""Builds the index of a diary that is too long for a request."""

from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import DiaryIndexAsked
from workouts.lists import index_service

handler = Consumer()


@handler.on(DiaryIndexAsked)
def build_index(envelope: Envelope[DiaryIndexAsked]) -> Consumed:
    """Told twice, the second time there is nothing left to do."""
    return Consumed("built" if index_service.build(envelope.user_id, clock.now()) else "stale")
