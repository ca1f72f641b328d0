"""Values and rules of links: that a partner knows an athlete, by an id that is of these two only."""

import base64
import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from pydantic import AwareDatetime, Field

from partners.links.errors import TooManyLinksError, TooManyLinkTokensError
from stadion.events.partners import PartnerLinkChanged
from stadion.values import Value

TOKEN_LIVES: Final = timedelta(minutes=10)
TOKEN_BYTES: Final = 32
TOKEN_PREFIX: Final = "lt_"  # noqa: S105 - how each begins
MAX_TOKENS: Final = 10
"""Of one athlete, within the time that one lives, used ones among them."""
MAX_LINKS: Final = 50
"""Of one athlete, at a time."""
MAX_UNKNOWN: Final = 100
"""Tokens that a partner may send and that are none of its own, in `TRIES_FOR`."""
TRIES_FOR: Final = timedelta(minutes=10)


def new_token() -> str:
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """All that is stored of one. It has 256 random bits, so nobody finds it by trying what has this digest."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_athlete_id() -> str:
    """130 random bits: it says nothing of the athlete, and nothing of what another partner calls them."""
    return "at_" + base64.b32encode(secrets.token_bytes(17)).decode().lower()[:26]


class LinkToken(Value):
    """A one-time token as it is kept. Used, it stays until its end, for the partner who did not hear the answer."""

    digest: str
    partner_id: str
    user_id: str
    expires_at: AwareDatetime
    athlete_id: str | None = Field(default=None, description="that it was used for")
    revision: int = 1


class OpenToken(Value):
    digest: str
    partner_id: str
    expires_at: AwareDatetime


class OpenTokens(Value):
    """Of one athlete: those that have not ended yet."""

    tokens: list[OpenToken] = Field(default_factory=list)

    def with_token(self, new: LinkToken, linked: Collection[str], now: datetime) -> "OpenTokens":
        """`linked`: to whom the athlete is already. What is open may become a link, so it counts as one."""
        live = self._live(now)
        if len(live) >= MAX_TOKENS:
            first = min(one.expires_at for one in live)
            raise TooManyLinkTokensError(retry_after_s=max(1, -int(-(first - now).total_seconds() // 1)))
        if len({*linked, *(one.partner_id for one in live), new.partner_id}) > MAX_LINKS:
            raise TooManyLinksError(most=MAX_LINKS)
        one = OpenToken(digest=new.digest, partner_id=new.partner_id, expires_at=new.expires_at)
        return OpenTokens(tokens=[*live, one])

    def without(self, partner_id: str) -> "OpenTokens":
        return OpenTokens(tokens=[one for one in self.tokens if one.partner_id != partner_id])

    def of(self, partner_id: str) -> Iterable[str]:
        return (one.digest for one in self.tokens if one.partner_id == partner_id)

    def _live(self, now: datetime) -> list[OpenToken]:
        return [one for one in self.tokens if one.expires_at > now]


class Link(Value):
    """Of an athlete and a partner. Ended, it stays, so that its revisions go on."""

    user_id: str
    partner_id: str
    athlete_id: str
    linked_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    revision: int = 1

    @property
    def is_linked(self) -> bool:
        return self.ended_at is None

    def news(self) -> PartnerLinkChanged:
        return PartnerLinkChanged(
            partner_id=self.partner_id,
            athlete_id=self.athlete_id,
            is_linked=self.is_linked,
            revision=self.revision,
            changed_at=self.ended_at or self.linked_at,
        )

    def known(self) -> "KnownAthlete":
        return KnownAthlete(
            partner_id=self.partner_id,
            athlete_id=self.athlete_id,
            user_id=self.user_id if self.is_linked else None,
            ended_at=self.ended_at,
            revision=self.revision,
        )


class KnownAthlete(Value):
    """Whom a partner means by an id. Of an ended link the id stays known, and whose it was does not."""

    partner_id: str
    athlete_id: str
    user_id: str | None
    ended_at: AwareDatetime | None = None
    revision: int


def linked_anew(before: Link | None, *, user_id: str, partner_id: str, now: datetime) -> Link:
    """Under a new id: who was known by the old one and left is somebody else to the partner."""
    revision = before.revision + 1 if before is not None else 1
    return Link(user_id=user_id, partner_id=partner_id, athlete_id=new_athlete_id(), linked_at=now, revision=revision)
