"""Step Functions: what goes from state to state has 256 KiB at most.

Trap: any size passes. On AWS a result or an output above that ends the execution with `States.DataLimitExceeded`, which
`States.ALL` does not catch; a result counts also where `ResultPath` is null, as that of a map whose children each end
with their whole state.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from ministack.services import stepfunctions

from local.patches.guard import pin

MAX_BYTES: Final = 256 * 1024
ERROR: Final = "States.DataLimitExceeded"


def apply() -> None:
    pin(stepfunctions._apply_result_selector, "2c9e674e99b4")
    pin(stepfunctions._apply_output_path, "e9cfd0067244")
    pin(stepfunctions._error_matches, "519b9dc729c5")
    stepfunctions._apply_result_selector = _of_results(stepfunctions._apply_result_selector)
    stepfunctions._apply_output_path = _of_outputs(stepfunctions._apply_output_path)
    stepfunctions._error_matches = _by_name_only(stepfunctions._error_matches)


def _of_results(select: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(select)
    def mended(state: Any, data: Any) -> Any:
        if not state.get("ResultWriter"):  # it leaves the results in S3, and the map ends with where they lie
            _check(data, f"The {state.get('Type')} state returned a result")
        return select(state, data)

    return mended


def _of_outputs(output: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(output)
    def mended(state: Any, data: Any, ctx: Any = None) -> Any:
        found = output(state, data, ctx)
        _check(found, f"The {state.get('Type')} state ended with an output")
        return found

    return mended


def _check(data: Any, what: str) -> None:
    if len(json.dumps(data, ensure_ascii=False).encode()) > MAX_BYTES:
        raise stepfunctions._ExecutionError(
            ERROR, f"{what} with a size exceeding the maximum number of bytes service limit."
        )


def _by_name_only(matches: Callable[..., bool]) -> Callable[..., bool]:
    @wraps(matches)
    def mended(named: Any, error: str) -> bool:
        return error in named if error == ERROR else matches(named, error)

    return mended
