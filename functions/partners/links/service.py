"""Use cases of links: an athlete makes a token, a partner trades it for the id that it may name them by, the athlete
ends it."""

from datetime import datetime

from partners import store as partners
from partners.domain import ShownPartner
from partners.errors import PartnerNotFoundError
from partners.links import store
from partners.links.domain import (
    MAX_UNKNOWN,
    TOKEN_LIVES,
    TRIES_FOR,
    KnownAthlete,
    Link,
    LinkToken,
    OpenTokens,
    digest_of,
    linked_anew,
    new_token,
)
from partners.links.errors import (
    LinkTokenExpiredError,
    LinkTokenUnknownError,
    TooManyUnknownTokensError,
)
from stadion.observability import count
from stadion.partner_athletes import AthleteNotLinkedError
from stadion.records import Stored
from stadion.retry import retry_on_conflict

# --- athletes -------------------------------------------------------------------------------------------------------


def make_token(user_id: str, partner_id: str, now: datetime) -> tuple[str, LinkToken]:
    """The token itself is returned this once. A partner that could not trade it is none that there is."""
    partner = partners.shown(partner_id).get(partner_id)
    if partner is None or partner.is_disabled or not partner.is_linkable:
        raise PartnerNotFoundError
    return retry_on_conflict(lambda: _make_token(user_id, partner_id, now))


def links(user_id: str) -> list[tuple[Link, ShownPartner | None]]:
    linked = store.of_athlete(user_id).linked
    known = partners.shown(*(link.partner_id for link in linked))
    return [(link, known.get(link.partner_id)) for link in linked]


def unlink(user_id: str, partner_id: str, now: datetime) -> None:
    """The id that the partner has means nobody from now on, and no token that is open links again."""
    retry_on_conflict(lambda: _unlink(user_id, partner_id, now))


def _make_token(user_id: str, partner_id: str, now: datetime) -> tuple[str, LinkToken]:
    token, kept = new_token(), store.of_athlete(user_id)
    new = LinkToken(digest=digest_of(token), partner_id=partner_id, user_id=user_id, expires_at=now + TOKEN_LIVES)
    linked = [link.partner_id for link in kept.linked]
    store.add_token(new, kept.open, (kept.open.value or OpenTokens()).with_token(new, linked, now), now)
    return token, new


def _unlink(user_id: str, partner_id: str, now: datetime) -> None:
    kept = store.of_athlete(user_id)
    seen = kept.links.get(partner_id)
    if seen is None or seen.value is None or not seen.value.is_linked:
        store.drop_tokens(kept, user_id, partner_id, now)
        return
    before = seen.value
    ended = before.model_copy(update={"ended_at": max(now, before.linked_at), "revision": before.revision + 1})
    store.end(seen, ended, kept, now)


# --- partners -------------------------------------------------------------------------------------------------------


def exchange(partner_id: str, token: str, now: datetime) -> Link:
    """Once; again within the token's life, the same partner is answered the same."""
    return retry_on_conflict(lambda: _exchange(partner_id, digest_of(token), now))


def named(partner_id: str, athlete_id: str) -> Stored[KnownAthlete]:
    """Whom the partner means. Raises `AthleteNotLinkedError` for an id that it was never given."""
    found = store.known(partner_id, athlete_id)
    if found.value is None:
        raise AthleteNotLinkedError(pointer="#/data/athlete_id")
    return found


def _exchange(partner_id: str, digest: str, now: datetime) -> Link:
    stored = _token(partner_id, digest, now)
    token = stored.value
    assert token is not None  # noqa: S101 - for the type checker
    seen = store.link(token.user_id, partner_id)
    if token.athlete_id is not None:
        return _as_before(token, seen.value)
    is_linked = seen.value is not None and seen.value.is_linked
    link = seen.value if is_linked else None
    new = link or linked_anew(seen.value, user_id=token.user_id, partner_id=partner_id, now=now)
    used = token.model_copy(update={"athlete_id": new.athlete_id, "revision": token.revision + 1})
    store.use(stored, used, seen, new, now)
    count("AthleteLinked", 0 if is_linked else 1)
    return new


def _token(partner_id: str, digest: str, now: datetime) -> Stored[LinkToken]:
    """Its own partner's. Another's and one that never was are answered alike, and counted alike."""
    window = int(now.timestamp() // TRIES_FOR.total_seconds())
    stored, tried = store.look_up(digest, partner_id, window)
    if tried >= MAX_UNKNOWN:
        ends_s = (window + 1) * TRIES_FOR.total_seconds()
        raise TooManyUnknownTokensError(retry_after_s=int(ends_s - now.timestamp()) + 1)
    if stored.value is None or stored.value.partner_id != partner_id:
        store.count_unknown(partner_id, window, now)
        raise LinkTokenUnknownError
    if stored.value.expires_at <= now:
        raise LinkTokenExpiredError
    return stored


def _as_before(token: LinkToken, link: Link | None) -> Link:
    if link is None or not link.is_linked or link.athlete_id != token.athlete_id:
        raise LinkTokenUnknownError
    return link
