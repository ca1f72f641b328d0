"""Requests and responses of preferences."""

from datetime import time
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, Field

from notifications.recipients.domain import DIGESTED, DigestRhythm, Preferences, QuietTime
from notifications.values import CHOSEN, ChannelName, MessageKind, possible_channels
from stadion.fields import Moment
from stadion.http import RequestModel

Minute = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["22:00"])]


class QuietHoursPatch(RequestModel):
    start: Minute
    end: Minute

    def hours(self) -> QuietTime:
        return QuietTime(start=time.fromisoformat(self.start), end=time.fromisoformat(self.end))


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
    rhythm: dict[MessageKind, DigestRhythm] | None = Field(default=None, examples=[{"activity": "daily"}])

    def changes(self) -> dict[str, Any]:
        """What was sent, by field; null removes."""
        changes = {name: getattr(self, name) for name in self.model_fields_set}
        if self.quiet_hours is not None:
            changes["quiet_hours"] = self.quiet_hours.hours()
        if self.digest_at is not None:
            changes["digest_at"] = time.fromisoformat(self.digest_at)
        return changes


class QuietHoursResponse(BaseModel):
    start: str = Field(examples=["22:00"])
    end: str = Field(examples=["08:00"])

    @classmethod
    def of(cls, hours: QuietTime) -> Self:
        return cls(start=clock_text(hours.start), end=clock_text(hours.end))


class PreferencesResponse(BaseModel):
    revision: int
    quiet_hours: QuietHoursResponse | None = Field(description="on the athlete's clock, over midnight if need be")
    muted_until: AwareDatetime | None
    digest_at: str
    channels: dict[MessageKind, dict[ChannelName, bool]]
    rhythm: dict[MessageKind, DigestRhythm]

    @classmethod
    def of(cls, known: Preferences) -> Self:
        quiet = known.quiet_hours
        return cls(
            revision=known.revision,
            quiet_hours=QuietHoursResponse.of(quiet) if quiet is not None else None,
            muted_until=known.muted_until,
            digest_at=clock_text(known.digest_at),
            channels={
                kind: {channel: known.wants(kind, channel) for channel in possible_channels(kind)} for kind in CHOSEN
            },
            rhythm={kind: known.rhythm.get(kind, DigestRhythm.AT_ONCE) for kind in DIGESTED},
        )


def clock_text(moment: time) -> str:
    return f"{moment:%H:%M}"
