"""What somebody else gets of a route: the words in which `tests/<service>/route_cases.py` says it.

A service's module has `CASES`, and if need be `PUBLIC` (routes without a token), `LAST` (after these, the one who tries
has other tokens) and `things(athlete)`, which makes what the routes name and returns its ids by the routes' parameters.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

NOBODYS = "0193a1c0-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Theirs:
    """Names a thing of another athlete: there is no such thing."""

    body: Any = None
    statuses: frozenset[int] = frozenset({404})


@dataclass(frozen=True)
class Own:
    """Names nobody: one's own things only, whatever ids are in the body."""

    body: Any = None
    statuses: frozenset[int] = frozenset({200, 201, 204})


@dataclass(frozen=True)
class ForAdmins:
    body: Any = None
    statuses: frozenset[int] = frozenset({401, 403})


Case = Theirs | Own | ForAdmins
"""With `If-Match: *`, which is the most that an editor can claim."""

RUN = {"sport_type": "Run", "started_at": "2026-10-01T07:00:00Z", "elapsed_time_s": 1800, "distance_m": 5000}
TODAY = datetime.now(UTC).isoformat()
AN_HOUR_AGO = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
SAMPLE = {"metric": "heart_rate", "value": 171.25, "timestamp": "2026-10-01T07:00:00Z"}
