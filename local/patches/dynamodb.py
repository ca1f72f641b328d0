"""DynamoDB's queries: what they read is what they cost.

Trap: a Query copies, sorts and compares the whole item collection, whatever its limit: 52 ms of CPU for 20 items of
2 000. Here each queried collection stays sorted, of the table and of its indexes, so that a query finds its range and
its start key by bisection and reads on from there until its page is full.
Besides, a filter was parsed again for every item that it was asked about, and an item measured again on every page.

Nothing here is state of its own: collections are derived from the table's items at the first query and kept true by
the two functions through which all items change. Whatever replaces items as a whole drops them.
"""

import inspect
import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any, Final, NamedTuple

from ministack.services import dynamodb

from local.patches.guard import pin, replace_once

Table = dict[str, Any]
Record = dict[str, Any]
Keys = tuple[Any, Any]
Token = tuple[str, str]

COLLECTIONS: Final = dynamodb._INDEX_MEMBERS
"""MiniStack drops this entry of a table when its items or indexes are replaced, and never saves it."""
PARSED: Final = 1024
WHOLE_COLLECTION: Final = "    members = _index_members(table)"
ONE_PAGE: Final = "    candidates, has_more = _paginate_evaluated_items(candidates, limit, table, index_name)\n"
SORTED_PAGE: Final = """\
    try:
        candidates, has_more = _stadion_page(table, data, pk_val)
    except ValueError as exc:
        return error_response_json("ValidationException", str(exc), 400)
"""
COMPARISONS: Final = frozenset({"EQ", "LT", "LE", "GT", "GE"})

_one_at_a_time = threading.RLock()
"""The sweep of expired items is a thread of its own."""


def apply() -> None:
    mend_queries()
    mend_parsing()


def mend_queries() -> None:
    for function, fingerprint in _RELIED_ON:
        pin(function, fingerprint)
    source = inspect.getsource(dynamodb._query)
    start, end = source.index(WHOLE_COLLECTION), source.index(ONE_PAGE) + len(ONE_PAGE)
    source = replace_once(source, source[start:end], SORTED_PAGE, what="the middle of _query")
    dynamodb._stadion_page = page
    exec(compile(source, f"{dynamodb.__file__} (mended)", "exec"), dynamodb.__dict__)  # noqa: S102 - pinned above
    dynamodb._index_item = _index_item


def mend_parsing() -> None:
    """An expression is read once, not once for each item. What is remembered is nobody's to change."""
    pin(dynamodb._tokenize, "6abb13395c3e")
    pin(dynamodb._condition_syntax_error, "5213f1ffac34")
    pin(dynamodb._check_redundant_parens, "9d6df76cfe87")
    pin(dynamodb._check_reserved_keyword_usage, "5b08c4cc141c")
    pin(dynamodb._evaluate_condition, "94561811e28c")
    tokens = lru_cache(PARSED)(dynamodb._tokenize)
    dynamodb._tokenize = wraps(dynamodb._tokenize)(lambda expr: list(tokens(expr)))
    dynamodb._condition_syntax_error = lru_cache(PARSED)(dynamodb._condition_syntax_error)
    dynamodb._check_redundant_parens = _by_content(dynamodb._check_redundant_parens)
    dynamodb._check_reserved_keyword_usage = _by_content(dynamodb._check_reserved_keyword_usage)


def _by_content(check: Callable[..., str | None]) -> Callable[..., str | None]:
    remembered = lru_cache(PARSED)(check)

    @wraps(check)
    def mended(tokens: list[Token], *more: str) -> str | None:
        return remembered(tuple(tokens), *more)

    return mended


# --- sorted collections ---------------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """An item's place: the order of DynamoDB, then the keys of the table."""

    order: tuple[Any, ...]
    keys: Keys


