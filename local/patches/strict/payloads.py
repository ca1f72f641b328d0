"""Lambda: what a function says has 6 MB at most.

Trap: any size passes. On AWS nothing of a larger answer arrives: the call ends as an error of the function, behind an
API as a 500.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from ministack.services import lambda_svc

from local.patches.guard import pin

MAX_BYTES: Final = 6_291_556


def apply() -> None:
    pin(lambda_svc._execute_function_warm, "62b9218bef5b")
    lambda_svc._execute_function_warm = _within_bounds(lambda_svc._execute_function_warm)


def _within_bounds(execute: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(execute)
    def mended(func: dict[str, Any], event: Any, request_id: str) -> Any:
        result = execute(func, event, request_id)
        if result.get("error") or size_of(result.get("body")) <= MAX_BYTES:
            return result
        message = f"Response payload size exceeded maximum allowed payload size ({MAX_BYTES} bytes)."
        body = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": message}
        return {**result, "error": True, "body": body}

    return mended


def size_of(answer: Any) -> int:
    """In JSON, as the runtime sends it."""
    return len(json.dumps(answer, ensure_ascii=False, default=str).encode(errors="replace"))
