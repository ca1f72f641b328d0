"""Keeps this service's own copy of the athlete: zone, what calories rest on, and whether it may be used."""

from stadion import clock
from stadion.events.accounts import ConsentChanged, PhysicalDataChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from workouts.athletes import service

handler = Consumer()


@handler.on(UserRegistered, ProfileUpdated, ConsentChanged)
def know_person(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged]) -> Consumed:
    return Consumed("kept" if service.know_person(envelope, clock.now()) else "stale")


@handler.on(PhysicalDataChanged)
def know_day(envelope: Envelope[PhysicalDataChanged]) -> Consumed:
    return Consumed("kept" if service.know_day(envelope.user_id, envelope.data, clock.now()) else "stale")
