"""Responses of the inbox."""

from pydantic import AwareDatetime, BaseModel, Field


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
