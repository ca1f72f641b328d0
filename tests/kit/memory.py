"""DynamoDB for the pure part of tests: the keys, copies and conditions that our transactions use, and nothing else."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pynamodb.expressions.condition import Condition

from stadion.dynamo import Item, Transaction

Raw = dict[str, Any]


class Memory:
    """A table in a dict. Items go in and out serialised, so nobody shares one with the store."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Raw] = {}
        self.commits = 0

    def batch_get(self, keys: Iterable[tuple[str, str]]) -> Iterator[Item]:
        wanted = list(keys)
        assert len(set(wanted)) == len(wanted), "DynamoDB refuses a key that is asked for twice"
        return iter([Item.from_raw_data(self.items[key]) for key in wanted if key in self.items])

    def commit(self, transaction: Transaction) -> None:
        """All writes or none, each on its condition; one write per item, as DynamoDB demands."""
        keys = [(write.item.pk, write.item.sk) for write in transaction._writes]
        assert len(set(keys)) == len(keys) <= 100, "DynamoDB refuses this transaction"
        for key, write in zip(keys, transaction._writes, strict=True):
            if not holds(write.condition, self.items.get(key)):
                raise write.refused(self.items.get(key))
        for key, write in zip(keys, transaction._writes, strict=True):
            if write.kind == "put":
                self.items[key] = write.item.serialize()
            elif write.kind == "delete":
                self.items.pop(key, None)
        self.commits += 1

    def stored(self, kind: str) -> list[Item]:
        items = map(Item.from_raw_data, self.items.values())
        return [item for item in items if item.kind == kind]


def holds(condition: Condition | None, stored: Raw | None) -> bool:
    if condition is None:
        return True
    if condition.operator == "attribute_not_exists":
        return stored is None
    assert condition.operator == "=", "a condition that this store does not know"
    attribute, expected = condition.values
    return stored is not None and stored.get(attribute.attribute.attr_name) == expected.value


@contextmanager
def memory() -> Iterator[Memory]:
    """Items and transactions go to an empty store while it lasts."""
    store = Memory()

    def batch_get(keys: Iterable[tuple[str, str]], **_: Any) -> Iterator[Item]:
        return store.batch_get(keys)

    def commit(transaction: Transaction) -> None:
        store.commit(transaction)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Item, "batch_get", batch_get)
        patch.setattr(Transaction, "commit", commit)
        yield store
