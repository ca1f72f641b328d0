"""What each function asks of AWS, for who compares it with what it may: one line for each action that is new.

A function's requests name it in their User-Agent (`AWS_SDK_UA_APP_ID`, set by the worker's mend). Which action of IAM a
request is, and on what, is MiniStack's own judgement, which it makes for its IAM, too.
"""

import os
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

from ministack import app as ministack_app
from ministack.core import iam_actions
from ministack.core.responses import get_account_id
from ministack.core.router import detect_service, extract_region

from local.callers import caller
from local.patches.guard import pin

FOLDER: Final = "STADION_USED_RIGHTS"
"""The environment variable: where the lines go. Without it nothing is noted."""
NOT_OF_IAM: Final = frozenset({"cognito-idp:GetTokensFromRefreshToken", "cognito-idp:RevokeToken"})
"""Open to whoever has the client's secret."""
SAME: Final = {"sqs:SendMessageBatch": "sqs:SendMessage"}
"""Calls that IAM knows by another name."""

_seen: set[tuple[str, str, str]] = set()

Dispatch = Callable[..., Awaitable[Any]]


def apply() -> None:
    if folder := os.environ.get(FOLDER):
        pin(ministack_app._dispatch_service_request, "17e5ef6dcfa0")
        file = Path(folder) / f"{os.getpid()}.txt"
        ministack_app._dispatch_service_request = _noting(ministack_app._dispatch_service_request, file)
        ministack_app._handle_special_data_plane_request = _noting_special(
            ministack_app._handle_special_data_plane_request, file
        )


def _noting(dispatch: Dispatch, file: Path) -> Dispatch:
    @wraps(dispatch)
    async def noting(method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str) -> Any:
        if function := caller(headers):
            for action, arn in asked_for(method, path, headers, body, query):
                note(file, function, action, arn)
        return await dispatch(method, path, headers, body, query, request_id)

    return noting


def _noting_special(handle: Dispatch, file: Path) -> Dispatch:
    """SES and the connections of WebSockets, which do not come by the other way."""

    @wraps(handle)
    async def noting(
        method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str, *more: Any, **named: Any
    ) -> Any:
        answer = await handle(method, path, headers, body, query, request_id, *more, **named)
        if answer is not None and (function := caller(headers)):
            for action, arn in asked_for(method, path, headers, body, query):
                note(file, function, action, arn)
        return answer

    return noting


def asked_for(method: str, path: str, headers: Any, body: bytes, query: Any) -> list[tuple[str, str]]:
    """Action of IAM and ARN; of a transaction, those of its items."""
    if "/@connections/" in path:
        return [("execute-api:ManageConnections", "*")]
    if path.startswith("/v2/email/outbound-emails"):
        return [("ses:SendEmail", "*")]
    params = ministack_app._routing_params(method, path, headers, body, query)
    service = detect_service(method, path, headers, params)
    if service != "s3":
        body = ministack_app._decompress_request_body(body, headers)
    region, account = extract_region(headers), get_account_id()
    action = iam_actions.extract_iam_action(service, method, path, headers, body, params)
    if action is None or action in NOT_OF_IAM:
        return []
    action = SAME.get(action, action)
    if action == "s3:DeleteObject" and method == "POST" and b"<VersionId>" in body:
        action = "s3:DeleteObjectVersion"
    several: list[tuple[str, str]] = iam_actions.dynamodb_transaction_checks(action, body, region, account)
    if several:
        return several
    return [(action, iam_actions.extract_resource_arn(service, method, path, headers, body, params, region, account))]


def note(file: Path, function: str, action: str, arn: str) -> None:
    """Once in the life of the stack; of an ARN only what a template names, too."""
    line = (function, action, short(arn))
    if line not in _seen:
        _seen.add(line)
        with file.open("a", encoding="utf-8") as lines:
            lines.write("\t".join(line) + "\n")


def short(arn: str) -> str:
    """`table/stadion-promos`, `stadion-avatars/incoming`: without what is of one item, one object, one user."""
    tail = arn.split(":", 5)[-1] if arn.startswith("arn:") else arn
    return "/".join(tail.split("/")[:2])
