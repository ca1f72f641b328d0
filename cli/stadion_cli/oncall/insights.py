"""CloudWatch Logs Insights: one query over the logs of all functions, instead of a search in each.

Of an AWS account only: it has many groups, and refuses who asks each of them at once. A line can be found some seconds
after it was written. What a query costs goes by what it reads: $5 a TB, of the time that is asked for.
"""

import time
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local.aws import Aws
from stadion_cli.base.errors import CliError
from stadion_cli.oncall.loglines import PREFIX, LogLine, parse

FIELDS: Final = "@timestamp, @log, @message, @ptr"
AT_ONCE: Final = 10_000
"""Rows that a query answers at most."""
TEXTS_AT_ONCE: Final = 60
"""A query has 10 000 characters at most, and an id takes up to 150 of them."""
POLL_S: Final = 0.5
FAILED: Final = frozenset({"Failed", "Cancelled", "Timeout", "Unknown"})

Row = dict[str, str]


class QueryFailed(CliError):  # noqa: N818 - reads as what happened
    title = "CloudWatch Logs could not answer"


def lines_with(aws: Aws, texts: Collection[str], *, since: datetime) -> list[LogLine]:
    """The structured lines that hold any of the texts, oldest first."""
    found: dict[str, Row] = {}
    wanted = sorted(texts)
    for first in range(0, len(wanted), TEXTS_AT_ONCE):
        any_of = " or ".join(f"@message like {literal(text)}" for text in wanted[first : first + TEXTS_AT_ONCE])
        found |= {row["@ptr"]: row for row in rows(aws, f"filter {any_of}", since=since)}
    lines = (parse(function_of(row), row["@message"], at_ms(row)) for row in found.values())
    return sorted((line for line in lines if line), key=lambda line: line.at)


def rows(aws: Aws, conditions: str, *, since: datetime, sleep: Callable[[float], None] = time.sleep) -> list[Row]:
    """All rows of the functions' logs that pass, oldest first, however many queries that takes."""
    until = datetime.now(UTC) + timedelta(minutes=1)
    query = f"SOURCE logGroups(namePrefix: [{literal(PREFIX)}]) | fields {FIELDS} | {conditions} | sort @timestamp asc"
    found: dict[str, Row] = {}
    while True:
        page = _answer(aws, f"{query} | limit {AT_ONCE}", since, until, sleep)
        new = {row["@ptr"]: row for row in page if row["@ptr"] not in found}
        found |= new
        if len(page) < AT_ONCE or not new:
            return list(found.values())
        since = datetime.fromtimestamp(at_ms(page[-1]) // 1000, UTC)


def _answer(aws: Aws, query: str, since: datetime, until: datetime, sleep: Callable[[float], None]) -> list[Row]:
    started = aws.logs.start_query(
        queryString=query, startTime=int(since.timestamp()), endTime=int(until.timestamp()), limit=AT_ONCE
    )
    for answer in _answers(aws, started["queryId"], sleep):
        if answer["status"] in FAILED:
            raise QueryFailed(f"The query ended as {answer['status']}.", hint="a shorter --since")
        if answer["status"] == "Complete":
            return [{one["field"]: one["value"] for one in row} for row in answer["results"]]
    raise AssertionError


def _answers(aws: Aws, query_id: str, sleep: Callable[[float], None]) -> Iterator[Any]:
    while True:
        yield aws.logs.get_query_results(queryId=query_id)
        sleep(POLL_S)


def literal(text: str) -> str:
    """As Logs Insights QL takes any text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def function_of(row: Row) -> str:
    """`@log` is `<account>:<group>`."""
    return row["@log"].rpartition("/")[2]


def at_ms(row: Row) -> int:
    """`@timestamp` is UTC, as `2026-11-30 20:12:16.123`."""
    return int(datetime.fromisoformat(row["@timestamp"]).replace(tzinfo=UTC).timestamp() * 1000)
