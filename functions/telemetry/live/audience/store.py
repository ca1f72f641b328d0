"""Who may watch an athlete, who watches, and where nobody may: one partition, so that one query tells all of it.

Every push asks it anew. What was taken back a moment ago (a follower, a link, a place) holds for the next push.
What is limited in number is counted in the same query and written in one transaction with `COUNTED`, on its revision:
of two that count at the same time, one counts again.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from pydantic import AwareDatetime

from stadion import clock, writes
from stadion.change import Change
from stadion.consents import may_show_places, may_use_health
from stadion.dynamo import Item, absent
from stadion.events.accounts import ConsentKind, PrivacyZone
from stadion.privacy import Privacy
from stadion.records import Found, Partition, Place, Records, Stored, partition
from stadion.retry import WriteConflictError, retry_on_conflict
from stadion.values import Value
from telemetry.live.audience.domain import Audience, Watcher
from telemetry.live.audience.sight import Shown, shown_first
from telemetry.live.errors import LiveSessionNotFoundError, ShareLinkNotFoundError
from telemetry.live.sessions.domain import Session
from telemetry.live.values import Allowed, Link

M = TypeVar("M")
WATCHES_FOR: Final = timedelta(hours=3)
"""Longer than API Gateway keeps a connection (two hours)."""
LINK_KEPT_FOR: Final = timedelta(days=1)
SHOWN_FOR: Final = timedelta(days=2)
"""Since something of it was written last. Links last a day."""


class _OlderError(Exception):
    """Something newer is known."""


class _Watch(Value):
    """What a connection watches."""

    user_id: str
    session_id: str


class _Zones(Value):
    zones: list[PrivacyZone]
    kept_at: AwareDatetime

    def body(self) -> dict[str, Any]:
        return {
            "zones": [zone.model_dump(mode="json") for zone in self.zones],
            "kept_at": clock.rfc3339(self.kept_at),
        }


class _Counted(Value):
    watched_until: AwareDatetime | None = None
    """Nobody watches any more by then: connections do not last so long."""


class _Told(Value):
    """What watchers were told last."""

    steps: int


class _Consent(Value):
    kind: ConsentKind
    granted: bool


COUNTED = Records(_Counted, kind="live_counted", pk="AUDIENCE#{athlete_id}", sk="COUNTED")
"""Replaced with every follower, link and watcher that is added, so that limits hold; it stands before them in the
query. Samples ask it whether anybody watches."""
CONSENTS = Records(_Consent, kind="live_consent", pk="AUDIENCE#{athlete_id}", sk="CONSENT#{kind}")
"""Whether others may see positions, and heart rates: `on_privacy_zones`, unless the revision is older; every push."""
FOLLOWERS = Records(Allowed, kind="live_follower", pk="AUDIENCE#{athlete_id}", sk="FOLLOWER#{user_id}")
"""Who may watch: the athlete; every push."""
LINKS = Records(
    Link,
    kind="live_link",
    pk="AUDIENCE#{user_id}",
    sk="LINK#{link_id}",
    kept_for=LINK_KEPT_FOR,
    kept_since="expires_at",
)
"""Who may watch without an account, by the digest of the token: the athlete; every push."""
TOKENS = Records(
    Link, kind="live_link", pk="LINK#{link_id}", sk="LINK", kept_for=LINK_KEPT_FOR, kept_since="expires_at"
)
"""Where the token of a link leads: with the link; whoever has the token."""
SHOWN = Records(Shown, kind="live_shown", pk="AUDIENCE#{athlete_id}", sk="SHOWN#{session_id}", kept_for=SHOWN_FOR)
"""A session as others know it: with the samples, marks and end that change it, on the revision; every push."""
TOLD = Records(_Told, kind="live_told", pk="AUDIENCE#{athlete_id}", sk="TOLD#{session_id}", kept_for=SHOWN_FOR)
"""Up to which revision of `SHOWN` watchers were told: `on_pushes`, unless a newer one was told."""
WATCHERS = Records(
    Watcher,
    kind="live_watcher",
    pk="AUDIENCE#{athlete_id}",
    sk="WATCHER#{session_id}#{connection_id}",
    kept_for=WATCHES_FOR,
)
"""Who watches: while the permission is there; every push."""
WATCHES = Records(
    _Watch,
    kind="live_watch",
    pk="CONNECTION#{connection_id}",
    sk="WATCH#{user_id}#{session_id}",
    kept_for=WATCHES_FOR,
)
"""What a connection watches: with `WATCHERS`; the end of the connection."""
ZONES = Records(_Zones, kind="live_zones", pk="AUDIENCE#{athlete_id}", sk="ZONES", dump=_Zones.body)
"""Where nobody may be seen: `on_privacy_zones`, unless the revision is older; every push."""


def audience(user_id: str) -> Audience:
    return _counted(user_id)[0]


def _counted(user_id: str) -> tuple[Audience, Stored[_Counted]]:
    found = partition(COUNTED.at(user_id).pk)
    counted = found.of(COUNTED)
    return _audience(user_id, found), counted[0] if counted else COUNTED.at(user_id).nothing()


def _audience(user_id: str, found: Partition) -> Audience:
    granted = {consent.kind for consent in found.values(CONSENTS) if consent.granted}
    return Audience(
        user_id,
        allowed={follower.user_id: follower for follower in found.values(FOLLOWERS)},
        links={link.link_id: link for link in found.values(LINKS)},
        watchers=found.values(WATCHERS),
        shown={shown.session_id: shown for shown in found.values(SHOWN)},
        privacy=_privacy([zone for listed in found.values(ZONES) for zone in listed.zones], granted),
    )


def _privacy(zones: Sequence[PrivacyZone], granted: Container[ConsentKind]) -> Privacy:
    return Privacy(zones, location=may_show_places(granted), health_data=may_use_health(granted))


def add(
    user_id: str,
    wanted: Callable[[Audience], Callable[[Change], None] | None],
    now: datetime,
    *,
    watches: bool = False,
) -> Audience:
    """`wanted` says what is to be added, after a look at what there is; it raises when there is no room.

    It is added only if nothing else was meanwhile. Answers what there was."""

    def once() -> Audience:
        known, counted = _counted(user_id)
        put = wanted(known)
        if put is not None:
            until = now + WATCHES_FOR if watches else counted.value and counted.value.watched_until
            with Change(user_id, now) as change:
                change.replace(counted, _Counted(watched_until=until))
                put(change)
        return known

    return retry_on_conflict(once)


# --- what a session's changes look at --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """What is read with a session of the athlete's, in the same request."""

    shown: Stored[Shown]
    privacy: Privacy
    is_watched: bool

    def known(self, session: Session) -> Shown:
        return self.shown.value or shown_first(session)

    def keep(self, change: Change, shown: Shown) -> None:
        if shown != self.shown.value:
            change.replace(self.shown, shown)


