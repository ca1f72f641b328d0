"""Keeps this service's own copy of whom an athlete's answers are worded for."""

from partners.links.store import READERS
from stadion import clock, copies
from stadion.events.accounts import ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope

handler = Consumer()


@handler.on(UserRegistered, ProfileUpdated)
def know_reader(envelope: Envelope[UserRegistered | ProfileUpdated]) -> Consumed:
    merged = copies.keep(READERS.at(envelope.user_id), envelope, clock.now())
    return Consumed("kept" if merged.is_news else "stale")
