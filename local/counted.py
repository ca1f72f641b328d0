"""What a run of the stack would be billed for on AWS: invocations, requests, units, lines of logs; one JSON line each.

Only with `STADION_COUNTED`, the folder where the lines go. `tests/bench/cost` reads them.
"""

import json
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, Final

from ministack import app as ministack_app
from ministack.core.router import detect_service
from ministack.services import dynamodb, lambda_svc

from local.callers import caller
from local.patches.guard import pin
from local.used_rights import asked_for

FOLDER: Final = "STADION_COUNTED"
READ_UNIT, WRITE_UNIT = 4096, 1024
OPERATION: Final = "x-amz-target"
PLATFORM: Final = ("START ", "END ", "REPORT ", "INIT_START ")
METRICS: Final = '{"_aws"'
EVENT_OVERHEAD: Final = 26
"""Bytes that CloudWatch adds to each line of a log."""

Dispatch = Callable[..., Awaitable[Any]]
Note = Callable[..., None]


def apply() -> None:
    if not (folder := os.environ.get(FOLDER)):
        return
    note = _noting_to(Path(folder) / f"{os.getpid()}.jsonl")
    pin(lambda_svc._execute_function_dispatch, "f62cd259213e")
    pin(lambda_svc._emit_lambda_logs, "111efbf06968")
    ministack_app._dispatch_service_request = _requests(ministack_app._dispatch_service_request, note)
    ministack_app._handle_special_data_plane_request = _special(ministack_app._handle_special_data_plane_request, note)
    lambda_svc._execute_function_dispatch = _invocations(lambda_svc._execute_function_dispatch, note)
    lambda_svc._emit_lambda_logs = _logs(lambda_svc._emit_lambda_logs, note)


def _noting_to(file: Path) -> Note:
    def note(**fact: Any) -> None:
        with file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(fact) + "\n")

    return note


def _invocations(execute: Callable[..., Any], note: Note) -> Callable[..., Any]:
    @wraps(execute)
    def executing(func: Any, config: Mapping[str, Any], event: Any, *more: Any, **named: Any) -> Any:
        started, answer = time.perf_counter(), None
        try:
            answer = execute(func, config, event, *more, **named)
            return answer
        finally:
            how, records = _came_by(event)
            note(
                what="invocation",
                function=config["FunctionName"],
                ms=round((time.perf_counter() - started) * 1000),
                memory_mb=config["MemorySize"],
                how=how,
                records=records,
                out_bytes=len(json.dumps(answer, default=str)) if how == "http" else 0,
            )

    return executing


def _came_by(event: Any) -> tuple[str, int]:
    if not isinstance(event, dict):
        return "direct", 0
    records = event.get("Records")
    if isinstance(records, list) and records:
        return str(records[0].get("eventSource", "")).removeprefix("aws:"), len(records)
    context = event.get("requestContext") or {}
    if "connectionId" in context or event.get("type") == "REQUEST":
        return "websocket", 0
    return ("http", 0) if "http" in context or "httpMethod" in event else ("direct", 0)


def _logs(emit: Callable[..., Any], note: Note) -> Callable[..., Any]:
    @wraps(emit)
    def emitting(func: Any, request_id: str, log_text: str, *more: Any, **named: Any) -> Any:
        config = func.get("config") or func
        lines = log_text.splitlines() if log_text else []
        metrics = [line for line in lines if line.startswith(METRICS)]
        own = [line for line in lines if not line.startswith((METRICS, *PLATFORM))]
        note(
            what="log",
            function=config["FunctionName"],
            own=_size(own),
            metrics=_size(metrics),
            names=sorted({name for line in metrics for name in _named(json.loads(line))}),
        )
        return emit(func, request_id, log_text, *more, **named)

    return emitting


def _size(lines: list[str]) -> int:
    return sum(len(line.encode()) + EVENT_OVERHEAD for line in lines)


def _named(line: Mapping[str, Any]) -> Iterator[str]:
    """Each pair of a metric and the values of its dimensions is one to pay for."""
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for dimensions in directive["Dimensions"]:
            values = ",".join(str(line.get(name)) for name in dimensions)
            yield from (f"{values}:{metric['Name']}" for metric in directive["Metrics"])


