"""A write whose answer did not come in time is asked for again, and must not take itself for somebody else's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber
from pydantic import BaseModel

from stadion import dynamo, writes
from stadion.dynamo import absent
from stadion.records import Records
from stadion.retry import WriteConflictError
from tests.kit.services import Service

NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


class Note(BaseModel):
    number: int
    words: dict[str, Any]


NOTES = Records(Note, kind="note", pk="NOTES", sk="NOTE#{number:02}", kept_for=timedelta(days=7))
FIRST = Note(number=1, words={"b": 1.5, "a": [None, "х"]})
SECOND = Note(number=1, words={"c": 2})


@pytest.fixture
def answers_late(workouts: Service) -> Callable[[Callable[[], None]], None]:
    """The first write is done, what `meanwhile` does too, and the answer is lost."""

    def late(meanwhile: Callable[[], None]) -> None:
        asked: list[Any] = []

        def hook(event_name: str, request: Any, **_: Any) -> Any:
            asked.append(request)
            answer = botocore_stubber(event_name, request=request)
            if len(asked) > 1:
                return answer
            meanwhile()
            raise ReadTimeoutError(endpoint_url=request.url)

        dynamo.connected().connection.client.meta.events.register_first("before-send.dynamodb.PutItem", hook)

    return late


def nothing() -> None:
    pass


def test_a_new_item_that_was_written_is_written(answers_late: Any) -> None:
    answers_late(nothing)
    writes.put(NOTES.at(1), FIRST, NOW, absent())
    assert NOTES.find(1) == FIRST


def test_a_change_that_was_written_is_written_once(answers_late: Any) -> None:
    writes.replace(NOTES.read(1), FIRST, NOW)
    seen = NOTES.read(1)
    answers_late(nothing)
    writes.replace(seen, SECOND, NOW)
    assert (NOTES.find(1), NOTES.read(1).revision) == (SECOND, 2)


def test_what_somebody_else_has_written_since_is_in_the_way(answers_late: Any) -> None:
    seen = NOTES.read(1)
    answers_late(lambda: writes.put(NOTES.at(1), SECOND, NOW, revision=2))
    with pytest.raises(WriteConflictError):
        writes.replace(seen, FIRST, NOW)


def test_what_was_there_before_is_in_the_way_though_it_is_the_same(workouts: Service) -> None:
    """Asked once: then it is no answer that was lost."""
    writes.put(NOTES.at(1), FIRST, NOW, absent())
    with pytest.raises(WriteConflictError):
        writes.put(NOTES.at(1), FIRST, NOW, absent())
