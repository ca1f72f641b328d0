"""The ledger (DESIGN D2): totals that survive duplicates, disorder, corrections, deletions and crashes.

A *posting* is what one version of a source (a workout) contributes to some accounts (a pair of shoes, a day, an
athlete). The ledger remembers the posting beside the totals and moves every total by new - old in one transaction, on
the condition that the remembered version is older. Amounts are integers, so that any order gives the same sum.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from stadion.dynamo import Item, Transaction, next_revision, put_over
from stadion.postings import Amounts, Change, Changes, Posting

ACCOUNT = "ACCOUNT#"


@dataclass(frozen=True)
class Reaction:
    """What else becomes true in the same transaction: items (outbox items above all), and new notes of accounts.

    `relied_on` are items that the decision was based on: they must still be as they were read.
    """

    items: list[Item] = field(default_factory=list)
    notes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    relied_on: list[Item] = field(default_factory=list)


class Outcome(StrEnum):
    MOVED = "moved"
    UNCHANGED = "unchanged"
    STALE = "stale"


def no_derivation(_: Changes) -> Mapping[str, Amounts]:
    return {}


def no_reaction(_: Changes) -> Reaction:
    return Reaction()


@dataclass(frozen=True)
class Ledger:
    """The totals of one subject (an athlete), in one partition of the service's table."""

    pk: str

    def post(
        self,
        posting: Posting,
        *,
        derive: Callable[[Changes], Mapping[str, Amounts]] = no_derivation,
        react: Callable[[Changes], Reaction] = no_reaction,
    ) -> Outcome:
        """Posts once, however often and in whatever order versions of the source arrive.

        `derive` turns the changes of the named accounts into movements of further ones (a capped total out of a
        day's sum); `react` turns all changes into what else is written. Raises `WriteConflictError` when somebody moved
        the same totals meanwhile: wrap the call, with what it was decided on, in `retry_on_conflict`.
        """
        entry_sk = f"ENTRY#{posting.source_id}"
        loaded = self._load([entry_sk, *map(account_sk, posting.contribution)])
        entry = loaded.pop(entry_sk, None)
        if entry is not None and int(entry.revision) >= posting.version:
            return Outcome.STALE
        old: Mapping[str, Amounts] = entry.body["contribution"] if entry is not None else {}
        movements = _difference(old, posting.contribution)
        self._load_missing(loaded, movements)
        derived = derive(_changes(loaded, movements))
        movements = _added(movements, derived)
        self._load_missing(loaded, movements)
        changes = _changes(loaded, movements)
        reaction = react(changes)
        transaction = Transaction()
        put_over(transaction, entry, self._entry(entry_sk, posting))
        for name in {**changes, **reaction.notes}:
            put_over(transaction, loaded.get(account_sk(name)), self._account(name, loaded, changes, reaction))
        for item in reaction.items:
            transaction.put(item)
        for item in reaction.relied_on:
            transaction.check(item, Item.revision == item.revision)
        transaction.commit()
        return Outcome.MOVED if changes else Outcome.UNCHANGED

    def accounts(self, names: Iterable[str]) -> dict[str, Amounts]:
        """The totals of those accounts that ever moved."""
        items = self._load([account_sk(name) for name in names])
        return {sk.removeprefix(ACCOUNT): _totals(item) for sk, item in items.items()}

    def _load(self, sks: list[str]) -> dict[str, Item]:
        keys = [(self.pk, sk) for sk in sks]
        if not keys:
            return {}
        return {item.sk: item for item in Item.batch_get(keys, consistent_read=True)}

    def _load_missing(self, loaded: dict[str, Item], movements: Mapping[str, Amounts]) -> None:
        wanted = [account_sk(name) for name in movements if account_sk(name) not in loaded]
        loaded.update(self._load(wanted))

    def _entry(self, sk: str, posting: Posting) -> Item:
        body = {"contribution": {name: dict(amounts) for name, amounts in posting.contribution.items()}}
        return Item(pk=self.pk, sk=sk, kind="ledger_entry", revision=posting.version, body=body)

    def _account(self, name: str, loaded: Mapping[str, Item], changes: Changes, reaction: Reaction) -> Item:
        stored = loaded.get(account_sk(name))
        totals = changes[name].after if name in changes else _totals(stored)
        return account_item(self.pk, name, stored, totals, reaction.notes.get(name, _notes(stored)))


def account_sk(name: str) -> str:
    return ACCOUNT + name


def account_item(pk: str, name: str, stored: Item | None, totals: Amounts, notes: Mapping[str, Any]) -> Item:
    """The next revision of an account; write it with `put_over`."""
    revision = next_revision(stored)
    body = {"totals": dict(totals), "notes": dict(notes)}
    return Item(pk=pk, sk=account_sk(name), kind="account", revision=revision, body=body)


def totals_of(item: Item | None) -> tuple[Amounts, Mapping[str, Any]]:
    """Totals and notes of an account item that a service read itself."""
    return _totals(item), _notes(item)


def _totals(item: Item | None) -> Amounts:
    totals: Amounts = item.body["totals"] if item is not None else {}
    return totals


def _notes(item: Item | None) -> Mapping[str, Any]:
    notes: Mapping[str, Any] = item.body.get("notes", {}) if item is not None else {}
    return notes


def _difference(old: Mapping[str, Amounts], new: Mapping[str, Amounts]) -> dict[str, dict[str, int]]:
    """new - old per account and measure, without the zeros."""
    moved: dict[str, dict[str, int]] = {}
    for name in {**old, **new}:
        before, after = old.get(name, {}), new.get(name, {})
        amounts = {key: after.get(key, 0) - before.get(key, 0) for key in {**before, **after}}
        amounts = {key: amount for key, amount in amounts.items() if amount}
        if amounts:
            moved[name] = amounts
    return moved


def _added(one: Mapping[str, Amounts], other: Mapping[str, Amounts]) -> dict[str, dict[str, int]]:
    names = {**one, **other}
    return {
        name: {
            key: one.get(name, {}).get(key, 0) + other.get(name, {}).get(key, 0)
            for key in {**one.get(name, {}), **other.get(name, {})}
        }
        for name in names
    }


def _changes(loaded: Mapping[str, Item], movements: Mapping[str, Amounts]) -> dict[str, Change]:
    changes = {}
    for name, amounts in movements.items():
        item = loaded.get(account_sk(name))
        before = _totals(item)
        after = {key: before.get(key, 0) + amounts.get(key, 0) for key in {**before, **amounts}}
        changes[name] = Change(before=before, after=after, notes=_notes(item))
    return changes
