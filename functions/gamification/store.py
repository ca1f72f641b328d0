"""The gamification table. Its keys stand in README.md; nothing outside this module knows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

from gamification.domain import Record
from stadion.change import Change
from stadion.ledger import Ledger
from stadion.records import Records, Stored, fetch

Standing = Mapping[str, Record]
"""Record -> who holds it."""


@dataclass(frozen=True)
class _Offered:
    """What a version of a workout offered for records: record -> sort key of the effort."""

    efforts: Mapping[str, str]
    revision: int


RECORDS = Records[Standing](
    dict,
    kind="records",
    pk="USER#{user_id}",
    sk="RECORDS",
    dump=lambda standing: {key: record.model_dump(mode="json") for key, record in standing.items()},
    load=lambda item: {key: Record.model_validate(body) for key, body in item.body.items()},
)
"""The standing records: each workout with best efforts, on its revision."""
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


def total_xp(user_id: str, account: str) -> int:
    return ledger(user_id).totals(account).get("xp", 0)


@dataclass(frozen=True)
class Shelf:
    """The standing records of an athlete, as read; a change of them is written only if they are still so."""

    user_id: str
    stored: Stored[Standing]
    entry: Stored[_Offered]

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
    records, offered = RECORDS.at(user_id), OFFERED.at(user_id, workout_id)
    found = fetch(records, offered)
    return Shelf(user_id, found[records], found[offered])


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
