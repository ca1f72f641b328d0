"""Use cases: a workout moves scores; a board that was asked for is filled; a name changes; an athlete goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from gamification.athletes.domain import Athlete, stay_on
from gamification.athletes.store import ATHLETES
from gamification.base.domain import Facts, Source
from gamification.base.store import FACTS, ledger
from gamification.boards import scores, store
from gamification.boards.domain import NOWHERE, BoardId, Period, Place, is_default
from gamification.boards.people import service as people
from gamification.boards.people.domain import Player, Presence
from gamification.boards.people.store import PLAYERS
from gamification.boards.scores import Day
from gamification.boards.store import Scores, Wanted
from stadion.change import Change
from stadion.ledger import ENTRIES, Notes, Outcome
from stadion.postings import AccountChange, AccountChanges, Posting
from stadion.records import Place as RecordPlace
from stadion.records import Stored, fetch
from stadion.retry import retry_on_conflict

ACTIVE_FOR: Final = timedelta(minutes=1)
"""How long a process remembers which boards were asked for."""


class FactsBehindError(Exception):
    """The facts of this version are not there yet: the delivery is to come again."""


# --- workouts -------------------------------------------------------------------------------------------------------


def apply(source: Source) -> Outcome:
    """By the facts that are kept of the workout: whatever version of it comes, what counts is the newest."""
    return retry_on_conflict(lambda: _apply(source))


def _apply(source: Source) -> Outcome:
    source_id = scores.source_of(source.workout_id)
    places = (
        FACTS.at(source.user_id, source.workout_id),
        ENTRIES.at(f"USER#{source.user_id}", source_id),
        ATHLETES.at(source.user_id),
        PLAYERS.at(source.user_id),
    )
    found = fetch(*places)
    facts = _newest(found[places[0]].value, source)
    entry, athlete, player = found[places[1]].value, found[places[2]].value or Athlete(), found[places[3]].value
    posted = Posting(source_id, facts.revision if facts is not None else source.revision)
    occurred_at = facts.occurred_at if facts is not None else source.occurred_at or source.now
    if facts is not None and scores.counts(facts):
        before = scores.place_in(entry.contribution if entry is not None else {}, facts.utc_day)
        place = before or _place_on(athlete, facts.utc_day)
        posted = Posting(source_id, facts.revision, scores.contribution(facts, place))
    with Change(source.user_id, source.now) as change:
        presence = (player or Player()).presence(athlete.birth_date, source.now.date())
        moving = _Moving(source.user_id, change, occurred_at, (found[places[3]], found[places[2]]), presence)
        return ledger(source.user_id).post(change, posted, react=moving.react)


def _place_on(athlete: Athlete, day: date) -> Place:
    stay = stay_on(athlete, day)
    return Place(*stay.where) if stay is not None else NOWHERE


def _newest(facts: Facts | None, source: Source) -> Facts | None:
    """None: it is deleted."""
    if source.workout is None:
        return facts if facts is not None and facts.revision > source.revision else None
    if facts is not None and facts.revision < source.revision:
        raise FactsBehindError
    return facts


@dataclass(frozen=True)
class _Moving:
    """The scores of the periods follow their days, in the same transaction."""

    user_id: str
    change: Change
    occurred_at: datetime
    said: tuple[Stored[Player], Stored[Athlete]]
    presence: Presence
    """As these two say."""

    def react(self, moved: AccountChanges) -> Notes:
        days = {scores.day_of_account(name): one for name, one in moved.items() if scores.is_account(name)}
        notes = {scores.account_of(day): self._notes(one) for day, one in days.items()}
        periods = {period for day in days for period in scores.periods_of(day) if period.is_kept(self.occurred_at)}
        stored = self._read(periods)
        says = False
        for period in sorted(periods):
            before = stored[period].value or Scores(kept_until=period.kept_until)
            after = self._after(before, period, days, notes)
            if after != before.scores:
                shown = _shown(before, self.presence, scores=after)
                says = says or stored[period].value is None or not _is_alike(before, shown)
                self.change.replace(stored[period], shown)
        if says:  # what follows an answer sees no period that begins meanwhile, and may have been at the others
            player, athlete = self.said
            self.change.check(player)
            self.change.check(athlete)
        return notes

    def _read(self, periods: set[Period]) -> dict[Period, Stored[Scores]]:
        places = {period: store.SCORES.at(self.user_id, period.name) for period in periods}
        found = fetch(*places.values())
        return {period: found[place] for period, place in places.items()}

    def _after(
        self, before: Scores, period: Period, days: Mapping[date, AccountChange], notes: Notes
    ) -> dict[str, tuple[int, int]]:
        kept = {key: one for key, one in before.scores.items() if not is_retired(key, period, self.change.now)}
        for day, moved in days.items():
            if period.has(day):
                was = Day(day, moved.before, moved.notes.get("reached", {}))
                now = Day(day, moved.after, notes[scores.account_of(day)]["reached"])
                kept = scores.moved(kept, was, now, partial(_is_wanted, period=period, now=self.change.now))
        return kept

    def _notes(self, moved: AccountChange) -> dict[str, Any]:
        at = scores.milliseconds(self.occurred_at)
        known = dict(moved.notes.get("reached", {}))
        for name in {*moved.before, *moved.after}:
            if moved.moved(name):
                known[name] = max(known.get(name, 0), at)
        return {"reached": known}


def _is_wanted(key: str, period: Period, now: datetime) -> bool:
    return is_default(key, period.kind) or any(_asked_for(key, period, now))


def is_retired(key: str, period: Period, now: datetime) -> bool:
    asked = _asked_for(key, period, now)
    return not is_default(key, period.kind) and bool(asked) and not any(asked)


def _asked_for(key: str, period: Period, now: datetime) -> list[bool]:
    """Whether it is active under each name by which somebody asked for it."""
    known = _wanted(now)
    names = (str(BoardId.of_key(key, name)) for name in (period.kind.value, period.name))
    return [known[name] for name in names if name in known]


# --- boards that somebody asked for ---------------------------------------------------------------------------------

_REMEMBERED: Final[dict[str, tuple[datetime, dict[str, bool]]]] = {}


def _wanted(now: datetime) -> dict[str, bool]:
    """Whether each is active; as it was a minute ago at most."""
    known = _REMEMBERED.get(store.table())
    if known is None or not timedelta(0) <= now - known[0] < ACTIVE_FOR:
        known = _REMEMBERED[store.table()] = (now, {one.board: one.is_active for one in store.wanted()})
    return known[1]


def forget() -> None:
    """What this process remembers of boards."""
    _REMEMBERED.clear()


def activate(board: BoardId, now: datetime) -> bool:
    """From now on (a minute later everywhere) its scores are kept; whether it was not active before. By its current
    period (`week`) it is kept for each, by a period's name for that one alone."""
    return retry_on_conflict(lambda: _activate(board, now))


