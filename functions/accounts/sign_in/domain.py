"""A user as Cognito knows one, a session, and the addresses that take mail."""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

ADDRESS: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
"""RFC 5321's dot-string at a name of the DNS: what SES takes (it sends to no local part beyond ASCII)."""
PROVED: Final = frozenset({"CONFIRMED"})
"""Whoever signs in has shown that the address is theirs, and has set the password."""


def takes_mail(email: str) -> bool:
    return ADDRESS.fullmatch(email) is not None


@dataclass(frozen=True)
class Session:
    access_token: str
    refresh_token: str
    expires_in: int

    @cached_property
    def claims(self) -> dict[str, Any]:
        """They come from Cognito itself, so the signature needs no look."""
        payload = self.access_token.split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims

    @property
    def user_id(self) -> str:
        return str(self.claims["sub"])

    @property
    def session_id(self) -> str | None:
        """All tokens that came of one sign-in have it."""
        found = self.claims.get("origin_jti")
        return str(found) if found else None

    @property
    def ends_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.claims["exp"]), UTC)


@dataclass(frozen=True)
class Identity:
    """A user as Cognito knows it."""

    user_id: str
    email: str
    status: str
    enabled: bool
    created_at: datetime
    language: str | None
    time_zone: str | None
    email_verified: bool

    @property
    def is_proved(self) -> bool:
        """False: begun by somebody who never showed that the address is theirs."""
        return self.status in PROVED
