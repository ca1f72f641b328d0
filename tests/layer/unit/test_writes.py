"""Writes that stand for themselves, over the store in memory."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from pydantic import BaseModel
from pynamodb.exceptions import PutError

from stadion import writes
from stadion.dynamo import Item, absent
from stadion.records import Records
from stadion.retry import WriteConflictError
from tests.kit.memory import memory

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


class Note(BaseModel):
    number: int
    text: str


class OlderError(Exception):
    pass


NOTES = Records(Note, kind="note", pk="NOTES", sk="NOTE#{number:02}", kept_for=timedelta(days=7))


def note(number: int = 1, text: str = "first") -> Note:
    return Note(number=number, text=text)


def test_what_is_put_is_there_whatever_was_there_and_expires() -> None:
    with memory() as store:
        writes.put(NOTES.at(1), note(), NOW)
        writes.put(NOTES.at(1), note(text="second"), NOW)

        [item] = store.stored("note")
        assert (item.body["text"], item.revision) == ("second", None)
        assert item.expires_at == int((NOW + timedelta(days=7)).timestamp())


def test_a_condition_refuses_by_the_error_named_for_it() -> None:
    with memory():
        writes.put(NOTES.at(1), note(), NOW, revision=3)
        older = absent() | (Item.revision < 2)

        with pytest.raises(OlderError):
            writes.put(NOTES.at(1), note(text="older"), NOW, older, revision=2, refused=OlderError)
        assert NOTES.find(1) == note()


def test_what_is_replaced_counts_its_changes_and_must_be_as_it_was_read() -> None:
    with memory():
        nothing = NOTES.read(1)
        writes.replace(nothing, note(), NOW)
        first = NOTES.read(1)
        writes.replace(first, note(text="second"), NOW)

        for seen in (nothing, first):
            with pytest.raises(WriteConflictError):
                writes.replace(seen, note(text="third"), NOW)
        assert (NOTES.find(1), NOTES.read(1).revision) == (note(text="second"), 2)


@pytest.mark.parametrize(
    ("code", "raised"),
    [("TransactionConflictException", WriteConflictError), ("ProvisionedThroughputExceededException", PutError)],
)
def test_a_transaction_that_holds_the_item_is_a_conflict_and_nothing_else_is(
    code: str, raised: type[Exception]
) -> None:
    def busy(operation: str, _: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": ""}}, operation)

    with memory() as store:
        store.before = busy
        with pytest.raises(raised):
            writes.put(NOTES.at(1), note(), NOW, absent(), refused=OlderError)


def test_many_come_and_go_in_requests_of_twenty_five() -> None:
    requests: list[str] = []
    with memory() as store:
        store.before = lambda operation, _: requests.append(operation)
        writes.put_all(((NOTES.at(number), note(number)) for number in range(30)), NOW)
        assert (requests, len(store.stored("note"))) == (["BatchWriteItem"] * 2, 30)

        writes.delete_all(NOTES.at(number) for number in range(1, 30))
        writes.delete(NOTES.at(0))
        writes.delete(NOTES.at(0))
        assert (requests[2:], store.items()) == (["BatchWriteItem"] * 2 + ["DeleteItem"] * 2, [])


def test_nothing_takes_no_request() -> None:
    with memory() as store:
        store.before = lambda *_: pytest.fail("asked")
        writes.put_all([], NOW)
        writes.delete_all([])
