"""Scores, entries and nodes of the boards, in the gamification table. The keys stand in README.md.

Entries and nodes are written raw: a million of them are paid for by their bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError
from pydantic import AwareDatetime, Field

from gamification.boards.scores import Day, day_of_account, milliseconds
from gamification.boards.trie import Node, Slot, moved
from stadion import writes
from stadion.dynamo import Item, absent, connected
from stadion.ledger import ACCOUNTS, PREFIX
from stadion.records import Records
from stadion.retry import Policy, WriteConflictError
from stadion.settings import settings
from stadion.values import Value

Raw = dict[str, Any]
UNPROCESSED: Final = Policy(attempts=8, base_s=0.02)
AT_ONCE: Final = timedelta(0)
MOST_KEYS: Final = 100
MOST_WRITES: Final = 25
ALL: Final = ("-", "~")
"""Between which all entries of an octave are."""


class Scores(Value):
    """Of one athlete in one period."""

    name: str | None = None
    """Under which they are on the boards."""
    is_on: bool = True
    """Who is not, has no entries; what they do counts on, for when they come back."""
    scores: dict[str, tuple[int, int]] = Field(default_factory=dict)
    """`scope|family|metric` -> the score, and when it was reached (ms of the epoch). What fell to zero stays, with its
    moment, so that what comes late is judged alike in any order."""
    kept_until: AwareDatetime | None = None


class Placed(Value):
    """Where one athlete's entries of one period are: what the stream's consumer did last."""

    revision: int
    """Of the scores that it did it for."""
    name: str | None = None
    keys: dict[str, str] = Field(default_factory=dict)
    """`scope|family|metric` -> the entry's key."""
    depths: dict[str, int] = Field(default_factory=dict)
    """How many digits led to its leaf."""
    kept_until: AwareDatetime | None = None


class Wanted(Value):
    """A board that somebody asked for."""

    board: str
    is_active: bool
    since: AwareDatetime


class Freshness(Value):
    as_of: AwareDatetime


SCORES = Records(
    Scores,
    kind="board_scores",
    pk="USER#{user_id}",
    sk="BOARDS#{period}",
    kept_for=AT_ONCE,
    kept_since="kept_until",
)
"""All scores of a period, in the transaction of the days that they are of; the stream's consumer, by its images."""
PLACED = Records(
    Placed,
    kind="board_placed",
    pk="USER#{user_id}",
    sk="PLACED#{period}",
    own_revision=True,
    kept_for=AT_ONCE,
    kept_since="kept_until",
)
"""What the consumer placed, written after that; who asks for a rank."""
WANTED = Records(Wanted, kind="board", pk="BOARDS", sk="BOARD#{board}")
"""Boards beside the default set; all of them, each minute, by who counts scores."""
FRESHNESS = Records(Freshness, kind="board_freshness", pk="BOARDS", sk="AS_OF")
"""The newest record of the stream that is on the boards."""


# --- entries --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """Of an athlete on a board. `key` as `boards.order` makes it."""

    board: str
    key: str
    name: str | None = None
    expires_at: int | None = None

    @property
    def pk(self) -> str:
        return entries_pk(self.board, self.key)

    def item(self) -> Raw:
        item: Raw = {"pk": {"S": self.pk}, "sk": {"S": self.key[1:]}}
        if self.name is not None:
            item["n"] = {"S": self.name}
        if self.expires_at is not None:
            item["expires_at"] = {"N": str(self.expires_at)}
        return item


def entries_pk(board: str, key: str) -> str:
    """One for each octave, so that no board's entries are in one partition."""
    return f"BOARD#{board}#{key[0]}"


def write_entries(put: Iterable[Entry], delete: Iterable[Entry]) -> None:
    """In no order, and by parts: a crash leaves some of them written."""
    requests: list[Raw] = [{"PutRequest": {"Item": one.item()}} for one in put]
    requests += [{"DeleteRequest": {"Key": {"pk": {"S": one.pk}, "sk": {"S": one.key[1:]}}}} for one in delete]
    for first in range(0, len(requests), MOST_WRITES):
        left = requests[first : first + MOST_WRITES]
        for _ in UNPROCESSED.tries():
            answer = _call("BatchWriteItem", RequestItems={settings().table: left})
            left = answer.get("UnprocessedItems", {}).get(settings().table, [])
            if not left:
                break
        if left:
            raise WriteConflictError


def count_under(board: str, prefix: str) -> int:
    """The entries whose key begins so, as they are now."""
    return sum(int(answer["Count"]) for answer in _query(board, prefix, _under(prefix), Select="COUNT"))


