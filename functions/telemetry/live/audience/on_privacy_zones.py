"""Where the athlete does not want to be seen: kept beside those who watch, so that it holds for the next push."""

from stadion import clock
from stadion.events.accounts import PrivacyZonesChanged
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from telemetry.live.audience import store

handler = Consumer()


@handler.on(PrivacyZonesChanged)
def keep_zones(envelope: Envelope[PrivacyZonesChanged]) -> Consumed:
    event = envelope.data
    kept = store.keep_zones(envelope.user_id, event.zones, event.revision, clock.now())
    return Consumed("kept" if kept else "stale", {"zones": len(event.zones)})
