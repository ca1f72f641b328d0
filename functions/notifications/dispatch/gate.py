"""The one gate: whether a message may go out by a channel now, later, in a digest, or not at all, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from notifications.quiet_hours import QuietHours, next_open
from notifications.values import ChannelName, MessageKind, Reason
from stadion.events.accounts import ConsentKind


class Verdict(StrEnum):
    SEND = "send"
    DEFER = "defer"
    DIGEST = "digest"
    SUPPRESS = "suppress"


@dataclass(frozen=True)
class Decision:
    verdict: Verdict
    reason: Reason
    until: datetime | None = None
    """Of a deferral: when to ask again. Of a digest: when it goes out."""


@dataclass(frozen=True)
class Cap:
    """At most `most` messages in `days` of the athlete's days, the present one included."""

    most: int
    days: int


CAPS: Final[Mapping[tuple[MessageKind, ChannelName], tuple[Cap, ...]]] = {
    (MessageKind.MARKETING, ChannelName.PUSH): (Cap(1, 1), Cap(3, 7)),
    (MessageKind.MARKETING, ChannelName.EMAIL): (Cap(1, 1), Cap(2, 7)),
    (MessageKind.MARKETING, ChannelName.SMS): (Cap(1, 1), Cap(1, 7)),
    (MessageKind.MARKETING, ChannelName.INBOX): (Cap(3, 1),),
    (MessageKind.ACTIVITY, ChannelName.PUSH): (Cap(12, 1),),
    (MessageKind.GEAR, ChannelName.PUSH): (Cap(4, 1),),
    (MessageKind.SOCIAL, ChannelName.PUSH): (Cap(20, 1),),
}

CAP_DAYS: Final = max(cap.days for caps in CAPS.values() for cap in caps)

MARKETING_CONSENT: Final = {
    ChannelName.PUSH: {ConsentKind.MARKETING_PUSH},
    ChannelName.EMAIL: {ConsentKind.MARKETING_EMAIL},
    ChannelName.SMS: {ConsentKind.MARKETING_SMS},
    ChannelName.INBOX: {ConsentKind.MARKETING_PUSH, ConsentKind.MARKETING_EMAIL, ConsentKind.MARKETING_SMS},
}
"""One of these has to hold."""

SILENT: Final = frozenset({ChannelName.INBOX})
"""It rings nowhere: no quiet hours, no mute, no digest."""


@dataclass(frozen=True)
class Wishes:
    """What an athlete chose, as far as it concerns one kind and channel."""

    zone: ZoneInfo
    consents: frozenset[ConsentKind] = frozenset()
    is_wanted: bool = True
    quiet: QuietHours | None = None
    muted_until: datetime | None = None
    digest_due: datetime | None = None
    """The next digest's moment, for who wants this kind in digests."""


@dataclass(frozen=True)
class Case:
    """A message at the moment of sending. `sent` counts what went out of this kind and channel, today first."""

    kind: MessageKind
    channel: ChannelName
    wishes: Wishes
    has_address: bool = True
    address_refuses: bool = False
    expires_at: datetime | None = None
    sent: tuple[int, ...] = field(default=())


def decide(case: Case, now: datetime) -> Decision:
    """Asked anew whenever a message is about to go out: consents may have been withdrawn since it was planned."""
    return _never(case, now) or _not_now(case, now) or Decision(Verdict.SEND, Reason.NOTHING_AGAINST)


def _never(case: Case, now: datetime) -> Decision | None:
    wishes = case.wishes
    is_optional = case.kind is not MessageKind.TRANSACTIONAL
    is_offer = case.kind is MessageKind.MARKETING
    is_muted = wishes.muted_until is not None and now < wishes.muted_until and case.channel not in SILENT
    against = (
        (Reason.EXPIRED, case.expires_at is not None and case.expires_at <= now),
        (Reason.NO_ADDRESS, not case.has_address),
        (Reason.ADDRESS_REFUSES, case.address_refuses),
        (Reason.NO_CONSENT, is_offer and not wishes.consents & MARKETING_CONSENT[case.channel]),
        (Reason.OPTED_OUT, is_optional and not wishes.is_wanted),
        (Reason.MUTED, is_optional and is_muted),
    )
    return next((_suppressed(reason) for reason, holds in against if holds), None)


def _not_now(case: Case, now: datetime) -> Decision | None:
    if case.kind is MessageKind.TRANSACTIONAL:
        return None
    rings = case.channel not in SILENT
    if rings and case.wishes.digest_due is not None and case.kind is not MessageKind.MARKETING:
        return Decision(Verdict.DIGEST, Reason.DIGEST, case.wishes.digest_due)
    if rings and case.wishes.quiet is not None:
        opens = next_open(now, case.wishes.zone, case.wishes.quiet)
        if opens > now:
            too_late = case.expires_at is not None and case.expires_at <= opens
            return _suppressed(Reason.EXPIRED) if too_late else Decision(Verdict.DEFER, Reason.QUIET_HOURS, opens)
    if _is_capped(case):
        return _suppressed(Reason.CAPPED)
    return None


def _is_capped(case: Case) -> bool:
    caps = CAPS.get((case.kind, case.channel), ())
    return any(sum(case.sent[: cap.days]) >= cap.most for cap in caps)


def _suppressed(reason: Reason) -> Decision:
    return Decision(Verdict.SUPPRESS, reason)
