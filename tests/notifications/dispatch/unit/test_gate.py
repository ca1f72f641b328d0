"""The gate, rule by rule."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.dispatch.gate import CAPS, Case, Verdict, Wishes, decide
from notifications.quiet_hours import QuietHours
from notifications.values import ChannelName, MessageKind, Reason
from stadion.events.accounts import ConsentKind

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 23, tzinfo=UTC)
WISHES = Wishes(zone=ZoneInfo("UTC"), consents=frozenset(ConsentKind), quiet=QuietHours(time(22), time(8)))
OFFER = Case(kind=MessageKind.MARKETING, channel=ChannelName.PUSH, wishes=WISHES)
NEWS = replace(OFFER, kind=MessageKind.ACTIVITY)
MUST = replace(OFFER, kind=MessageKind.TRANSACTIONAL)


def wishing(case: Case, **fields: Any) -> Case:
    return replace(case, wishes=replace(case.wishes, **fields))


CASES = [
    ("nothing against it", OFFER, NOON, Verdict.SEND, Reason.NOTHING_AGAINST),
    ("no marketing without consent", wishing(OFFER, consents=frozenset()), NOON, Verdict.SUPPRESS, Reason.NO_CONSENT),
    (
        "consent to mails is none to pushes",
        wishing(OFFER, consents=frozenset({ConsentKind.MARKETING_EMAIL})),
        NOON,
        Verdict.SUPPRESS,
        Reason.NO_CONSENT,
    ),
    ("news need no marketing consent", wishing(NEWS, consents=frozenset()), NOON, Verdict.SEND, Reason.NOTHING_AGAINST),
    ("opted out", wishing(NEWS, is_wanted=False), NOON, Verdict.SUPPRESS, Reason.OPTED_OUT),
    ("muted", wishing(NEWS, muted_until=NOON + timedelta(1)), NOON, Verdict.SUPPRESS, Reason.MUTED),
    ("muted until now", wishing(NEWS, muted_until=NOON), NOON, Verdict.SEND, Reason.NOTHING_AGAINST),
    ("no address", replace(MUST, has_address=False), NOON, Verdict.SUPPRESS, Reason.NO_ADDRESS),
    ("an address that bounced", replace(MUST, address_refuses=True), NOON, Verdict.SUPPRESS, Reason.ADDRESS_REFUSES),
    ("too late", replace(MUST, expires_at=NOON), NOON, Verdict.SUPPRESS, Reason.EXPIRED),
    ("at night", NEWS, NIGHT, Verdict.DEFER, Reason.QUIET_HOURS),
    (
        "useless in the morning",
        replace(OFFER, expires_at=NIGHT + timedelta(hours=9)),
        NIGHT,
        Verdict.SUPPRESS,
        Reason.EXPIRED,
    ),
    ("the inbox rings nowhere", replace(NEWS, channel=ChannelName.INBOX), NIGHT, Verdict.SEND, Reason.NOTHING_AGAINST),
    ("what one must know", wishing(MUST, is_wanted=False), NIGHT, Verdict.SEND, Reason.NOTHING_AGAINST),
    ("the second offer of a day", replace(OFFER, sent=(1,)), NOON, Verdict.SUPPRESS, Reason.CAPPED),
    ("the fourth of a week", replace(OFFER, sent=(0, 1, 1, 0, 0, 1, 0)), NOON, Verdict.SUPPRESS, Reason.CAPPED),
    ("the third of a week", replace(OFFER, sent=(0, 1, 1, 0, 0, 0, 0)), NOON, Verdict.SEND, Reason.NOTHING_AGAINST),
    ("in a digest", wishing(NEWS, digest_due=NIGHT), NOON, Verdict.DIGEST, Reason.DIGEST),
    ("offers come in no digest", wishing(OFFER, digest_due=NIGHT), NOON, Verdict.SEND, Reason.NOTHING_AGAINST),
]


@pytest.mark.parametrize(
    ("case", "now", "verdict", "reason"), [row[1:] for row in CASES], ids=[str(row[0]) for row in CASES]
)
def test_the_gate_decides_and_says_why(case: Case, now: datetime, verdict: Verdict, reason: Reason) -> None:
    decision = decide(case, now)
    assert (decision.verdict, decision.reason) == (verdict, reason)


def test_what_is_deferred_goes_out_in_the_morning() -> None:
    until = decide(NEWS, NIGHT).until
    assert until == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert decide(NEWS, until).verdict is Verdict.SEND


@given(
    consents=st.frozensets(st.sampled_from(list(ConsentKind))),
    channel=st.sampled_from(list(ChannelName)),
    hour=st.integers(0, 23),
    sent=st.lists(st.integers(0, 3), max_size=7).map(tuple),
    is_wanted=st.booleans(),
)
def test_no_offer_ever_goes_out_without_its_consent_or_past_its_cap(
    consents: frozenset[ConsentKind], channel: ChannelName, hour: int, sent: tuple[int, ...], is_wanted: bool
) -> None:
    case = wishing(replace(OFFER, channel=channel, sent=sent), consents=consents, is_wanted=is_wanted)
    decision = decide(case, NOON.replace(hour=hour))
    if decision.verdict is Verdict.SEND:
        needed = {ConsentKind(f"marketing_{channel.value}")} if channel is not ChannelName.INBOX else consents
        assert consents & needed
        assert is_wanted
        assert all(sum(sent[: cap.days]) < cap.most for cap in CAPS[MessageKind.MARKETING, channel])
        assert channel is ChannelName.INBOX or 8 <= hour < 22
