"""What admins are told of deliveries."""

from pydantic import AwareDatetime, BaseModel, Field

from notifications.deliveries.domain import DeliveryState, LogEntry
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
    log: list[LogEntry]
