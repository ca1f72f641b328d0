"""Who gets messages: what this service knows of an athlete, and what an athlete wants."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from notifications.quiet_hours import QuietHours, next_open
from notifications.values import ChannelName, MessageKind
from stadion.athletes import WithConsents, WithContact, WithReader, WithZone
from stadion.values import Value


class Recipient(WithReader, WithZone, WithConsents, WithContact):
    refusals: dict[str, str] = Field(
        default_factory=dict, description="address -> why nothing is sent there any more: bounced, complained"
    )

    def refused(self, reason: str) -> "Recipient":
        """Its present address takes no mails."""
        if self.email is None:
            return self
        return self.model_copy(update={"refusals": {**self.refusals, self.email: reason}})


class DigestRhythm(StrEnum):
    """How often a kind of message comes by the channels that ring."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


DIGESTED: Final = (MessageKind.ACTIVITY, MessageKind.GEAR, MessageKind.SOCIAL)


class QuietTime(Value):
    start: time = time(22)
    end: time = time(8)

    @property
    def hours(self) -> QuietHours:
        return QuietHours(self.start, self.end)


class Preferences(Value):
    """What was never chosen is as it comes: everything on, quiet from ten to eight."""

    revision: int = 0
    quiet_hours: QuietTime | None = Field(default_factory=QuietTime)
    muted_until: AwareDatetime | None = None
    digest_at: time = time(18)
    rhythm: dict[MessageKind, DigestRhythm] = Field(default_factory=dict)
    off: dict[MessageKind, list[ChannelName]] = Field(
        default_factory=dict, description="channels that a kind may not use"
    )

    def wants(self, kind: MessageKind, channel: ChannelName) -> bool:
        return channel not in self.off.get(kind, [])


def digest_due(preferences: Preferences, zone: ZoneInfo, kind: MessageKind, now: datetime) -> datetime | None:
    """The next digest of this kind: today or tomorrow at the athlete's hour, of a weekly one on Sunday."""
    rhythm = preferences.rhythm.get(kind, DigestRhythm.AT_ONCE)
    if rhythm is DigestRhythm.AT_ONCE or kind not in DIGESTED:
        return None
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(9)]
    if rhythm is DigestRhythm.WEEKLY:
        days = [day for day in days if day.isoweekday() == 7]
    moments = [datetime.combine(day, preferences.digest_at, zone).astimezone(now.tzinfo) for day in days]
    due = next(moment for moment in moments if moment > now)
    quiet = preferences.quiet_hours
    return next_open(due, zone, quiet.hours) if quiet is not None else due
