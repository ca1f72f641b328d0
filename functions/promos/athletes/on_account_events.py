"""Keeps the copy of what rules ask of a profile, and of the consents."""

from promos.athletes.store import ATHLETES
from stadion import clock, copies
from stadion.events.accounts import ConsentChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope

handler = Consumer()


@handler.on(UserRegistered, ProfileUpdated, ConsentChanged)
def know_athlete(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged]) -> Consumed:
    merged = copies.keep(ATHLETES.at(envelope.user_id), envelope, clock.now())
    return Consumed("kept" if merged.is_news else "stale")
