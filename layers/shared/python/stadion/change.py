"""A unit of work: what one use case writes, the events that make it known and the answer to its key, all or nothing.

    with Change(user_id, now, key) as change:
        change.put(OFFERS, offer, refused=CodeTakenError)
        change.publish(PromoIssued(...))
        change.remember(status=201, answer=answer)

It is written when the block ends without an error; nothing is, when nothing was put. Of several writes that are
refused, the one that was added first speaks, by the error named for it.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeVar

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from stadion import idempotency
from stadion.dynamo import Item, Transaction, absent
from stadion.events.envelope import NOBODY, Event
from stadion.events.outbox import outbox_items
from stadion.idempotency import IdempotencyKey
from stadion.observability import correlation_id
from stadion.records import Place, Records, Stored
from stadion.retry import WriteConflictError, retry_on_conflict

M = TypeVar("M")
Refusal = type[Exception] | Callable[[Item | None], Exception]
"""The error for a refused write, or what makes it of the item that was in the way (None: there was none)."""


class Witness(Protocol):
    """Of all that is written meanwhile (`stadion.audit`)."""

    def testify(
        self, transaction: Transaction, user_id: str | None, seen: list[tuple[Place[Any], Any, Any]]
    ) -> None: ...


WITNESS: Final[ContextVar[Witness | None]] = ContextVar("witness", default=None)


class Change:
    """`user_id` is whom the events are about: nobody, if it is None."""

    def __init__(self, user_id: str | None, now: datetime, key: IdempotencyKey | None = None) -> None:
        self.user_id = user_id
        self.now = now
        self._key = key
        self._transaction = Transaction()
        self._events: list[tuple[str | None, Event]] = []
        self._seen: list[tuple[Place[Any], Any, Any]] = []
        """Where, what was there as far as anybody knows, and what will be."""

    # --- records ---

    def put(
        self, where: Records[M] | Place[M], value: M, *, new: bool = True, refused: Refusal = WriteConflictError
    ) -> None:
        """What must not be there yet; with `new=False`, whatever is there."""
        place = where.of(value) if isinstance(where, Records) else where
        item = place.records.item(place, value, revision=None, now=self.now)
        self._transaction.put(item, absent() if new else None, refused=_refusal(refused))
        self._seen.append((place, None, value))

    def replace(self, seen: Stored[M], value: M, *, refused: Refusal = WriteConflictError) -> None:
        """On the revision read, also if that was none."""
        self._transaction.put(seen.followed_by(value, self.now), seen.unchanged, refused=_refusal(refused))
        self._seen.append((seen.place, seen.value, value))

    def delete(
        self, what: Stored[M] | Place[M], *, only: Condition | None = None, refused: Refusal = WriteConflictError
    ) -> None:
        """A place whatever is there, or `only` on a condition; what was read, on the revision read."""
        place = what.place if isinstance(what, Stored) else what
        condition = what.unchanged if isinstance(what, Stored) else only
        self._transaction.delete(place.bare_item(), condition, refused=_refusal(refused))
        self._seen.append((place, what.value if isinstance(what, Stored) else None, None))

    def check(self, seen: Stored[M], *, refused: Refusal = WriteConflictError) -> None:
        """That it is still as it was read."""
        self.require(seen.place, seen.unchanged, refused=refused)

    def require(self, place: Place[M], condition: Condition, *, refused: Refusal = WriteConflictError) -> None:
        self._transaction.check(place.bare_item(), condition, refused=_refusal(refused))

    def update(
        self,
        place: Place[M],
        actions: list[Action],
        condition: Condition | None = None,
        *,
        refused: Refusal = WriteConflictError,
    ) -> None:
        """Counters, without a look at them."""
        self._transaction.update(place.bare_item(), actions, condition, refused=_refusal(refused))
        self._seen.append((place, None, None))

    def write(
        self,
        place: Place[M],
        value: M,
        condition: Condition,
        *,
        revision: int | None = None,
        refused: Refusal = WriteConflictError,
    ) -> None:
        """On a condition of its own, which is none of the revision."""
        item = place.records.item(place, value, revision=revision, now=self.now)
        self._transaction.put(item, condition, refused=_refusal(refused))
        self._seen.append((place, None, value))

    # --- what makes it known ---

    def publish(self, *events: Event, user_id: str | None = None) -> None:
        """In the service's name, as of the change's time, under the request's correlation id; about `user_id`, if the
        change itself is not about one athlete."""
        self._events.extend((user_id or self.user_id, event) for event in events)

    def remember(self, *, status: int, answer: Mapping[str, Any]) -> None:
        """The answer to the client's key; `ReplayedError` at the end when it was answered before."""
        idempotency.remember(self._transaction, self._key, status=status, answer=dict(answer), now=self.now)

    # --- all or nothing ---

    def commit(self) -> None:
        """Raises what a refused write names, and `RequestInProgressError` when others never let it through."""
        for user_id, event in self._events:
            for item in outbox_items([event], user_id=user_id or NOBODY, correlation_id=correlation_id(), now=self.now):
                self._transaction.put(item)
        if len(self._transaction):
            if (witness := WITNESS.get()) is not None:
                witness.testify(self._transaction, self.user_id, self._seen)
            self._transaction.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()


def revise(place: Place[M], how: Callable[[M], M], now: datetime, *, user_id: str | None = None) -> M:
    """What `how` makes of the value as it is stored; nothing is written when it makes the same of it.

    Tried again when somebody comes between. Raises what the records say of a value that is not there.
    """

    def once() -> M:
        stored = place.read()
        if stored.value is None:
            raise place.records.missing
        new = how(stored.value)
        if new != stored.value:
            with Change(user_id, now) as change:
                change.replace(stored, new)
        return new

    return retry_on_conflict(once)


def _refusal(refused: Refusal) -> Callable[[dict[str, dict[str, Any]] | None], Exception]:
    if isinstance(refused, type):
        return lambda _: refused()
    return lambda raw: refused(Item.of_raw(raw) if raw else None)
