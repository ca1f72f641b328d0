"""The gamification table. Its keys stand in README.md; nothing outside this module knows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from pydantic import AwareDatetime

from gamification.domain import Burst, Record, Score, day_account
from gamification.effort import Effort
from stadion import pagination
from stadion.change import Change
from stadion.ledger import ACCOUNTS, ENTRIES, Account, Entry, Ledger
from stadion.records import Place, Records, Stored, fetch
from stadion.values import Value

Standing = Mapping[str, Record]
"""Record -> who holds it."""


@dataclass(frozen=True)
class _Offered:
    """What a version of a workout offered for records: record -> sort key of the effort."""

    efforts: Mapping[str, str]
    revision: int


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
RECORDS = Records[Standing](
    dict,
    kind="records",
    pk="USER#{user_id}",
    sk="RECORDS",
    dump=lambda standing: {key: record.model_dump(mode="json") for key, record in standing.items()},
    load=lambda item: {key: Record.model_validate(body) for key, body in item.body.items()},
)
"""The standing records: each workout with best efforts, on its revision."""
TOLD = Records(Burst, kind="told", pk="USER#{user_id}", sk="TOLD#RECORDS", kept_for=timedelta(days=1))
"""The last messages about records, with the records: later ones within the hour take their place."""
OFFERED = Records(
    _Offered,
    kind="efforts",
    pk="USER#{user_id}",
    sk="EFFORTS#{workout_id}",
    own_revision=True,
    dump=lambda offered: dict(offered.efforts),
    load=lambda item: _Offered(item.body, int(item.revision)),
)
"""What a workout offers for records, with its revision; read by its next version."""
EFFORTS = Records(Record, kind="effort", pk="USER#{user_id}", sk="EFFORT#{record}#{place}", nulls=True)
"""In the same transaction; the next best is one query of two items."""


def ledger(user_id: str) -> Ledger:
    return Ledger(pk=f"USER#{user_id}")


StoredScore = Stored[Scored]


# --- scores ---------------------------------------------------------------------------------------------------------


def scored(user_id: str, workout_id: str) -> Stored[Scored]:
    return SCORED.read(user_id, workout_id)


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


# --- totals and records ---------------------------------------------------------------------------------------------


def total_xp(user_id: str, account: str) -> int:
    return ledger(user_id).totals(account).get("xp", 0)


@dataclass(frozen=True)
class Shelf:
    """The standing records of an athlete, as read; a change of them is written only if they are still so."""

    user_id: str
    stored: Stored[Standing]
    entry: Stored[_Offered]
    told: Stored[Burst]

    @property
    def records(self) -> Standing:
        return self.stored.value or {}

    @property
    def entered(self) -> Mapping[str, str]:
        return self.entry.value.efforts if self.entry.value is not None else {}

    def is_stale(self, revision: int) -> bool:
        return self.entry.value is not None and self.entry.value.revision >= revision


def shelf(user_id: str, workout_id: str) -> Shelf:
    """The records and what this workout offered for them in an earlier version."""
    records, offered, told = RECORDS.at(user_id), OFFERED.at(user_id, workout_id), TOLD.at(user_id)
    found = fetch(records, offered, told)
    return Shelf(user_id, found[records], found[offered], found[told])


def records(user_id: str) -> list[Record]:
    return sorted((RECORDS.find(user_id) or {}).values(), key=lambda record: record.record)


def best_efforts(user_id: str, record: str, *, but: str) -> Record | None:
    """The fastest effort over a distance that another workout offers."""
    efforts = EFFORTS.every(user_id, record, limit=2)
    return next((effort for effort in efforts if effort.workout_id != but), None)


def write(change: Change, shelf: Shelf, revision: int, offered: Standing, standing: Standing) -> None:
    """`WriteConflictError` when the records are not as they were read."""
    places = {key: EFFORTS.at(shelf.user_id, record.record, _order(record)) for key, record in offered.items()}
    change.replace(shelf.entry, _Offered({key: place.sk for key, place in places.items()}, revision))
    change.replace(shelf.stored, standing)
    for sk in set(shelf.entered.values()) - {place.sk for place in places.values()}:
        _, record, order = sk.split("#", 2)
        change.delete(EFFORTS.at(shelf.user_id, record, order))
    for key, place in places.items():
        change.put(place, offered[key], new=False)


def _order(record: Record) -> str:
    """Text order is the order of `Record.rank`."""
    milliseconds, started_at, workout_id = record.rank
    moment = started_at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{milliseconds:012d}#{moment}#{workout_id}"
