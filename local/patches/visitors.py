"""Whom the emulator answers: programs, and pages of ours. It does what AWS's API does without asking who asks, so any
page in the developer's browser could otherwise make a function here and run it.

- `Host` is a name of this machine. A foreign one has been made to lead here (DNS rebinding).
- What a browser sends for a page bears `Origin`, or `Sec-Fetch-Site`, which no page can leave out; old browsers do
  not send the latter, nor do any to a name that they take for another machine's. Such a request
  reaches the API that the stack serves, from the app's origins or the API's own; an object of S3 by a presigned
  request, from the origins of its bucket's CORS rules, or where the API led it; and nothing else. What people type,
  or click to, may be read.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from ministack import app as ministack_app
from ministack.core import router
from ministack.services import apigateway, s3

from local.patches.guard import pin

Scope = MutableMapping[str, Any]
AsgiApp = Callable[[Scope, Any, Any], Awaitable[None]]
logger = logging.getLogger("stadion.visitors")

LOOPBACK: Final = re.compile(
    r"(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[a-z0-9_-]+\.)*localhost(?:\.localstack\.cloud)?)(?::\d{1,5})?", re.IGNORECASE
)
"""Names that lead to the machine itself: `x.localhost` by RFC 6761, LocalStack's by its DNS, as clients of it know."""
READING: Final = ("GET", "HEAD")
OPAQUE: Final = "null"
"""The origin that a browser names where another origin's redirect led it."""
OURSELVES: Final = ("same-origin", "none")
"""`Sec-Fetch-Site` of a page that this very stack served, and of what people typed."""
BROWSER: Final = "Mozilla/"
"""How every browser names itself; a page cannot change that without `Origin`."""
REFUSED: Final = "The local stack answers programs on this machine, and the app's own pages (local/README.md).\n"


def only_ours(app: AsgiApp) -> AsgiApp:
    pin(ministack_app._parse_execute_api_url, "13d571174968")
    pin(ministack_app._s3_cors_target, "c67dcb79912b")
    pin(router.detect_service, "fd156fac4b5d")
    pin(s3._cors_rules, "35b23fe3abee")
    pin(s3._cors_pattern_matches, "c08736cf2e86")

    async def answering(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] not in {"http", "websocket"} or (reason := refusal(scope)) is None:
            await app(scope, receive, send)
            return
        logger.warning("refused: %s %s: %s", scope.get("method", "WEBSOCKET"), scope["path"], reason)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        body = REFUSED.encode()
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answering


def refusal(scope: Scope) -> str | None:
    """Why it is not answered; None if it is."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    if LOOPBACK.fullmatch(host) is None:
        return "a host of somewhere else"
    origin = headers.get("origin")
    if origin is None:
        return _of_no_origin(scope, host, headers)
    if _is_api(host, scope["path"]):
        return None if origin in _api_origins() or _is_own(origin, host) else "an origin that is not the app's"
    return None if _may_reach_object(scope, host, origin) else "an origin, where no page has anything to do"


def _of_no_origin(scope: Scope, host: str, headers: Mapping[str, str]) -> str | None:
    """A browser leaves `Origin` out of what only reads; an image of a page is such a request, too."""
    site = headers.get("sec-fetch-site")
    if site is None and headers.get("user-agent", "").startswith(BROWSER):
        is_answered = _is_api(host, scope["path"]) or _presigned(scope, host)
        return None if is_answered else "a browser that does not say for whom it asks"
    if site in {None, "none"}:
        return None
    is_click = headers.get("sec-fetch-mode") == "navigate" and scope.get("method") in READING
    if _is_api(host, scope["path"]) and (site in OURSELVES or is_click):
        return None
    if _presigned(scope, host) and (is_click or site in OURSELVES):
        return None
    return "a page of somewhere else" if site not in OURSELVES else "a page, where no page has anything to do"


def _is_api(host: str, path: str) -> bool:
    return ministack_app._parse_execute_api_url(host, path) is not None


def _api_origins() -> set[str]:
    """As the deployed APIs' CORS configuration has them."""
    apis = list(apigateway._apis._data.values())
    return {origin for api in apis for origin in (api.get("corsConfiguration") or {}).get("allowOrigins") or ()}


def _is_own(origin: str, host: str) -> bool:
    """Of a page that the API itself serves, at this very address."""
    return urlsplit(origin).netloc.lower() == host.lower()


def _may_reach_object(scope: Scope, host: str, origin: str) -> bool:
    target = ministack_app._s3_cors_target(host, scope["path"])
    if target is None or not _is_s3s(scope, host):
        return False
    if origin == OPAQUE:
        return scope.get("method") in READING and _presigned(scope, host) and "*" in _origins_of(target[0])
    if not (_presigned(scope, host) or _is_form(scope) or scope.get("method") == "OPTIONS"):
        return False
    return any(s3._cors_pattern_matches(one, origin) for one in _origins_of(target[0]) if one != "*")


def _origins_of(bucket: str) -> list[str]:
    """Of its CORS rules; any origin at all has no more rights here than a page that the API led on."""
    return [one for rule in s3._cors_rules(bucket) or () for one in rule.get("AllowedOrigin", ())]


def _presigned(scope: Scope, host: str) -> bool:
    """Of an object of S3. A page may well bear the name of the parameter, so it opens nothing else: not what the
    emulator takes for another service's by the rest of the query."""
    _, key = ministack_app._s3_cors_target(host, scope["path"]) or ("", "")
    return bool(key) and "X-Amz-Signature" in _query_of(scope) and _is_s3s(scope, host)


def _is_s3s(scope: Scope, host: str) -> bool:
    return bool(router.detect_service(scope.get("method"), scope["path"], {"host": host}, _query_of(scope)) == "s3")


def _query_of(scope: Scope) -> dict[str, list[str]]:
    return parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)


def _is_form(scope: Scope) -> bool:
    """Of a presigned POST, whose policy the emulator asks for."""
    kinds = [value for name, value in scope["headers"] if name.lower() == b"content-type"]
    return scope.get("method") == "POST" and any(kind.lower().startswith(b"multipart/form-data") for kind in kinds)
