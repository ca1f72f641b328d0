"""Pages of a result, and queries that are cancelled."""

import time
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError

from timestream_local.tests.integration.workshop import PATIENCE_S, Bench, ManualClock, eventually, refusal, running

NUMBERS = "SELECT x FROM UNNEST(sequence(1, 2500)) AS t(x)"


def test_a_result_comes_in_pages_of_max_rows(bench: Bench) -> None:
    pages = list(bench.ask.get_paginator("query").paginate(QueryString=NUMBERS, PaginationConfig={"PageSize": 900}))
    assert [len(page["Rows"]) for page in pages] == [900, 900, 700]
    assert len({page["QueryId"] for page in pages}) == 1
    assert pages[0]["QueryStatus"]["ProgressPercentage"] == 100
    assert [int(row["Data"][0]["ScalarValue"]) for page in pages for row in page["Rows"]] == list(range(1, 2501))


def test_a_page_has_at_most_one_megabyte(bench: Bench) -> None:
    long = "SELECT rpad('x', 100000, 'x') FROM UNNEST(sequence(1, 25)) AS t(x)"
    sizes = [len(page["Rows"]) for page in bench.ask.get_paginator("query").paginate(QueryString=long)]
    assert sizes == [9, 9, 7]


def test_a_page_that_was_lost_can_be_asked_for_again(bench: Bench) -> None:
    first = bench.ask.query(QueryString=NUMBERS, MaxRows=10)
    once, again = (bench.ask.query(QueryString=NUMBERS, MaxRows=10, NextToken=first["NextToken"]) for _ in range(2))
    assert once["Rows"] == again["Rows"]
    assert once["NextToken"] == again["NextToken"]


def test_a_token_belongs_to_its_query(bench: Bench) -> None:
    token = bench.ask.query(QueryString=NUMBERS, MaxRows=1)["NextToken"]
    refusal(lambda: bench.ask.query(QueryString="SELECT 1", NextToken=token), "ValidationException")
    refusal(lambda: bench.ask.query(QueryString=NUMBERS, NextToken="nonsense"), "ValidationException")


@pytest.mark.parametrize("rows", [0, 1001])
def test_max_rows_has_limits(bench: Bench, rows: int) -> None:
    with pytest.raises(Exception, match="MaxRows"):
        bench.ask.query(QueryString=NUMBERS, MaxRows=rows)


def test_the_first_page_can_be_empty(tmp_path: Path) -> None:
    with running(tmp_path, clock=ManualClock(), empty_first_page=True) as bench:
        first = bench.ask.query(QueryString="SELECT 1")
        assert first["Rows"] == []
        assert first["NextToken"]
        assert bench.rows("SELECT 1") == [[1]]


def test_rows_written_between_two_pages_are_not_in_the_result(bench: Bench) -> None:
    table = bench.table()
    table.put(*[table.multi(before_s=s, n=s) for s in range(20)])
    query = f"SELECT n FROM {table.sql}"
    first = bench.ask.query(QueryString=query, MaxRows=5)
    table.put(*[table.multi(host="b", before_s=s, n=s) for s in range(20)])
    assert table.rows("SELECT count(*) FROM $t") == [[40]]
    rest = bench.ask.query(QueryString=query, NextToken=first["NextToken"])
    assert len(rest["Rows"]) == 15


def test_a_cancelled_query_has_no_more_pages(bench: Bench) -> None:
    page = bench.ask.query(QueryString=NUMBERS, MaxRows=1)
    assert page["QueryId"] in bench.ask.cancel_query(QueryId=page["QueryId"])["CancellationMessage"]
    refusal(lambda: bench.ask.query(QueryString=NUMBERS, NextToken=page["NextToken"]), "ValidationException")
    refusal(lambda: bench.ask.cancel_query(QueryId=page["QueryId"]), "ValidationException")


def test_a_running_query_is_interrupted(bench: Bench) -> None:
    million = "(SELECT x FROM UNNEST(sequence(1, 300000)) AS t(x))"
    slow = f"SELECT count(*) FROM {million} AS a, {million} AS b WHERE sqrt(a.x * b.x) > 1e9"
    failures: list[Any] = []

    def ask() -> None:
        try:
            bench.ask.query(QueryString=slow)
        except ClientError as error:
            failures.append(error.response["Error"]["Code"])

    thread = Thread(target=ask)
    thread.start()
    eventually(lambda: bench.endpoint.querying.running)
    time.sleep(0.2)
    (query_id,) = bench.endpoint.querying.running
    bench.ask.cancel_query(QueryId=query_id)
    thread.join(timeout=PATIENCE_S)
    assert failures == ["QueryExecutionException"]
