"""An athlete said whether and how they are on boards: the boards follow."""

from gamification.boards import service
from gamification.boards.people import service as people
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.gamification import BoardPresenceChanged, PresenceCause

handler = Consumer()


@handler.on(BoardPresenceChanged)
def follow(envelope: Envelope[BoardPresenceChanged]) -> Consumed:
    if envelope.data.because is PresenceCause.BIRTH_DATE:
        people.hide_child(envelope.user_id, clock.now())
    service.follow_presence(envelope.user_id, clock.now())
    return Consumed("followed")
