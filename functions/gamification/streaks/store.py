"""What streaks are kept by, in the gamification table: accounts of the ledger, rules, and what was told."""

from collections.abc import Iterator
from dataclasses import dataclass

from gamification.athletes.domain import Athlete
from gamification.athletes.store import ATHLETES
from gamification.base.store import ledger
from gamification.streaks.domain import PREFIX, Settings, Standing
from stadion.postings import Amounts
from stadion.records import Records, Stored, fetch

SETTINGS = Records(Settings, kind="streak_settings", pk="USER#{user_id}", sk="STREAKS#SETTINGS")
"""By which rules the days of an athlete count, each from its day on: `PUT …/streaks/settings`; whatever counts."""
STANDINGS = Records(Standing, kind="streaks", pk="USER#{user_id}", sk="STREAKS")
"""The best streaks and the milestones that were told: each workout that moves them, on the revision; achievements."""


@dataclass(frozen=True)
class Known:
    """What is counted with, beside when workouts began."""

    settings: Stored[Settings]
    standing: Stored[Standing]
    athlete: Athlete


def known(user_id: str) -> Known:
    """In one request. Read before `accounts`, so that who writes the standing meanwhile is noticed."""
    settings, standing, athlete = SETTINGS.at(user_id), STANDINGS.at(user_id), ATHLETES.at(user_id)
    found = fetch(settings, standing, athlete)
    return Known(found[settings], found[standing], found[athlete].value or Athlete())


def accounts(user_id: str) -> Iterator[tuple[str, Amounts]]:
    """In one request a megabyte, which is some fifty years of training every day."""
    return ledger(user_id).each(PREFIX, PREFIX + "~")
