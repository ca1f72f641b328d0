"""Some service wants an athlete to know something."""

from typing import Any

from notifications.dispatch import request_service
from stadion import clock
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.notifications import NotificationRequested


def notify(envelope: Envelope[Any]) -> Consumed:
    asked = envelope.data
    channels = request_service.request(envelope.user_id, asked, clock.now(), correlation_id=envelope.correlation_id)
    outcome = "repeated" if "repeated" in channels.values() else "taken"
    return Consumed(outcome, {"template": asked.template, "request_id": asked.request_id, "channels": channels})


handler = consumer(notify, events=(NotificationRequested,))
