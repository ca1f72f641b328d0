"""The lines of `local.counted` added up to what AWS bills by."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from math import ceil
from typing import Any, Final

from infra_cdk.parts.entry_points import entry_points
from local.paths import ROOT

GIB: Final = 2**30
SOCKET_MESSAGE: Final = 32 * 1024
SCHEDULED: Final = (
    "send-due",
    "leave-due-webhooks",
    "finish-rotations",
    "give-back-reservations",
    "forgotten-sessions",
)
"""Rounds that come by the clock, whoever does what: they are counted for the month."""


@dataclass
class Tally:
    http: float = 0
    out_bytes: float = 0
    socket_messages: float = 0
    invocations: float = 0
    gb_s: float = 0
    waited_for: float = 0
    """Of the invocations: those whose START, END and REPORT prod logs."""
    writes: float = 0
    index_writes: float = 0
    reads: float = 0
    events: float = 0
    sqs: float = 0
    s3_puts: float = 0
    s3_gets: float = 0
    s3_bytes: float = 0
    secrets: float = 0
    mails: float = 0
    pushes: float = 0
    executions: float = 0
    schedules: float = 0
    log_bytes: float = 0
    metric_bytes: float = 0
    kept_bytes: float = 0
    others: dict[str, int] = field(default_factory=dict)
    """Actions that no price is known of, or none is asked for."""
    metrics: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


def tallied(lines: Iterable[Mapping[str, Any]], *, kept_bytes: int = 0) -> Tally:
    found = Tally(kept_bytes=kept_bytes)
    patient = {one.name for one in entry_points(ROOT / "functions") if one.is_waited_for}
    others: Counter[str] = Counter()
    metrics: set[str] = set()
    for line in lines:
        if (line.get("function") or "").endswith(SCHEDULED):
            continue
        match line["what"]:
            case "invocation":
                _add_invocation(found, line, line["function"] in patient)
            case "log":
                found.log_bytes += line["own"]
                found.metric_bytes += line["metrics"]
                metrics |= set(line["names"])
            case "request":
                _add_request(found, line, others)
    found.others, found.metrics = dict(sorted(others.items())), sorted(metrics)
    found.gb_s = round(found.gb_s, 4)
    return found


def _add_invocation(found: Tally, line: Mapping[str, Any], is_waited_for: bool) -> None:
    found.invocations += 1
    found.waited_for += is_waited_for
    found.gb_s += line["ms"] / 1000 * line["memory_mb"] / 1024
    if line["how"] == "http":
        found.http += 1
        found.out_bytes += line["out_bytes"]
    elif line["how"] == "websocket":
        found.socket_messages += 1
    elif line["how"] == "sqs":  # each message was sent; the batch was received and deleted
        found.sqs += line["records"] + 2


def _add_request(found: Tally, line: Mapping[str, Any], others: Counter[str]) -> None:
    action = line["action"]
    if action.startswith("dynamodb:"):
        found.writes += line["writes"]
        found.index_writes += line["index_writes"]
        found.reads += line["reads"]
        return
    match action:
        case "events:PutEvents":
            found.events += max(line["entries"], ceil(line["bytes"] / 65_536))
        case "s3:PutObject" | "s3:ListBucket" | "s3:CopyObject":
            found.s3_puts += 1
            found.s3_bytes += line["bytes"]
        case "s3:GetObject" | "s3:HeadObject":
            found.s3_gets += 1
        case "execute-api:ManageConnections":
            found.socket_messages += ceil(line["bytes"] / SOCKET_MESSAGE) or 1
        case "secretsmanager:GetSecretValue":
            found.secrets += 1
        case "ses:SendEmail":
            found.mails += 1
        case "sns:Publish":
            found.pushes += 1
        case "states:StartExecution":
            found.executions += 1
        case "scheduler:CreateSchedule":
            found.schedules += 1
        case _:
            others[action] += 1