def _activate(board: BoardId, now: datetime) -> bool:
    with Change(None, now) as change:
        is_news = _mark(change, board, is_active=True)
    forget()
    return is_news


def retire(change: Change, board: BoardId) -> bool:
    """Its scores are no longer kept: they go with the next workout of each athlete, the rest when the period is
    over. `forget` after it."""
    return _mark(change, board, is_active=False)


def _mark(change: Change, board: BoardId, *, is_active: bool) -> bool:
    stored = store.WANTED.read(str(board))
    if (stored.value.is_active if stored.value is not None else False) == is_active:
        return False
    change.replace(stored, Wanted(board=str(board), is_active=is_active, since=change.now))
    return True


def fill(user_id: str, board: BoardId, now: datetime) -> bool:
    """Counts what the athlete has on a board that somebody asked for (by its period's own name), out of the days that
    are kept; whether anything changed. To be called for each athlete, `ACTIVE_FOR` after the board became active. May
    be repeated; safe beside `apply`."""
    return retry_on_conflict(lambda: _fill(user_id, board, now))


def _fill(user_id: str, board: BoardId, now: datetime) -> bool:
    period = board.span
    if not period.is_kept(now):
        return False
    stored = store.SCORES.read(user_id, period.name)  # before the days: whoever moves them meanwhile moves this, too
    found = scores.total(_days(user_id, period), lambda key: key == board.key).get(board.key)
    player, athlete = PLAYERS.read(user_id), ATHLETES.read(user_id)
    before = stored.value or Scores(kept_until=period.kept_until)
    if before.scores.get(board.key) == found:
        return False
    kept = {key: one for key, one in before.scores.items() if key != board.key}
    after = kept | ({board.key: found} if found is not None else {})
    with Change(user_id, now) as change:
        change.replace(stored, _shown(before, people.presence(user_id, now.date()), scores=after))
        if stored.value is None:
            change.check(player)
            change.check(athlete)
    return True


def _days(user_id: str, period: Period) -> list[Day]:
    first, after = period.days
    between = (scores.account_of(first), scores.account_of(after - timedelta(days=1)))
    return list(store.days(user_id, *between))


# --- athletes -------------------------------------------------------------------------------------------------------


def follow_presence(user_id: str, now: datetime) -> None:
    """Whether and under which name the athlete is on all boards from now on, as they said. The entries follow from the
    stream."""
    for stored in list(store.SCORES.each(user_id)):
        retry_on_conflict(partial(_follow, user_id, stored.place, now))


def _follow(user_id: str, place: RecordPlace[Scores], now: datetime) -> None:
    """Of several answers at once the last one holds: it is read with each try."""
    stored = place.read()
    if stored.value is None:
        return
    shown = _shown(stored.value, people.presence(user_id, now.date()))
    if shown != stored.value:
        with Change(user_id, now) as change:
            change.replace(stored, shown)


def _shown(known: Scores, presence: Presence, **more: Any) -> Scores:
    return known.model_copy(update={"name": presence.name, "is_on": presence.is_on, **more})


def _is_alike(one: Scores, other: Scores) -> bool:
    return (one.name, one.is_on) == (other.name, other.is_on)


def erase(user_id: str, now: datetime) -> None:
    """Scores go at once; the entries follow from the stream. The ledger's accounts and entries are the erasure's."""
    people.hide(user_id, now)
    for stored in list(store.SCORES.each(user_id)):
        with Change(user_id, now) as change:
            change.delete(stored.place)
