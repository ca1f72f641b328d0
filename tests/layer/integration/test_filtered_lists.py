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
RUN = {"sport_type": "Run", "elapsed_time_s": 1834, "distance_m": 6400}


def filled(workouts: Service, most: int, rides_at: tuple[int, ...] = ()) -> None:
    """A diary of runs, the newest one first; a copy of the first item each, so that it is quick."""
    workouts.call("POST", "/v1/workouts", {**RUN, "started_at": "2020-01-01T05:40:00Z"})
    table = boto3.resource("dynamodb").Table("stadion-workouts")
    (first,) = [item for item in table.scan()["Items"] if item.get("kind") == "workout"]
    with table.batch_writer() as batch:
        for n in range(most):
            name = f"{most - n:08}"
            began = clock.rfc3339(BEGAN + timedelta(hours=most - n))
            sport = "Ride" if n in rides_at else "Run"
            moved = {"sk": f"WORKOUT#{name}", "gsi1sk": f"{began}#{name}", "sport_type": sport}
            body = {**json.loads(first["body"]), "workout_id": name, "started_at": began}
            batch.put_item(Item={**first, **moved, "body": json.dumps(body)})


def page(workouts: Service, cursor: str | None, **query: str) -> dict[str, Any]:
    asked = {**query, **({"cursor": cursor} if cursor else {})}
    answer = workouts.call("GET", "/v1/workouts", query=asked)
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
        first = page(workouts, None, sport_type="Swim")
    assert (first["items"], first["next_cursor"] is None) == ([], False)
    assert operations.count("Query") == 2
    pages, cursor = 1, first["next_cursor"]
    while cursor:
        pages, cursor = pages + 1, page(workouts, cursor, sport_type="Swim")["next_cursor"]
    assert pages == 3


def test_nothing_is_left_out_and_nothing_comes_twice_however_many_pages_it_takes(workouts: Service, few: int) -> None:
    places = (0, 3, 9, 10, 19, 20, 21, 38, 49)
    filled(workouts, 50, rides_at=places)
    found: list[str] = []
    cursor = None
    while True:
        answer = page(workouts, cursor, sport_type="Ride", limit="2")
        assert len(answer["items"]) <= 2
        found += [one["workout_id"] for one in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break

    assert found == [f"{50 - place:08}" for place in places]


def test_a_filter_that_lets_much_through_fills_its_pages(workouts: Service) -> None:
    filled(workouts, 12)

    first = page(workouts, None, sport_type="Run", limit="5")
    second = page(workouts, first["next_cursor"], sport_type="Run", limit="5")

    assert [len(one["items"]) for one in (first, second)] == [5, 5]
