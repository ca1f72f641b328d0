"""Goals and what they are measured by, in the gamification table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gamification.athletes.domain import Athlete
from gamification.athletes.store import ATHLETES
from gamification.base.domain import Facts
from gamification.base.store import FACTS, ledger
from gamification.goals.domain import PREFIX, Goals, account_of, day_of
from stadion.postings import Amounts
from stadion.records import Records, Stored, fetch

GOALS = Records(Goals, kind="goals", pk="USER#{user_id}", sk="GOALS")
"""The goals of an athlete, ten at most: their routes, and the workout that reaches one, on the revision."""


@dataclass(frozen=True)
class Known:
    stored: Stored[Goals]
    athlete: Athlete

    @property
    def goals(self) -> Goals:
        return self.stored.value or Goals()


def known(user_id: str) -> Known:
    """In one request. Read before `counted`, so that who tells of a goal meanwhile is noticed."""
    goals, athlete = GOALS.at(user_id), ATHLETES.at(user_id)
    found = fetch(goals, athlete)
    return Known(found[goals], found[athlete].value or Athlete())


def counted(user_id: str, first: date, last: date) -> Mapping[date, Amounts]:
    """What the athlete's own days came to."""
    accounts = ledger(user_id).each(account_of(first), account_of(last)) if first <= last else iter(())
    return {day_of(name): amounts for name, amounts in accounts if name.startswith(PREFIX)}


def facts(user_id: str, workout_id: str) -> Facts | None:
    return FACTS.find(user_id, workout_id)
