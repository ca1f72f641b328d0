"""A message, as it lies in the inbox and goes by every channel."""

from typing import Any

from pydantic import AwareDatetime, Field

from stadion.values import Value


class Notification(Value):
    notification_id: str
    user_id: str
    request_id: str
    template: str
    values: dict[str, Any] = Field(default_factory=dict)
    about: dict[str, str] = Field(default_factory=dict)
    campaign_id: str | None = None
    correlation_id: str = "none"
    not_before: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    created_at: AwareDatetime
    read_at: AwareDatetime | None = None
