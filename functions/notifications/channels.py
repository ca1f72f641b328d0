"""How a message reaches an athlete. The inbox takes everything; push, email and SMS will stand beside it."""

from typing import Protocol

from notifications import store
from notifications.domain import Notification
from stadion.events.catalogue import NotificationDelivered


class Channel(Protocol):
    name: str

    def deliver(self, notification: Notification, *, correlation_id: str) -> None:
        """Exactly once per request; `AlreadyDeliveredError` at a repetition."""


class Inbox:
    name = "inbox"

    def deliver(self, notification: Notification, *, correlation_id: str) -> None:
        delivered = NotificationDelivered(
            notification_id=notification.notification_id,
            request_id=notification.request_id,
            channel=self.name,
            template=notification.template,
        )
        store.deliver(notification, [delivered], correlation_id=correlation_id)


CHANNELS: tuple[Channel, ...] = (Inbox(),)