@dataclass(frozen=True)
class Layout:
    """How an index, or the table itself, arranges items."""

    hashes: list[str]
    ranges: list[str]
    ordered_by: list[tuple[str, str]]
    types: list[tuple[str, str]]

    @classmethod
    def of(cls, table: Table, index_name: str | None) -> "Layout":
        index = dynamodb._index_def(table, index_name) if index_name else None
        own = ([table["pk_name"]], [table["sk_name"]] if table["sk_name"] else [])
        hashes, ranges = dynamodb._index_key_lists(index) if index else own
        types = [(name, dynamodb._get_attr_type(table, name)) for name in (*hashes, *ranges)]
        return cls(hashes, ranges, dynamodb._index_order_keys(table, ranges), types)

    @property
    def is_simple(self) -> bool:
        return len(self.hashes) == 1 and len(self.ranges) <= 1

    def partition_of(self, item: Record) -> Any:
        return dynamodb._index_partition(item, self.hashes, self.ranges)

    def order_of(self, item: Record) -> tuple[Any, ...]:
        return tuple(dynamodb._index_order_value(item, name, kind) for name, kind in self.ordered_by)

    def is_regular(self, item: Record) -> bool:
        """Its keys are of the declared types: an item can be older than an index."""
        return all(kind in item[name] for name, kind in self.types)


@dataclass(slots=True)
class Collection:
    """The items of one partition; sorted from its first query on."""

    layout: Layout
    keys: dict[Keys, None] = field(default_factory=dict)
    entries: list[Entry] | None = None
    regular: bool = True
    sizes: dict[Keys, int] = field(default_factory=dict)

    def add(self, keys: Keys, item: Record) -> None:
        self.sizes.pop(keys, None)
        self.regular = self.regular and self.layout.is_regular(item)
        self.keys[keys] = None
        if self.entries is not None:
            insort(self.entries, Entry(self.layout.order_of(item), keys))

    def discard(self, keys: Keys, item: Record) -> None:
        self.sizes.pop(keys, None)
        self.keys.pop(keys, None)
        if self.entries is not None:
            entry = Entry(self.layout.order_of(item), keys)
            position = bisect_left(self.entries, entry)
            if self.entries[position : position + 1] != [entry]:
                raise LookupError(entry)
            del self.entries[position]

    def sorted(self, items: dict[Any, dict[Any, Record]]) -> list[Entry]:
        if self.entries is None:
            self.entries = sorted(Entry(self.layout.order_of(items[pk][sk]), (pk, sk)) for pk, sk in self.keys)
        return self.entries


@dataclass
class Collections:
    """Of one table: by index (None is the table itself), by partition. Only what was queried is kept."""

    layouts: dict[str | None, Layout] = field(default_factory=dict)
    of_index: dict[str | None, dict[Any, Collection]] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Table) -> "Collections":
        known: Collections = table.setdefault(COLLECTIONS, cls())
        return known

    def find(self, table: Table, index_name: str | None, partition: Any) -> Collection | None:
        if index_name not in self.layouts:
            self._begin(table, index_name)
        kept = self.of_index[index_name]
        if index_name is None and partition not in kept and partition in table["items"]:
            kept[partition] = _collection(self.layouts[None], partition, table["items"][partition])
        return kept.get(partition)

    def item_changed(self, keys: Keys, item: Record, *, added: bool) -> None:
        for index_name, layout in self.layouts.items():
            kept, partition = self.of_index[index_name], layout.partition_of(item)
            if partition is None or (index_name is None and partition not in kept):
                continue
            if added:
                kept.setdefault(partition, Collection(layout)).add(keys, item)
                continue
            kept[partition].discard(keys, item)
            if not kept[partition].keys:
                del kept[partition]

    def _begin(self, table: Table, index_name: str | None) -> None:
        layout = self.layouts[index_name] = Layout.of(table, index_name)
        kept = self.of_index[index_name] = {}
        if index_name is None:
            return
        for pk, bucket in table["items"].items():
            for sk, item in bucket.items():
                partition = layout.partition_of(item)
                if partition is not None:
                    kept.setdefault(partition, Collection(layout)).add((pk, sk), item)


def _collection(layout: Layout, pk: Any, bucket: dict[Any, Record]) -> Collection:
    made = Collection(layout)
    for sk, item in bucket.items():
        made.add((pk, sk), item)
    return made


def _index_item(table: Table, base_pk: Any, base_sk: Any, item: Record, add: bool) -> None:
    """MiniStack calls it for every item that comes or goes."""
    known = table.get(COLLECTIONS)
    if known is None:
        return
    try:
        with _one_at_a_time:
            known.item_changed((base_pk, base_sk), item, added=add)
    except (LookupError, TypeError):  # rather sort anew than be wrong
        table.pop(COLLECTIONS, None)


