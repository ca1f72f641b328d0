"""Use case: an athlete looks at their achievements."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gamification.achievements import store
from gamification.achievements.base.counters import (
    EVER,
    Compiled,
    Progress,
    RuleBook,
    Tallies,
    progress,
    recounted,
    windows_on,
)
from gamification.achievements.base.values import AchievementWindow, AchievementWords, Rule
from gamification.achievements.domain import Award
from gamification.achievements.errors import AchievementNotFoundError
from gamification.achievements.others_port import others
from gamification.achievements.rules import service as rules
from gamification.athletes.domain import Athlete
from stadion import clock

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """One achievement, and how an athlete stands."""

    rule: Rule
    is_current: bool
    """False: retired; it is shown to who has it."""
    progress: Progress
    awards: tuple[Award, ...]
    """Held, newest first."""
    needed: tuple[AchievementWords | None, ...] = ()
    """Titles of what it needs; None: hidden, and not earned."""


@dataclass(frozen=True)
class Look:
    standings: tuple[Standing, ...]
    athlete: Athlete
    revision: int
    """Grows with every workout."""
    variant: str
    """Of the rules and of the day."""


def look(user_id: str, now: datetime) -> Look:
    """Two requests, if the diary is counted by the rules that hold; else what is kept of it is counted here, and
    nothing is written."""
    book = rules.book()
    athlete, tallies = store.athlete_and_tallies(user_id, _windows_of_today(now))
    ever = tallies[EVER].value
    awards = [one.value for one in store.all_awards(user_id).values() if one.value is not None and one.value.holds]
    totals: Tallies = {name: one.value.totals for name, one in tallies.items() if one.value is not None}
    is_counted = all(one.value is None or one.value.counted == book.fingerprint for one in tallies.values())
    if ever is None or not is_counted:
        totals = _counted_here(user_id, book, is_new=ever is None)
    today = clock.local_date(now, ever.zone) if ever is not None and ever.zone is not None else now.date()
    standings = tuple(_standings(book, totals, windows_on(today), awards))
    return Look(standings, athlete, tallies[EVER].revision or 0, f"{book.fingerprint[:8]}.{book.edition}.{today:%m%d}")


def look_at(user_id: str, rule_id: str, now: datetime) -> tuple[Standing, Look]:
    """What is hidden and not earned is not there."""
    seen = look(user_id, now)
    found = next((one for one in seen.standings if one.rule.id == rule_id), None)
    if found is None:
        raise AchievementNotFoundError
    return found, seen


def _windows_of_today(now: datetime) -> set[str]:
    """Of every day that it may be somewhere: where the athlete is, the tally of ever says."""
    return {name for day in (now - DAY, now, now + DAY) for name in windows_on(day.date()).values()}


def _counted_here(user_id: str, book: RuleBook, *, is_new: bool) -> Tallies:
    if is_new:
        return recounted(book, store.kept_facts(user_id), others(user_id))
    entries = store.entries(user_id).values()
    return recounted(book, [one.facts for one in entries if one.facts is not None], others(user_id))


def _standings(
    book: RuleBook, totals: Tallies, now_in: Mapping[AchievementWindow, str], awards: list[Award]
) -> Iterator[Standing]:
    earned = {award.rule_id for award in awards}
    for rule_id in book.by_id:
        held = [award for award in awards if award.rule_id == rule_id]
        held.sort(key=lambda award: (award.earned_at, award.level), reverse=True)
        newest: Compiled = book.versions(rule_id)[-1]
        if held or not (newest.rule.hidden or newest.rule.retired):
            stands = progress(newest, totals, now_in, frozenset(award.level for award in held))
            needed = [book.versions(name)[-1].rule for name in newest.rule.needs or () if book.versions(name)]
            titles = tuple(one.title if not one.hidden or one.id in earned else None for one in needed)
            yield Standing(newest.rule, not newest.rule.retired, stands, tuple(held), titles)
