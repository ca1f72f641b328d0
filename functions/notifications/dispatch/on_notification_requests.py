"""Some service wants an athlete to know something."""

from notifications.dispatch import request_service
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.notifications import NotificationRequested

handler = Consumer()


@handler.on(NotificationRequested)
def notify(envelope: Envelope[NotificationRequested]) -> Consumed:
    asked = envelope.data
    channels = request_service.request(envelope.user_id, asked, clock.now(), correlation_id=envelope.correlation_id)
    outcome = "repeated" if "repeated" in channels.values() else "taken"
    return Consumed(outcome, {"template": asked.template, "request_id": asked.request_id, "channels": channels})
