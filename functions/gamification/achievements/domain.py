"""Awards: what is earned, what is taken back, and what comes back. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import AwareDatetime, Field

from gamification.achievements.base.counters import ONCE, RuleBook, Unit
from gamification.achievements.base.values import Rule
from gamification.base.domain import Burst, Facts
from gamification.rewards.domain import Claim
from stadion.values import Value

MOST_AT_ONCE: Final = 20
"""Awards that one transaction settles: with their events and rewards it holds no more than a hundred writes."""
NOT_COUNTED: Final = ""
"""The fingerprint of tallies of which nothing is known."""


class Tally(Value):
    """What is counted in a window, and by which rules."""

    totals: dict[str, int] = Field(default_factory=dict)
    counted: str = NOT_COUNTED
    latest: AwareDatetime | None = None
    """When the latest workout began, and where: of ever alone."""
    zone: str | None = None

    def then(self, totals: Mapping[str, int], counted: str, came: Facts | None = None) -> "Tally":
        """As it is from now on; `came`: what may be the latest workout."""
        new = self.model_copy(update={"totals": dict(totals), "counted": counted})
        if came is None or (self.latest is not None and came.started_at < self.latest):
            return new
        return new.model_copy(update={"latest": came.started_at, "zone": came.time_zone})


class Counted(Value):
    """The version of a workout that the tallies hold; without facts: it was deleted."""

    revision: int
    facts: Facts | None = None


class Award(Value):
    """What became of one level of a rule, and of what repeats, of one occurrence."""

    rule_id: str
    version: int
    """Under which it was earned."""
    occurrence: str
    level: int
    holds: bool
    revision: int = 1
    workout_id: str | None = None
    """With which it was earned; None: no workout alone."""
    earned_at: AwareDatetime
    """When that workout began."""
    revoked_at: AwareDatetime | None = None
    is_rewarded: bool = False
    """It has brought a reward, which goes and comes with it, whatever the rule says of rewards later."""

    @property
    def unit(self) -> Unit:
        return Unit(self.rule_id, self.occurrence, self.level)


class Told(Burst):
    """Messages within an hour, and how many awards they are about."""

    count: int = 0


@dataclass(frozen=True)
class Version:
    """Of a workout that came; `facts` is None when it was deleted."""

    user_id: str
    workout_id: str
    revision: int
    facts: Facts | None
    now: datetime
    is_news: bool = False


@dataclass(frozen=True)
class Earner:
    """The workout with which something is earned."""

    workout_id: str | None
    started_at: datetime

    @classmethod
    def of(cls, facts: Facts | None, now: datetime) -> "Earner":
        return cls(facts.workout_id, facts.started_at) if facts is not None else cls(None, now)


def decided(
    known: Award | None, unit: Unit, by: frozenset[int], current: int | None, earner: Earner, now: datetime
) -> Award | None:
    """The award as it is from now on; None: nothing changes.

    `by`: the versions of the rule by which it is reached, of which only the `current` one begins anything; what was
    earned under an older one is held for as long as that one, or the current one, is reached.
    """
    version = current if current in by else (known.version if known is not None and known.version in by else None)
    earned = {"workout_id": earner.workout_id, "earned_at": earner.started_at}
    if known is None:
        if version is None:
            return None
        return Award(**vars(unit), version=version, holds=True, **earned)
    if known.holds == (version is not None):
        return None
    revised = {"holds": version is not None, "revision": known.revision + 1}
    if version is None:
        return known.model_copy(update={**revised, "revoked_at": now})
    return known.model_copy(update={**revised, **earned, "version": version, "revoked_at": None})


def differing(
    book: RuleBook, reached: Mapping[Unit, frozenset[int]], awards: Mapping[Unit, Award], now: datetime
) -> list[Unit]:
    """The units whose award is not as it should be."""
    nobody = Earner(None, now)
    left = {unit for unit, award in awards.items() if not is_known(book, award)}
    return [
        unit
        for unit in sorted({*reached, *awards} - left)
        if decided(awards.get(unit), unit, reached.get(unit, frozenset()), current_version(book, unit), nobody, now)
    ]


def is_known(book: RuleBook, award: Award) -> bool:
    """Else it was earned by a rule that this function has not read yet, and is none of its business."""
    return book.of_version(award.rule_id, award.version) is not None


def current_version(book: RuleBook, unit: Unit) -> int | None:
    current = book.current(unit.rule_id)
    return current.rule.version if current is not None else None


def claim(rule: Rule, award: Award, *, may_begin: bool) -> Claim | None:
    """A reward comes with the highest level. It begins with news alone: an old diary that is imported buys nothing.
    What has begun goes and comes with its award."""
    has_one = rule.reward is not None and award.level == len(rule.targets)
    if not (has_one or award.is_rewarded):
        return None
    occurrence = "" if award.occurrence == ONCE else f":{award.occurrence}"
    earned_by = f"achievement:{award.rule_id}{occurrence}"
    return Claim(earned_by, "achievement", rule.reward, holds=award.holds, may_begin=may_begin)
