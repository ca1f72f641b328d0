"""How often something may be asked for, before Cognito, a mail or an SMS is asked: all limits of accounts.

The figures and why: docs/decisions/0030-codes-and-cognito.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Final

QUARTER: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most `most` in each window of `per`. Of those that a whole network shares, a stage may allow more."""

    name: str
    most: int
    per: timedelta
    is_shared: bool = False

    def window(self, now: datetime) -> int:
        """Its beginning, in seconds since 1970."""
        length = int(self.per.total_seconds())
        return int(now.timestamp()) // length * length

    def ends(self, now: datetime) -> datetime:
        return datetime.fromtimestamp(self.window(now), UTC) + self.per


MAILS_TO_ADDRESS: Final = (Limit("mails-hour", 5, HOUR), Limit("mails-day", 10, DAY))
"""Whoever asks, and whatever for."""
MAILS_BY_NETWORK: Final = (
    Limit("network-mails-hour", 100, HOUR, is_shared=True),
    Limit("network-mails-day", 500, DAY, is_shared=True),
)
CODES_OF_NETWORK: Final = Limit("codes", 3, QUARTER)
"""Wrong ones of one network for one address: then that network waits, and nobody else."""
CODES_BY_NETWORK: Final = Limit("network-codes", 60, HOUR, is_shared=True)
CODES_OF_ADDRESS: Final = Limit("all-codes", 200, HOUR)
"""Over all networks: what keeps guessing by many of them hopeless."""
PASSWORDS_OF_NETWORK: Final = Limit("passwords", 4, QUARTER)
"""One less than what makes Cognito itself close an account to everybody for a while."""
PASSWORDS_BY_NETWORK: Final = Limit("network-passwords", 100, HOUR, is_shared=True)
REFRESHES_BY_NETWORK: Final = Limit("network-refreshes", 60, QUARTER, is_shared=True)
"""With a token that Cognito does not take."""
TEXTS_OF_ATHLETE: Final = (Limit("texts-hour", 3, HOUR), Limit("texts-day", 5, DAY))
TEXTS_TO_NUMBER: Final = Limit("number-texts", 3, DAY)
TEXTS_BY_NETWORK: Final = Limit("network-texts", 20, HOUR, is_shared=True)


def texts_of_all(most: int) -> Limit:
    return Limit("all-texts", most, DAY)


def network_of(address: str) -> str:
    """What one subscriber is usually given: /56 of IPv6 (RIPE-690); of IPv4 the /24, which costs as much to leave."""
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    mapped = getattr(known, "ipv4_mapped", None)
    known = mapped or known
    return str(ip_network((known, 24 if known.version == 4 else 56), strict=False))
