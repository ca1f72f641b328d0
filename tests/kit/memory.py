"""DynamoDB in a dict, below pynamodb: what our stores send is judged and answered as DynamoDB would.

Tests of rules and of interleavings run on it; `test_memory_is_dynamodb.py` compares it with moto. Every request is
atomic and reads are current. It knows what our stores use: one table with `pk` and `sk`, the index `gsi1`, whole
attributes.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from botocore.exceptions import ClientError
from pynamodb.connection.base import Connection

from stadion import dynamo, retry, settings
from stadion.dynamo import Item
from tests.kit.expressions import InvalidExpressionError, Raw, Scope, comparable, holds, updated
from tests.kit.services import service_environment

Key = tuple[str, str]
Request = dict[str, Any]
KEYS = ("pk", "sk")
INDEX_KEYS = ("gsi1pk", "gsi1sk")
MAX_WRITES = 100
MAX_KEYS = 100
MAX_IN_A_BATCH = 25
LARGEST_ITEM = 400 * 1024
REFUSED = "The conditional request failed"
DUPLICATES = "Provided list of item keys contains duplicates"


M = TypeVar("M", bound="Memory")


class Memory:
    """Items go in and out as copies, so nobody shares one with the store. `before` sees every request first."""

    def __init__(self) -> None:
        self.tables: defaultdict[str, dict[Key, Raw]] = defaultdict(dict)
        self.commits = 0
        self.before: Callable[[str, Request], None] = lambda operation, request: None
        self._lock = threading.Lock()
        self._operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "GetItem": self._get_item,
            "BatchGetItem": self._batch_get_item,
            "Query": self._query,
            "PutItem": self._put_item,
            "UpdateItem": self._update_item,
            "DeleteItem": self._delete_item,
            "BatchWriteItem": self._batch_write_item,
            "TransactWriteItems": self._transact_write_items,
        }

    def call(self, operation: str, request: Request) -> dict[str, Any]:
        """Raises botocore's ClientError, as a client would."""
        self.before(operation, request)
        with self._lock:
            try:
                return deepcopy(self._operations[operation](deepcopy(request)))
            except InvalidExpressionError as error:
                raise refusal(operation, "ValidationException", str(error)) from error

    def items(self) -> list[Raw]:
        return [item for table in self.tables.values() for item in table.values()]

    def stored(self, kind: str) -> list[Item]:
        items = map(Item.from_raw_data, self.items())
        return [item for item in items if item.kind == kind]

    # --- reads

    def _get_item(self, request: Request) -> dict[str, Any]:
        found = self.tables[request["TableName"]].get(key_of(request["Key"]))
        return {} if found is None else {"Item": found}

    def _batch_get_item(self, request: Request) -> dict[str, Any]:
        answer: dict[str, list[Raw]] = {}
        for table, wanted in request["RequestItems"].items():
            keys = [key_of(key) for key in wanted["Keys"]]
            if len(keys) > MAX_KEYS:
                raise InvalidExpressionError("Too many items requested for the BatchGetItem call")
            if len(set(keys)) < len(keys):
                raise InvalidExpressionError(DUPLICATES)
            answer[table] = [self.tables[table][key] for key in keys if key in self.tables[table]]
        return {"Responses": answer, "UnprocessedKeys": {}}

    def _query(self, request: Request) -> dict[str, Any]:
        """The limit counts what is looked at, not what the filter leaves."""
        by_index = "IndexName" in request
        if by_index and request.get("ConsistentRead"):
            raise InvalidExpressionError("Consistent reads are not supported on global secondary indexes")
        order = (INDEX_KEYS + KEYS) if by_index else KEYS
        found = self._range(request, order)
        looked_at = found[: request.get("Limit", len(found))]
        items = [item for item in looked_at if holds(request.get("FilterExpression"), scope_of(request, item))]
        answer: dict[str, Any] = {"Count": len(items), "ScannedCount": len(looked_at)}
        if request.get("Select") != "COUNT":
            answer["Items"] = items
        if "Limit" in request and len(looked_at) == request["Limit"]:
            answer["LastEvaluatedKey"] = {name: looked_at[-1][name] for name in order}
        return answer

    def _range(self, request: Request, order: tuple[str, ...]) -> list[Raw]:
        """In the order asked for, after the key that it starts from. Index items have both keys of the index."""
        backwards = request.get("ScanIndexForward") is False
        items = [item for item in self.tables[request["TableName"]].values() if all(name in item for name in order)]
        matching = [item for item in items if holds(request["KeyConditionExpression"], scope_of(request, item))]
        found = sorted(matching, key=lambda item: position(item, order), reverse=backwards)
        if (start := request.get("ExclusiveStartKey")) is None:
            return found
        begin = position(start, order)
        return [i for i in found if (position(i, order) < begin if backwards else position(i, order) > begin)]

    # --- writes

    def _put_item(self, request: Request) -> dict[str, Any]:
        return self._write_one("PutItem", request, request["Item"])

    def _delete_item(self, request: Request) -> dict[str, Any]:
        return self._write_one("DeleteItem", request, request["Key"])

    def _update_item(self, request: Request) -> dict[str, Any]:
        return self._write_one("UpdateItem", request, request["Key"])

    def _write_one(self, operation: str, request: Request, named: Raw) -> dict[str, Any]:
        table, key = self.tables[request["TableName"]], key_of(named)
        stored = table.get(key)
        if not holds(request.get("ConditionExpression"), scope_of(request, stored or {})):
            shown = stored if request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" else None
            raise refusal(operation, "ConditionalCheckFailedException", REFUSED, **({"Item": shown} if shown else {}))
        after = written(operation, request, stored)
        put(table, key, after)
        returned = {"ALL_OLD": stored, "ALL_NEW": after}.get(request.get("ReturnValues", "NONE"))
        return {"Attributes": returned} if returned else {}

    def _batch_write_item(self, request: Request) -> dict[str, Any]:
        writes = [(table, one) for table, many in request["RequestItems"].items() for one in many]
        keys = [(table, key_of(next(iter(one.values())).get("Key") or one["PutRequest"]["Item"]))
                for table, one in writes]  # fmt: skip
        if len(writes) > MAX_IN_A_BATCH:
            raise InvalidExpressionError("Too many items requested for the BatchWriteItem call")
        if len(set(keys)) < len(keys):
            raise InvalidExpressionError(DUPLICATES)
        for (table, key), (_, one) in zip(keys, writes, strict=True):
            put(self.tables[table], key, checked(one["PutRequest"]["Item"]) if "PutRequest" in one else None)
        return {"UnprocessedItems": {}}

    def _transact_write_items(self, request: Request) -> dict[str, Any]:
        """All writes or none, each on its condition; one write per item."""
        writes = [(kind, write) for entry in request["TransactItems"] for kind, write in entry.items()]
        keys = [(write["TableName"], key_of(write.get("Key") or write["Item"])) for _, write in writes]
        if len(writes) > MAX_WRITES:
            raise InvalidExpressionError("Member must have length less than or equal to 100")
        if len(set(keys)) < len(keys):
            raise InvalidExpressionError("Transaction request cannot include multiple operations on one item")
        decided = [self._decided(kind, write, key) for (kind, write), key in zip(writes, keys, strict=True)]
        reasons = [found if isinstance(found, dict) else {"Code": "None"} for found in decided]
        if any(reason["Code"] != "None" for reason in reasons):
            raise cancelled(reasons)
        for apply in decided:
            apply()
        self.commits += 1
        return {}

    def _decided(self, kind: str, write: Request, key: tuple[str, Key]) -> Any:
        """What will write it; or the reason why it may not be written."""
        table = self.tables[key[0]]
        stored = table.get(key[1])
        if not holds(write.get("ConditionExpression"), scope_of(write, stored or {})):
            shown = stored if write.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" else None
            return {"Code": "ConditionalCheckFailed", "Message": REFUSED, **({"Item": shown} if shown else {})}
        if kind == "ConditionCheck":
            return lambda: None
        try:
            after = written(f"{kind}Item", write, stored)
        except InvalidExpressionError as error:
            return {"Code": "ValidationError", "Message": str(error)}
        return lambda: put(table, key[1], after)


