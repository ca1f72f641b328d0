"""Who may watch (followers, and whoever has the token of a link), and what they see: nothing of privacy zones."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from stadion.events.accounts import PrivacyZone
from stadion.privacy import masked
from stadion.values import Value
from telemetry.live.sessions.domain import Session
from telemetry.live.values import Allowed, Latest, Link, LiveView

_STANDING_MPS: Final = 0.3
TOKEN_BYTES: Final = 32
"""256 random bits, of which only the digest is kept."""


class Watcher(Value):
    """A connection that watches: of the athlete's own, of a follower, or of a link."""

    connection_id: str
    session_id: str
    user_id: str | None = None
    link_id: str | None = None


@dataclass(frozen=True)
class Audience:
    """As of one consistent read."""

    user_id: str
    allowed: dict[str, Allowed] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    watchers: list[Watcher] = field(default_factory=list)
    zones: list[PrivacyZone] = field(default_factory=list)

    def may_watch(self, watcher: Watcher, now: datetime) -> bool:
        if watcher.link_id is not None:
            link = self.links.get(watcher.link_id)
            return link is not None and link.session_id == watcher.session_id and link.expires_at > now
        return watcher.user_id is not None and (watcher.user_id == self.user_id or watcher.user_id in self.allowed)

    def of_session(self, session_id: str) -> list[Watcher]:
        return [watcher for watcher in self.watchers if watcher.session_id == session_id]


# --- what they see -------------------------------------------------------------------------------------------------


def seen(session: Session, newest: Latest | None, audience: Audience, *, own: bool) -> LiveView:
    about = LiveView(
        session_id=session.session_id,
        state=session.state,
        sport_type=session.sport_type,
        started_at=session.started_at,
    )
    if newest is None:
        return about
    position = newest.position
    if position is not None and not own:
        position = masked(*position, audience.zones)
    speed = newest.speed_mps
    return about.model_copy(
        update={
            "time_s": newest.time_s,
            "position": position,
            "speed_mps": speed,
            "pace_s_per_km": round(1000 / speed, 1) if speed is not None and speed > _STANDING_MPS else None,
            "heart_rate_bpm": newest.heart_rate_bpm,
            "distance_m": newest.distance_m,
        }
    )


# --- links ----------------------------------------------------------------------------------------------------------


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def link_id_of(token: str) -> str:
    """So many random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
