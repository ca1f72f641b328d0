"""REST API (API Gateway v1): the function is told whose key was checked, and the path as it was sent.

Trap: `requestContext.identity` has the caller's address and nothing of the key that the gateway has just compared. AWS
says `apiKey` and `apiKeyId` there for a method that requires one, whatever the headers say by the time a function reads
them.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any
from urllib.parse import unquote

from ministack import app as ministack_app
from ministack.services import apigateway_v1

from local.patches.guard import pin

_as_sent: ContextVar[str | None] = ContextVar("stadion_path_as_sent", default=None)


def apply() -> None:
    pin(ministack_app._handle_execute_api_request, "77a20f6d604b")
    pin(apigateway_v1._check_api_key, "e7df68848ea1")
    pin(apigateway_v1._build_lambda_event_v1, "c7ac97b91f6e")
    pin(apigateway_v1._invoke_lambda_proxy_v1, "5651a96fa7ba")
    build = apigateway_v1._build_lambda_event_v1

    @wraps(build)
    def mended(*arguments: Any, **named: Any) -> Any:
        event = build(*arguments, **named)
        event["requestContext"]["identity"].update(_checked(event["headers"]))
        event["path"] = encoded(event["path"], _as_sent.get())
        return event

    apigateway_v1._build_lambda_event_v1 = mended
    ministack_app._handle_execute_api_request = _noting_path(ministack_app._handle_execute_api_request)


def _noting_path(handle: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(handle)
    async def mended(*arguments: Any, raw_path: str | None = None, **named: Any) -> Any:
        token = _as_sent.set(raw_path)
        try:
            return await handle(*arguments, raw_path=raw_path, **named)
        finally:
            _as_sent.reset(token)

    return mended


def encoded(path: str, as_sent: str | None) -> str:
    """The end of what was sent that means this path: before it stand the API and its stage."""
    sent = as_sent or path
    ends = (sent[at:] for at, letter in enumerate(sent) if letter == "/")
    return next((end for end in ends if unquote(end) == path), path)


def _checked(headers: dict[str, str]) -> dict[str, str]:
    """As `_check_api_key` finds it, which has refused the request if there is none."""
    key = apigateway_v1._resolve_api_key(apigateway_v1._api_key_from_request(headers))
    return {"apiKey": key["value"], "apiKeyId": key["id"]} if key else {}
