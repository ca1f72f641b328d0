"""Events as services publish them, with sensible values, for tests of consumers."""

from typing import Any
from uuid import uuid4

from tests.kit.services import ATHLETE

RUN: dict[str, Any] = {
    "sport_type": "Run",
    "started_at": "2026-11-20T05:40:00Z",
    "time_zone": "Europe/Moscow",
    "elapsed_time_s": 1834.0,
    "moving_time_s": 1790.0,
    "distance_m": 6400.0,
}


def entry(detail_type: str, data: dict[str, Any], *, user: str = ATHLETE, source: str = "workouts") -> dict[str, Any]:
    """An outbox entry, as `tests.kit.services.sqs_event` takes it."""
    return {
        "source": f"stadion.{source}",
        "detail_type": detail_type,
        "detail": {
            "event_id": str(uuid4()),
            "occurred_at": "2026-11-20T06:20:00.000Z",
            "version": 1,
            "correlation_id": "test-correlation",
            "user_id": user,
            "data": data,
        },
    }


def recorded(workout_id: str | None = None, *, revision: int = 1, user: str = ATHLETE, **fields: Any) -> dict[str, Any]:
    detail_type = "WorkoutRecorded" if revision == 1 else "WorkoutCorrected"
    if "gear_ids" in fields:
        fields.setdefault("gear_chosen", True)
    workout = {**RUN, "workout_id": workout_id or str(uuid4()), "revision": revision, **fields}
    return entry(detail_type, {"workout": workout}, user=user)


def deleted(workout_id: str, *, revision: int = 2, user: str = ATHLETE) -> dict[str, Any]:
    data = {"workout_id": workout_id, "revision": revision, "started_at": RUN["started_at"]}
    return entry("WorkoutDeleted", data, user=user)
