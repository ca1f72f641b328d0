"""The ledger (DESIGN D2): totals that survive duplicates, disorder, corrections, deletions and crashes.

A *posting* is what one version of a source (a workout) contributes to some accounts (a pair of shoes, a day, an
athlete). The ledger remembers the posting beside the totals and moves every total by new - old in one transaction, on
the condition that the remembered version is older. Amounts are integers, so that any order gives the same sum.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stadion.change import Change
from stadion.postings import AccountChange, AccountChanges, Amounts, Posting
from stadion.records import Place, Records, Stored, fetch

PREFIX = "ACCOUNT#"


@dataclass(frozen=True)
class Account:
    """Totals, and what the service notes beside them."""

    totals: Amounts
    notes: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """What the version `revision` of a source contributed."""

    contribution: Mapping[str, Amounts]
    revision: int


NOTHING = Account({}, {})
ACCOUNTS = Records(
    Account,
    kind="account",
    pk="{pk}",
    sk=PREFIX + "{name}",
    dump=lambda account: {"totals": dict(account.totals), "notes": dict(account.notes)},
    load=lambda item: Account(item.body["totals"], item.body.get("notes", {})),
)
ENTRIES = Records(
    Entry,
    kind="ledger_entry",
    pk="{pk}",
    sk="ENTRY#{source_id}",
    own_revision=True,
    dump=lambda entry: {"contribution": {name: dict(amounts) for name, amounts in entry.contribution.items()}},
    load=lambda item: Entry(item.body["contribution"], int(item.revision)),
)


class Outcome(StrEnum):
    MOVED = "moved"
    UNCHANGED = "unchanged"
    STALE = "stale"


Notes = Mapping[str, Mapping[str, Any]]
"""Account -> what is noted beside its totals from now on."""


def no_derivation(_: AccountChanges) -> Mapping[str, Amounts]:
    return {}


def no_reaction(_: AccountChanges) -> Notes:
    return {}


@dataclass(frozen=True)
class Ledger:
    """The totals of one subject (an athlete), in one partition of the service's table."""

    pk: str

    def post(
        self,
        change: Change,
        posting: Posting,
        *,
        derive: Callable[[AccountChanges], Mapping[str, Amounts]] = no_derivation,
        react: Callable[[AccountChanges], Notes] = no_reaction,
    ) -> Outcome:
        """Adds the posting to `change`: once, however often and in whatever order versions of the source arrive.

        `derive` turns the changes of the named accounts into movements of further ones (a capped total out of a
        day's sum). `react` is told all changes, may put more into `change`, and answers with new notes. The change
        ends in `WriteConflictError` when somebody moved the same totals meanwhile: `retry_on_conflict` around it,
        with all that it was decided on.
        """
        place = ENTRIES.at(self.pk, posting.source_id)
        named = [self._place(name) for name in posting.contribution]
        found = fetch(place, *named)
        stored, accounts = found[place], {name: found[it] for name, it in zip(posting.contribution, named, strict=True)}
        if stored.value is not None and stored.value.revision >= posting.version:
            return Outcome.STALE
        old: Mapping[str, Amounts] = stored.value.contribution if stored.value is not None else {}
        movements = _difference(old, posting.contribution)
        accounts |= self.read_some(movements.keys() - accounts.keys())
        movements = _added(movements, derive(_changes(accounts, movements)))
        accounts |= self.read_some(movements.keys() - accounts.keys())
        changes = _changes(accounts, movements)
        change.replace(stored, Entry(posting.contribution, posting.version))
        notes = react(changes)
        accounts |= self.read_some(notes.keys() - accounts.keys())
        for name in {**changes, **notes}:
            before = accounts[name].value or NOTHING
            totals = changes[name].after if name in changes else before.totals
            change.replace(accounts[name], Account(totals, notes.get(name, before.notes)))
        return Outcome.MOVED if changes else Outcome.UNCHANGED

    def read(self, name: str) -> Stored[Account]:
        return self._place(name).read()

    def totals(self, name: str) -> Amounts:
        return (self.read(name).value or NOTHING).totals

    def accounts(self, names: Iterable[str]) -> dict[str, Amounts]:
        """The totals of those accounts that ever moved."""
        found = self.read_some(set(names))
        return {name: stored.value.totals for name, stored in found.items() if stored.value is not None}

    def each(
        self, first: str = "", last: str | None = None, *, limit: int | None = None
    ) -> Iterator[tuple[str, Amounts]]:
        """All accounts, or those from `first` to `last`, with their totals; a request for each megabyte."""
        between = (PREFIX + first, PREFIX + last) if last is not None else None
        for stored in ACCOUNTS.each(self.pk, between=between, limit=limit):
            yield stored.place.sk.removeprefix(PREFIX), (stored.value or NOTHING).totals

    def read_some(self, names: Iterable[str]) -> dict[str, Stored[Account]]:
        """In one request."""
        places = {name: self._place(name) for name in sorted(names)}
        found = fetch(*places.values())
        return {name: found[place] for name, place in places.items()}

    def _place(self, name: str) -> Place[Account]:
        return ACCOUNTS.at(self.pk, name)


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


def _changes(accounts: Mapping[str, Stored[Account]], movements: Mapping[str, Amounts]) -> dict[str, AccountChange]:
    changes = {}
    for name, amounts in movements.items():
        known = accounts[name].value or NOTHING
        after = {key: known.totals.get(key, 0) + amounts.get(key, 0) for key in {**known.totals, **amounts}}
        changes[name] = AccountChange(before=known.totals, after=after, notes=known.notes)
    return changes
