"""Typed records: which type lives under which key of the service's own table, and how it looks there.

    OFFERS = Records(Offer, kind="offer", pk="USER#{user_id}", sk="OFFER#{offer_id}", kept_for=timedelta(days=400))
    OFFERS.find(user_id, offer_id)

A key is given in the order of the names in `pk` and `sk`; what a value knows of it need not be given. A `#` ends a
name, so only the last name of a key may hold one. Moments in keys are written in UTC with milliseconds, so that text
order is time order. What is written goes through `stadion.change`;
what stands for itself and makes no news, through `stadion.writes`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from string import Formatter
from typing import Any, Final, Generic, TypeVar, cast
from zlib import crc32

from pydantic import BaseModel
from pynamodb.expressions.condition import Condition
from pynamodb.pagination import ResultIterator

from stadion import clock, pagination
from stadion.dynamo import Item, absent, present

M = TypeVar("M")
READ_AT_ONCE: Final = 200
MOST_READ: Final = 1_000
"""Items that one page of a filtered list looks at, however few of them it is for: then the cursor goes on, perhaps of a
page with nothing on it."""
END: Final = "#"
"""Of a name in a key, before what follows."""


@dataclass(frozen=True)
class Index:
    """Where the global index `gsi1` lists a value: nowhere when `when` says so, or when a name in a key is None.

    With `shards` the name `shard` stands for a number below it, by the CRC-32 of `shard_by`.
    """

    pk: str
    sk: str
    when: Callable[[Any], bool] = lambda _: True
    shards: int = 1
    shard_by: str = ""

    def partitions(self, **names: Any) -> list[str]:
        """All shards of one list."""
        return [_formatted(self.pk, {**names, "shard": shard}, None) or "" for shard in range(self.shards)]

    def keys(self, given: Mapping[str, Any], value: Any) -> tuple[str, str] | None:
        if not self.when(value):
            return None
        shard = crc32((_formatted(self.shard_by, given, value) or "").encode()) % self.shards
        names = {**given, "shard": shard}
        pk, sk = _formatted(self.pk, names, value), _formatted(self.sk, names, value)
        return (pk, sk) if pk is not None and sk is not None else None


@dataclass(frozen=True)
class Place(Generic[M]):
    """The key of one record, whether or not anything is there."""

    records: "Records[M]"
    pk: str
    sk: str
    given: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def read(self) -> "Stored[M]":
        return self.records.stored(self, self.records.item_type.find(self.pk, self.sk))

    def find(self) -> M | None:
        return self.read().value

    def nothing(self) -> "Stored[M]":
        """As if it had been read and nothing was there: what is to be new, and counts its changes."""
        return Stored(self, None, None)

    def is_taken(self) -> bool:
        """By whatever it may be."""
        return Item.find(self.pk, self.sk) is not None

    def bare_item(self) -> Item:
        return self.records.item_type(pk=self.pk, sk=self.sk)


@dataclass(frozen=True)
class Stored(Generic[M]):
    """What was read under a key: to look at, and to be changed or relied on only if it is still so."""

    place: Place[M]
    value: M | None
    revision: int | None
    """None: nothing is stored, or nothing that counts its changes."""

    @property
    def unchanged(self) -> Condition:
        if self.revision is not None:
            return Item.revision == self.revision
        if self.value is None:
            return absent()
        uncounted: Condition = present() & Item.revision.does_not_exist()  # what is gone has no revision either
        return uncounted

    @property
    def next_revision(self) -> int:
        return (self.revision or 0) + 1

    def followed_by(self, value: M, now: datetime) -> Item:
        """The item that takes its place, `unchanged`.

        Raises ValueError for a value that does not count its change: then two that read the same could both be written.
        """
        item = self.place.records.item(self.place, value, revision=self.next_revision, now=now)
        if self.revision is not None and item.revision <= self.revision:
            raise ValueError(f"{self.place.records.sk}: revision {item.revision} after {self.revision}")
        return item


@dataclass(frozen=True, eq=False)
class Records(Generic[M]):
    """Values of one type in the service's table."""

    model: type[M]
    kind: str | Callable[[M], str]
    """What the item is called; by its state, if queries filter by that."""
    pk: str
    sk: str
    own_revision: bool = False
    """The value's `revision` is the item's. Without it, an item that is replaced counts its changes itself."""
    kept_for: timedelta | None = None
    """After which DynamoDB removes it (some time later): from the write on, or from `kept_since`."""
    kept_since: str | None = None
    """A moment of the value's; while that is None, it stays."""
    index: Index | None = None
    nulls: bool = False
    """Absent values of the body are written as nulls."""
    dump: Callable[[M], Any] | None = None
    """The body, if it is not the model's own."""
    load: Callable[[Any], M] | None = None
    """The value out of an item, if it is not the model of its body."""
    attributes: Callable[[M], Mapping[str, Any]] = lambda _: {}
    """What conditions and filters look at beside the body."""
    item_type: type[Item] = Item
    missing: type[Exception] = LookupError
    """What `get` raises."""

    # --- keys ---

    def at(self, *key: Any) -> Place[M]:
        names = _names(self.pk, self.sk)
        given = dict(zip(names, key, strict=True))
        return self._place(given, None)

    def of(self, value: M, *key: Any) -> Place[M]:
        """The value's own place; `key` are those names that it does not know itself, in their order."""
        unknown = [name for name in _names(self.pk, self.sk) if not hasattr(value, name.partition(".")[0])]
        return self._place(dict(zip(unknown, key, strict=True)), value)

    def _place(self, given: Mapping[str, Any], value: M | None) -> Place[M]:
        pk, sk = _formatted(self.pk, given, value), _formatted(self.sk, given, value)
        if pk is None or sk is None:
            raise ValueError(f"{self.pk} {self.sk}: a name of the key is None")
        return Place(self, pk, sk, given)

    # --- reading ---

    def find(self, *key: Any) -> M | None:
        return self.at(*key).find()

    def get(self, *key: Any) -> M:
        """Raises `missing`."""
        return self.existing(*key)[1]

    def existing(self, *key: Any) -> "tuple[Stored[M], M]":
        """What is stored, and its value. Raises `missing`."""
        found = self.at(*key).read()
        if found.value is None:
            raise self.missing
        return found, found.value

    def read(self, *key: Any) -> Stored[M]:
        return self.at(*key).read()

    def seen(self, value: M, *key: Any) -> Stored[M]:
        """A value of the model's own revision as it was read before; revision 0 says that nothing was there."""
        revision: int = value.revision  # type: ignore[attr-defined]
        return Stored(self.of(value, *key), value if revision else None, revision or None)

    def some(self, keys: Iterable[tuple[Any, ...]]) -> list[M]:
        """Those that are there, in one request a hundred."""
        found = fetch(*(self.at(*key) for key in keys))
        return list(values_of(found.stored()))

    def each(
        self,
        *key: Any,
        where: Condition | None = None,
        newest_first: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
        between: tuple[str, str] | None = None,
        consistent: bool = True,
    ) -> Iterator[Stored[M]]:
        """Those of a partition, by the beginning of their sort key or `between` two.

        A request for each megabyte, or for `page_size` items where one may stop early.
        """
        pk, prefix = self._beginning(key)
        range_ = Item.sk.between(*between) if between else (Item.sk.startswith(prefix) if prefix else None)
        found = self.item_type.query(
            pk,
            range_,
            filter_condition=where,
            scan_index_forward=not newest_first,
            limit=limit,
            page_size=page_size,
            consistent_read=consistent,
        )
        return (self._of_item(item) for item in found)

    def every(self, *key: Any, **how: Any) -> Iterator[M]:
        """The values of `each`."""
        return values_of(self.each(*key, **how))

    def page(
        self,
        *key: Any,
        scope: tuple[Any, ...],
        limit: int,
        cursor: str | None,
        newest_first: bool = False,
        where: Condition | None = None,
    ) -> pagination.Page[M]:
        """`scope` ties the cursor to this list and its filters."""
        pk, prefix = self._beginning(key)
        name = pagination.fingerprint(*scope)
        found = self.item_type.query(
            pk,
            Item.sk.startswith(prefix),
            filter_condition=where,
            scan_index_forward=not newest_first,
            last_evaluated_key=pagination.decode(cursor, name, beginning=prefix, pk=pk),
            limit=limit if where is None else None,
            page_size=None if where is None else READ_AT_ONCE,
            consistent_read=True,
        )
        return _page(*self._some(found, limit if where is not None else None), name)

    # --- reading the index, which is a moment late ---

    def listed(
        self, partition: str, up_to: str | None = None, *, before: str | None = None, limit: int | None = None
    ) -> Iterator[Stored[M]]:
        """Of a partition; `up_to` a sort key, itself and all that begins with it, or only `before` it."""
        upper = Item.gsi1sk <= up_to + "~" if up_to is not None else None
        if before is not None:
            upper = Item.gsi1sk < before
        found = self.item_type.by_gsi1.query(partition, upper, limit=limit)
        return (self._of_item(item) for item in found)

    def listed_page(
        self, partition: str, *, scope: tuple[Any, ...], limit: int, cursor: str | None
    ) -> pagination.Page[M]:
        name = pagination.fingerprint(*scope)
        position = pagination.decode(cursor, name, gsi1pk=partition)
        return _page(*self.portion(partition, position=position, limit=limit), name)

    def portion(
        self,
        partition: str,
        between: Condition | None = None,
        *,
        position: dict[str, Any] | None,
        limit: int,
        where: Condition | None = None,
        newest_first: bool = False,
        page_size: int | None = None,
    ) -> "tuple[list[Stored[M]], dict[str, Any] | None]":
        """Of a partition from a position on, and the position after it; of those that are `where`, what is among the
        next `MOST_READ`."""
        found = self.item_type.by_gsi1.query(
            partition,
            between,
            filter_condition=where,
            scan_index_forward=not newest_first,
            last_evaluated_key=position,
            limit=limit if where is None else None,
            page_size=page_size if where is None else READ_AT_ONCE,
        )
        return self._some(found, limit if where is not None else None)

    def _some(self, found: ResultIterator[Any], limit: int | None) -> "tuple[list[Stored[M]], dict[str, Any] | None]":
        """With a limit of what is filtered: pynamodb itself would read on to the end for what is not there."""
        if limit is None:
            return [self._of_item(item) for item in found], found.last_evaluated_key
        raw: list[dict[str, Any]] = []
        pages = found.page_iter
        for page in pages:
            raw += page["Items"]
            if len(raw) >= limit or pages.total_scanned_count >= MOST_READ:
                break
        position = pages.last_evaluated_key
        if len(raw) > limit:
            raw, last = raw[:limit], raw[limit - 1]
            position = {key: last[key] for key in pages.key_names}
        return [self._of_item(self.item_type.of_raw(item)) for item in raw], position

    def walk(self, *, position: dict[str, Any] | None, limit: int) -> "tuple[list[Stored[M]], dict[str, Any] | None]":
        """Of the whole index, in no order. A Scan: for work over everything that is there, never for a request."""
        found = self.item_type.by_gsi1.scan(Item.kind == self.kind, last_evaluated_key=position, limit=limit)
        stored = [self._of_item(item) for item in found]
        return stored, found.last_evaluated_key

    def position(self, value: M, *key: Any) -> dict[str, Any]:
        """In the index, just after the value; as a cursor holds it."""
        place = self.of(value, *key)
        keys = self.index.keys(place.given, value) if self.index is not None else None
        pk, sk = keys or ("", "")
        named = {"pk": place.pk, "sk": place.sk, "gsi1pk": pk, "gsi1sk": sk}
        return {name: {"S": text} for name, text in named.items()}

    def _beginning(self, key: tuple[Any, ...]) -> tuple[str, str]:
        """The partition, and the sort key up to the first name that is not given."""
        given = dict(zip(_names(self.pk, self.sk), key, strict=False))
        if not given.keys() >= set(_names(self.pk)):
            raise ValueError(f"{self.pk}: not given whole")
        if None in given.values():
            raise ValueError(f"{self.pk} {self.sk}: a name of the key is None")
        pk = _formatted(self.pk, given, None) or ""
        prefix = ""
        for text, name, spec, is_last in _parts(self.sk):
            prefix += text
            if name is None or name not in given:
                break
            prefix += _text(given[name], spec, may_hold_ends=is_last)
        return pk, prefix

    # --- items ---

    def holds(self, item: Item) -> bool:
        """Of a partition that several kinds share: by the beginning of its sort key."""
        prefix, _, named = self.sk.partition("{")
        return bool(item.sk.startswith(prefix)) if named else bool(item.sk == prefix)

    def stored(self, place: Place[M], item: Item | None) -> Stored[M]:
        if item is None:
            return Stored(place, None, None)
        return Stored(place, self.value(item), int(item.revision) if item.revision is not None else None)

    def _of_item(self, item: Item) -> Stored[M]:
        return self.stored(Place(self, item.pk, item.sk), item)

    def value(self, item: Item) -> M:
        if self.load is not None:
            return self.load(item)
        return cast("M", cast("type[BaseModel]", self.model).model_validate(item.body))

    def item(self, place: Place[M], value: M, *, revision: int | None, now: datetime) -> Item:
        keys = self.index.keys(place.given, value) if self.index is not None else None
        return self.item_type(
            pk=place.pk,
            sk=place.sk,
            gsi1pk=keys[0] if keys else None,
            gsi1sk=keys[1] if keys else None,
            kind=self.kind if isinstance(self.kind, str) else self.kind(value),
            revision=value.revision if self.own_revision else revision,  # type: ignore[attr-defined]
            expires_at=self._expires_at(value, now),
            body=self._body(value),
            **self.attributes(value),
        )

    def _body(self, value: M) -> Any:
        if self.dump is not None:
            return self.dump(value)
        return cast("BaseModel", value).model_dump(mode="json", exclude_none=not self.nulls)

    def _expires_at(self, value: M, now: datetime) -> int | None:
        since = now if self.kept_since is None else _attribute(value, self.kept_since)
        return int((since + self.kept_for).timestamp()) if self.kept_for is not None and since is not None else None


