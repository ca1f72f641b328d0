"""Keeps the copy of what rules ask of a profile, and of the consents."""

from promos.athletes import store as athletes
from promos.facts import told
from stadion import clock
from stadion.events.accounts import ConsentChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.retry import retry_on_conflict

handler = Consumer()


@handler.on(UserRegistered, ProfileUpdated, ConsentChanged)
def know_athlete(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged]) -> Consumed:
    day = envelope.occurred_at.date()
    user_id, now = envelope.user_id, clock.now()
    changed = retry_on_conflict(lambda: athletes.know(user_id, lambda known: told(known, envelope.data, day), now))
    return Consumed("kept" if changed else "stale")
