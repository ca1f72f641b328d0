"""Requests and responses of the messages API."""

from datetime import time
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from notifications.domain import DeliveryState, LogEntry, Platform, Rhythm
from notifications.gate import ChannelName, MessageKind
from stadion.fields import Moment
from stadion.http import RequestModel


class NotificationResponse(BaseModel):
    notification_id: str
    template: str = Field(examples=["gear_wear"])
    title: str
    body: str
    about: dict[str, str] = Field(description="what a tap opens, e.g. {gear_id}")
    created_at: AwareDatetime
    read_at: AwareDatetime | None


class InboxResponse(BaseModel):
    items: list[NotificationResponse]
    next_cursor: str | None
    unread_count: int


class UnreadCount(BaseModel):
    unread_count: int


Minute = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]


class QuietHoursPatch(RequestModel):
    start: Minute
    end: Minute


class PreferencesPatch(RequestModel):
    """RFC 7396 merge patch: what is absent stays, null removes. `channels` and `rhythm` merge kind by kind."""

    quiet_hours: QuietHoursPatch | None = Field(default=None, description="null: none")
    muted_until: Moment | None = Field(default=None, description="nothing rings until then; null: not muted")
    digest_at: Minute | None = None
    channels: dict[MessageKind, dict[ChannelName, bool]] | None = Field(
        default=None,
        examples=[{"marketing": {"push": False}}],
        description="transactional messages cannot be turned off",
    )
    rhythm: dict[MessageKind, Rhythm] | None = Field(default=None, examples=[{"activity": "daily"}])


class QuietHoursResponse(BaseModel):
    start: str = Field(examples=["22:00"])
    end: str = Field(examples=["08:00"])


class PreferencesResponse(BaseModel):
    revision: int
    quiet_hours: QuietHoursResponse | None = Field(description="on the athlete's clock, over midnight if need be")
    muted_until: AwareDatetime | None
    digest_at: str
    channels: dict[MessageKind, dict[ChannelName, bool]]
    rhythm: dict[MessageKind, Rhythm]


class DevicePut(RequestModel):
    platform: Platform
    token: str = Field(min_length=8, max_length=4096, pattern=r"^[\x21-\x7e]+$", examples=["f3a1c9d27b604e58"])


class DeviceResponse(BaseModel):
    device_id: str
    platform: Platform
    registered_at: AwareDatetime


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


def clock_text(moment: time) -> str:
    return f"{moment:%H:%M}"
