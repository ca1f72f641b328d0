"""Who is on the boards, and under which name. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, Field

from gamification.athletes.domain import age_on
from stadion.values import Value

OF_AGE: Final = 18
"""Years: younger athletes are never on a board by name."""


MOST_HIDDEN: Final = 300
"""Whom boards have not followed yet: the latest. Each page reads all of them, and nobody's answer may fail for it."""


class Shown(StrEnum):
    """How an athlete wants to be on boards."""

    NAMED = "named"
    ANONYMOUS = "anonymous"
    """Counted, and a line without a name."""
    OFF = "off"
    """On no board: neither a line nor counted."""


class Player(Value):
    """Who was not asked yet, or has not answered, is counted without a name."""

    shown: Shown | None = None
    name: str | None = None
    revision: int = 0

    @property
    def is_on(self) -> bool:
        return self.shown is not Shown.OFF

    def name_at(self, birth_date: date | None, today: date) -> str | None:
        """What others may see; nothing of who is under age, or of an age that nobody knows."""
        return self.name if self.shown is Shown.NAMED and may_be_named(birth_date, today) else None

    def presence(self, birth_date: date | None, today: date) -> "Presence":
        return Presence(self.is_on, self.name_at(birth_date, today))


def may_be_named(birth_date: date | None, today: date) -> bool:
    return birth_date is not None and age_on(birth_date, today) >= OF_AGE


class Hiding(Value):
    """Of whom pages leave out the line, or the name, from this moment on, though boards still have them: for as long as
    that may take."""

    gone: dict[str, AwareDatetime] = Field(default_factory=dict)
    nameless: dict[str, AwareDatetime] = Field(default_factory=dict)

    def after(self, user_id: str, before: Player, player: Player, until: datetime, now: datetime) -> "Hiding":
        """The athlete's latest answer holds. Of whose name was hidden a moment ago, boards may still have it."""
        may_have_a_name = before.shown is Shown.NAMED or self.is_nameless(user_id, now)
        gone, nameless = _but(self.gone, user_id, now), _but(self.nameless, user_id, now)
        if not player.is_on:
            gone[user_id] = until
        if may_have_a_name:
            nameless[user_id] = until
        return Hiding(gone=_newest(gone), nameless=_newest(nameless))

    def without_name(self, user_id: str, until: datetime, now: datetime) -> "Hiding":
        nameless = _but(self.nameless, user_id, now) | {user_id: until}
        return Hiding(gone=_newest(_but(self.gone, "", now)), nameless=_newest(nameless))

    def without_line(self, user_id: str, until: datetime, now: datetime) -> "Hiding":
        gone = _but(self.gone, user_id, now) | {user_id: until}
        return Hiding(gone=_newest(gone), nameless=_newest(_but(self.nameless, "", now)))

    def is_gone(self, user_id: str, now: datetime) -> bool:
        return user_id in self.gone and now < self.gone[user_id]

    def is_nameless(self, user_id: str, now: datetime) -> bool:
        return user_id in self.nameless and now < self.nameless[user_id]


def _newest(hidden: dict[str, datetime]) -> dict[str, datetime]:
    return dict(list(hidden.items())[-MOST_HIDDEN:])


def _but(hidden: dict[str, datetime], user_id: str, now: datetime) -> dict[str, datetime]:
    return {other: until for other, until in hidden.items() if now < until and other != user_id}


@dataclass(frozen=True)
class Presence:
    is_on: bool
    name: str | None
