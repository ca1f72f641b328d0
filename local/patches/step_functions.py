"""Step Functions: an execution may say how long its waits last here.

AWS waits in real time, and so does MiniStack, but for one switch for all executions. A test that switches it hurries
those of its neighbours too. Here `wait_scale` in an execution's own input (1 as on AWS, 0 for no wait) holds for it
alone; the first step of each workflow refuses such an input on any stage but `local`.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from ministack.services import stepfunctions

from local.patches.guard import pin

WAIT_SCALE: Final = "wait_scale"

_of_this_thread = threading.local()


def apply() -> None:
    pin(stepfunctions._execute_wait, "a1012679c72d")
    pin(stepfunctions._scaled_sleep, "5ed19df2efa9")
    stepfunctions._execute_wait = _as_the_execution_says(stepfunctions._execute_wait)
    stepfunctions._scaled_sleep = _scaled(stepfunctions._scaled_sleep)


def _as_the_execution_says(wait: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(wait)
    def mended(state: Any, given: Any, context: Any = None) -> Any:
        _of_this_thread.scale = scale_of(context)
        try:
            return wait(state, given, context)
        finally:
            _of_this_thread.scale = 1.0

    return mended


def _scaled(sleep: Callable[[float], None]) -> Callable[[float], None]:
    @wraps(sleep)
    def mended(seconds: float) -> None:
        sleep(seconds * getattr(_of_this_thread, "scale", 1.0))

    return mended


def scale_of(context: Any) -> float:
    """What the execution's input says, between 0 and 1; 1 for anything else."""
    given = ((context or {}).get("Execution") or {}).get("Input")
    found = given.get(WAIT_SCALE) if isinstance(given, dict) else None
    return float(found) if isinstance(found, int | float) and 0 <= found <= 1 else 1.0
