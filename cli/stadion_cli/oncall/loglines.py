"""Structured lines of the functions' logs, searched in all groups at once."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from local.aws import Aws

PREFIX: Final = "/aws/lambda/stadion-"
THREADS: Final = 12


@dataclass(frozen=True)
class LogLine:
    at: datetime
    function: str
    message: str
    level: str
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def correlation_id(self) -> str:
        return str(self.fields.get("correlation_id") or "")


def groups(aws: Aws) -> list[str]:
    pages = aws.logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=PREFIX)
    return [group["logGroupName"] for page in pages for group in page["logGroups"]]


def lines_with(aws: Aws, texts: Iterable[str], *, since: datetime) -> list[LogLine]:
    """The structured lines of all functions that hold any of the texts, oldest first."""
    everywhere = groups(aws)
    # A search each: the emulator knows no alternatives (?"a" ?"b") in a filter pattern.
    found = [line for text in sorted(texts) for line in search(aws, quoted(text), since=since, groups=everywhere)]
    return sorted(found, key=lambda line: line.at)


def search(aws: Aws, pattern: str, *, since: datetime, groups: Iterable[str]) -> list[LogLine]:
    """The structured lines that fit a filter pattern, oldest first."""
    _ = aws.logs  # made before the threads need it
    with ThreadPoolExecutor(THREADS) as pool:
        found = pool.map(lambda group: list(_search(aws, group, pattern, since)), groups)
    return sorted((line for lines in found for line in lines), key=lambda line: line.at)


def quoted(*terms: str) -> str:
    """A filter pattern for lines that hold all the terms."""
    return " ".join('"' + term.replace('"', "") + '"' for term in terms)


def _search(aws: Aws, group: str, pattern: str, since: datetime) -> Iterator[LogLine]:
    pages = aws.logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=int(since.timestamp() * 1000), filterPattern=pattern
    )
    try:
        for event in (event for page in pages for event in page["events"]):
            if line := parse(group.rpartition("/")[2], event["message"], event["timestamp"]):
                yield line
    except aws.logs.exceptions.ResourceNotFoundException:
        return


def parse(function: str, text: str, timestamp_ms: int) -> LogLine | None:
    """A line of the functions' own logger; None for the platform's lines."""
    try:
        fields = json.loads(text)
    except ValueError:
        return None
    if not isinstance(fields, dict) or "message" not in fields:
        return None
    return LogLine(_time(fields, timestamp_ms), function, str(fields["message"]), str(fields.get("level", "")), fields)


def _time(fields: dict[str, Any], timestamp_ms: int) -> datetime:
    """The line's own time is finer than that of the log event."""
    try:
        found = datetime.fromisoformat(str(fields["timestamp"]))
    except (KeyError, ValueError):
        return datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
