"""One Lambda environment: a process of one service that handles one thing after the other, with chaos around it.

The functions here run in the worker process.
"""

import json
import os
import random
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from stadion import clock
from stadion.errors import ConflictError
from stadion.retry import retry_on_conflict
from tests.kit.functions import handler_of
from tests.kit.services import STANDING_TABLE, Context, http_event, sqs_event
from tests.platform.e2e.faults.chaos import Chaos, KilledError, between
from tests.platform.e2e.faults.world import Life

T = TypeVar("T")
Entry = dict[str, Any]
MAX_TRIES = 50

_chaos = Chaos()
_open = ExitStack()


@dataclass(frozen=True)
class Delivered:
    """The positions of the entries that come again, and what was injected."""

    failed: list[int]
    seen: Counter[str]


@dataclass(frozen=True)
class Said:
    status: int
    etag: str | None
    body: Any


def start(service: str, table: str, endpoint: str) -> None:
    """The environment variables that Lambda would give it; what it prints is nobody's to read here."""
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as the process lives
    warnings.simplefilter("ignore")
    os.environ.update(
        AWS_ENDPOINT_URL=endpoint,
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        STADION_STAGE="test",
        STADION_SERVICE=service,
        STADION_TABLE=table,
        STADION_STANDING_TABLE=STANDING_TABLE,
        STADION_ALLOWANCE="1000",
        STADION_FILES_BUCKET="none",
        STADION_PHOTOS_BUCKET="none",
        POWERTOOLS_SERVICE_NAME=service,
        POWERTOOLS_METRICS_NAMESPACE="Stadion",
    )
    _open.enter_context(between(_chaos))


def deliver(service: str, function: str, entries: list[Entry], seed: str) -> Delivered:
    """A batch from the queue to the consumer, as SQS does: who is killed gets all of it again."""
    event = sqs_event(*entries)
    positions = {record["messageId"]: n for n, record in enumerate(event["Records"])}
    handler = handler_of(service, function)
    _chaos.random = random.Random(seed)
    try:
        failures = handler(event, Context())["batchItemFailures"]
    except KilledError:
        return Delivered(list(positions.values()), _taken())
    return Delivered([positions[failure["itemIdentifier"]] for failure in failures], _taken())


def stream(service: str, function: str, records: list[dict[str, Any]], seed: str) -> tuple[bool, Counter[str]]:
    """A batch of the table's stream, which comes again as a whole; whether it was taken."""
    handler = handler_of(service, function)
    _chaos.random = random.Random(seed)
    try:
        handler({"Records": records}, Context())
    except (KilledError, Exception):  # noqa: BLE001 - whatever it is, Lambda gives the batch again
        return False, _taken()
    return True, _taken()


def ask(
    service: str, user: str, method: str, path: str, body: Any = None, *, seed: str | None = None, **headers: str
) -> Said:
    """A request to the service's API; with a seed, a patient client in chaos."""
    _chaos.random = random.Random(seed) if seed else None
    handler = handler_of(service, "api")

    def once() -> Said:
        raw = handler(http_event(method, path, body, user=user, headers=headers), Context())
        text = raw.get("body") or ""
        return Said(raw["statusCode"], raw["headers"].get("ETag"), json.loads(text) if text else None)

    return _until_answered(once)


def live(life: Life, seed: str) -> Counter[str]:
    """All that the athlete does with one workout. Chaos in between, and a phone that tries until it is answered."""
    path = f"/v1/workouts/{life.workout_id}"
    if life.best_efforts:
        _record_measured(life, seed)
    else:
        new = {**life.first, "workout_id": life.workout_id}
        said = ask("workouts", life.user_id, "POST", "/v1/workouts", new, seed=seed, idempotency_key=life.workout_id)
        assert said.status in {200, 201}, said
    for revision, fields in enumerate(life.corrections, start=1):
        said = ask("workouts", life.user_id, "PATCH", path, fields, seed=f"{seed}:{revision}", if_match=f'"{revision}"')
        assert said.status == 200 or said.body["code"] == "version_is_stale", said
        assert ask("workouts", life.user_id, "GET", path).body["revision"] == revision + 1
    if life.deleted:
        said = ask("workouts", life.user_id, "DELETE", path, seed=f"{seed}:deleted", if_match=f'"{life.revisions - 1}"')
        assert said.status in {204, 404}, said
    return _taken()


def _record_measured(life: Life, seed: str) -> None:
    """As an upload's measured workout is written, without decoding a file."""
    from workouts import service
    from workouts.domain import OnDuplicate, as_typed
    from workouts.schemas import NewWorkout

    now = clock.now()
    new = NewWorkout.model_validate({**life.first, "workout_id": life.workout_id})
    typed = as_typed(new.workout(life.user_id, now))
    workout = type(typed).model_validate({**typed.model_dump(), "best_efforts": life.best_efforts})
    _chaos.random = random.Random(seed)

    def write() -> Any:
        return service._record_once(workout, OnDuplicate.FORCE, new.time_zone, None, lambda _: {}, now)

    _until_answered(lambda: retry_on_conflict(write))


def _until_answered(request: Callable[[], T]) -> T:
    for _ in range(MAX_TRIES):
        try:
            answer = request()
        except KilledError:
            continue
        except Exception as error:
            if isinstance(error, ConflictError) or "pynamodb" in type(error).__module__:
                continue
            raise
        if isinstance(answer, Said) and (answer.status >= 500 or _is_busy(answer)):
            continue
        return answer
    raise AssertionError(f"not answered in {MAX_TRIES} tries")


def _is_busy(answer: Said) -> bool:
    """Also one whose standing DynamoDB would not count just now."""
    return answer.status == 429 or (answer.status == 409 and bool(answer.body["code"] == "request_in_progress"))


def _taken() -> Counter[str]:
    seen, _chaos.seen = _chaos.seen, Counter()
    return seen