# --- one page of a query --------------------------------------------------------------------------------------------


class Condition(NamedTuple):
    """Of a key: `operator` is a token of MiniStack's, or begins_with, or BETWEEN."""

    name: str
    operator: str
    values: list[Record]


@dataclass(frozen=True)
class Reading:
    """One query of one collection."""

    table: Table
    request: dict[str, Any]
    collection: Collection

    @property
    def entries(self) -> list[Entry]:
        return self.collection.sorted(self.table["items"])

    def page(self) -> tuple[list[Record], bool]:
        """MiniStack's own page: up to the limit, and before the item that would take it past 1 MB."""
        limit, size = self.request.get("Limit"), 0
        found: list[Record] = []
        for entry, item in self._asked_for():
            item_size = self._size(entry, item)
            if found and size + item_size > dynamodb._DDB_PAGE_SIZE_BYTES:
                return found, True
            found.append(item)
            size += item_size
            if (limit is not None and len(found) >= int(limit)) or size >= dynamodb._DDB_PAGE_SIZE_BYTES:
                return found, True
        return found, False

    def _asked_for(self) -> Iterator[tuple[Entry, Record]]:
        condition = self._sort_condition()
        if condition is None:
            matching = {entry.keys for entry in self.entries if self._holds_for(entry)}
            return (pair for pair in self._between(0, len(self.entries)) if pair[0].keys in matching)
        self._holds_for(self.entries[0])  # says what is wrong with the expression
        return self._between(*_range(self.entries, condition, self.collection.layout))

    def _between(self, low: int, high: int) -> Iterator[tuple[Entry, Record]]:
        """In the order asked for, after the start key."""
        entries, forward = self.entries, self.request.get("ScanIndexForward", True)
        if start := self.request.get("ExclusiveStartKey"):
            cursor = self.collection.layout.order_of(start)
            if forward:
                low = max(low, bisect_right(entries, cursor, key=_order))
            else:
                high = min(high, bisect_left(entries, cursor, key=_order))
        places = range(low, high) if forward else range(high - 1, low - 1, -1)
        return ((entries[place], self._item(entries[place])) for place in places)

    def _item(self, entry: Entry) -> Record:
        pk, sk = entry.keys
        item: Record = self.table["items"][pk][sk]
        return item

    def _size(self, entry: Entry, item: Record) -> int:
        sizes = self.collection.sizes
        if entry.keys not in sizes:
            seen = dynamodb._apply_index_projection(item, self.table, self.request.get("IndexName"))
            sizes[entry.keys] = dynamodb._item_size_bytes(seen)
        return sizes[entry.keys]

    def _holds_for(self, entry: Entry) -> bool:
        item = self._item(entry)
        if old_style := self.request.get("KeyConditions"):
            return bool(dynamodb._evaluate_key_conditions_item(item, old_style, self.collection.layout.hashes[0]))
        values, names = (self.request.get(f"ExpressionAttribute{what}", {}) for what in ("Values", "Names"))
        expression = self.request.get("KeyConditionExpression", "")
        return bool(dynamodb._evaluate_condition(expression, item, values, names, slot="KeyConditionExpression"))

    def _sort_condition(self) -> Condition | None:
        """That of the range key, or of the partition if it is the only one; None: each item must be asked."""
        layout = self.collection.layout
        if not (layout.is_simple and self.collection.regular) or self.request.get("KeyConditions"):
            return None
        conditions = _conditions(self.request, dict(layout.types))
        by_name = {condition.name: condition for condition in conditions}
        partition = by_name.pop(layout.hashes[0], None)
        if partition is None or partition.operator != "EQ" or len(by_name) != len(conditions) - 1:
            return None
        return next(iter(by_name.values()), partition)


def page(table: Table, request: dict[str, Any], partition: Any) -> tuple[list[Record], bool]:
    """The items that a query evaluates, and whether it stopped at a limit. ValueError: its condition is wrong."""
    with _one_at_a_time:
        collection = Collections.of(table).find(table, request.get("IndexName") or None, partition)
        return Reading(table, request, collection).page() if collection is not None else ([], False)


