"""`achievement_backfill.asl.json` as shipped, on an executor that runs ASL, with the real steps and table."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import boto3

from local.paths import ROOT
from tests.kit.events import entry, recorded
from tests.kit.functions import handler_of
from tests.kit.services import Context, Service, sqs_event

ASL = ROOT / "statemachines" / "achievement_backfill.asl.json"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:achievement-backfill"
ATHLETES = tuple(f"0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a{number:02}" for number in range(7))


class Killed(BaseException):
    """The process of a step ends where it is: nobody catches that."""


class Diaries:
    def __init__(self, gamification: Service) -> None:
        self.gamification = gamification
        self.calls: Counter[str] = Counter()
        self.before: Callable[[int], None] = lambda _: None
        """Called with the number of the call, before it."""
        self._lock = threading.RLock()
        self._machines = boto3.client("stepfunctions")

    def begin(self) -> None:
        """Each athlete is known, and ran as often as their number says."""
        for number, user in enumerate(ATHLETES):
            told = {"email": f"{number}@example.org", "display_name": "A", "language": "en", "time_zone": "UTC"}
            self.tell("athletes/on_account_events", entry("UserRegistered", told, user=user, source="accounts"))
            for run in range(number):
                start = f"2026-11-{10 + run}T05:40:00Z"
                self.tell("on_workout_events", recorded(f"w-{number}-{run}", user=user, started_at=start))

    def tell(self, function: str, *events: dict[str, Any]) -> None:
        assert self.gamification.invoke(function, sqs_event(*events)) == {"batchItemFailures": []}

    def admin(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        answer = self.gamification.sign(method, f"/v1/admin/{path}", body)
        assert answer.status == status, answer.body
        return answer.body

    def held(self, rule_id: str) -> set[str]:
        """Who holds it; each once."""
        items = [one for one in self.gamification.items() if one.get("kind", {}).get("S") == "achievement_award"]
        found = [one["pk"]["S"].removeprefix("USER#") for one in items if f"#{rule_id}#" in one["sk"]["S"]]
        assert len(found) == len(set(found))
        return set(found)

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        with self._lock:  # moto's tables are not for threads
            self.calls[function] += 1
            try:
                if function == "count_athletes":
                    self.before(self.calls[function])
                return handler_of("gamification", function)(event, Context())
            except Killed as end:
                raise RuntimeError("Runtime exited") from end

    def kill(self) -> None:
        """All executions, where they are."""
        for one in self._executions():
            if one["status"] == "RUNNING":
                self._machines.stop_execution(executionArn=one["executionArn"])

    def wait(self, seconds: float = 30) -> list[str]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            states = [one["status"] for one in self._executions()]
            if states and "RUNNING" not in states:
                return states
            time.sleep(0.05)
        raise TimeoutError(self._executions())

    def _executions(self) -> list[Any]:
        machine = self._machines.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        return sorted(
            self._machines.list_executions(stateMachineArn=machine)["executions"], key=lambda one: one["name"]
        )
