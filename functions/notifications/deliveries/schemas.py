"""What admins are told of deliveries."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from notifications.deliveries.domain import Delivery, DeliveryLogEntry, DeliveryState
from notifications.values import ChannelName, MessageKind


class DeliveryResponse(BaseModel):
    """One message by one channel, and how it went."""

    notification_id: str
    request_id: str
    template: str
    kind: MessageKind
    channel: ChannelName
    state: DeliveryState
    reason: str | None = Field(description="of a suppression, deferral or failure", examples=["quiet_hours"])
    due_at: AwareDatetime | None
    attempts: int
    log: list[DeliveryLogEntry]

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        message = delivery.message.model_dump(include={"notification_id", "request_id", "template"})
        told = delivery.model_dump(include={"kind", "channel", "state", "reason", "due_at", "attempts", "log"})
        return cls(**message, **told)
