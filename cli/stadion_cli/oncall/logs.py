"""`stadion logs`: what the functions wrote, merged by time and made readable."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from local.aws import Aws
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, say_line, say_raw
from stadion_cli.base.target import target
from stadion_cli.base.times import parse_duration

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

PLATFORM_LINE: Final = re.compile(r"^(START|END|REPORT|INIT_START|INIT_REPORT|RESTORE_START|RESTORE_REPORT) ")
KNOWN_FIELDS: Final = frozenset({"level", "message", "timestamp", "location", "service", "exception", "stack_trace"})
NOISE: Final = frozenset(
    {
        "cold_start", "function_arn", "function_memory_size", "function_name", "function_request_id",
        "exception_name", "xray_trace_id", "sampling_rate",
    }
)  # fmt: skip
COLOURS: Final = {"ERROR": "red", "CRITICAL": "red", "WARNING": "yellow", "DEBUG": "dim"}
OURS: Final = "stadion-"
"""In an account there may be functions of others."""
LATE_AT_INSIGHTS_MS: Final = 60_000
LATE_MS: Final = 5_000
"""Lines are written at the end of an invocation: look back a little, and leave out what was shown."""


def logs(
    function: Annotated[
        str | None, typer.Argument(help="Part of a function's name; all functions without it.", show_default=False)
    ] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on showing new lines.")] = False,
    since: Annotated[str, typer.Option(help="How far back: 30s, 5m, 2h, 1d.")] = "5m",
    grep: Annotated[str | None, typer.Option(help="Only lines that contain this text.")] = None,
    platform: Annotated[bool, typer.Option("--platform", help="Show START, END, REPORT and metrics too.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """The functions' log lines, merged by time.

    [bold]Examples[/bold]

      [cyan]stadion logs[/cyan]                              the last five minutes of all functions
      [cyan]stadion logs workouts --follow[/cyan]            go on, for functions with workouts in their name
      [cyan]stadion logs --since 1h --grep 0197f3c2[/cyan]   one correlation id
      [cyan]stadion logs --json | jq .message[/cyan]         one JSON object a line
    """
    reader: LogReader | InsightsReader
    if on_aws:
        reader = InsightsReader(target(port, endpoint, on_aws=True).aws, function or OURS, grep)
    else:
        reader = LogReader(Aws.local(endpoint=endpoint, port=port), function or OURS, grep)
    start_ms = _ms(datetime.now(UTC) - parse_duration(since))
    try:
        _show(reader.read(start_ms), platform=platform, as_json=as_json)
        while follow:
            time.sleep(reader.poll_s)
            _show(reader.read(start_ms), platform=platform, as_json=as_json)
    except KeyboardInterrupt:
        return


@dataclass(frozen=True)
class Line:
    at: datetime
    function: str
    text: str

    def is_platform(self) -> bool:
        """START, END, REPORT, and metrics in the embedded format."""
        return bool(PLATFORM_LINE.match(self.text)) or self.text.startswith('{"_aws"') or self._is_event()

    def _is_event(self) -> bool:
        """`platform.report` and its like, of a function that logs as JSON."""
        return str((self.record() or {}).get("type", "")).startswith("platform.")

    def record(self) -> dict[str, Any] | None:
        """The JSON object of a structured line."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


class InsightsReader:
    """Asks CloudWatch Logs Insights, which knows a line some seconds later than it was written."""

    poll_s = 5.0

    def __init__(self, aws: Aws, part: str, grep: str | None) -> None:
        self._aws, self._part, self._grep = aws, part, grep
        self._seen: set[str] = set()
        self._newest_ms = 0

    def read(self, start_ms: int) -> list[Line]:
        from stadion_cli.oncall.insights import at_ms, function_of, literal, rows

        since = datetime.fromtimestamp(max(start_ms, self._newest_ms - LATE_AT_INSIGHTS_MS) / 1000, UTC)
        conditions = [
            f"@log like {literal(self._part)}",
            *([f"@message like {literal(self._grep)}"] if self._grep else []),
        ]
        found = rows(self._aws, f"filter {' and '.join(conditions)}", since=since)
        new = [row for row in found if row["@ptr"] not in self._seen]
        self._seen |= {row["@ptr"] for row in new}
        self._newest_ms = max([self._newest_ms, *map(at_ms, new)])
        return [
            Line(datetime.fromtimestamp(at_ms(row) / 1000, UTC), function_of(row), row["@message"].rstrip())
            for row in new
        ]


