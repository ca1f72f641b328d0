"""What an athlete may bring into the diary in a day of UTC. The figures and why: docs/decisions/0036-brakes.md."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

from stadion.values import Value

DAY_S: Final = 24 * 60 * 60


@dataclass(frozen=True)
class Quota:
    name: str
    most: int


UPLOADS: Final = Quota("uploads", 500)
"""Announced: ten years of a recording a day come in within eight days."""
BYTES: Final = Quota("bytes", 2 * 1024**3)
"""That arrived: four megabytes for each of those uploads; a ride of five hours has two."""
WORKOUTS: Final = Quota("workouts", 1_000)
"""That are new, by hand and out of uploads, which bring several each."""


class Spent(Value):
    """What a day has taken. Nothing is given back: what was deleted cost as much as what was not."""

    uploads: int = 0
    bytes: int = 0
    workouts: int = 0


def day_of(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y-%m-%d}"


def wait_s(now: datetime) -> int:
    """Until the next day of UTC begins."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return max(1, ceil((midnight - now).total_seconds()))