def beside(user_id: str, session_id: str) -> tuple[Place[Any], ...]:
    return SHOWN.at(user_id, session_id), ZONES.at(user_id), COUNTED.at(user_id)


def found_beside(found: Found, user_id: str, session_id: str, now: datetime) -> Beside:
    zones = found[ZONES.at(user_id)].value
    counted = found[COUNTED.at(user_id)].value
    until = counted.watched_until if counted is not None else None
    return Beside(
        found[SHOWN.at(user_id, session_id)],
        _privacy(zones.zones if zones is not None else [], ()),
        is_watched=until is not None and until > now,
    )


def begin(change: Change, user_id: str, session: Session) -> None:
    change.put(SHOWN.at(user_id, session.session_id), shown_first(session), new=False)


@dataclass(frozen=True)
class Pushing:
    """What is to be told of a session, and what was."""

    audience: Audience
    shown: Stored[Shown]
    told: Stored[_Told]

    @property
    def told_steps(self) -> int:
        return self.told.value.steps if self.told.value is not None else -1

    def claim(self, now: datetime) -> bool:
        """False when so much, or more, was told already: each change is told once, and none after a newer one."""
        revision = self.shown.revision or 0
        if self.told.revision is not None and self.told.revision >= revision:
            return False
        steps = self.shown.value.steps if self.shown.value is not None else 0
        older = absent() | (Item.revision < revision)
        try:
            writes.put(self.told.place, _Told(steps=steps), now, older, revision=revision, refused=_OlderError)
        except (_OlderError, WriteConflictError):
            return False
        return True


