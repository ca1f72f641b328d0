"""Responses of the inbox."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from notifications.inbox.domain import Notification
from notifications.templates import words
from stadion.units import Reader


class NotificationResponse(BaseModel):
    notification_id: str
    template: str = Field(examples=["gear_wear"])
    title: str
    body: str
    about: dict[str, str] = Field(description="what a tap opens, e.g. {gear_id}")
    created_at: AwareDatetime
    read_at: AwareDatetime | None

    @classmethod
    def of(cls, notification: Notification, reader: Reader) -> Self:
        title, body = words(notification.template, notification.values, reader)
        told = notification.model_dump(include={"notification_id", "template", "about", "created_at", "read_at"})
        return cls(**told, title=title, body=body)


class InboxResponse(BaseModel):
    items: list[NotificationResponse]
    next_cursor: str | None
    unread_count: int


class UnreadCount(BaseModel):
    unread_count: int
