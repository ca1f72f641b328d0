"""One pynamodb item type for single-table services, and a transaction that says which write was refused and why."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Self

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import TableConnection
from pynamodb.constants import ALL_NEW, ALL_OLD
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from stadion import clients, ids
from stadion.errors import RequestInProgressError
from stadion.retry import Policy, WriteConflictError
from stadion.settings import patience_factor, settings

KNOWN_PYNAMODB: Final = "6.1"
"""Whose private parts `Item._get_connection` knows; a test compares. With another, look at it first."""
CONTENTION: Final = Policy(attempts=5, base_s=0.02)
"""With another transaction, which DynamoDB refuses to wait for."""
PATIENCE: Final = clients.USUAL
_connecting: Final = threading.Lock()
Refusal = Callable[[dict[str, dict[str, Any]] | None], Exception]
"""Makes the error for a refused write out of the item that was in the way (raw, or None when there was none)."""


class ByGsi1(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "gsi1"
        projection = AllProjection()

    gsi1pk = UnicodeAttribute(hash_key=True)
    gsi1sk = UnicodeAttribute(range_key=True)


class Item(Model):
    """An item of the service's own table (`STADION_TABLE`): keys, a JSON body, and what conditions look at."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    gsi1pk = UnicodeAttribute(null=True)
    gsi1sk = UnicodeAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    revision = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    body: JSONAttribute = JSONAttribute(null=True)

    by_gsi1 = ByGsi1()

    _connections: ClassVar[dict[str, TableConnection]] = {}

    @classmethod
    def table_name(cls) -> str:
        return settings().table

    @classmethod
    def _get_connection(cls) -> TableConnection:
        """One client for all item types: pynamodb itself would make one per class. Each table has a `Meta`."""
        name = cls.table_name()
        if name not in Item._connections:
            with _connecting:
                if name not in Item._connections:
                    Item._connections[name] = cls._connect(name)
        return Item._connections[name]

    @classmethod
    def _connect(cls, name: str) -> TableConnection:
        cls.Meta.table_name = name
        cls._connection = None
        made = super()._get_connection()
        for known in Item._connections.values():
            known.connection.add_meta_table(made.get_meta_table())
            made.connection = known.connection
            return made
        _with_patience(made.connection)
        return made

    @classmethod
    def find(cls, pk: str, sk: str, *, consistent: bool = True) -> Self | None:
        try:
            return cls.get(pk, sk, consistent_read=consistent)
        except cls.DoesNotExist:
            return None

    @classmethod
    def updated(cls, pk: str, sk: str, actions: Sequence[Action]) -> dict[str, dict[str, Any]]:
        """All of the item as it is then, raw: with attributes that the type does not name. `UpdateError`."""
        answer = cls._get_connection().update_item(pk, sk, actions=actions, return_values=ALL_NEW)
        raw: dict[str, dict[str, Any]] = answer["Attributes"]
        return raw

    @classmethod
    def of_raw(cls, raw: dict[str, dict[str, Any]]) -> Self:
        return cls.from_raw_data(raw)


def connected() -> TableConnection:
    """Another one after `forget_connections`."""
    return Item._get_connection()


def forget_connections() -> None:
    """Connect anew at the next use (tests change the endpoint)."""
    Item._connections.clear()


def hang_up() -> None:
    """Its connections are closed; it makes new ones by itself."""
    for table in Item._connections.values():
        client: Any = table.connection.client
        client.close()


def _with_patience(connection: Any) -> None:
    """pynamodb counts tries of its own and knows no `tcp_keepalive`: botocore's session does."""
    factor = patience_factor()
    connection._connect_timeout_seconds = PATIENCE.connect_s * factor
    connection._read_timeout_seconds = PATIENCE.read_s * factor
    connection._retry_configuration = {"total_max_attempts": PATIENCE.attempts, "mode": "standard"}
    connection.session.set_default_client_config(clients.configured(PATIENCE))
    _ = connection.client  # by this session, which is one of this thread


def absent() -> Condition:
    return Item.pk.does_not_exist()


def present() -> Condition:
    return Item.pk.exists()


class Transaction:
    """All of it or nothing. A refused write raises the error named for it, else `WriteConflictError`.

    A conflict with another transaction is tried again a few times, then raises `RequestInProgressError`. One that
    DynamoDB is still at is asked for again by its own token: it may well succeed, and must not meet itself.
    """

    def __init__(self) -> None:
        self._writes: list[_Write] = []

    def check(self, item: Item, condition: Condition, *, refused: Refusal | None = None) -> Self:
        return self._add(_Write("check", item, condition, refused or _conflict))

    def delete(self, item: Item, condition: Condition | None = None, *, refused: Refusal | None = None) -> Self:
        return self._add(_Write("delete", item, condition, refused or _conflict))

    def put(self, item: Item, condition: Condition | None = None, *, refused: Refusal | None = None) -> Self:
        return self._add(_Write("put", item, condition, refused or _conflict))

    def update(
        self, item: Item, actions: list[Action], condition: Condition | None = None, *, refused: Refusal | None = None
    ) -> Self:
        return self._add(_Write("update", item, condition, refused or _conflict, actions))

    def _add(self, write: "_Write") -> Self:
        self._writes.append(write)
        return self

    def __len__(self) -> int:
        return len(self._writes)

    def commit(self) -> None:
        token = ids.new_id()
        for _ in CONTENTION.tries():
            try:
                return self._write(token)
            except TransactWriteError as error:
                self._raise_refusal(error)
                if not _contended(error):
                    raise
                if not _in_progress(error):
                    token = ids.new_id()
        raise RequestInProgressError

    def _of(self, kind: str) -> "list[_Write]":
        return [write for write in self._writes if write.kind == kind]

    def _write(self, token: str) -> None:
        connection = Item._get_connection().connection
        with TransactWrite(connection=connection, client_request_token=token) as transaction:
            for w in self._of("check"):
                transaction.condition_check(type(w.item), w.item.pk, w.item.sk, condition=w.condition)
            for w in self._of("delete"):
                transaction.delete(w.item, condition=w.condition)
            for w in self._of("put"):
                transaction.save(w.item, condition=w.condition, return_values=ALL_OLD)
            for w in self._of("update"):
                transaction.update(w.item, actions=w.actions, condition=w.condition, return_values=ALL_OLD)

    def _raise_refusal(self, error: TransactWriteError) -> None:
        """Of several refused writes, the one that was added first speaks."""
        as_sent = [*self._of("check"), *self._of("delete"), *self._of("put"), *self._of("update")]
        refused = {
            id(write): reason
            for write, reason in zip(as_sent, error.cancellation_reasons, strict=False)
            if reason is not None and reason.code == "ConditionalCheckFailed"
        }
        for write in self._writes:
            if id(write) in refused:
                raise write.refused(refused[id(write)].raw_item) from error


@dataclass(frozen=True)
class _Write:
    kind: str
    item: Item
    condition: Condition | None
    refused: Refusal
    actions: list[Action] = field(default_factory=list)


def _contended(error: TransactWriteError) -> bool:
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    return bool(codes & {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}) or (
        _in_progress(error)
    )


def _in_progress(error: TransactWriteError) -> bool:
    return error_code(error) == "TransactionInProgressException"


def error_code(error: PynamoDBException) -> str | None:
    """DynamoDB's own word; None when there was no answer, on which pynamodb's `cause_response_code` breaks."""
    response: dict[str, Any] = getattr(error.cause, "response", None) or {}
    code: str | None = response.get("Error", {}).get("Code")
    return code


def _conflict(_: dict[str, dict[str, Any]] | None) -> Exception:
    return WriteConflictError()
