"""Personal records, in the gamification table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta

from gamification.base.domain import Burst
from gamification.records.domain import Record
from stadion.change import Change
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
