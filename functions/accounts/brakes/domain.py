"""How often something may be asked for, before Cognito, a mail or an SMS is asked: all limits of accounts.

The figures and why: docs/decisions/0030-codes-and-cognito.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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


MAILS_TO_ADDRESS: Final = Limit("mails", 5, HOUR)
"""Of one purpose, whoever asks. No longer than a code lives: who is refused has a code in the mailbox that is good."""
MAILS_OF_NETWORK: Final = Limit("network-mails", 10, DAY, is_shared=True)
"""Of one network to one mailbox, whatever for: a stranger spends what is his, and not the owner's."""
MAILS_BY_NETWORK: Final = (
    Limit("network-mails-hour", 100, HOUR, is_shared=True),
    Limit("network-mails-day", 500, DAY, is_shared=True),
)
CODES_OF_NETWORK: Final = Limit("codes", 3, QUARTER)
"""Wrong ones of one network for one address: then that network waits, and nobody else."""
CODES_BY_NETWORK: Final = Limit("network-codes", 60, HOUR, is_shared=True)
CODES_OF_ADDRESS: Final = Limit("all-codes", 200, HOUR)
"""Over all networks: what keeps guessing by many of them hopeless."""
CODES_OF_ATHLETE: Final = Limit("own-codes", 10, HOUR)
"""Over all networks, where only the athlete's own session may try, so that nobody else can use them up."""
PASSWORDS_OF_NETWORK: Final = (Limit("passwords", 4, QUARTER), Limit("passwords-day", 12, DAY))
"""Cognito itself closes an account to everybody for 2^(n - 5) seconds after the n-th wrong password, 15 minutes at
most, and counts on while they come: twelve are some four minutes of it, and four each quarter would be all day."""
PASSWORDS_BY_NETWORK: Final = Limit("network-passwords", 100, HOUR, is_shared=True)
REFRESHES_BY_NETWORK: Final = Limit("network-refreshes", 60, QUARTER, is_shared=True)
"""With a token that Cognito does not take."""
TEXTS_OF_ATHLETE: Final = (Limit("texts-hour", 3, HOUR), Limit("texts-day", 5, DAY))
TEXTS_OF_NETWORK: Final = Limit("network-number-texts", 3, DAY)
"""Of one network to one number: whoever asks for codes to another's keeps its owner from none."""
TEXTS_TO_NUMBER: Final = Limit("number-texts", 10, DAY)
TEXTS_BY_NETWORK: Final = Limit("network-texts", 20, HOUR, is_shared=True)


def texts_of_all(most: int) -> Limit:
    return Limit("all-texts", most, DAY)


def mailbox_of(address: str) -> str:
    """Where `anna+anything@…` arrives (RFC 5233), as far as a count goes: one mailbox has any number of them."""
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0]}@{domain}"
