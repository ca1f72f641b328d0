"""Values of the inbox."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stadion.i18n import Language


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Notification(Value):
    notification_id: str
    user_id: str
    request_id: str
    template: str
    values: dict[str, Any] = Field(default_factory=dict)
    about: dict[str, str] = Field(default_factory=dict)
    created_at: AwareDatetime
    read_at: AwareDatetime | None = None


class Recipient(Value):
    """What this service knows of an athlete: its own copy, kept from the events of `accounts`."""

    language: Language | None = None
    time_zone: str = "UTC"
    revision: int = 0
    consents: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="kind -> {granted, revision}, for the channels to come"
    )