def pushing(user_id: str, session_id: str) -> Pushing:
    found = partition(COUNTED.at(user_id).pk)
    shown, told = SHOWN.at(user_id, session_id), TOLD.at(user_id, session_id)
    return Pushing(
        _audience(user_id, found),
        next((one for one in found.of(SHOWN) if one.place == shown), shown.nothing()),
        next((one for one in found.of(TOLD) if one.place == told), told.nothing()),
    )


# --- followers -------------------------------------------------------------------------------------------------------


def put_follower(change: Change, user_id: str, follower: Allowed) -> None:
    change.put(FOLLOWERS.at(user_id, follower.user_id), follower, new=False)


def disallow(user_id: str, follower_id: str) -> None:
    writes.delete(FOLLOWERS.at(user_id, follower_id))


# --- links -----------------------------------------------------------------------------------------------------------


def put_link(change: Change, link: Link) -> None:
    change.put(LINKS, link, new=False)
    change.put(TOKENS, link, new=False)


def find_link(link_id: str, now: datetime) -> Link:
    """DynamoDB removes expired items late, so a link is over by its time."""
    link = TOKENS.find(link_id)
    if link is None or link.expires_at <= now:
        raise ShareLinkNotFoundError
    return link


def remove_link(user_id: str, link_id: str, now: datetime) -> None:
    with Change(user_id, now) as change:
        change.delete(LINKS.at(user_id, link_id))
        change.delete(TOKENS.at(link_id))


# --- watchers --------------------------------------------------------------------------------------------------------


def put_watcher(change: Change, user_id: str, watcher: Watcher) -> None:
    """Refused when the permission is not there at that very moment."""
    watch = _Watch(user_id=user_id, session_id=watcher.session_id)
    if watcher.link_id is not None:
        change.require(LINKS.at(user_id, watcher.link_id), Item.pk.exists(), refused=ShareLinkNotFoundError)
    elif watcher.user_id is not None and watcher.user_id != user_id:
        follower = FOLLOWERS.at(user_id, watcher.user_id)
        change.require(follower, Item.pk.exists(), refused=LiveSessionNotFoundError)
    change.put(WATCHERS.of(watcher, user_id), watcher, new=False)
    change.put(WATCHES.of(watch, watcher.connection_id), watch, new=False)


def remove_watchers(user_id: str, watchers: Iterable[Watcher]) -> None:
    found = [
        (WATCHERS.of(watcher, user_id), WATCHES.at(watcher.connection_id, user_id, watcher.session_id))
        for watcher in watchers
    ]
    writes.delete_all(place for both in found for place in both)


def watches_of(connection_id: str) -> Iterator[tuple[str, Watcher]]:
    """(athlete, watcher) for what a connection watches."""
    for watch in WATCHES.every(connection_id):
        yield watch.user_id, Watcher(connection_id=connection_id, session_id=watch.session_id)


# --- zones and consents ----------------------------------------------------------------------------------------------


def keep_zones(user_id: str, zones: Iterable[PrivacyZone], revision: int, now: datetime) -> bool:
    """False when a newer list is known."""
    return _keep(ZONES.at(user_id), _Zones(zones=list(zones), kept_at=now), user_id, revision, now)


def keep_consent(user_id: str, kind: ConsentKind, *, granted: bool, revision: int, now: datetime) -> bool:
    """False when something newer is known."""
    return _keep(CONSENTS.at(user_id, kind), _Consent(kind=kind, granted=granted), user_id, revision, now)


def _keep(place: Place[M], value: M, user_id: str, revision: int, now: datetime) -> bool:
    older = absent() | (Item.revision < revision)
    try:
        with Change(user_id, now) as change:
            change.write(place, value, older, revision=revision, refused=_OlderError)
    except _OlderError:
        return False
    return True