def _requests(dispatch: Dispatch, note: Note) -> Dispatch:
    @wraps(dispatch)
    async def counting(method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str) -> Any:
        function = caller(headers)
        service = detect_service(
            method, path, headers, ministack_app._routing_params(method, path, headers, body, query)
        )
        if function is None and service != "s3":
            return await dispatch(method, path, headers, body, query, request_id)
        if service == "dynamodb":
            return await _counting_units(dispatch, note, function, method, path, headers, body, query, request_id)
        answer = await dispatch(method, path, headers, body, query, request_id)
        for action, _ in asked_for(method, path, headers, body, query)[:1]:
            note(what="request", function=function, action=action, bytes=len(body), entries=_entries(body))
        return answer

    return counting


def _entries(body: bytes) -> int:
    try:
        asked = json.loads(body)
    except ValueError:
        return 1
    return len(asked.get("Entries") or (1,)) if isinstance(asked, dict) else 1


async def _counting_units(
    dispatch: Dispatch,
    note: Note,
    function: str | None,
    method: str,
    path: str,
    headers: Any,
    body: bytes,
    query: Any,
    request_id: str,
) -> Any:
    """Writes by what the service says they took, of indexes apart; reads by the size of what came back."""
    operation = str(headers.get(OPERATION, "")).rpartition(".")[2]
    asked = json.loads(ministack_app._decompress_request_body(body, headers))
    answer = await dispatch(method, path, headers, _with_capacity(asked, headers), query, request_id)
    status, _, said = answer[0], answer[1], json.loads(answer[2] or b"{}")
    consumed = said.get("ConsumedCapacity") or []
    of_tables = consumed if isinstance(consumed, list) else [consumed]
    is_read = operation in {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}
    for one in of_tables:
        index = sum(part["CapacityUnits"] for part in one.get("GlobalSecondaryIndexes", {}).values())
        note(
            what="request",
            function=function,
            action=f"dynamodb:{operation}",
            table=one["TableName"],
            writes=0 if is_read else one["CapacityUnits"] - index,
            index_writes=0 if is_read else index,
            reads=read_units(operation, asked, said, one["TableName"]) if is_read else 0,
        )
    if not of_tables:  # refused by its condition: it costs the write all the same
        refused = 2 * len(asked.get("TransactItems", ())) or 1
        note(
            what="request", function=function, action=f"dynamodb:{operation}", table=asked.get("TableName", ""),
            writes=0 if is_read else refused, index_writes=0, reads=1 if is_read else 0, status=status,
        )  # fmt: skip
    return answer


def _with_capacity(asked: dict[str, Any], headers: Any) -> bytes:
    headers.pop("content-encoding", None)
    return json.dumps(asked | {"ReturnConsumedCapacity": "INDEXES"}).encode()


def read_units(operation: str, asked: Mapping[str, Any], said: Mapping[str, Any], table: str) -> float:
    """A unit for each 4 KiB that was read consistently, half of one otherwise; of a query its items together."""
    if operation == "BatchGetItem":
        wanted = asked["RequestItems"][table]
        items = said["Responses"].get(table, [])
        missing = len(wanted["Keys"]) - len(items)
        share = 1 if wanted.get("ConsistentRead") else 0.5
        return share * (sum(map(_read_unit, items)) + max(missing, 0))
    if operation == "TransactGetItems":
        return 2 * sum(_read_unit(one.get("Item") or {}) for one in said["Responses"])
    share = 1 if asked.get("ConsistentRead") else 0.5
    items = said.get("Items") or ([said["Item"]] if "Item" in said else [])
    read = sum(int(dynamodb._item_size_bytes(item)) for item in items)
    return share * max(1, -(-read // READ_UNIT))


def _read_unit(item: Mapping[str, Any]) -> int:
    return max(1, -(-int(dynamodb._item_size_bytes(item)) // READ_UNIT))


def _special(handle: Dispatch, note: Note) -> Dispatch:
    """SES and the connections of WebSockets."""

    @wraps(handle)
    async def counting(
        method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str, *more: Any, **named: Any
    ) -> Any:
        answer = await handle(method, path, headers, body, query, request_id, *more, **named)
        if answer is not None and (function := caller(headers)):
            for action, _ in asked_for(method, path, headers, body, query)[:1]:
                note(what="request", function=function, action=action, bytes=len(body), entries=1)
        return answer

    return counting
