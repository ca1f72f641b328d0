"""Links and their tokens in the partners table. Their keys stand in README.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from partners.links.domain import KnownAthlete, Link, LinkToken, OpenTokens
from partners.links.errors import LinkNotFoundError
from stadion.athletes import WithReader
from stadion.change import Change
from stadion.dynamo import Item
from stadion.events.partners import PartnerUnlinked
from stadion.records import Records, Stored, counters, fetch, partition
from stadion.units import Reader

TRIES_KEPT_FOR = timedelta(hours=1)
LINKS = Records(Link, kind="partner_link", pk="USER#{user_id}", sk="LINK#{partner_id}", own_revision=True, nulls=True)
"""By athlete, ended ones too: their list, tokens, exchanges, unlinking, on its revision."""
OPEN = Records(OpenTokens, kind="open_link_tokens", pk="USER#{user_id}", sk="TOKENS")
"""Of which tokens an athlete has made use, or may yet: each new one, on its revision, so that their limit holds."""
TOKENS = Records(
    LinkToken,
    kind="link_token",
    pk="LINK_TOKEN#{digest}",
    sk="TOKEN",
    own_revision=True,
    nulls=True,
    kept_for=timedelta(hours=1),
    kept_since="expires_at",
)
"""By the digest of the token: made by the athlete, used by the partner on its revision, gone when the athlete
unlinks."""
KNOWN = Records(
    KnownAthlete,
    kind="known_athlete",
    pk="KNOWN#{partner_id}#{athlete_id}",
    sk="KNOWN",
    own_revision=True,
    nulls=True,
    kept_for=timedelta(days=800),
    kept_since="ended_at",
)
"""Whom a partner means: with the link, in one transaction; each order, which rests on it."""
READERS = Records(WithReader, kind="reader", pk="USER#{user_id}", sk="READER", nulls=True)
"""Language and units: `links.on_account_events`, by the revisions; what words an athlete's answer."""
TRIES = counters("LINK_TRIES#{partner_id}", "{window}", kind="link_tries", kept_for=TRIES_KEPT_FOR)
"""Tokens of a partner that are none of its own, by windows of ten minutes: counted up, read with each token."""


@dataclass(frozen=True)
class OfAthlete:
    """What is kept of one athlete, in one query."""

    links: dict[str, Stored[Link]]
    open: Stored[OpenTokens]

    @property
    def linked(self) -> list[Link]:
        return [one.value for one in self.links.values() if one.value is not None and one.value.is_linked]


def reader_of(user_id: str) -> Reader:
    return (READERS.find(user_id) or WithReader()).reader


def of_athlete(user_id: str) -> OfAthlete:
    place = OPEN.at(user_id)
    found = partition(place.pk)
    links = {one.value.partner_id: one for one in found.of(LINKS) if one.value is not None}
    return OfAthlete(links, next(iter(found.of(OPEN)), place.nothing()))


def add_token(new: LinkToken, seen: Stored[OpenTokens], open_tokens: OpenTokens, now: datetime) -> None:
    with Change(None, now) as change:
        change.put(TOKENS, new)
        change.replace(seen, open_tokens)


def look_up(digest: str, partner_id: str, window: int) -> tuple[Stored[LinkToken], int]:
    """The token, and how many unknown ones the partner has sent."""
    token, tries = TOKENS.at(digest), TRIES.at(partner_id, window)
    found = fetch(token, tries)
    tried = found[tries].value
    return found[token], tried.n if tried is not None else 0


def count_unknown(partner_id: str, window: int, now: datetime) -> None:
    place = TRIES.at(partner_id, window)
    ends_at = int((now + TRIES_KEPT_FOR).timestamp())
    actions: list[Action] = [Item.revision.add(1), Item.kind.set("link_tries"), Item.expires_at.set(ends_at)]
    place.bare_item().update(actions=actions)


def link(user_id: str, partner_id: str) -> Stored[Link]:
    return LINKS.read(user_id, partner_id)


def use(token: Stored[LinkToken], used: LinkToken, seen: Stored[Link], new: Link, now: datetime) -> None:
    """The token and what became of it in one transaction; a link that was there already stays as it was read."""
    with Change(new.user_id, now) as change:
        change.replace(token, used)
        if seen.value == new:
            change.check(seen)
            return
        change.replace(seen, new)
        change.put(KNOWN, new.known())
        change.publish(new.news())


def end(seen: Stored[Link], ended: Link, kept: OfAthlete, now: datetime) -> None:
    """At once, with every token that could link again."""
    with Change(ended.user_id, now) as change:
        change.replace(seen, ended)
        change.replace(KNOWN.read(ended.partner_id, ended.athlete_id), ended.known())
        _drop_tokens(change, kept, ended.partner_id)
        change.publish(ended.news(), PartnerUnlinked(partner_id=ended.partner_id, unlinked_at=now))


def drop_tokens(kept: OfAthlete, user_id: str, partner_id: str, now: datetime) -> None:
    """Of an athlete who thought better of it before the partner came. `LinkNotFoundError` when there are none."""
    with Change(user_id, now) as change:
        change.check(kept.links.get(partner_id) or LINKS.at(user_id, partner_id).nothing())
        if not _drop_tokens(change, kept, partner_id):
            raise LinkNotFoundError


def _drop_tokens(change: Change, kept: OfAthlete, partner_id: str) -> int:
    open_tokens = kept.open.value or OpenTokens()
    gone = list(open_tokens.of(partner_id))
    for digest in gone:
        change.delete(TOKENS.at(digest))
    if gone:
        change.replace(kept.open, open_tokens.without(partner_id))
    return len(gone)


def known(partner_id: str, athlete_id: str) -> Stored[KnownAthlete]:
    return KNOWN.read(partner_id, athlete_id)
