"""Values of messages: what is told, by which channels it goes, and what an athlete wants of that."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from notifications.gate import CAP_DAYS, SILENT, Case, ChannelName, MessageKind, Wishes
from notifications.quiet_hours import QuietHours, next_open
from stadion.consents import Consents, granted
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
    campaign_id: str | None = None
    correlation_id: str = "none"
    not_before: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    created_at: AwareDatetime
    read_at: AwareDatetime | None = None


class Recipient(Value):
    """What this service knows of an athlete: its own copy, kept from the events of `accounts`."""

    language: Language | None = None
    time_zone: str = "UTC"
    revision: int = 0
    consents: Consents = Field(default_factory=dict)
    email: str | None = None
    phone: str | None = None
    contact_revision: int = 0
    refusals: dict[str, str] = Field(
        default_factory=dict, description="address -> why nothing is sent there any more: bounced, complained"
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Platform(StrEnum):
    IOS = "ios"
    ANDROID = "android"


class Device(Value):
    """A phone that pushes ring on; `endpoint` is SNS's name of it."""

    device_id: str
    platform: Platform
    token: str
    endpoint: str
    registered_at: AwareDatetime


class Rhythm(StrEnum):
    """How often a kind of message comes by the channels that ring."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


USUAL_CHANNELS: Final[Mapping[MessageKind, tuple[ChannelName, ...]]] = {
    MessageKind.TRANSACTIONAL: (ChannelName.INBOX, ChannelName.EMAIL),
    MessageKind.ACTIVITY: (ChannelName.INBOX, ChannelName.PUSH),
    MessageKind.GEAR: (ChannelName.INBOX, ChannelName.PUSH),
    MessageKind.SOCIAL: (ChannelName.INBOX, ChannelName.PUSH),
    MessageKind.MARKETING: (ChannelName.INBOX, ChannelName.PUSH, ChannelName.EMAIL),
}
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
    rhythm: dict[MessageKind, Rhythm] = Field(default_factory=dict)
    off: dict[MessageKind, list[ChannelName]] = Field(
        default_factory=dict, description="channels that a kind may not use"
    )

    def wants(self, kind: MessageKind, channel: ChannelName) -> bool:
        return channel not in self.off.get(kind, [])


class DeliveryState(StrEnum):
    """Of a delivery. `sent`: the provider has taken it; `delivered`: its receipt came."""

    QUEUED = "queued"
    DEFERRED = "deferred"
    SENDING = "sending"
    DIGESTED = "digested"
    SENT = "sent"
    DELIVERED = "delivered"
    SUPPRESSED = "suppressed"
    FAILED = "failed"


OPEN: Final = frozenset({DeliveryState.QUEUED, DeliveryState.DEFERRED})


class LogEntry(Value):
    state: DeliveryState
    at: AwareDatetime
    reason: str | None = None


class Delivery(Value):
    """One message by one channel, with all that it takes to send it."""

    message: Notification
    channel: ChannelName
    kind: MessageKind
    state: DeliveryState = DeliveryState.QUEUED
    reason: str | None = None
    due_at: AwareDatetime | None = None
    attempts: int = 0
    claimed_by: str | None = Field(default=None, description="the message in the queue that is sending it")
    parts: list[Notification] = Field(default_factory=list, description="of a digest: what it gathers")
    provider_ids: list[str] = Field(default_factory=list)
    log: list[LogEntry] = Field(default_factory=list)

    @property
    def is_counted(self) -> bool:
        """By the frequency caps: the first claim counts it, further attempts are the same message."""
        return self.attempts > 0

    def became(self, state: DeliveryState, now: datetime, *, reason: str | None = None, **fields: Any) -> "Delivery":
        entry = LogEntry(state=state, at=now, reason=reason)
        return self.model_copy(update={"state": state, "reason": reason, "log": [*self.log, entry], **fields})

    def due(self, now: datetime) -> "Delivery":
        """As it was, and to be looked at now."""
        return self.model_copy(update={"due_at": now})


def channels_of(kind: MessageKind, wanted: list[str] | None) -> list[ChannelName]:
    """The usual ones, or those that the request names."""
    if wanted is None:
        return list(USUAL_CHANNELS[kind])
    return [channel for channel in ChannelName if channel.value in wanted]


def case_of(
    kind: MessageKind,
    channel: ChannelName,
    recipient: Recipient,
    preferences: Preferences,
    *,
    address: str | None,
    expires_at: datetime | None,
    sent: tuple[int, ...],
    is_digest: bool,
    now: datetime,
) -> Case:
    """A digest is not gathered into another one."""
    quiet = preferences.quiet_hours
    return Case(
        kind=kind,
        channel=channel,
        wishes=Wishes(
            zone=recipient.zone,
            consents=granted(recipient.consents),
            is_wanted=preferences.wants(kind, channel),
            quiet=quiet.hours if quiet is not None else None,
            muted_until=preferences.muted_until,
            digest_due=None if is_digest else digest_due(preferences, recipient.zone, kind, now),
        ),
        has_address=channel in SILENT or address is not None,
        address_refuses=address in recipient.refusals,
        expires_at=expires_at,
        sent=sent,
    )


def digest_due(preferences: Preferences, zone: ZoneInfo, kind: MessageKind, now: datetime) -> datetime | None:
    """The next digest of this kind: today or tomorrow at the athlete's hour, of a weekly one on Sunday."""
    rhythm = preferences.rhythm.get(kind, Rhythm.AT_ONCE)
    if rhythm is Rhythm.AT_ONCE or kind not in DIGESTED:
        return None
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(9)]
    if rhythm is Rhythm.WEEKLY:
        days = [day for day in days if day.isoweekday() == 7]
    moments = [datetime.combine(day, preferences.digest_at, zone).astimezone(now.tzinfo) for day in days]
    due = next(moment for moment in moments if moment > now)
    quiet = preferences.quiet_hours
    return next_open(due, zone, quiet.hours) if quiet is not None else due


def days_of_caps(recipient: Recipient, now: datetime) -> list[date]:
    """The athlete's days that frequency caps look at, today first."""
    today = now.astimezone(recipient.zone).date()
    return [today - timedelta(days=back) for back in range(CAP_DAYS)]


def backoff(attempts: int, jitter: float) -> timedelta:
    """After the first failure about half a minute, then twice as long each time, an hour at most."""
    return timedelta(seconds=min(3600.0, 30.0 * 2 ** (attempts - 1)) * (0.5 + jitter))


MOST_ATTEMPTS: Final = 8
"""Within about an hour; what cannot be sent by then has failed."""
