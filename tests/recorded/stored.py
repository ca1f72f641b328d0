"""What one athlete's year leaves in the tables, and how it is read: taken once, read again by the code of after."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from local.recordings import recordings
from tests.kit.athletes import Athlete, join
from tests.kit.promos import offer_for
from tests.kit.stack import DeployedStack, settle

FILE: Final = Path(__file__).parent / "set" / "stored.json"
CONSENTS: Final = ("health_data", "marketing_push", "marketing_email", "purchases", "analytics")
RUN: Final = {
    "sport_type": "Run", "started_at": "2026-11-20T05:40:00Z", "time_zone": "Europe/Moscow", "elapsed_time_s": 1834,
    "moving_time_s": 1790, "distance_m": 6400,
}  # fmt: skip
SAMPLES: Final = [
    {"metric": "heart_rate", "value": 120 + n, "timestamp": f"2026-11-20T05:{40 + n}:00Z"} for n in range(10)
]


def take(stack: DeployedStack) -> dict[str, Any]:
    """`{at, user_id, items: {table: [item]}, answers: {path: [status, body]}}`."""
    athlete = join(stack, "Before")
    _live_a_year(athlete)
    offer = offer_for(stack, athlete.user_id)
    settle(stack, athlete.user_id)
    answers = {path: _answer(athlete, path) for path in _paths(athlete, offer)}
    about = {athlete.user_id, offer["promo_id"]}
    return {
        "at": datetime.now(UTC).isoformat(),
        "user_id": athlete.user_id,
        "items": {table: list(_items(stack, table, about)) for table in sorted(stack.tables.values())},
        "answers": answers,
    }


def _answer(athlete: Athlete, path: str) -> list[Any]:
    answer = athlete.answer("GET", path)
    return as_kept(answer.status_code, answer.json())


def as_kept(status: int, body: Any) -> list[Any]:
    """Without the one thing that is new each time: who asked."""
    return [status, {name: value for name, value in body.items() if name != "trace_id"}]


def _live_a_year(athlete: Athlete) -> None:
    athlete.agree(*CONSENTS, partner_id="store")
    athlete.call("PUT", "/v1/me/physical/2015-01-01", {"ftp_w": 200, "max_heart_rate_bpm": 192, "mass_kg": 71})
    athlete.call("PUT", f"/v1/me/privacy-zones/{uuid4()}", {"lat": 52.5, "lon": 13.4, "radius_m": 400})
    athlete.post("/v1/gear", {"category": "bike", "components": [{"name": "Chain", "limit": 3000}]})
    athlete.post("/v1/gear", {"category": "running_shoes", "nickname": "KD900", "default_for": ["Run"]})
    run = athlete.post("/v1/workouts", RUN)
    athlete.call("PATCH", f"/v1/workouts/{run['workout_id']}", {"distance_m": 6500}, if_match="*")
    gone = athlete.post("/v1/workouts", {**RUN, "started_at": "2026-11-19T05:40:00Z"})
    athlete.call("DELETE", f"/v1/workouts/{gone['workout_id']}", if_match="*")
    athlete.upload(recordings("sweat") / "4078723797.fit")
    athlete.post("/v1/telemetry", {"device_id": "ring", "samples": SAMPLES})


def _paths(athlete: Athlete, offer: dict[str, Any]) -> Iterator[str]:
    yield from ("/v1/me", "/v1/me/physical", "/v1/me/privacy-zones", "/v1/me/consents", "/v1/me/consents/journal")
    yield from ("/v1/workouts", "/v1/gear", "/v1/promos", f"/v1/promos/{offer['offer_id']}")
    for workout in athlete.get("/v1/workouts")["items"]:
        path = f"/v1/workouts/{workout['workout_id']}"
        yield from (path, f"{path}/streams?resolution=low", f"{path}/metrics")
    yield from (f"/v1/gear/{gear['gear_id']}" for gear in athlete.get("/v1/gear")["items"])
    yield from ("/v1/gamification/progress", "/v1/gamification/records")
    yield from ("/v1/notifications", "/v1/notifications/unread-count", "/v1/notifications/preferences")
    yield from ("/v1/metrics/mean-max", "/v1/live/followers")  # what Timestream answers is kept there


def _items(stack: DeployedStack, table: str, about: set[str]) -> Iterator[dict[str, Any]]:
    for page in stack.dynamodb.get_paginator("scan").paginate(TableName=table):
        for raw in page["Items"]:
            text = json.dumps(raw, default=_encoded)
            if any(name in text for name in about):
                yield json.loads(text)


def _encoded(value: Any) -> str:
    return base64.b64encode(bytes(value)).decode()


def items_of(taken: dict[str, Any], table: str) -> list[dict[str, Any]]:
    """As DynamoDB takes them: bytes are bytes again."""
    return [
        {name: {"B": base64.b64decode(value["B"])} if "B" in value else value for name, value in item.items()}
        for item in taken["items"][table]
    ]
