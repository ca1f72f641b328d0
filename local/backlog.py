"""What has not been worked off yet: `GET /_stadion/backlog?about=TEXT`, for who waits until the stack has come to rest.

Counts messages of queues, also those that a function has in hand, and changes of tables that no reader has passed.
With `about`, only those that mention that text: on a stack that others use too, one's own things come to rest alone.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs

from ministack.services import dynamodb, lambda_svc, sqs

PATH: Final = "/_stadion/backlog"
DEAD: Final = "-dlq"
"""Nobody works off a dead-letter queue by itself."""

Scope = MutableMapping[str, Any]
AsgiApp = Callable[[Scope, Any, Any], Awaitable[None]]


def with_backlog(app: AsgiApp) -> AsgiApp:
    async def answering(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await app(scope, receive, send)
            return
        asked = parse_qs(scope["query_string"].decode()).get("about", [""])[0]
        body = json.dumps(backlog(asked)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answering


def backlog(about: str = "") -> dict[str, int]:
    """How many wait, by queue or table; nothing where nothing waits."""
    return {name: count for name, count in (*_queues(about), *_streams(about)) if count}


def _queues(about: str) -> Iterator[tuple[str, int]]:
    for (_, _, url), queue in list(sqs._queues._data.items()):
        name = url.rpartition("/")[2]
        if not name.endswith(DEAD):
            yield name, sum(about in message["body"] for message in list(queue["messages"]))


def _streams(about: str) -> Iterator[tuple[str, int]]:
    """Of the reader that is farthest behind: the position moves when its function is done."""
    for (account, region, esm_id), position in list(lambda_svc._dynamodb_stream_positions._data.items()):
        mapping = lambda_svc._esms.get_scoped(account, region, esm_id) or {}
        table = mapping.get("EventSourceArn", "").partition(":table/")[2].partition("/")[0]
        ahead = dynamodb.stream_end_position(table, account_id=account, region=region) - position
        if ahead > 0:
            records = dynamodb.stream_records_since(table, position, ahead, account_id=account, region=region)
            yield table, sum(about in json.dumps(record, default=str) for record in records)
