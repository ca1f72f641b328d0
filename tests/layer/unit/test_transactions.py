"""What becomes of a transaction whose answer does not come, over the store in memory."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stadion.dynamo import Item, Transaction, absent
from stadion.errors import RequestInProgressError
from tests.kit.memory import Memory, memory

Answer = Callable[[dict[str, Any]], dict[str, Any]]
WRITE = "TransactWriteItems"


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, WRITE)


def told_again_by_their_token(store: Memory) -> list[str]:
    """As DynamoDB does it; the first answer is lost. What was sent is noted."""
    write, tokens = store._operations[WRITE], []

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        token = request["ClientRequestToken"]
        tokens.append(token)
        if token in tokens[:-1]:
            return {}
        written = write(request)
        if len(tokens) == 1:
            raise refused("TransactionInProgressException")
        return written

    store._operations[WRITE] = answer
    return tokens


def test_a_transaction_that_dynamodb_is_still_at_does_not_meet_itself() -> None:
    with memory() as store:
        tokens = told_again_by_their_token(store)
        Transaction().put(Item(pk="a", sk="b"), absent()).commit()

        assert (len(tokens), len(set(tokens)), len(store.items())) == (2, 1, 1)


def test_after_a_conflict_with_another_it_is_a_new_one() -> None:
    tokens: list[str] = []

    def busy(operation: str, request: dict[str, Any]) -> None:
        tokens.append(request["ClientRequestToken"])
        reasons = [{"Code": "TransactionConflict", "Message": ""}]
        error: Any = {"Error": {"Code": "TransactionCanceledException", "Message": ""}, "CancellationReasons": reasons}
        raise ClientError(error, operation)

    with memory() as store:
        store.before = busy
        with pytest.raises(RequestInProgressError):
            Transaction().put(Item(pk="a", sk="b")).commit()

    assert len(set(tokens)) == len(tokens) > 1
