"""DynamoDB's time-to-live: how often the emulator looks for what expired.

Its sweep comes once a minute, which no test waits for. `STADION_EXPIRY_SECONDS` starts a second one that comes oftener.
On AWS it may take days: nothing of ours relies on how soon, and what has expired is left out by whoever reads it.
"""

import inspect
import threading
from typing import Any

from ministack.services import dynamodb

from local.patches.guard import pin, replace_once


def apply(*, every_s: float | None) -> None:
    pin(dynamodb._ttl_reaper, "66841bfd6027")
    if every_s is not None:
        threading.Thread(target=sweep_every(every_s), daemon=True, name="stadion-expiry").start()


def sweep_every(seconds: float) -> Any:
    """MiniStack's own sweep with another pause."""
    source = inspect.getsource(dynamodb._ttl_reaper)
    source = replace_once(source, "time.sleep(60)", f"time.sleep({seconds})", what="dynamodb._ttl_reaper")
    mended: dict[str, Any] = {}
    exec(compile(source, dynamodb.__file__, "exec"), dynamodb.__dict__, mended)  # noqa: S102 - MiniStack's own source
    return mended["_ttl_reaper"]
