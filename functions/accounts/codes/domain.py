"""Codes that prove who reads a mail or a phone."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, Field

from stadion.i18n import Language
from stadion.values import Value


class Purpose(StrEnum):
    REGISTRATION = "registration"
    RESET = "reset"
    EMAIL = "email"
    PHONE = "phone"


LIVES: Final = {
    Purpose.REGISTRATION: timedelta(hours=24),
    Purpose.RESET: timedelta(hours=1),
    Purpose.EMAIL: timedelta(hours=1),
    Purpose.PHONE: timedelta(minutes=15),
}
DIGITS: Final = {Purpose.REGISTRATION: 8, Purpose.RESET: 8, Purpose.EMAIL: 8, Purpose.PHONE: 6}
"""Six are what people expect on a phone, where few may be tried."""


OF_ATHLETES: Final = frozenset({Purpose.EMAIL, Purpose.PHONE})
"""Only the athlete's own session may try them."""


class About(Value):
    """What the code is for: it comes back when the code does."""

    user_id: str | None = None
    address: str | None = Field(default=None, description="the new e-mail or phone, once proved")
    language: Language = Language.EN
    time_zone: str = "UTC"


class Issued(Value):
    """The one code of a purpose that lives. It is known here by its digest only."""

    salt: str
    digest: str
    ends_at: AwareDatetime
    about: About
    is_sent: bool = Field(description="False: nobody knows it, and it is here to be as much work as one that is sent")

    def lives(self, now: datetime) -> bool:
        return now < self.ends_at
