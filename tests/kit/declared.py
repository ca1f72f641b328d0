"""What a route answers is what it declares: clients of tests refuse a problem or a header that it does not.

What came is noted (`seen_codes`); a full run (`tests/run.py`) ends with what is declared and no test saw.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx

from local.contracts.services import PARTNERS, Operation, operations, services
from stadion.contract import EDIT, KEYED, AnswerElsewhere, Contract
from stadion.problems import CONTENT_TYPE
from tests.kit import seen_codes

BY_THE_EDGE: Final = frozenset(
    {
        "access_token_required",
        "account_is_suspended",
        "address_is_not_public",
        "answer_too_large",
        "api_key_is_invalid",
        "api_key_required",
        "partner_is_disabled",
        "partner_may_not",
        "request_is_invalid",
        "route_not_found",
        "session_is_over",
        "signed_request_required",
        "unexpected_error",
    }
)
"""What may come from any route, and none declares."""
BY_THE_GATEWAY: Final = frozenset({"quota_is_used_up", "too_many_requests"})
"""What the partner API's gateway says itself, in our form."""
HEADERS: Final = ("ETag", "Location")
REPLAYED: Final = "Idempotency-Replayed"
PATH: Final = re.compile(r"(?:/partner)?/v1/.*")
"""Of an address: what an API Gateway, here or there, puts before it is its own."""


class UndeclaredError(AssertionError):
    """A route answered what its document does not promise."""


def check(
    method: str, path: str, status: int, headers: Mapping[str, str], body: Any, *, service: str | None = None
) -> None:
    """Of an answer of ours; with the service that gave it, the others' code is left alone."""
    code = body.get("code") if status >= 400 and isinstance(body, dict) else None
    named = [name for name in HEADERS if headers.get(name)] if status < 400 else []
    if (code is None or code in BY_THE_EDGE | BY_THE_GATEWAY) and not named:
        return
    operation = operation_of(method, path, service)
    if operation is not None and code is not None:
        _check_code(operation, code)
    elif operation is not None and not headers.get(REPLAYED):  # else it is what is known of an older one
        _check_headers(operation, named)


def check_key(method: str, path: str, *, service: str | None = None) -> None:
    """Of a call with an `Idempotency-Key`, and of an answer that was given before for one."""
    operation = operation_of(method, path, service)
    if operation is not None and not set(KEYED) <= set(operation.contract.errors):
        raise UndeclaredError(
            f"{_called(operation)} was called with an Idempotency-Key, which its route does not declare: "
            f"add *KEYED to `raises` of {_place(operation)}, then `stadion contracts write`"
        )


def _check_code(operation: Operation, code: str) -> None:
    if code not in declared(operation):
        raise UndeclaredError(
            f"{_called(operation)} answered the problem {code!r}, which its route does not declare: "
            f"add the error to `raises` of {_place(operation)}, then `stadion contracts write`"
        )
    seen_codes.note(operation.id, code)


def _check_headers(operation: Operation, named: list[str]) -> None:
    for name in named:
        leads = name == "Location" and AnswerElsewhere in operation.contract.raises
        if name not in operation.contract.headers and not leads:
            raise UndeclaredError(
                f"{_called(operation)} answered with {name}, which its route does not declare: "
                f"add it to `headers` of {_place(operation)}, then `stadion contracts write`"
            )


def _called(operation: Operation) -> str:
    return f"{operation.method.upper()} {operation.path}"


def _place(operation: Operation) -> str:
    return f"{operation.function.__module__}.{operation.function.__name__}"


def declared(operation: Operation) -> set[str]:
    return {error.code for error in operation.contract.errors}


# --- routes ---------------------------------------------------------------------------------------------------------


def operation_of(method: str, path: str, service: str | None = None) -> Operation | None:
    """Routes without parameters are tried first, as the resolver does."""
    entry_point = PARTNERS if path.startswith("/partner/") else "api"
    for operation in _routes(entry_point, service):
        if operation.method == method.lower() and operation.route.rule.match(path):
            return operation
    return None


def every_operation() -> Iterator[Operation]:
    yield from _routes("api")
    yield from _routes(PARTNERS)


@cache
def _routes(entry_point: str, service: str | None = None) -> list[Operation]:
    owners = [service] if service is not None else services(entry_point)
    found = [operation for owner in owners for operation in operations(owner, entry_point)]
    return sorted(found, key=lambda operation: "{" in operation.path)


# --- over HTTP ------------------------------------------------------------------------------------------------------


def watch(client: httpx.Client) -> None:
    """From now on it refuses what is not declared."""
    if _of_http not in client.event_hooks["response"]:
        client.event_hooks["response"].append(_of_http)


def _of_http(answer: httpx.Response) -> None:
    """The storage and the gateway itself answer at such addresses, too: only a problem has a code."""
    if found := PATH.search(answer.request.url.path):
        is_problem = answer.headers.get("content-type", "").startswith(CONTENT_TYPE)
        body = json.loads(answer.read()) if is_problem else None
        check(answer.request.method, found[0], answer.status_code, answer.headers, body)
        if REPLAYED in answer.headers:
            check_key(answer.request.method, found[0])


# --- what no test saw -----------------------------------------------------------------------------------------------


def unseen(saw: Container[tuple[str, str]]) -> dict[str, list[str]]:
    """The operations that declare a code with which none of them was seen, by code."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for operation in every_operation():
        for code in declared(operation):
            if (operation.id, code) not in saw:
                found[code].append(operation.id)
    return dict(sorted(found.items()))


def told(found: Mapping[str, list[str]]) -> Iterator[str]:
    """One line for each code; of those that come with every write their number is enough."""
    of_every_write = {error.code for error in Contract((*EDIT, *KEYED)).errors}
    for code, names in found.items():
        yield f"  {code}: {f'{len(names)} operations' if code in of_every_write else ', '.join(names)}"


if __name__ == "__main__":
    print(*told(unseen(seen_codes.seen(Path(sys.argv[1])))), sep="\n")