@dataclass(frozen=True)
class Count:
    """A number that is moved without a look at it."""

    n: int


def counters(pk: str, sk: str, *, kind: str, kept_for: timedelta | None = None) -> Records[Count]:
    """The number is the item's revision, so that it can be relied on like any other."""
    return Records(
        Count,
        kind=kind,
        pk=pk,
        sk=sk,
        kept_for=kept_for,
        dump=lambda _: None,
        load=lambda item: Count(int(item.revision or 0)),
    )


class Found:
    """What one request brought of several places."""

    def __init__(self, places: Iterable[Place[Any]], items: Iterable[Item]) -> None:
        self._places = {(place.pk, place.sk): place for place in places}
        self._items = {(item.pk, item.sk): item for item in items}

    def __getitem__(self, place: Place[M]) -> Stored[M]:
        """Raises KeyError for a place that nobody asked for: of that it is not known whether anything is there."""
        if (place.pk, place.sk) not in self._places:
            raise KeyError(place.pk, place.sk)
        return place.records.stored(place, self._items.get((place.pk, place.sk)))

    def stored(self) -> Iterator[Stored[Any]]:
        """In the order in which they were asked for."""
        return (self[place] for place in self._places.values())


class Partition:
    """What one query brought of a partition that several kinds share."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = list(items)

    def of(self, records: Records[M]) -> list[Stored[M]]:
        """In the order of their keys."""
        return [records.stored(Place(records, item.pk, item.sk), item) for item in self._items if records.holds(item)]

    def values(self, records: Records[M]) -> list[M]:
        return list(values_of(self.of(records)))


def values_of(stored: Iterable[Stored[M]]) -> Iterator[M]:
    """Of those that are there."""
    return (one.value for one in stored if one.value is not None)


def partition(pk: str, between: tuple[str, str] | None = None, *, item_type: type[Item] = Item) -> Partition:
    """A whole partition, or what lies between two sort keys; a request for each megabyte."""
    range_ = Item.sk.between(*between) if between is not None else None
    return Partition(item_type.query(pk, range_, consistent_read=True))


def fetch(*places: Place[Any], consistent: bool = True) -> Found:
    """Several places in one request (a hundred at a time), if one of their item types has what all the others have."""
    if not places:
        return Found((), ())
    types = {place.records.item_type for place in places}
    item_type = max(types, key=lambda one: len(one.__mro__))
    if not all(issubclass(item_type, one) for one in types):
        raise ValueError(f"one request for items of two shapes: {types}")
    keys = list(dict.fromkeys((place.pk, place.sk) for place in places))
    return Found(places, item_type.batch_get(keys, consistent_read=consistent))


def _page(stored: list[Stored[M]], position: dict[str, Any] | None, scope: str) -> pagination.Page[M]:
    return pagination.Page(list(values_of(stored)), pagination.encode(position, scope) if position else None)


def _names(*templates: str) -> list[str]:
    """The names in templates, each once."""
    found = (name for template in templates for _, name, _, _ in _parts(template) if name)
    return list(dict.fromkeys(found))


def _formatted(template: str, given: Mapping[str, Any], value: Any) -> str | None:
    """None when one of its names is None."""
    text = ""
    for literal, name, spec, is_last in _parts(template):
        text += literal
        if name is None:
            continue
        part = given[name] if name in given else _attribute(value, name)
        if part is None:
            return None
        text += _text(part, spec, may_hold_ends=is_last)
    return text


def _parts(template: str) -> list[tuple[str, str | None, str, bool]]:
    """Text, the name after it, how it is written, and whether nothing follows."""
    parts = list(Formatter().parse(template))
    return [(text, name, spec or "", number == len(parts)) for number, (text, name, spec, _) in enumerate(parts, 1)]


def _attribute(value: Any, dotted: str) -> Any:
    for name in dotted.split("."):
        value = getattr(value, name)
    return value


def _text(part: Any, spec: str, *, may_hold_ends: bool) -> str:
    """Raises ValueError for a moment without a zone, and for what would make the key that of something else."""
    text = _written(part.value if isinstance(part, Enum) else part, spec)
    if END in text and not may_hold_ends:
        raise ValueError(f"{END} ends a name of a key, and this one holds one")
    return text


def _written(part: Any, spec: str) -> str:
    if isinstance(part, datetime):
        if part.tzinfo is None:
            raise ValueError("a moment of a key has no zone")
        return clock.rfc3339(part)
    if isinstance(part, date):
        return part.isoformat()
    return format(part, spec)
