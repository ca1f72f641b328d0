"""Requests and responses of preferences."""

from datetime import time
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from notifications.recipients.domain import Rhythm
from notifications.values import ChannelName, MessageKind
from stadion.fields import Moment
from stadion.http import RequestModel

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


def clock_text(moment: time) -> str:
    return f"{moment:%H:%M}"
