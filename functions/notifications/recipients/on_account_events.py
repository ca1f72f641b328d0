"""Keeps this service's own copy of language, time zone, addresses and consents."""

from notifications.recipients import store
from stadion import clock, copies
from stadion.events.accounts import ConsentChanged, ContactChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope

handler = Consumer()


@handler.on(UserRegistered, ProfileUpdated, ConsentChanged, ContactChanged)
def know_recipient(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged | ContactChanged]) -> Consumed:
    place = store.RECIPIENTS.at(envelope.user_id)
    merged = copies.keep(place, envelope, clock.now(), also=store.wake_in_the_new_zone)
    return Consumed("kept" if merged.is_news else "stale")