def next_digits(board: str, prefix: str) -> Iterator[str]:
    """Of each entry below, the digit after the prefix."""
    for answer in _query(board, prefix, _under(prefix), ProjectionExpression="sk"):
        for item in answer["Items"]:
            yield item["sk"]["S"][len(prefix) - 1]


def entries(
    board: str,
    octave: str,
    between: tuple[str, str] = ALL,
    *,
    limit: int | None = None,
    backwards: bool = False,
    consistent: bool = False,
) -> list[Entry]:
    """Of one octave, in the order of their keys, in one request if they are few: between two sort keys, the first of
    which itself is none of them when it is a whole one."""
    found: list[Entry] = []
    how: Raw = {"ScanIndexForward": not backwards, "ConsistentRead": consistent}
    if limit is not None:
        how["Limit"] = limit
    for answer in _query(board, octave, between, **how):
        found += [_entry(board, octave, item) for item in answer["Items"]]
        if limit is not None and len(found) >= limit:
            break
    return found if limit is None else found[:limit]


def _entry(board: str, octave: str, item: Raw) -> Entry:
    expires_at = int(item["expires_at"]["N"]) if "expires_at" in item else None
    return Entry(board, octave + item["sk"]["S"], item["n"]["S"] if "n" in item else None, expires_at)


def _under(prefix: str) -> tuple[str, str]:
    rest = prefix[1:]
    return (rest or ALL[0], rest + ALL[1])


def _query(board: str, prefix: str, between: tuple[str, str], **how: Any) -> Iterator[Raw]:
    """A request for each megabyte."""
    request: Raw = {
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": {
            ":pk": {"S": entries_pk(board, prefix)},
            ":first": {"S": between[0]},
            ":last": {"S": between[1]},
        },
        "ConsistentRead": True,
        **how,
    }
    while True:
        answer = _call("Query", **request)
        yield answer
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


# --- nodes ----------------------------------------------------------------------------------------------------------

NODE: Final = "NODE"
SLOT: Final = "d"
"""Before the digit, in the name of an attribute: a bare M or S the emulator takes for a type, and `sk` is a key."""


def node_key(board: str, prefix: str) -> Raw:
    """Each node has a partition of its own, so that a hot board is written to in many."""
    return {"pk": {"S": f"NODE#{board}#{prefix}"}, "sk": {"S": NODE}}


def read_nodes(wanted: Iterable[tuple[str, str]], *, consistent: bool = True) -> dict[tuple[str, str], Node]:
    """By board and prefix, in one request a hundred; of what is not there, an empty one."""
    places = list(dict.fromkeys(wanted))
    items = read_items([node_key(*place) for place in places], consistent=consistent)
    found = {item["pk"]["S"]: item for item in items}
    return {place: node_of(*place, found.get(f"NODE#{place[0]}#{place[1]}")) for place in places}


def read_items(keys: Sequence[Raw], *, consistent: bool) -> list[Raw]:
    table, found = settings().table, []
    for first in range(0, len(keys), MOST_KEYS):
        left: Raw = {table: {"Keys": list(keys[first : first + MOST_KEYS]), "ConsistentRead": consistent}}
        for _ in UNPROCESSED.tries():
            answer = _call("BatchGetItem", RequestItems=left)
            found += answer["Responses"].get(table, [])
            left = answer.get("UnprocessedKeys", {})
            if not left:
                break
        if left:
            raise WriteConflictError
    return found


def node_of(board: str, prefix: str, item: Raw | None) -> Node:
    if item is None:
        return Node(board, prefix)
    slots = {name[1:]: Slot.load(bytes(value["B"])) for name, value in item.items() if _is_slot(name)}
    return Node(board, prefix, int(item["revision"]["N"]), int(item["version"]["N"]), slots)


def _is_slot(name: str) -> bool:
    return len(name) == len(SLOT) + 1 and name.startswith(SLOT)


def write_slots(node: Node, new: Mapping[str, Slot], expires_at: int | None) -> Node:
    """The node after that. `WriteConflictError` when one of these slots is not as it was read."""
    names: dict[str, str] = {"#revision": "revision", "#version": "version"}
    values: Raw = {":one": {"N": "1"}, ":moved": {"N": "1" if moved(node, new) else "0"}}
    conditions, sets = [], []
    for number, (digit, slot) in enumerate(sorted(new.items())):
        names[f"#s{number}"] = SLOT + digit
        values[f":s{number}"] = {"B": slot.dump()}
        sets.append(f"#s{number} = :s{number}")
        if digit in node.slots:
            values[f":w{number}"] = {"B": node.slots[digit].dump()}
            conditions.append(f"#s{number} = :w{number}")
        else:
            conditions.append(f"attribute_not_exists(#s{number})")
    if expires_at is not None:
        names["#expires_at"] = "expires_at"
        values[":expires_at"] = {"N": str(expires_at)}
        sets.append("#expires_at = :expires_at")
    answer = _conditionally(
        "UpdateItem",
        Key=node_key(node.board, node.prefix),
        UpdateExpression=f"SET {', '.join(sets)} ADD #revision :one, #version :moved",
        ConditionExpression=" AND ".join(conditions),
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
        ReturnValues="ALL_NEW",
    )
    return node_of(node.board, node.prefix, answer["Attributes"])