def key_of(named: Raw) -> Key:
    for name in KEYS:
        if "S" not in named.get(name, {}):
            raise InvalidExpressionError("The provided key element does not match the schema")
        if not named[name]["S"]:
            raise InvalidExpressionError(
                "One or more parameter values are not valid. The AttributeValue for a key attribute "
                f"cannot contain an empty string value. Key: {name}"
            )
    return named["pk"]["S"], named["sk"]["S"]


def scope_of(request: Request, item: Raw) -> Scope:
    return Scope(item, request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {}))


def position(item: Raw, order: Iterable[str]) -> list[bytes]:
    """Strings sort by their bytes in UTF-8."""
    return [item[name]["S"].encode() for name in order]


def written(operation: str, request: Request, stored: Raw | None) -> Raw | None:
    """The item after the write."""
    if operation == "DeleteItem":
        return None
    if operation == "PutItem":
        return checked(request["Item"])
    before = stored if stored is not None else dict(request["Key"])
    after = updated(request.get("UpdateExpression", ""), scope_of(request, before))
    for name in KEYS:
        if after.get(name) != before[name]:
            raise InvalidExpressionError(
                f"One or more parameter values were invalid: Cannot update attribute {name}. "
                "This attribute is part of the key"
            )
    return checked(after)


def checked(item: Raw) -> Raw:
    """Keys of the index are texts with something in them; no item is larger than 400 KB."""
    for name in INDEX_KEYS:
        if name in item and not item[name].get("S"):
            raise InvalidExpressionError(f"One or more parameter values are not valid for the index key {name}")
    if sum(len(name.encode()) + _size(value) for name, value in item.items()) > LARGEST_ITEM:
        raise InvalidExpressionError("Item size has exceeded the maximum allowed size")
    return item


def _size(value: Mapping[str, Any]) -> int:
    _, content = comparable(dict(value))
    return len(content.encode() if isinstance(content, str) else content) if isinstance(content, str | bytes) else 8


def put(table: dict[Key, Raw], key: Key, after: Raw | None) -> None:
    if after is None:
        table.pop(key, None)
    else:
        table[key] = after


def refusal(operation: str, code: str, message: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}, **more}, operation)  # type: ignore[arg-type]


def cancelled(reasons: list[dict[str, Any]]) -> ClientError:
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return refusal("TransactWriteItems", "TransactionCanceledException", message, CancellationReasons=reasons)


def memory(service: str = "gamification") -> AbstractContextManager[Memory]:
    return stored_in(Memory(), service)


@contextmanager
def stored_in(store: M, service: str = "gamification") -> Iterator[M]:
    """The service's table is an empty store while it lasts, and nobody sleeps before looking again."""
    with pytest.MonkeyPatch.context() as patch:
        service_environment(patch)
        for name, value in {
            "STADION_SERVICE": service,
            "STADION_TABLE": f"stadion-{service}",
            "POWERTOOLS_SERVICE_NAME": service,
        }.items():
            patch.setenv(name, value)
        patch.setattr(Connection, "client", SimpleNamespace(_make_api_call=store.call))
        patch.setattr(retry, "time", SimpleNamespace(sleep=lambda seconds: None))
        settings.forget()
        dynamo.forget_connections()
        yield store
    settings.forget()
    dynamo.forget_connections()
