"""An athlete said whether and how they are on boards: the boards follow."""

from gamification.boards import service
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.gamification import BoardPresenceChanged

handler = Consumer()


@handler.on(BoardPresenceChanged)
def follow(envelope: Envelope[BoardPresenceChanged]) -> Consumed:
    service.follow_presence(envelope.user_id, clock.now())
    return Consumed("followed")
