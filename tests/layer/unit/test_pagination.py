"""Cursors come from clients: whatever one says, DynamoDB is asked nothing that it would refuse."""

import base64
import json
from typing import Any

import pytest

from stadion import pagination
from stadion.errors import InvalidCursorError

HERE = {"pk": {"S": "USER#u"}, "sk": {"S": "BOOK#1"}}
LISTED = {**HERE, "gsi1pk": {"S": "LENT"}, "gsi1sk": {"S": "2026"}}
NO_POSITIONS: dict[str, Any] = {
    "no sort key": {"pk": {"S": "USER#u"}},
    "of the index": LISTED,
    "with a name that the table has not": {**HERE, "colour": {"S": "red"}},
    "another's partition": {**HERE, "pk": {"S": "USER#v"}},
    "out of the list": {**HERE, "sk": {"S": "AUTHOR#1"}},
    "an empty key": {**HERE, "sk": {"S": ""}},
    "a key too long": {**HERE, "sk": {"S": "BOOK#" + "\u00e9" * 512}},
    "half a character": {**HERE, "sk": {"S": "BOOK#\ud800"}},
    "a number": {**HERE, "sk": {"N": "1"}},
    "two types": {**HERE, "sk": {"S": "BOOK#1", "N": "1"}},
    "a text": "BOOK#1",
    "nothing": None,
}


def written(cursor: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode().rstrip("=")


def decoded(cursor: str) -> dict[str, Any] | None:
    return pagination.decode(cursor, "books", beginning="BOOK#", pk="USER#u")


def test_a_position_comes_back_as_it_was_given() -> None:
    assert decoded(pagination.encode(HERE, "books")) == HERE
    assert pagination.decode(pagination.encode(LISTED, "books"), "books", gsi1pk="LENT") == LISTED


@pytest.mark.parametrize("position", NO_POSITIONS.values(), ids=NO_POSITIONS.keys())
def test_a_position_that_dynamodb_would_refuse_is_no_cursor(position: Any) -> None:
    with pytest.raises(InvalidCursorError):
        decoded(written(["books", position]))


@pytest.mark.parametrize("position", [HERE, {**LISTED, "gsi1pk": {"S": "LATE"}}], ids=["of the table", "another list"])
def test_a_position_out_of_a_list_of_the_index_is_no_cursor_of_it(position: Any) -> None:
    with pytest.raises(InvalidCursorError):
        pagination.decode(written(["books", position]), "books", gsi1pk="LENT")


@pytest.mark.parametrize("text", ["[" * 1400, "null", "5", '"ab"', "[[]]", '{"books": 1, "b": 2}', "1" * 1400, ""])
def test_what_is_no_cursor_at_all_is_refused_however_deep_it_is(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        decoded(base64.urlsafe_b64encode(text.encode()).decode())
