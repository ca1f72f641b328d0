"""Who may watch: followers, and whoever has the token of a link; each has places of its own."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from stadion.privacy import Privacy, Viewer
from stadion.values import Value
from telemetry.live.audience.sight import Shown
from telemetry.live.values import Allowed, Link

TOKEN_BYTES: Final = 32
"""256 random bits, of which only the digest is kept."""
PLACES_OF_LINK: Final = 10
PLACES_OF_FOLLOWER: Final = 5
PLACES_OF_FOLLOWERS: Final = 50
"""Connections of one session at a time. The athlete's own take none."""


class Watcher(Value):
    """A connection that watches: of the athlete's own, of a follower, or of a link."""

    connection_id: str
    session_id: str
    user_id: str | None = None
    link_id: str | None = None
    steps: int = -1
    """Of what it saw when it came."""


@dataclass(frozen=True)
class Audience:
    """As of one consistent read."""

    user_id: str
    allowed: dict[str, Allowed] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    watchers: Sequence[Watcher] = ()
    shown: dict[str, Shown] = field(default_factory=dict)
    """By the session's own id."""
    privacy: Privacy = field(default_factory=Privacy)

    def may_watch(self, watcher: Watcher, now: datetime) -> bool:
        if watcher.link_id is not None:
            link = self.links.get(watcher.link_id)
            return link is not None and link.session_id == watcher.session_id and link.expires_at > now
        return watcher.user_id is not None and (self.is_own(watcher) or watcher.user_id in self.allowed)

    def is_own(self, watcher: Watcher) -> bool:
        return watcher.link_id is None and watcher.user_id == self.user_id

    def viewer(self, watcher: Watcher) -> Viewer:
        """`watcher` may watch."""
        if self.is_own(watcher):
            return Viewer(is_athlete=True)
        permission = self.links[watcher.link_id] if watcher.link_id else self.allowed[watcher.user_id or ""]
        return Viewer(heart_rate=permission.heart_rate)

    def of_session(self, session_id: str) -> list[Watcher]:
        return [watcher for watcher in self.watchers if watcher.session_id == session_id]

    def places_left(self, watcher: Watcher) -> bool:
        """A connection that watches already keeps its place."""
        if self.is_own(watcher):
            return True
        others = [one for one in self.of_session(watcher.session_id) if one.connection_id != watcher.connection_id]
        if watcher.link_id is not None:
            return sum(one.link_id == watcher.link_id for one in others) < PLACES_OF_LINK
        followers = [one for one in others if one.link_id is None and not self.is_own(one)]
        same = sum(one.user_id == watcher.user_id for one in followers)
        return same < PLACES_OF_FOLLOWER and len(followers) < PLACES_OF_FOLLOWERS

    def session_of(self, shown_as: str | None, now: datetime) -> str | None:
        """The session that others know by this id; without one, the newest that is still there to be seen."""
        known = [one for one in self.shown.values() if one.is_there(self.privacy)]
        if shown_as is not None:
            return next((one.session_id for one in known if one.shown_as == shown_as), None)
        running = [one for one in known if not one.is_over(now)]
        newest = max(running, key=lambda one: one.started_at, default=None)
        return newest.session_id if newest is not None else None


# --- links ----------------------------------------------------------------------------------------------------------


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def link_id_of(token: str) -> str:
    """So many random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
