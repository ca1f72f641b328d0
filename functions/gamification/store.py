"""The gamification table. Access patterns stand in README.md; nothing outside this module knows the keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from gamification.domain import Record
from stadion.dynamo import Item, Transaction, next_revision, put_over
from stadion.ledger import Ledger, account_sk, totals_of


def ledger(user_id: str) -> Ledger:
    return Ledger(pk=_user(user_id))


def total_xp(user_id: str, account: str) -> int:
    totals, _ = totals_of(Item.find(_user(user_id), account_sk(account)))
    return totals.get("xp", 0)


@dataclass
class Shelf:
    """The standing records of an athlete, as read; a change of them is written only if they are still so."""

    user_id: str
    stored: Item | None
    entry: Item | None
    records: dict[str, Record]
    entered: dict[str, str]

    def is_stale(self, revision: int) -> bool:
        return self.entry is not None and int(self.entry.revision) >= revision


def shelf(user_id: str, workout_id: str) -> Shelf:
    """The records and what this workout offered for them in an earlier version."""
    keys = [(_user(user_id), "RECORDS"), (_user(user_id), _entry_sk(workout_id))]
    items = {item.sk: item for item in Item.batch_get(keys, consistent_read=True)}
    stored, entry = items.get("RECORDS"), items.get(_entry_sk(workout_id))
    return Shelf(
        user_id=user_id,
        stored=stored,
        entry=entry,
        records=_records(stored),
        entered=dict(entry.body) if entry is not None else {},
    )


def records(user_id: str) -> list[Record]:
    return sorted(_records(Item.find(_user(user_id), "RECORDS")).values(), key=lambda record: record.record)


def best_efforts(user_id: str, record: str, *, but: str) -> Record | None:
    """The fastest effort over a distance that another workout offers."""
    found = Item.query(_user(user_id), Item.sk.startswith(f"EFFORT#{record}#"), consistent_read=True, limit=2)
    efforts = [Record.model_validate(item.body) for item in found]
    return next((effort for effort in efforts if effort.workout_id != but), None)


def write(
    shelf: Shelf,
    workout_id: str,
    revision: int,
    offered: Mapping[str, Record],
    standing: Mapping[str, Record],
    further: list[Item],
) -> None:
    transaction = Transaction()
    entry_body = {key: _effort_sk(record) for key, record in offered.items()}
    entry = Item(pk=_user(shelf.user_id), sk=_entry_sk(workout_id), kind="efforts", revision=revision, body=entry_body)
    put_over(transaction, shelf.entry, entry)
    put_over(transaction, shelf.stored, _records_item(shelf, standing))
    _move_efforts(transaction, shelf, offered)
    for item in further:
        transaction.put(item)
    transaction.commit()


def _move_efforts(transaction: Transaction, shelf: Shelf, offered: Mapping[str, Record]) -> None:
    new = {_effort_sk(record): record for record in offered.values()}
    for sk in set(shelf.entered.values()) - new.keys():
        transaction.delete(Item(pk=_user(shelf.user_id), sk=sk))
    for sk, record in new.items():
        body = record.model_dump(mode="json")
        transaction.put(Item(pk=_user(shelf.user_id), sk=sk, kind="effort", body=body))


def _records_item(shelf: Shelf, standing: Mapping[str, Record]) -> Item:
    revision = next_revision(shelf.stored)
    body: dict[str, Any] = {key: record.model_dump(mode="json") for key, record in standing.items()}
    return Item(pk=_user(shelf.user_id), sk="RECORDS", kind="records", revision=revision, body=body)


def _records(item: Item | None) -> dict[str, Record]:
    return {key: Record.model_validate(body) for key, body in item.body.items()} if item is not None else {}


def _user(user_id: str) -> str:
    return f"USER#{user_id}"


def _entry_sk(workout_id: str) -> str:
    return f"EFFORTS#{workout_id}"


def _effort_sk(record: Record) -> str:
    """Text order is the order of `Record.rank`."""
    milliseconds, started_at, workout_id = record.rank
    moment = started_at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"EFFORT#{record.record}#{milliseconds:012d}#{moment}#{workout_id}"
