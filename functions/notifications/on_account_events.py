"""Keeps this service's own copy of language, time zone and consents."""

from typing import Any

from notifications import store
from notifications.domain import Recipient
from stadion.dynamo import look_again
from stadion.events.catalogue import ConsentChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope


def know_recipient(envelope: Envelope[Any]) -> Consumed:
    changed = look_again(lambda: store.know(envelope.user_id, lambda known: updated(known, envelope.data)))
    return Consumed("kept" if changed else "stale")


def updated(known: Recipient, event: UserRegistered | ProfileUpdated | ConsentChanged) -> Recipient:
    """The copy after an event; what is older than the copy changes nothing."""
    if isinstance(event, ConsentChanged):
        return _with_consent(known, event)
    revision = event.revision if isinstance(event, ProfileUpdated) else 1
    if revision <= known.revision:
        return known
    return known.model_copy(update={"language": event.language, "time_zone": event.time_zone, "revision": revision})


def _with_consent(known: Recipient, event: ConsentChanged) -> Recipient:
    current = known.consents.get(event.kind, {})
    if current.get("revision", 0) >= event.revision:
        return known
    consent = {"granted": event.granted, "revision": event.revision}
    return known.model_copy(update={"consents": {**known.consents, event.kind.value: consent}})


handler = consumer(know_recipient, events=(UserRegistered, ProfileUpdated, ConsentChanged))
