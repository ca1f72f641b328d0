"""Codes in the accounts table: one of a purpose for each address or athlete."""

from datetime import datetime, timedelta

from accounts.codes.domain import Issued, Purpose
from accounts.credentials import keyed
from stadion import writes
from stadion.records import Place, Records, Stored

CODES = Records(
    Issued,
    kind="code",
    pk="CODE#{subject}",
    sk="{purpose}",
    kept_since="ends_at",
    kept_for=timedelta(0),
)
"""A keyed digest of the address, or of the athlete, whose code it is; a new one takes the place of the old."""


def keep(purpose: Purpose, subject: str, issued: Issued, now: datetime) -> None:
    writes.put(place(purpose, subject), issued, now)


def read(purpose: Purpose, subject: str) -> Stored[Issued]:
    return place(purpose, subject).read()


def place(purpose: Purpose, subject: str) -> Place[Issued]:
    return CODES.at(keyed("code", subject), purpose)
