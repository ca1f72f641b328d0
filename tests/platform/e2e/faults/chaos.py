"""Crashes between steps: requests to DynamoDB that fail before they are sent, and answers that are never seen."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tests.kit.size import sized

Call = Callable[[], Any]


class KilledError(BaseException):
    """The environment is gone: no `except Exception` of ours runs any more."""


def killed_before(_: Call) -> Any:
    raise KilledError


def killed_after(call: Call) -> Any:
    call()
    raise KilledError


def unreachable(_: Call) -> Any:
    raise EndpointConnectionError(endpoint_url="dynamodb")


def answer_lost(call: Call) -> Any:
    call()
    raise ReadTimeoutError(endpoint_url="dynamodb")


def throttled(_: Call) -> Any:
    raise _refused({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "slow down"}})


def in_conflict(_: Call) -> Any:
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "another transaction"}]
    error = {"Code": "TransactionCanceledException", "Message": "cancelled"}
    raise _refused({"Error": error, "CancellationReasons": reasons})


def _refused(response: Any) -> ClientError:
    return ClientError(response, "any")


MORE_OFTEN = sized(small=2, large=1)
"""In a small run every kind of fault must come to every service all the same. A workout is fifteen requests of play, of
which a batch of ten must end sometimes."""
FAULTS: dict[Callable[[Call], Any], float] = {
    killed_before: 0.004 * MORE_OFTEN,
    killed_after: 0.004 * MORE_OFTEN,
    unreachable: 0.006 * MORE_OFTEN,
    answer_lost: 0.006 * MORE_OFTEN,
    throttled: 0.006 * MORE_OFTEN,
}
"""Fault -> its probability at each request."""
IN_CONFLICT = 0.03  # of transactions


@dataclass
class Chaos:
    """`random` decides what happens to each request; None leaves them alone."""

    random: Random | None = None
    seen: Counter[str] = field(default_factory=Counter)

    def around(self, operation: str, call: Call) -> Any:
        self.seen["requests"] += 1
        fault = self._fault(operation)
        if fault is None:
            return call()
        self.seen[fault.__name__] += 1
        return fault(call)

    def _fault(self, operation: str) -> Callable[[Call], Any] | None:
        if self.random is None:
            return None
        if operation == "TransactWriteItems" and self.random.random() < IN_CONFLICT:
            return in_conflict
        roll = self.random.random()
        for fault, probability in FAULTS.items():
            roll -= probability
            if roll < 0:
                return fault
        return None


@contextmanager
def between(chaos: Chaos) -> Iterator[None]:
    """Stands between all clients of this process and DynamoDB."""
    straight = BaseClient._make_api_call  # type: ignore[attr-defined]

    def called(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        return chaos.around(operation, lambda: straight(client, operation, arguments))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", called)
        yield
