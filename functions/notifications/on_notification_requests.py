"""Some service wants an athlete to know something."""

from typing import Any

from notifications import templates
from notifications.channels import CHANNELS
from notifications.domain import Notification
from notifications.store import AlreadyDeliveredError
from stadion import clock, ids
from stadion.events.catalogue import NotificationRequested
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.observability import count


def notify(envelope: Envelope[Any]) -> Consumed:
    request = envelope.data
    templates.check(request.template, request.values)
    notification = Notification(
        notification_id=ids.new_id(),
        user_id=envelope.user_id,
        request_id=request.request_id,
        template=request.template,
        values=request.values,
        about=request.about,
        created_at=clock.now(),
    )
    outcomes = {channel.name: _deliver(channel, notification, envelope.correlation_id) for channel in CHANNELS}
    outcome = "delivered" if "delivered" in outcomes.values() else "repeated"
    return Consumed(outcome, {"template": request.template, "request_id": request.request_id, "channels": outcomes})


def _deliver(channel: Any, notification: Notification, correlation_id: str) -> str:
    try:
        channel.deliver(notification, correlation_id=correlation_id)
    except AlreadyDeliveredError:
        return "repeated"
    count("NotificationDelivered")
    return "delivered"


handler = consumer(notify, events=(NotificationRequested,))
