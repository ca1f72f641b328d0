"""The look that counts: one UpdateItem adds a request to a window (`stadion.rates`) and answers the whole item.

Braking must never be what keeps somebody out: whatever goes wrong with the count alone, the item is read instead and
the request is served uncounted. An item that cannot be read either is an error, as ever.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from pynamodb.connection import TableConnection
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.operand import Path

from stadion import rates
from stadion.dynamo import Item, connected, error_code
from stadion.errors import TooManyRequestsError
from stadion.i18n import Text
from stadion.observability import count, logger
from stadion.rates import Limit, Rate
from stadion.retry import Policy

I = TypeVar("I", bound=Item)  # noqa: E741 - an item
T = TypeVar("T")
Raw = dict[str, dict[str, Any]]
CONFLICTS: Final = frozenset({"TransactionConflictException", "TransactionInProgressException"})
"""Somebody ends sessions in the same item, in a transaction."""
THROTTLED: Final = frozenset({"ProvisionedThroughputExceededException", "ThrottlingException"})
"""One item takes 1 000 writes a second: nobody's but of whom the limit is for."""
AGAIN: Final = Policy(attempts=3, base_s=0.02)
QUIET: Final = timedelta(seconds=1)
"""For which a process that refused somebody refuses them without a look: hammering must not keep the item so busy that
the transaction that ends a thief's sessions cannot get through."""
MOST_REMEMBERED: Final = 1_000
"""Whom a process remembers."""


class TooFastError(TooManyRequestsError):
    code = "too_many_requests"
    title = Text(en="Too many requests", ru="Слишком много запросов")
    explanation = Text(
        en="You ask faster than is allowed. Wait for as long as Retry-After says.",
        ru="Запросы приходят чаще, чем разрешено. Подождите столько, сколько указано в Retry-After.",
    )

    def __init__(self, rate: Rate | None = None) -> None:
        if rate is None:
            super().__init__()
        else:
            super().__init__(retry_after_s=rate.wait_s, used_up=rate.headers)


@dataclass(frozen=True)
class Look(Generic[I]):
    item: I | None
    rate: Rate | None
    """None: it could not be counted."""

    def slow_down(self) -> None:
        """`TooFastError`, when there were too many."""
        if self.rate is not None and self.rate.is_over:
            raise TooFastError(self.rate)


@dataclass(frozen=True)
class _Refusal:
    rate: Rate
    until: datetime


Memory = WeakKeyDictionary[TableConnection, dict[str, T]]
"""By partition key, of this connection: who connects anew knows nothing."""
_REFUSED: Final[Memory[_Refusal]] = WeakKeyDictionary()


def look(
    kind: type[I], pk: str, sk: str, limit_of: Callable[[I], Limit], now: datetime, *, brakes: bool = True
) -> Look[I]:
    """The item as it is after this request was counted, made by that if it was not there. `TooFastError` for whom
    this process refused just before, if anything `brakes` the request, or when DynamoDB itself cannot keep up."""
    refused = remembered(_REFUSED).get(pk)
    if brakes and refused is not None and now < refused.until:
        raise TooFastError(replace(refused.rate, at=now))
    raw = _counted(kind, pk, sk, now)
    if raw is None:
        count("RequestNotCounted")
        return Look(kind.find(pk, sk), None)
    item, counts = kind.of_raw(raw), rates.counts_of(raw)
    _remove(kind, pk, sk, rates.stale(counts, now))
    rate = Rate(limit_of(item), rates.within(counts, now), now)
    if rate.is_over:
        remember(remembered(_REFUSED), pk, _Refusal(rate, now + QUIET))
    return Look(item, rate)


def _counted(kind: type[Item], pk: str, sk: str, now: datetime) -> Raw | None:
    actions = [
        Path(rates.name_of(rates.slot_of(now))).add(1),
        *(Path(name).remove() for name in rates.swept(now)),
    ]
    for _ in AGAIN.tries():
        try:
            return kind.updated(pk, sk, actions)
        except UpdateError as error:
            code = error_code(error)
            if code in THROTTLED:
                raise TooFastError from error
            if code not in CONFLICTS:
                logger.warning("a request was not counted", extra={"reason": code})
                return None
    return None


def _remove(kind: type[Item], pk: str, sk: str, names: Iterable[str]) -> None:
    """If it is not done now, the next request does it."""
    if actions := [Path(name).remove() for name in names]:
        with suppress(UpdateError):
            kind.updated(pk, sk, actions)


def remembered(memory: Memory[T]) -> dict[str, T]:
    return memory.setdefault(connected(), {})


def remember(known: dict[str, T], pk: str, one: T) -> None:
    if len(known) >= MOST_REMEMBERED:
        known.clear()
    known[pk] = one
