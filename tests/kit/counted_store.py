"""DynamoDB in a dict for a million items: `tests.kit.memory`, partition by partition and in order, and what it would
cost. Requests and units are counted as DynamoDB bills them, by the size of items.
"""

import math
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any, cast

from tests.kit.expressions import Raw
from tests.kit.memory import Key, Memory, Request, key_of

READ_UNIT, WRITE_UNIT = 4096, 1024


class Partition:
    """Its sort keys in order; an item that is no more than its keys and `expires_at` is its sort key alone."""

    def __init__(self, expires_at: str | None = None) -> None:
        self.order: list[str] = []
        self.items: dict[str, Raw] = {}
        self.expires_at = expires_at

    def load(self, sorted_keys: list[str]) -> None:
        self.order = sorted_keys

    def has(self, sk: str) -> bool:
        at = bisect_left(self.order, sk)
        return at < len(self.order) and self.order[at] == sk

    def item(self, pk: str, sk: str) -> Raw:
        if sk in self.items:
            return self.items[sk]
        bare: Raw = {"pk": {"S": pk}, "sk": {"S": sk}}
        return bare if self.expires_at is None else {**bare, "expires_at": {"N": self.expires_at}}


class Ordered(MutableMapping[Key, Raw]):
    """A table."""

    def __init__(self) -> None:
        self.partitions: defaultdict[str, Partition] = defaultdict(Partition)

    def __getitem__(self, key: Key) -> Raw:
        pk, sk = key
        if pk not in self.partitions or not self.partitions[pk].has(sk):
            raise KeyError(key)
        return self.partitions[pk].item(pk, sk)

    def __setitem__(self, key: Key, item: Raw) -> None:
        pk, sk = key
        partition = self.partitions[pk]
        if not partition.has(sk):
            insort(partition.order, sk)
        partition.items[sk] = item

    def __delitem__(self, key: Key) -> None:
        partition = self.partitions[key[0]]
        partition.order.pop(bisect_left(partition.order, key[1]))
        partition.items.pop(key[1], None)

    def __iter__(self) -> Iterator[Key]:
        return ((pk, sk) for pk, partition in self.partitions.items() for sk in partition.order)

    def __len__(self) -> int:
        return sum(len(partition.order) for partition in self.partitions.values())

    def between(self, pk: str, first: str | None, last: str | None) -> list[Key]:
        if pk not in self.partitions:
            return []
        order = self.partitions[pk].order
        begin = bisect_left(order, first) if first is not None else 0
        end = bisect_right(order, last) if last is not None else len(order)
        return [(pk, sk) for sk in order[begin:end]]


@dataclass
class Bill:
    requests: Counter[str] = field(default_factory=Counter)
    read_units: float = 0
    write_units: float = 0
    writes: Counter[str] = field(default_factory=Counter)
    """Write units of each partition key."""

    @property
    def reads(self) -> int:
        return sum(self.requests[name] for name in ("GetItem", "BatchGetItem", "Query"))


class CountedStore(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.tables = defaultdict(cast("Any", Ordered))
        self.bill = Bill()
        self._looked_at: list[Raw] = []

    def forget(self) -> Bill:
        """What was billed since the last time."""
        billed, self.bill = self.bill, Bill()
        return billed

    def call(self, operation: str, request: Request) -> dict[str, Any]:
        self.bill.requests[operation] += 1
        return super().call(operation, request)

    # --- reads

    def _get_item(self, request: Request) -> dict[str, Any]:
        answer = super()._get_item(request)
        self._read([answer.get("Item", {})], consistent=bool(request.get("ConsistentRead")))
        return answer

    def _batch_get_item(self, request: Request) -> dict[str, Any]:
        answer = super()._batch_get_item(request)
        for table, wanted in request["RequestItems"].items():
            found = answer["Responses"][table]
            missing: list[Raw] = [{}] * (len(wanted["Keys"]) - len(found))
            for item in [*found, *missing]:
                self._read([item], consistent=bool(wanted.get("ConsistentRead")))
        return answer

    def _query(self, request: Request) -> dict[str, Any]:
        answer = super()._query(request)
        self._read(self._looked_at[: request.get("Limit")], consistent=bool(request.get("ConsistentRead")))
        return answer

    def _range(self, request: Request, order: tuple[str, ...]) -> list[Raw]:
        self._looked_at = self._found(request, order)
        return self._looked_at

    def _found(self, request: Request, order: tuple[str, ...]) -> list[Raw]:
        """Of what our stores ask by hand, by bisection; all else as the smaller store does."""
        table = cast("Ordered", self.tables[request["TableName"]])
        values = request["ExpressionAttributeValues"]
        if ":first" not in values:
            return super()._range(request, order)
        keys = table.between(values[":pk"]["S"], values[":first"]["S"], values[":last"]["S"])
        backwards = request.get("ScanIndexForward") is False
        keys = keys[::-1] if backwards else keys
        if (start := request.get("ExclusiveStartKey")) is not None:
            begin = key_of(start)
            keys = [key for key in keys if (key < begin if backwards else key > begin)]
        keys = keys[: request["Limit"]] if "Limit" in request else keys
        return [table[key] for key in keys]

    def _read(self, items: Iterable[Raw], *, consistent: bool) -> None:
        units = max(1, math.ceil(sum(map(size_of, items)) / READ_UNIT))
        self.bill.read_units += units if consistent else units / 2

    # --- writes

    def _write_one(self, operation: str, request: Request, named: Raw) -> dict[str, Any]:
        key, table = key_of(named), self.tables[request["TableName"]]
        before = table.get(key, {})
        answer = super()._write_one(operation, request, named)
        self._written(key, before, table.get(key, {}))
        return answer

    def _batch_write_item(self, request: Request) -> dict[str, Any]:
        writes = [(table, one) for table, many in request["RequestItems"].items() for one in many]
        keys = [(table, key_of(next(iter(one.values())).get("Key") or one["PutRequest"]["Item"]))
                for table, one in writes]  # fmt: skip
        before = [self.tables[table].get(key, {}) for table, key in keys]
        answer = super()._batch_write_item(request)
        for (table, key), old in zip(keys, before, strict=True):
            self._written(key, old, self.tables[table].get(key, {}))
        return answer

    def _transact_write_items(self, request: Request) -> dict[str, Any]:
        writes = [write for entry in request["TransactItems"] for write in entry.values()]
        keys = [(write["TableName"], key_of(write.get("Key") or write["Item"])) for write in writes]
        before = [self.tables[table].get(key, {}) for table, key in keys]
        answer = super()._transact_write_items(request)
        for (table, key), old in zip(keys, before, strict=True):
            self._written(key, old, self.tables[table].get(key, {}), times=2)
        return answer

    def _written(self, key: Key, before: Raw, after: Raw, *, times: int = 1) -> None:
        units = times * max(1, math.ceil(max(size_of(before), size_of(after)) / WRITE_UNIT))
        self.bill.write_units += units
        self.bill.writes[key[0]] += units


def size_of(item: Raw) -> int:
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return math.ceil(len(content.lstrip("-").replace(".", "")) / 2) + 1
    return len(content) if kind == "B" else 1
