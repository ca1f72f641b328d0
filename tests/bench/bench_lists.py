"""What a page of a long diary costs at DynamoDB: requests and bytes, for lists of all kinds, counted on moto.

Run from the repository's root: python -m pytest -q tests/bench/test_lists.py
"""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from botocore.client import BaseClient

from stadion import writes
from stadion.sports import SportType
from tests.kit.services import ATHLETE, Service
from workouts.domain import Workout
from workouts.lists import index_service
from workouts.store import WORKOUTS

NOW: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAMES: Final = ("Morning run", "Утренняя пробежка вдоль реки", "Long ride with the club", "Intervals 6×800", None)
NOTES: Final = (
    "Felt heavy in the first half, headwind on the way back; the last kilometres were better than expected. Café."
)
RIDES: Final = 5
QUERIES: Final[dict[str, dict[str, str]]] = {
    "newest first": {},
    "of a sport": {"sport_type": "Ride"},
    "text, found often": {"q": "пробежка рек"},
    "text, found never": {"q": "nowhere"},
    "longest first": {"order": "-distance"},
    "text, filters, order": {"q": "long club", "min_distance_m": "30000", "order": "speed", "flagged": "false"},
    "a gear, oldest first": {"gear_id": "g-7", "order": "started_at"},
}


@dataclass
class Cost:
    requests: int = 0
    bytes: int = 0


def workout(number: int) -> Workout:
    """One a day and more, as people write them: three in ten have notes, each a pair of shoes."""
    dice = random.Random(number)
    kind = SportType.RIDE if number % RIDES == 0 else SportType.RUN
    distance = round(dice.uniform(3_000, 90_000), 1)
    return Workout(
        workout_id=str(UUID(int=dice.getrandbits(128), version=4)),
        user_id=ATHLETE,
        origin="manual",
        sport_type=kind,
        started_at=NOW - timedelta(hours=19 * number + 1),
        time_zone="Europe/Moscow",
        elapsed_time_s=3700.5,
        timer_time_s=3700.5,
        moving_time_s=3612.25,
        distance_m=distance,
        ascent_m=float(dice.randrange(900)),
        average_speed_mps=round(distance / 3612.25, 3),
        calories_kcal=512.0,
        name=dice.choice(NAMES),
        notes=NOTES if dice.random() < 0.3 else None,
        tags=["club"] if dice.random() < 0.2 else [],
        gear_ids=[f"g-{dice.randrange(9)}"],
        polyline="x" * 900,
        created_at=NOW,
        updated_at=NOW,
    )


def fill(size: int) -> None:
    writes.put_all(((WORKOUTS.of(one), one) for one in map(workout, range(size))), NOW)
    index_service.build(ATHLETE, NOW)


@contextmanager
def costs() -> Iterator[Cost]:
    """Of requests that read; bytes of what they answer, keys and names included."""
    cost, straight = Cost(), BaseClient._make_api_call  # type: ignore[attr-defined]

    def called(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        answer = straight(client, operation, arguments)
        if operation in {"Query", "BatchGetItem", "GetItem"}:
            items = answer.get("Items") or answer.get("Responses") or answer.get("Item")
            cost.requests += 1
            cost.bytes += len(json.dumps(items, ensure_ascii=False).encode())
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", called)
        yield cost


def measured(workouts: Service, size: int) -> dict[str, Cost]:
    workouts.enter()
    fill(size)
    found = {}
    for name, query in QUERIES.items():
        with costs() as cost:
            answer = workouts.call("GET", "/v1/workouts", query={"limit": "50", **query})
        assert answer.status == 200, answer.body
        found[name] = cost
    with costs() as cost:
        assert workouts.call("GET", "/v1/workouts/totals", query={"by": "year"}).status == 200
    found["totals of two years"] = cost
    return found


def report(found: dict[str, Cost], size: int) -> str:
    lines = [f"  {name:<24} {cost.requests:>3} requests {cost.bytes / 1e6:6.2f} MB" for name, cost in found.items()]
    return "\n".join([f"\n  a page of 50, {size} workouts", *lines])
