"""`workout_remeasure.asl.json` as shipped, on an executor that runs ASL, with the real steps, a table and files.

How a workout is measured is another wing's: here its new distance is known beforehand.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import boto3
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.paths import ROOT
from stadion import clock
from stadion.change import Change
from tests.kit.functions import handler_of
from tests.kit.services import ATHLETE, OTHER, Context, Service
from workouts import service, store
from workouts.domain import FileRef, Track, Workout
from workouts.measuring.service import Remeasured

ASL = ROOT / "statemachines" / "workout_remeasure.asl.json"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:workout-remeasure"
ATHLETES = (ATHLETE, OTHER, "0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a33")


class Killed(BaseException):
    """The process of a step ends where it is: nobody catches that."""


class Diaries:
    """Three athletes' workouts; the machine's steps are called where the executor calls its functions."""

    def __init__(self, workouts: Service) -> None:
        self.workouts = workouts
        self.calls: Counter[str] = Counter()
        self.before: dict[str, Callable[[int], None]] = {}
        """Step -> what happens before its n-th call."""
        self.measured: list[tuple[str, bool]] = []
        """Workout, and whether it was written."""
        self.while_measuring: Callable[[int], None] = lambda _: None
        """Called with the number of the measurement, between it and its outcome."""
        self.true_m: dict[str, float | Exception | None] = {}
        """Workout -> its distance if measured today; None: it cannot be measured."""
        self._lock = threading.RLock()
        self._machines = boto3.client("stepfunctions")

    # --- the diary ---

    def write(self, workout_id: str, distance_m: float, user_id: str = ATHLETE, *, days_ago: int, **more: Any) -> None:
        now = clock.now()
        file = FileRef(key="k", filename="a.gpx", format="gpx", sha256=workout_id, size=1)
        workout = Workout.model_validate(
            {
                "workout_id": workout_id, "user_id": user_id, "origin": "upload", "sport_type": "Run",
                "started_at": now - timedelta(days=days_ago), "elapsed_time_s": 3000, "timer_time_s": 3000,
                "moving_time_s": 3000, "distance_m": distance_m, "files": [file], "created_at": now, "updated_at": now,
                **more,
            }
        )  # fmt: skip
        slots = store.slots_around(user_id, workout.started_at)
        with Change(user_id, now) as change:
            store.record(change, workout, slots)
            slots.write(change)

    def many(self, count: int = 20) -> None:
        """Every third is another distance today, and every seventh cannot be measured."""
        for number in range(count):
            workout_id, was = f"w-{number:02}", 5000.0 + number
            self.write(workout_id, was, ATHLETES[number % 3], days_ago=20 + number)
            self.true_m[workout_id] = None if number % 7 == 6 else was - 100 if number % 3 == 0 else was

    def measure(self, user_id: str, workout_id: str, now: datetime, *, write: bool) -> Remeasured:
        before = store.get(user_id, workout_id)
        self.measured.append((workout_id, write))
        truth = self.true_m[workout_id]
        if isinstance(truth, Exception):
            raise truth
        after = before.changed(now, distance_m=truth) if truth not in {None, before.distance_m} else before
        if write and after != before:
            service.revise(before, after, store.slots_around(user_id, before.started_at), track=Track(), now=now)
        self.while_measuring(len(self.measured))
        return Remeasured(before, after if truth is not None else None)

    def distances(self) -> dict[str, float]:
        return {one["workout_id"]: one["distance_m"] for one in self.workouts.bodies("workout")}

    def corrected(self) -> dict[str, float]:
        events = [entry["detail"]["data"]["workout"] for entry in self.workouts.published("WorkoutCorrected")]
        assert len(events) == len({event["workout_id"] for event in events}), "each once"
        return {event["workout_id"]: event["distance_m"] for event in events}

    def wrong(self) -> dict[str, float]:
        """Workout -> what its distance should be."""
        known = self.distances()
        return {name: m for name, m in self.true_m.items() if isinstance(m, float) and m != known[name]}

    # --- runs ---

    def admin(self, method: str, path: str = "", body: Any = None, *, status: int = 200, **query: str) -> Any:
        answer = self.workouts.sign(method, f"/v1/admin/remeasure-runs{path}", body, query=query or None)
        assert answer.status == status, answer.body
        return answer.body

    def begin(self, run_id: str, **body: Any) -> Any:
        return self.admin("PUT", f"/{run_id}", body)

    def run(self, run_id: str) -> Any:
        return self.admin("GET", f"/{run_id}")

    def act(self, run_id: str, action: str) -> Any:
        return self.admin("POST", f"/{run_id}/status", {"action": action})

    def listed(self, run_id: str) -> dict[str, Any]:
        found: list[Any] = []
        query: Mapping[str, str] = {"batches": "1"}
        while True:
            page = self.admin("GET", f"/{run_id}/workouts", **query)
            found += page["items"]
            if page["next_cursor"] is None:
                break
            query = {"batches": "1", "cursor": page["next_cursor"]}
        assert len(found) == len({one["workout_id"] for one in found}), "each once"
        return {one["workout_id"]: one for one in found}

    def dry_run(self, **body: Any) -> None:
        self.begin("dry", **body)
        assert self.wait()[-1] == "SUCCEEDED"
        assert self.run("dry")["state"] == "ended"

    # --- the executor ---

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        with self._lock:  # moto's tables are not for threads
            self.calls[function] += 1
            if hook := self.before.get(function):
                hook(self.calls[function])
            try:
                return handler_of("workouts", function)(event, Context())
            except Killed as end:
                raise RuntimeError("Runtime exited") from end

    def kill(self) -> None:
        """All executions, where they are."""
        machine = self._machines.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        for one in self._machines.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]:
            self._machines.stop_execution(executionArn=one["executionArn"])

    def wait(self) -> list[str]:
        """How every execution ended; the executor is asked, since requests and its threads hold each other up."""
        for _ in range(6000):
            executions = tuple(self._machine().executions)
            if all(one.status != "RUNNING" for one in executions):
                return [one.status for one in sorted(executions, key=lambda one: one.start_date)]
            time.sleep(0.01)
        raise AssertionError("it never ended")

    def _machine(self) -> Any:
        (machine,) = stepfunctions_parser_backends[ACCOUNT]["us-east-1"].state_machines
        return machine


def shortened(text: str) -> str:
    """The definition with waits that a test can bear, over the bucket of the test."""
    text = text.replace("${bucket}", "stadion-remeasure").replace("${partition}", "aws")
    definition: str = json.dumps(json.loads(text))
    return definition.replace('"IntervalSeconds": 2', '"IntervalSeconds": 1').replace(
        '"MaxDelaySeconds": 60', '"MaxDelaySeconds": 1'
    )
