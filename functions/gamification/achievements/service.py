"""Use cases: a workout earns achievements, or takes them back; a whole diary is counted by other rules.

All numbers, awards, events and rewards of a workout are one transaction on the revision of the tally of ever, which
every workout moves: whoever comes between begins again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from gamification.achievements import store
from gamification.achievements.base.counters import (
    EVER,
    RuleBook,
    Seen,
    Unit,
    earners,
    moved,
    others_in,
    reached,
    recounted,
    touched_rules,
    with_others_of,
)
from gamification.achievements.base.values import Rule, level_title
from gamification.achievements.domain import (
    MOST_AT_ONCE,
    NOT_COUNTED,
    Award,
    Counted,
    Earner,
    Tally,
    Told,
    Version,
    claim,
    current_version,
    decided,
    differing,
    is_known,
)
from gamification.achievements.others_port import others
from gamification.achievements.rules import service as rules
from gamification.base.domain import Facts, Source, in_burst, joined
from gamification.rewards import service as rewards
from stadion.change import Change
from stadion.events.gamification import AchievementRevoked, AchievementUnlocked
from stadion.events.notifications import NotificationRequested
from stadion.ledger import Outcome
from stadion.records import Stored
from stadion.retry import retry_on_conflict

ADOPTED_AT_ONCE: Final = 20
"""Workouts of before there were achievements, in one transaction with the three windows of each."""


@dataclass(frozen=True)
class Moved:
    outcome: Outcome
    unlocked: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()
    is_settled: bool = True
    """False: more awards are to be settled than fit in one transaction."""
    goes_on: bool = False
    """Not settled, and what is left is of this very workout."""


def apply(source: Source) -> Moved:
    """At the first workout of which there is an entry, all that was in the diary before is counted too."""
    told = source.occurred_at or source.now
    facts = Facts.of(source.workout, occurred_at=told, xp=0) if source.workout is not None else None
    version = Version(source.user_id, source.workout_id, source.revision, facts, source.now, source.is_news)
    book = rules.book()
    done = retry_on_conflict(lambda: _post(version, book))
    if done.is_settled:
        return done
    return _joined(done, settle(source.user_id, source.now, book, version if done.goes_on else None))


def settle(user_id: str, now: datetime, book: RuleBook | None = None, version: Version | None = None) -> Moved:
    """Counts the whole diary by the rules that hold, and makes every award as it should be; nobody is told, but of what
    `version` brings. May be done again at any time, and begun again wherever it ended."""
    book = book or rules.book()
    _adopt(user_id, now)
    done = Moved(Outcome.UNCHANGED, is_settled=False)
    while not done.is_settled:
        done = _joined(done, retry_on_conflict(lambda: _recount(user_id, now, book, version)))
    return done


# --- one workout -----------------------------------------------------------------------------------------------------


def _post(version: Version, book: RuleBook) -> Moved:
    new = version.facts
    shelf = store.shelf(version.user_id, version.workout_id, _windows(new))
    if shelf.is_stale(version.revision):
        ever = shelf.ever.value
        goes_on = ever is not None and ever.counted == NOT_COUNTED
        return Moved(Outcome.STALE, is_settled=ever is None or ever.counted == book.fingerprint, goes_on=goes_on)
    if shelf.ever.value is None and _adopt(version.user_id, version.now, but=version.workout_id):
        shelf = store.shelf(version.user_id, version.workout_id, _windows(new))
    old = shelf.facts
    shelf.tallies.update(store.tallies(version.user_id, _windows(old) - shelf.tallies.keys()))
    entry = Counted(revision=version.revision, facts=new)
    if not shelf.is_counted(book.fingerprint):
        return _recount(version.user_id, version.now, book, version, _Came(shelf, entry))
    before = {name: one.value.totals if one.value is not None else {} for name, one in shelf.tallies.items()}
    after = moved(book, before, old, new, others(version.user_id))
    ids = touched_rules(book, before, after)
    was, now_reached = reached(book, before, ids), reached(book, after, ids)
    units = [unit for unit in sorted({*was, *now_reached}) if was.get(unit) != now_reached.get(unit)]
    moving = {unit: now_reached.get(unit, frozenset()) for unit in units[:MOST_AT_ONCE]}
    is_settled = len(units) <= MOST_AT_ONCE
    settled = _Settled(book, version, shelf.told)
    is_correction = old is not None and before != after
    known = store.all_awards(version.user_id) if is_correction else store.awards(version.user_id, moving)
    if is_correction:
        settled.may_be_of_another = True
        named = [known[unit] for unit in known.keys() - units if settled.names(known[unit], version.workout_id)]
        is_settled = settled.rename(named, MOST_AT_ONCE - len(moving)) and is_settled
    places = store.places(version.user_id, moving)
    for unit, by in moving.items():
        settled.decide(known[unit] if unit in known else places[unit].nothing(), unit, by)
    if not is_settled:
        after[EVER] = with_others_of(after[EVER], before[EVER])
    with Change(version.user_id, version.now) as change:
        change.replace(shelf.entry, entry)
        _keep(change, shelf.tallies, after, book.fingerprint if is_settled else NOT_COUNTED, new)
        settled.write(change)
    return settled.moved(is_settled=is_settled)


def _windows(facts: Facts | None) -> set[str]:
    return set(Seen(facts).windows.values()) if facts is not None and facts.counts else set()


# --- a whole diary ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Came:
    """What is kept of a workout that came while its diary was counted by other rules."""

    shelf: store.Shelf
    entry: Counted


def _recount(
    user_id: str, now: datetime, book: RuleBook, version: Version | None = None, came: _Came | None = None
) -> Moved:
    """`version`: of the workout because of which it is counted; what it brings is as new as it is.

    The tally of ever is read first: it says whether anything came while the rest was read.
    """
    seen = came.shelf.tallies if came is not None else store.tallies(user_id, [EVER])
    diary = store.entries(user_id)
    if came is not None and version is not None:
        diary[version.workout_id] = came.entry
    if not diary:
        return Moved(Outcome.UNCHANGED)
    facts = [one.facts for one in diary.values() if one.facts is not None]
    stands = seen[EVER].value or Tally()
    after = recounted(book, facts, others(user_id))
    now_reached, awards = reached(book, after), store.all_awards(user_id)
    held = {unit: stored.value for unit, stored in awards.items() if stored.value is not None}
    units = differing(book, now_reached, held, now)
    is_settled = len(units) <= MOST_AT_ONCE
    settled = _Settled(book, version or Version(user_id, "", 0, None, now))
    settled.keep_in_mind(facts, [unit for unit in units[:MOST_AT_ONCE] if unit in now_reached])
    if version is not None and version.is_news:
        settled.told = came.shelf.told if came is not None else store.told(user_id)
        settled.only_brought(now_reached.keys() - _without(book, version.workout_id, facts, stands, after[EVER]).keys())
    places = store.places(user_id, units[:MOST_AT_ONCE])
    for unit in units[:MOST_AT_ONCE]:
        stored = awards[unit] if unit in awards else places[unit].nothing()
        settled.decide(stored, unit, now_reached.get(unit, frozenset()))
    earning = {one.workout_id for one in facts if one.counts}
    corrected = version.workout_id if version is not None and version.revision > 1 else None
    left = [awards[unit] for unit in awards.keys() - units if settled.names(awards[unit], corrected, but=earning)]
    is_settled = settled.rename(left, MOST_AT_ONCE - len(units[:MOST_AT_ONCE])) and is_settled
    fingerprint = book.fingerprint if is_settled else NOT_COUNTED
    latest = max(facts, key=lambda one: one.started_at, default=None)
    if not is_settled:
        after[EVER] = with_others_of(after[EVER], stands.totals)
    if came is None and not settled.changes and stands == stands.then(after[EVER], fingerprint, latest):
        return Moved(Outcome.UNCHANGED)
    with Change(user_id, now) as change:
        if came is not None:
            change.replace(came.shelf.entry, came.entry)
        _keep(change, seen, after, fingerprint, latest)
        settled.write(change)
    return settled.moved(is_settled=is_settled)


def _without(
    book: RuleBook, workout_id: str, diary: Iterable[Facts], stood: Tally, ever: Mapping[str, int]
) -> Mapping[Unit, frozenset[int]]:
    """What is reached without the workout. What other wings knew before it came is in the tally of ever until all is
    settled; where nothing is, as they know it now."""
    known = others_in(stood.totals) or others_in(ever)
    return reached(book, recounted(book, [one for one in diary if one.workout_id != workout_id], known))


def _adopt(user_id: str, now: datetime, but: str | None = None) -> bool:
    """Workouts that were in the diary before there were achievements become entries, which nobody has counted yet.
    Whether there were any."""
    known = store.entries(user_id)
    missing = [one for one in store.kept_facts(user_id) if one.workout_id not in known and one.workout_id != but]
    for first in range(0, len(missing), ADOPTED_AT_ONCE):
        retry_on_conflict(partial(_adopt_some, user_id, missing[first : first + ADOPTED_AT_ONCE], now))
    return bool(missing)


def _adopt_some(user_id: str, some: Iterable[Facts], now: datetime) -> None:
    """Of which one came by itself meanwhile, its entry stays. All windows that they are in are not counted from now on:
    without a tally a window would pass for one in which nothing was done."""
    wanted = {one.workout_id: one for one in some}
    tallies = store.tallies(user_id, {EVER}.union(*map(_windows, wanted.values())))
    found = store.some_entries(user_id, wanted)
    with Change(user_id, now) as change:
        for name, facts in wanted.items():
            if found[name].value is None:
                change.replace(found[name], Counted(revision=facts.revision, facts=facts))
        for stored in tallies.values():
            known = stored.value or Tally()
            change.replace(stored, known.then(known.totals, NOT_COUNTED))


# --- what both write -------------------------------------------------------------------------------------------------


def _keep(
    change: Change,
    seen: Mapping[str, Stored[Tally]],
    after: Mapping[str, Mapping[str, int]],
    fingerprint: str,
    latest: Facts | None,
) -> None:
    """Each tally that was read, and none but them."""
    for name, stored in seen.items():
        came = latest if name == EVER else None
        change.replace(stored, (stored.value or Tally()).then(after.get(name, {}), fingerprint, came))


class _Settled:
    """The awards that one transaction moves, with what makes them known."""

    def __init__(self, book: RuleBook, version: Version, told: Stored[Told] | None = None) -> None:
        self.book = book
        self.version = version
        self.told = told
        """Whom nobody is told anything: None."""
        self.may_be_of_another = False
        """Whether something else than the workout that came may have earned what is reached."""
        self._brought: Collection[Unit] | None = None
        """What the workout that came brought; None: all that is new."""
        self._diary: list[Facts] | None = None
        self._earners: dict[Unit, Facts] = {}
        self._new: list[tuple[Stored[Award], Award]] = []
        self._renamed: list[tuple[Stored[Award], Award]] = []

    @property
    def now(self) -> datetime:
        return self.version.now

    def _is_news(self, stored: Stored[Award], award: Award) -> bool:
        """Brought for the first time by a workout that is news."""
        is_new = self.version.is_news and self.told is not None and stored.value is None and award.holds
        return is_new and (self._brought is None or award.unit in self._brought)

    def only_brought(self, units: Collection[Unit]) -> None:
        """Of all that is new, it was these that the workout brought, and nothing else did."""
        self._brought = units
        came = next((one for one in self._all() if one.workout_id == self.version.workout_id), None)
        if came is not None:
            self._earners |= dict.fromkeys(units, came)

    def keep_in_mind(self, diary: list[Facts], units: list[Unit]) -> None:
        """The whole diary, of which it is asked what earned these."""
        self.may_be_of_another = True
        self._diary = diary
        self._earners = earners(self.book, diary, units) if units else {}

    def decide(self, stored: Stored[Award], unit: Unit, by: frozenset[int]) -> None:
        earner = self._earner(unit) if by else Earner(None, self.now)
        if stored.value is not None and not is_known(self.book, stored.value):
            return
        award = decided(stored.value, unit, by, current_version(self.book, unit), earner, self.now)
        if award is not None:
            self._new.append((stored, award))

    def names(self, stored: Stored[Award], workout_id: str | None, but: Collection[str] | None = None) -> bool:
        """It is held, with this workout, or with one that is none of `but`: a version of it went, so that what it had
        earned may have been earned by another one."""
        award = stored.value
        if award is None or not award.holds or award.workout_id is None or not is_known(self.book, award):
            return False
        return award.workout_id == workout_id or (but is not None and award.workout_id not in but)

    def rename(self, named: Collection[Stored[Award]], most: int) -> bool:
        """By what earns them now, as many as there is room for. Whether there was."""
        if named and self._diary is not None:
            units = [stored.value.unit for stored in named if stored.value is not None]
            self._earners |= earners(self.book, self._diary, units)
        other = [found for stored in named if (found := self._renaming(stored)) is not None]
        self._renamed += other[: max(0, most)]
        return len(other) <= most

    def _renaming(self, stored: Stored[Award]) -> tuple[Stored[Award], Award] | None:
        if stored.value is None:
            return None
        earner = self._earner(stored.value.unit)
        now = {"workout_id": earner.workout_id, "earned_at": earner.started_at}
        if earner.workout_id is None or now == stored.value.model_dump(include=set(now)):
            return None
        return stored, stored.value.model_copy(update={**now, "revision": stored.next_revision})

    @property
    def changes(self) -> bool:
        return bool(self._new or self._renamed)

    def _earner(self, unit: Unit) -> Earner:
        """The workout that came; where another one may have, the first with which it was reached. Of records and
        streaks the diary cannot tell: then it is again the one that came, if it counts."""
        if not self.may_be_of_another and self.version.facts is not None:
            return Earner.of(self.version.facts, self.now)
        if unit not in self._earners:
            self._earners |= earners(self.book, self._all(), [unit])
        came = self.version.facts
        return Earner.of(self._earners.get(unit) or (came if came is not None and came.counts else None), self.now)

    def _all(self) -> list[Facts]:
        """Read when it is asked for."""
        if self._diary is None:
            diary = store.entries(self.version.user_id)
            diary[self.version.workout_id] = Counted(revision=self.version.revision, facts=self.version.facts)
            self._diary = [one.facts for one in diary.values() if one.facts is not None]
        return self._diary

    def moved(self, *, is_settled: bool) -> Moved:
        awards = [award for _, award in self._new]
        return Moved(
            Outcome.MOVED if awards else Outcome.UNCHANGED,
            goes_on=not is_settled,
            unlocked=tuple(_name(one) for one in awards if one.holds),
            revoked=tuple(_name(one) for one in awards if not one.holds),
            is_settled=is_settled,
        )

    def write(self, change: Change) -> None:
        claims = []
        for stored, award in self._renamed:
            change.replace(stored, award)
        for stored, award in self._new:
            is_new = self._is_news(stored, award)
            change.publish(_event(award, is_new=is_new))
            rule = self._rule(award)
            one = claim(rule, award, may_begin=is_new) if rule is not None else None
            if one is not None:
                claims.append(one)
            is_rewarded = award.is_rewarded or (one is not None and is_new)
            change.replace(stored, award.model_copy(update={"is_rewarded": is_rewarded}))
        if claims:
            rewards.settle(change, self.version.user_id, claims)
        self._tell(change)

    def _rule(self, award: Award) -> Rule | None:
        one = self.book.of_version(award.rule_id, award.version)
        return one.rule if one is not None else None

    def _tell(self, change: Change) -> None:
        """One message about all that is new, and about what the last hour brought."""
        new = [award for stored, award in self._new if self._is_news(stored, award)]
        titled = [(rule, award) for award in new if (rule := self._rule(award)) is not None]
        if not titled or self.told is None:
            return
        rule, award = titled[-1]
        known = self.told.value
        burst = joined(known, f"achievement:{_name(award)}", self.now)
        goes_on = known is not None and burst.since == known.since
        count = len(titled) + (known.count if known is not None and goes_on else 0)
        change.replace(self.told, Told(since=burst.since, requests=burst.requests, count=count))
        change.publish(_message(rule, award, count, in_burst(burst)))


def _message(rule: Rule, award: Award, count: int, asked: dict[str, Any]) -> NotificationRequested:
    values: dict[str, Any] = {"title": level_title(rule, award.level).model_dump()}
    if count > 1:
        values["count"] = count
    return NotificationRequested(
        template="achievement_unlocked" if count == 1 else "achievements_unlocked",
        values=values,
        about={"achievement_id": award.rule_id},
        **asked,
    )


def _name(award: Award) -> str:
    return f"{award.rule_id}:{award.occurrence}:{award.level}"


def _event(award: Award, *, is_new: bool) -> AchievementUnlocked | AchievementRevoked:
    told: dict[str, Any] = {
        "achievement_id": award.rule_id,
        "rule_version": award.version,
        **award.model_dump(include={"level", "occurrence", "workout_id", "revision"}),
    }
    return AchievementUnlocked(**told, is_news=is_new) if award.holds else AchievementRevoked(**told)


def _joined(first: Moved, then: Moved) -> Moved:
    return replace(
        then,
        outcome=then.outcome if first.outcome is Outcome.UNCHANGED else first.outcome,
        unlocked=first.unlocked + then.unlocked,
        revoked=first.revoked + then.revoked,
    )
