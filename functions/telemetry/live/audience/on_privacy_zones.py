"""Where the athlete does not want to be seen: kept beside those who watch, so that it holds for the next push."""

from typing import Any

from stadion import clock
from stadion.events.accounts import PrivacyZonesChanged
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from telemetry.live.audience import store


def keep_zones(envelope: Envelope[Any]) -> Consumed:
    event = envelope.data
    kept = store.keep_zones(envelope.user_id, event.zones, event.revision, clock.now())
    return Consumed("kept" if kept else "stale", {"zones": len(event.zones)})


handler = consumer(keep_zones, events=(PrivacyZonesChanged,))
