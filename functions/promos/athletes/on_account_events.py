"""Keeps the copy of what rules ask of a profile, and of the consents."""

from typing import Any

from promos.athletes import store as athletes
from promos.facts import told
from stadion import clock
from stadion.events.accounts import ConsentChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.retry import retry_on_conflict


def know_athlete(envelope: Envelope[Any]) -> Consumed:
    day = envelope.occurred_at.date()
    user_id, now = envelope.user_id, clock.now()
    changed = retry_on_conflict(lambda: athletes.know(user_id, lambda known: told(known, envelope.data, day), now))
    return Consumed("kept" if changed else "stale")


handler = consumer(know_athlete, events=(UserRegistered, ProfileUpdated, ConsentChanged))
