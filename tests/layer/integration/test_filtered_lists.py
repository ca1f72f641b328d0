"""A list whose filter lets little through reads a bounded number of items for each page of its answer."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from stadion import clock, records
from tests.kit.counting import counted
from tests.kit.services import Service

BEGAN = datetime(2026, 1, 1, 5, 40, tzinfo=UTC)


def filled(workouts: Service, most: int, failed_at: tuple[int, ...] = ()) -> None:
    """Uploads that are waited for, the newest one first; a copy of the first item each, so that it is quick."""
    workouts.call("POST", "/v1/uploads", {"filename": "morning.fit"})
    table = boto3.resource("dynamodb").Table("stadion-workouts")
    (first,) = [item for item in table.scan()["Items"] if item["sk"].startswith("UPLOAD#")]
    table.delete_item(Key={"pk": first["pk"], "sk": first["sk"]})
    with table.batch_writer() as batch:
        for n in range(most):
            name = f"{most - n:08}"
            created = clock.rfc3339(BEGAN + timedelta(hours=most - n))
            status = "failed" if n in failed_at else "ready"
            moved = {"sk": f"UPLOAD#{name}", "gsi1sk": f"{created}#{name}", "kind": "upload", "status": status}
            body = {**json.loads(first["body"]), "upload_id": name, "created_at": created, "status": status}
            batch.put_item(Item={**first, **moved, "body": json.dumps(body)})


def page(workouts: Service, cursor: str | None, **query: str) -> dict[str, Any]:
    asked = {**query, **({"cursor": cursor} if cursor else {})}
    answer = workouts.call("GET", "/v1/uploads", query=asked)
    assert answer.status == 200, answer.body
    return dict(answer.body)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """So that it does not take thousands of items."""
    monkeypatch.setattr(records, "MOST_READ", 20)
    monkeypatch.setattr(records, "READ_AT_ONCE", 10)
    return 20


def test_what_matches_nothing_reads_so_many_items_and_says_where_it_goes_on(workouts: Service, few: int) -> None:
    filled(workouts, 50)

    with counted() as operations:
        first = page(workouts, None, status="duplicate")
    assert (first["items"], first["next_cursor"] is None) == ([], False)
    assert operations.count("Query") == 2
    pages, cursor = 1, first["next_cursor"]
    while cursor:
        pages, cursor = pages + 1, page(workouts, cursor, status="duplicate")["next_cursor"]
    assert pages == 3


def test_nothing_is_left_out_and_nothing_comes_twice_however_many_pages_it_takes(workouts: Service, few: int) -> None:
    places = (0, 3, 9, 10, 19, 20, 21, 38, 49)
    filled(workouts, 50, failed_at=places)
    found: list[str] = []
    cursor = None
    while True:
        answer = page(workouts, cursor, status="failed", limit="2")
        assert len(answer["items"]) <= 2
        found += [one["upload_id"] for one in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break

    assert found == [f"{50 - place:08}" for place in places]


def test_a_filter_that_lets_much_through_fills_its_pages(workouts: Service) -> None:
    filled(workouts, 12)

    first = page(workouts, None, status="ready", limit="5")
    second = page(workouts, first["next_cursor"], status="ready", limit="5")

    assert [len(one["items"]) for one in (first, second)] == [5, 5]
