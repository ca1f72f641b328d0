"""What this service leaves for itself."""

from datetime import datetime

from pydantic import Field

from notifications.deliveries.domain import Delivery
from notifications.values import ChannelName
from stadion import ids
from stadion.work import Work


class Send(Work):
    """Ask the gate about one message by one channel, and send it if it may go."""

    user_id: str
    notification_id: str
    channel: ChannelName
    send_id: str = Field(default_factory=ids.new_id)
    """Of this message, however often it is delivered: whose claim it is."""

    @classmethod
    def of(cls, delivery: Delivery, now: datetime, *, as_of: datetime | None = None) -> "Send":
        message = delivery.message
        return cls(
            correlation_id=message.correlation_id,
            asked_at=now,
            as_of=as_of,
            user_id=message.user_id,
            notification_id=message.notification_id,
            channel=delivery.channel,
        )