class LogReader:
    """Reads the log groups of the functions whose name contains `part`; shows each event once."""

    poll_s = 1.0

    def __init__(self, aws: Aws, part: str, grep: str | None) -> None:
        self._aws = aws
        self._part = part
        self._grep = grep
        self._seen: set[str] = set()
        self._newest_ms = 0

    def read(self, start_ms: int) -> list[Line]:
        start_ms = max(start_ms, self._newest_ms - LATE_MS)
        found = [line for group, name in self._groups() for line in self._read_group(group, name, start_ms)]
        return sorted(found, key=lambda line: line.at)

    def _groups(self) -> list[tuple[str, str]]:
        pages = self._aws.functions.get_paginator("list_functions").paginate()
        functions = [function for page in pages for function in page["Functions"]]
        existing = self._existing_groups()
        groups = {
            f.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{f['FunctionName']}": f["FunctionName"]
            for f in functions
            if self._part in f["FunctionName"]
        }
        return [(group, name) for group, name in groups.items() if group in existing]

    def _existing_groups(self) -> set[str]:
        pages = self._aws.logs.get_paginator("describe_log_groups").paginate()
        return {group["logGroupName"] for page in pages for group in page["logGroups"]}

    def _read_group(self, group: str, name: str, start_ms: int) -> Iterator[Line]:
        wanted = {"filterPattern": f'"{self._grep}"'} if self._grep else {}
        pages = self._aws.logs.get_paginator("filter_log_events")
        for page in pages.paginate(logGroupName=group, startTime=start_ms, **wanted):  # type: ignore[arg-type]
            for event in page["events"]:
                if self._is_new(event):
                    yield Line(datetime.fromtimestamp(event["timestamp"] / 1000, UTC), name, event["message"].rstrip())

    def _is_new(self, event: "FilteredLogEventTypeDef") -> bool:
        self._newest_ms = max(self._newest_ms, event["timestamp"])
        # An emulator gives no event id, but a stream to each invocation.
        key = event.get("eventId") or f"{event['logStreamName']} {event['timestamp']} {event['message']}"
        new = key not in self._seen
        self._seen.add(key)
        return new


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _show(lines: list[Line], *, platform: bool, as_json: bool) -> None:
    for line in lines:
        if line.is_platform() and not platform:
            continue
        if as_json:
            found = line.record() or {"message": line.text}
            say_raw(json.dumps({"at": line.at.isoformat(), "function": line.function, **found}, ensure_ascii=False))
        else:
            say_line(readable(line))


def readable(line: Line) -> str:
    """One line for people: time, function, level, message, the other fields, then the stack of an exception."""
    from rich.markup import escape

    head = (
        f"[dim]{line.at.astimezone():%H:%M:%S.%f}"[:-3]
        + f"[/dim] [cyan]{line.function.removeprefix('stadion-')}[/cyan]"
    )
    record = line.record()
    if record is None:
        return f"{head} {escape(line.text)}"
    level = str(record.get("level", "INFO"))
    colour = COLOURS.get(level, "green")
    rest = {k: v for k, v in record.items() if k not in KNOWN_FIELDS | NOISE and v not in (None, "")}
    fields = " ".join(f"[dim]{escape(k)}=[/dim]{escape(_short(v))}" for k, v in rest.items())
    stack = f"\n{escape(str(record['exception']))}" if record.get("exception") else ""
    return (
        f"{head} [{colour}]{level:<7}[/{colour}] {escape(_short(record.get('message', '')))} {fields}{stack}".rstrip()
    )


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
