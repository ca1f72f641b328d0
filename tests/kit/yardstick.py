"""A job of known size, so that a bench can say how often it fits into what it measured: no limit in seconds."""

import json
import statistics
import time
from typing import Final

DOCUMENT: Final = {"samples": [{"metric": "heart_rate", "value": n / 7, "timestamp": f"{n:012d}"} for n in range(500)]}
TURNS: Final = 9


def yardstick_s() -> float:
    """Wall-clock seconds of writing and reading 500 small JSON objects here and now; about a millisecond."""
    times = []
    for _ in range(TURNS):
        started = time.perf_counter()
        json.loads(json.dumps(DOCUMENT))
        times.append(time.perf_counter() - started)
    return statistics.median(times)
