"""Entries, tallies and awards, in the gamification table. The keys stand in the service's README.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from gamification.achievements.base.counters import EVER, Unit
from gamification.achievements.domain import Award, Counted, Tally, Told
from gamification.athletes.domain import Athlete
from gamification.athletes.store import ATHLETES
from gamification.base.domain import Facts
from gamification.base.store import FACTS
from stadion.records import Place, Records, Stored, fetch

COUNTED = Records(
    Counted, kind="achievement_entry", pk="USER#{user_id}", sk="ACHIEVEMENT#ENTRY#{workout_id}", own_revision=True
)
"""The facts of a workout that the tallies hold: its next version; whoever counts the diary by other rules."""
TALLIES = Records(Tally, kind="achievement_tally", pk="USER#{user_id}", sk="ACHIEVEMENT#TALLY#{window}")
"""What is counted in a day, a week, a month, ever: each workout in it, on the revision; progress."""
AWARDS = Records(
    Award,
    kind="achievement_award",
    pk="USER#{user_id}",
    sk="ACHIEVEMENT#AWARD#{rule_id}#{occurrence}#{level}",
    own_revision=True,
)
"""What is earned or taken back, in the transaction of the tallies; the athlete's list."""
TOLD = Records(Told, kind="told", pk="USER#{user_id}", sk="TOLD#ACHIEVEMENTS", kept_for=timedelta(days=1))
"""The last messages about achievements, with the awards: later ones within the hour take their place."""


@dataclass(frozen=True)
class Shelf:
    """Of an athlete, as read: a change is written only if it is still so."""

    entry: Stored[Counted]
    told: Stored[Told]
    tallies: dict[str, Stored[Tally]]

    @property
    def ever(self) -> Stored[Tally]:
        return self.tallies[EVER]

    @property
    def facts(self) -> Facts | None:
        """Of the version that is counted."""
        return self.entry.value.facts if self.entry.value is not None else None

    def is_stale(self, revision: int) -> bool:
        return self.entry.value is not None and self.entry.value.revision >= revision

    def is_counted(self, fingerprint: str) -> bool:
        """All of it by these rules."""
        return all(one.value is None or one.value.counted == fingerprint for one in self.tallies.values())


def shelf(user_id: str, workout_id: str, windows: Iterable[str]) -> Shelf:
    """In one request."""
    entry, told = COUNTED.at(user_id, workout_id), TOLD.at(user_id)
    places = {name: TALLIES.at(user_id, name) for name in sorted({EVER, *windows})}
    found = fetch(entry, told, *places.values())
    return Shelf(found[entry], found[told], {name: found[place] for name, place in places.items()})


def tallies(user_id: str, windows: Iterable[str]) -> dict[str, Stored[Tally]]:
    """In one request; none for nothing."""
    places = {name: TALLIES.at(user_id, name) for name in sorted(set(windows))}
    found = fetch(*places.values())
    return {name: found[place] for name, place in places.items()}


def athlete_and_tallies(user_id: str, windows: Iterable[str]) -> tuple[Athlete, dict[str, Stored[Tally]]]:
    """In one request."""
    place = ATHLETES.at(user_id)
    places = {name: TALLIES.at(user_id, name) for name in sorted({EVER, *windows})}
    found = fetch(place, *places.values())
    return found[place].value or Athlete(), {name: found[one] for name, one in places.items()}


def awards(user_id: str, units: Iterable[Unit]) -> dict[Unit, Stored[Award]]:
    """In one request; none for nothing."""
    wanted = places(user_id, units)
    found = fetch(*wanted.values())
    return {unit: found[place] for unit, place in wanted.items()}


def told(user_id: str) -> Stored[Told]:
    return TOLD.at(user_id).read()


def all_awards(user_id: str) -> dict[Unit, Stored[Award]]:
    return {stored.value.unit: stored for stored in AWARDS.each(user_id) if stored.value is not None}


def entries(user_id: str) -> dict[str, Counted]:
    """All that is counted, also what was deleted; a request for each megabyte, some 2 000 workouts."""
    found = COUNTED.each(user_id)
    return {one.place.sk.rpartition("#")[2]: one.value for one in found if one.value is not None}


def kept_facts(user_id: str) -> list[Facts]:
    """Of every workout in the diary, as XP knows it."""
    return list(FACTS.every(user_id))


def some_entries(user_id: str, workout_ids: Iterable[str]) -> dict[str, Stored[Counted]]:
    """In one request."""
    places = {name: COUNTED.at(user_id, name) for name in workout_ids}
    found = fetch(*places.values())
    return {name: found[place] for name, place in places.items()}


def places(user_id: str, units: Iterable[Unit]) -> dict[Unit, Place[Award]]:
    return {unit: AWARDS.at(user_id, unit.rule_id, unit.occurrence, unit.level) for unit in units}
