"""Use cases: an athlete says whether and how they are on boards; what writes boards asks it."""

from datetime import date, datetime, timedelta

from gamification.athletes.store import ATHLETES
from gamification.boards.people import store
from gamification.boards.people.domain import Hiding, Player, Presence, Shown, may_be_named
from stadion.change import Change
from stadion.errors import StaleVersionError
from stadion.events.gamification import BoardPresenceChanged, PresenceCause
from stadion.records import fetch
from stadion.retry import retry_on_conflict

HIDDEN_FOR = timedelta(days=1)
"""The boards themselves follow within seconds."""


def presence(user_id: str, today: date) -> Presence:
    """One request."""
    mine, athlete = store.PLAYERS.at(user_id), ATHLETES.at(user_id)
    found = fetch(mine, athlete)
    player, known = found[mine].value or Player(), found[athlete].value
    return Presence(player.is_on, player.name_at(known.birth_date if known is not None else None, today))


def may_be(user_id: str, today: date) -> bool:
    """On a board by name."""
    known = ATHLETES.find(user_id)
    return known is not None and may_be_named(known.birth_date, today)


def answer(user_id: str, shown: Shown, name: str | None, before: Player, now: datetime) -> Player:
    """Who leaves, or takes the name away, is on no page from this moment on by what was there before."""
    stored, hiding = store.with_hiding(user_id)
    known = stored.value or Player()
    if known.revision != before.revision:
        raise StaleVersionError
    if stored.value is not None and (known.shown, known.name) == (shown, name):
        return known
    player = Player(shown=shown, name=name, revision=known.revision + 1)
    with Change(user_id, now) as change:
        change.replace(stored, player)
        change.replace(hiding, (hiding.value or Hiding()).after(user_id, known, player, now + _hidden_for(player), now))
        change.publish(BoardPresenceChanged(because=PresenceCause.ANSWER))
    return player


def hide_child(user_id: str, now: datetime) -> None:
    """On all pages at once, the name of who turns out to be under age; boards follow."""
    retry_on_conflict(lambda: _hide_child(user_id, now))


def _hide_child(user_id: str, now: datetime) -> None:
    stored, hiding = store.with_hiding(user_id)
    is_named = stored.value is not None and stored.value.shown is Shown.NAMED
    if is_named and not may_be(user_id, now.date()):
        with Change(user_id, now) as change:
            change.replace(hiding, (hiding.value or Hiding()).without_name(user_id, now + HIDDEN_FOR, now))


def hide(user_id: str, now: datetime) -> None:
    """The line of who is erased, on all pages at once."""
    retry_on_conflict(lambda: _hide(user_id, now))


def _hide(user_id: str, now: datetime) -> None:
    stored = store.HIDING.read()
    with Change(user_id, now) as change:
        change.replace(stored, (stored.value or Hiding()).without_line(user_id, now + HIDDEN_FOR, now))


def _hidden_for(player: Player) -> timedelta:
    """Long for who leaves; the old name of who takes another one, for as long as boards usually take to follow."""
    return timedelta(seconds=20) if player.shown is Shown.NAMED else HIDDEN_FOR
