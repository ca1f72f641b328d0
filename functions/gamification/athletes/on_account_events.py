"""Keeps this service's own copy of the athlete: what zones rest on, whether it may be used, and the language."""

from gamification.athletes import service
from stadion import clock
from stadion.events.accounts import ConsentChanged, PhysicalDataChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope

handler = Consumer()


@handler.on(UserRegistered, ProfileUpdated, ConsentChanged)
def know_athlete(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged]) -> Consumed:
    return Consumed("kept" if service.know_athlete(envelope, clock.now()) else "stale")


@handler.on(PhysicalDataChanged)
def know_day(envelope: Envelope[PhysicalDataChanged]) -> Consumed:
    return Consumed("kept" if service.know_day(envelope.user_id, envelope.data, clock.now()) else "stale")