def _order(entry: Entry) -> tuple[Any, ...]:
    return entry.order


def _sort_value(entry: Entry) -> Any:
    return entry.order[0]


def _range(entries: list[Entry], condition: Condition, layout: Layout) -> tuple[int, int]:
    """Where the items lie for which the condition holds."""
    if condition.name not in layout.ranges:
        return 0, len(entries)
    kind = dict(layout.types)[condition.name]
    values = [dynamodb._sort_key_value(value, kind) for value in condition.values]
    before = bisect_left(entries, values[0], key=_sort_value)
    if condition.operator == "begins_with":
        return before, bisect_left(entries, 1, lo=before, key=lambda e: not _sort_value(e).startswith(values[0]))
    after = bisect_right(entries, values[-1], key=_sort_value)
    return {
        "EQ": (before, after),
        "BETWEEN": (before, after),
        "LT": (0, before),
        "LE": (0, after),
        "GT": (after, len(entries)),
        "GE": (before, len(entries)),
    }[condition.operator]


def _conditions(request: dict[str, Any], types: dict[str, str]) -> list[Condition]:
    """Those of a key condition in its usual forms; empty for any other, which is asked item by item."""
    names, values = (request.get(f"ExpressionAttribute{what}") or {} for what in ("Names", "Values"))
    found: list[Condition] = []
    for clause in _clauses(dynamodb._tokenize(request.get("KeyConditionExpression", ""))[:-1]):
        condition = _condition(clause, names, values)
        if condition is None or any(list(value) != [types.get(condition.name)] for value in condition.values):
            return []
        found.append(condition)
    return found


def _clauses(tokens: list[Token]) -> Iterator[list[Token]]:
    """Joined by AND, each without its parentheses."""
    parts = dynamodb._key_condition_clauses(tokens)
    if len(parts) > 1:
        for part in parts:
            yield from _clauses(part)
    elif len(tokens) > 2 and (tokens[0][0], tokens[-1][0]) == ("LPAREN", "RPAREN"):
        yield from _clauses(tokens[1:-1])
    else:
        yield tokens


def _condition(clause: list[Token], names: dict[str, str], values: Record) -> Condition | None:
    match clause:
        case [("IDENT" | "NAME_REF", name), (operator, _), ("VALUE_REF", value)] if operator in COMPARISONS:
            operands = [value]
        case [
            ("IDENT", function),
            ("LPAREN", _),
            ("IDENT" | "NAME_REF", name),
            ("COMMA", _),
            ("VALUE_REF", value),
            ("RPAREN", _),
        ] if function.lower() == "begins_with":
            operator, operands = "begins_with", [value]
        case [
            ("IDENT" | "NAME_REF", name),
            ("IDENT", between),
            ("VALUE_REF", low),
            ("IDENT", _),
            ("VALUE_REF", high),
        ] if between.upper() == "BETWEEN":
            operator, operands = "BETWEEN", [low, high]
        case _:
            return None
    if any(not isinstance(values.get(operand), dict) for operand in operands):
        return None
    return Condition(names.get(name, name), operator, [values[operand] for operand in operands])


_RELIED_ON: Final = (
    (dynamodb._query, "50c2e7ec69e9"),
    (dynamodb._index_item, "72c4575bce27"),
    (dynamodb._index_members, "0cb24364f003"),
    (dynamodb._set_item, "4e78ad492132"),
    (dynamodb._remove_item, "5cce50c99688"),
    (dynamodb._items_replaced, "b48626c371f7"),
    (dynamodb._update_table, "dd1170ef031c"),
    (dynamodb._create_replica, "efdf96ccad37"),
    (dynamodb._index_partition, "67cf1c5bf0d4"),
    (dynamodb._index_order_keys, "4428816c83c9"),
    (dynamodb._index_order_value, "abc461692ef9"),
    (dynamodb._sort_key_value, "b88bd5d90e1f"),
    (dynamodb._compare_ddb, "59740ef65163"),
    (dynamodb._apply_exclusive_start_key, "080cc305f303"),
    (dynamodb._paginate_evaluated_items, "d70cfb58e3a2"),
    (dynamodb._key_condition_clauses, "51cf95b535aa"),
)
