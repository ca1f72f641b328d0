"""Keeps this service's own copy of the one consent that it asks for."""

from typing import Any

from inventory import purchase_service
from stadion import clock
from stadion.events.accounts import ConsentChanged, ConsentKind
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope


def know_consent(envelope: Envelope[Any]) -> Consumed:
    if envelope.data.kind is not ConsentKind.PURCHASES:
        return Consumed("ignored")
    return Consumed("kept" if purchase_service.know_consent(envelope.user_id, envelope.data, clock.now()) else "stale")


handler = consumer(know_consent, events=(ConsentChanged,))