def put_node(node: Node, *, instead_of: Node, expires_at: int | None) -> None:
    """`WriteConflictError` when anything was written to it since it was read."""
    item: Raw = {
        **node_key(node.board, node.prefix),
        "revision": {"N": str(node.revision)},
        "version": {"N": str(node.version)},
        **{SLOT + digit: {"B": slot.dump()} for digit, slot in node.slots.items()},
    }
    if expires_at is not None:
        item["expires_at"] = {"N": str(expires_at)}
    is_there = instead_of.revision > 0
    request: Raw = {
        "ConditionExpression": "#revision = :revision" if is_there else "attribute_not_exists(pk)",
    }
    if is_there:
        request["ExpressionAttributeNames"] = {"#revision": "revision"}
        request["ExpressionAttributeValues"] = {":revision": {"N": str(instead_of.revision)}}
    _conditionally("PutItem", Item=item, **request)


def renew_node(node: Node) -> None:
    """As if its total had moved: whatever its parent has of it is older."""
    _call(
        "UpdateItem",
        Key=node_key(node.board, node.prefix),
        UpdateExpression="ADD #revision :one, #version :one",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeNames={"#revision": "revision", "#version": "version"},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


# --- who stands where -----------------------------------------------------------------------------------------------


def placed(items: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Placed | None]:
    """By athlete and period, in one request a hundred."""
    places = {(user_id, period): PLACED.at(user_id, period) for user_id, period in items}
    keys = [{"pk": {"S": place.pk}, "sk": {"S": place.sk}} for place in places.values()]
    found = {(item["pk"]["S"], item["sk"]["S"]): item for item in read_items(keys, consistent=True)}
    return {who: placed_of(found.get((place.pk, place.sk))) for who, place in places.items()}


def placed_of(item: Raw | None) -> Placed | None:
    return Placed.model_validate_json(item["body"]["S"]) if item is not None else None


def keep_placed(user_id: str, period: str, value: Placed, now: datetime) -> None:
    """Unless somebody placed what is newer."""
    with suppress(WriteConflictError):
        writes.put(PLACED.at(user_id, period), value, now, absent() | (Item.revision < value.revision))


def forget_placed(user_id: str, period: str) -> None:
    writes.delete(PLACED.at(user_id, period))


def tell_freshness(at: datetime, now: datetime) -> None:
    ms = milliseconds(at)
    with suppress(WriteConflictError):
        writes.put(FRESHNESS.at(), Freshness(as_of=at), now, absent() | (Item.revision < ms), revision=ms)


def place_key(user_id: str, period: str) -> Raw:
    place = PLACED.at(user_id, period)
    return {"pk": {"S": place.pk}, "sk": {"S": place.sk}}


def freshness_key() -> Raw:
    place = FRESHNESS.at()
    return {"pk": {"S": place.pk}, "sk": {"S": place.sk}}


def as_of(items: Iterable[Raw]) -> datetime | None:
    """Out of what `read_items` brought, if it was asked for."""
    for item in items:
        if item["sk"]["S"] == FRESHNESS.sk:
            return Freshness.model_validate_json(item["body"]["S"]).as_of
    return None


def wanted() -> list[Wanted]:
    return list(WANTED.every(consistent=False))


def table() -> str:
    return settings().table


def days(user_id: str, first: str, last: str) -> Iterator[Day]:
    """By the names of their accounts."""
    between = (PREFIX + first, PREFIX + last)
    for stored in ACCOUNTS.each(f"USER#{user_id}", between=between):
        account = stored.value
        if account is not None:
            name = stored.place.sk.removeprefix(PREFIX)
            yield Day(day_of_account(name), account.totals, account.notes.get("reached", {}))


# --- below ----------------------------------------------------------------------------------------------------------


def _call(operation: str, **request: Any) -> Raw:
    if not operation.startswith("Batch"):
        request["TableName"] = settings().table
    answer: Raw = connected().connection.dispatch(operation, request)
    return answer


def _conditionally(operation: str, **request: Any) -> Raw:
    try:
        return _call(operation, **request)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise WriteConflictError from error
        raise
