"""What workouts earned, in the gamification table."""

from dataclasses import dataclass
from datetime import date

from pydantic import AwareDatetime

from gamification.base.domain import Facts
from gamification.base.effort import Effort
from gamification.base.store import FACTS, ledger
from gamification.xp.domain import Score, day_account
from stadion import pagination
from stadion.change import Change
from stadion.ledger import ACCOUNTS, ENTRIES, Account, Entry
from stadion.records import Place, Records, Stored, fetch
from stadion.values import Value


class Scored(Value):
    """Where the score of a workout stands, and what its effort was for."""

    day: date
    started_at: AwareDatetime
    heart_rate_bpm: float | None = None
    effort: Effort | None = None
    """None: it was scored before this was kept."""


SCORES = Records(Score, kind="score", pk="USER#{user_id}", sk="XP#{day}#{started_at}#{workout_id}")
"""What a workout earned and why, in the transaction that moves the XP; the history, newest first."""
SCORED = Records(Scored, kind="scored", pk="USER#{user_id}", sk="SCORED#{workout_id}")
"""Where the score of a workout stands: its next version."""


@dataclass(frozen=True)
class Known:
    """Of a workout, as read."""

    scored: Stored[Scored]
    facts: Stored[Facts]

    @property
    def is_whole(self) -> bool:
        return self.scored.value is not None and self.facts.value is not None


# --- scores ---------------------------------------------------------------------------------------------------------


def known(user_id: str, workout_id: str) -> Known:
    """In one request."""
    scored, facts = SCORED.at(user_id, workout_id), FACTS.at(user_id, workout_id)
    found = fetch(scored, facts)
    return Known(found[scored], found[facts])


def keep_facts(change: Change, before: Stored[Facts], new: Facts | None) -> None:
    """None: the workout was deleted."""
    if new is not None:
        change.replace(before, new)
    elif before.value is not None:
        change.delete(before)


def keep_score(
    change: Change, user_id: str, before: Stored[Scored], new: Score | None, heart_rate_bpm: float | None = None
) -> None:
    """In place of what an earlier version earned; None: the workout was deleted. `heart_rate_bpm`: of its effort."""
    place = SCORES.of(new, user_id) if new is not None else None
    if before.value is not None:
        workout_id = before.place.sk.removeprefix("SCORED#")
        old = SCORES.at(user_id, before.value.day, before.value.started_at, workout_id)
        if old != place:
            change.delete(old)
    if new is not None and place is not None:
        change.put(place, new, new=False)
        stands = Scored(day=new.day, started_at=new.started_at, heart_rate_bpm=heart_rate_bpm, effort=new.of_effort)
        change.replace(before, stands)
    elif before.value is not None:
        change.delete(before)


def entry(user_id: str, workout_id: str) -> Stored[Entry]:
    """What the ledger counts of a workout, and of which version."""
    return ENTRIES.read(ledger(user_id).pk, workout_id)


def scores(user_id: str, *, limit: int, cursor: str | None) -> pagination.Page[Score]:
    """Newest first."""
    return SCORES.page(user_id, scope=("xp", user_id), limit=limit, cursor=cursor, newest_first=True)


def day_total(user_id: str, day: date) -> Place[Account]:
    """What all workouts of a day earned, before its cap."""
    return ACCOUNTS.at(ledger(user_id).pk, day_account(day))


def earned_before(user_id: str, first: Score) -> int:
    """By the earlier workouts of its day."""
    whole_day = SCORES.every(user_id, first.day)
    return sum(one.xp for one in whole_day if (one.started_at, one.workout_id) < (first.started_at, first.workout_id))


def total_xp(user_id: str, account: str) -> int:
    return ledger(user_id).totals(account).get("xp", 0)
