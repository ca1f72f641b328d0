"""Where, and what, the athlete lets nobody see: kept beside those who watch, so that it holds for the next push."""

from stadion import clock
from stadion.events.accounts import ConsentChanged, ConsentKind, PrivacyZonesChanged
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from telemetry.live.audience import store

handler = Consumer()
GUARDS = {ConsentKind.LOCATION, ConsentKind.HEALTH_DATA}


@handler.on(PrivacyZonesChanged)
def keep_zones(envelope: Envelope[PrivacyZonesChanged]) -> Consumed:
    event = envelope.data
    kept = store.keep_zones(envelope.user_id, event.zones, event.revision, clock.now())
    return Consumed("kept" if kept else "stale", {"zones": len(event.zones)})


@handler.on(ConsentChanged)
def keep_consent(envelope: Envelope[ConsentChanged]) -> Consumed:
    event = envelope.data
    if event.kind not in GUARDS:
        return Consumed("not ours")
    now = clock.now()
    kept = store.keep_consent(envelope.user_id, event.kind, granted=event.granted, revision=event.revision, now=now)
    return Consumed("kept" if kept else "stale", {"kind": event.kind.value})
