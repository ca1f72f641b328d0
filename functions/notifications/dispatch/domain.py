"""What the gate is asked of a message: by which channels it goes, the athlete's wishes, the days that caps look at."""

from datetime import date, datetime, timedelta

from notifications.dispatch.gate import CAP_DAYS, SILENT, Case, Wishes
from notifications.recipients.domain import Preferences, Recipient, digest_due
from notifications.values import USUAL_CHANNELS, ChannelName, MessageKind


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
            consents=recipient.granted,
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


def days_of_caps(recipient: Recipient, now: datetime) -> list[date]:
    """The athlete's days that frequency caps look at, today first."""
    today = now.astimezone(recipient.zone).date()
    return [today - timedelta(days=back) for back in range(CAP_DAYS)]
