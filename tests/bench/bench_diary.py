"""How an athlete's requests grow with the diary, on the deployed stack: lists, filters, gear, a new workout.

One workout is recorded through the API. What all services made of it is then copied, day by day, as often as the
diary is long: the same items that as many requests would have left, in seconds. Athletes with diaries of all sizes
take turns, so that a busy machine is as busy for each. The emulator's CPU time is told beside the wall time.

Run from the repository's root: python -m tests.bench.bench_diary 100 1000 5000
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.kit.athletes import Athlete, join
from tests.kit.size import sized
from tests.kit.stack import DeployedStack, deployed_stack, eventually

SIZES = sized(small=(100, 500), large=(100, 1000, 5000))
ROUNDS = sized(small=12, large=25)
YEAR = timedelta(days=365)
DAY = datetime.now(UTC).date() - YEAR
RUN = {"sport_type": "Run", "time_zone": "Europe/Moscow", "elapsed_time_s": 1834, "distance_m": 6400}
BATCH = 25
NOTHING = "min_distance_m=900000"
IDLE = 0.1
"""Of one core: the emulator still looks into its queues."""
READING = {
    "a list of 20": lambda runner: runner.get("/v1/workouts?limit=20"),
    "20 from the middle on": lambda runner: runner.get(f"/v1/workouts?limit=20&started_to={runner.middle}"),
    "a month's, filtered": lambda runner: runner.get(f"/v1/workouts?limit=20&{runner.a_month}&{NOTHING}"),
    "every fifth, filtered": lambda runner: runner.get("/v1/workouts?limit=20&sport_type=Ride"),
    "all, filtered": lambda runner: runner.get(f"/v1/workouts?limit=20&{NOTHING}"),
    "a pair of shoes": lambda runner: runner.get(f"/v1/gear/{runner.gear_id}"),
}
NEW_WORKOUT = "a new workout"
UNBOUNDED = {"all, filtered"}
"""What hardly anything passes is looked for in all entries of the index: two megabytes at most, on AWS too."""


@dataclass
class Runner:
    """Somebody with a diary of that size."""

    athlete: Athlete
    size: int
    gear_id: str
    new_days: Iterator[date]

    @classmethod
    def with_diary(cls, stack: DeployedStack, size: int) -> "Runner":
        athlete = join(stack, f"diary-{size}")
        gear = athlete.call("POST", "/v1/gear", {"category": "running_shoes", "limit": 100_000})
        runner = cls(athlete, size, gear["gear_id"], (DAY + timedelta(days=n) for n in range(1, YEAR.days)))
        first = athlete.call("POST", "/v1/workouts", _run_on(DAY) | {"gear_ids": [gear["gear_id"]]})["workout_id"]
        eventually(lambda: athlete.call("GET", "/v1/gamification/progress")["xp"] > 0)
        eventually(lambda: athlete.call("GET", f"/v1/gear/{gear['gear_id']}")["distance_m"] > 0)
        _copied(stack, athlete, first, size - 1)
        return runner

    @property
    def middle(self) -> str:
        return f"{DAY - timedelta(days=self.size // 2)}T00:00:00Z"

    @property
    def a_month(self) -> str:
        return f"started_from={DAY - timedelta(days=30)}T00:00:00Z&started_to={DAY}T00:00:00Z"

    def get(self, path: str) -> None:
        self.athlete.call("GET", path)

    def record(self) -> None:
        self.athlete.call("POST", "/v1/workouts", _run_on(next(self.new_days)))


def _run_on(day: date) -> dict[str, Any]:
    return {**RUN, "started_at": f"{day}T06:00:00Z"}


def _copied(stack: DeployedStack, athlete: Athlete, workout_id: str, times: int) -> None:
    """Every service's items of that workout, for as many days before it."""
    dynamodb = stack.aws.client("dynamodb")
    for table in stack.tables.values():
        texts = [json.dumps(item) for item in _items_of(dynamodb, table, athlete.user_id, workout_id)]
        copies = (
            {"PutRequest": {"Item": json.loads(_copy(text, workout_id, number))}}
            for number in range(times)
            for text in texts
        )
        while batch := [copy for copy, _ in zip(copies, range(BATCH), strict=False)]:
            dynamodb.batch_write_item(RequestItems={table: batch})


def _items_of(dynamodb: Any, table: str, user_id: str, workout_id: str) -> Iterator[dict[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            pk, sk = item["pk"]["S"], item["sk"]["S"]
            if pk in {f"USER#{user_id}", f"INDEX#{user_id}"} and (workout_id in sk or str(DAY) in sk):
                yield item


def _copy(text: str, workout_id: str, number: int) -> str:
    """The same workout of another day; every fifth is a ride."""
    sport = "Run" if number % 5 else "Ride"
    day = DAY - timedelta(days=number + 1)
    return text.replace(workout_id, _id_of(day)).replace(str(DAY), str(day)).replace("Run", sport)


@cache
def _id_of(day: date) -> str:
    """The same in all services' tables, and no two athletes' matter to each other."""
    return str(uuid4())


@dataclass
class Times:
    """Milliseconds of one kind of request, by the size of the diary."""

    wall: dict[int, list[float]] = field(default_factory=dict)
    cpu: dict[int, list[float]] = field(default_factory=dict)

    def add(self, size: int, wall: float, cpu: float) -> None:
        self.wall.setdefault(size, []).append(wall)
        self.cpu.setdefault(size, []).append(cpu)

    @property
    def growth(self) -> float:
        """From the shortest diary to the longest, by the quickest quarter: what a busy machine adds is not counted."""
        smallest, *_, largest = sorted(self.wall)
        return _quick(self.wall[largest]) / _quick(self.wall[smallest])

    def line(self) -> str:
        shown = (f"{_quick(self.wall[n]):7.1f} ({statistics.mean(self.cpu[n]):5.1f})" for n in sorted(self.wall))
        return f"{'  '.join(shown)}  {self.growth:.2f} times"


def _quick(values: list[float]) -> float:
    return statistics.quantiles(values, n=4)[0]


def measured(stack: DeployedStack, sizes: Sequence[int] = SIZES, *, rounds: int = ROUNDS) -> dict[str, Times]:
    runners = [Runner.with_diary(stack, size) for size in sizes]
    found = {name: Times() for name in (*READING, NEW_WORKOUT)}
    _settle(stack)
    for number in range(-2, rounds):  # the first ones warm the functions
        for name, request in READING.items():
            for runner in runners:
                cost = _cost(stack, lambda request=request, runner=runner: request(runner))
                if number >= 0:
                    found[name].add(runner.size, *cost)
    for number in range(-2, rounds):
        for runner in runners:
            _settle(stack)  # so that one's consumers are not in the next one's way
            cost = _cost(stack, runner.record)
            if number >= 0:
                found[NEW_WORKOUT].add(runner.size, *cost)
    return found


def _settle(stack: DeployedStack) -> None:
    """Until all that a request set going has been done."""

    def idles() -> bool:
        before = _cpu_ms(stack)
        time.sleep(0.3)
        return _cpu_ms(stack) - before <= IDLE * 300

    eventually(idles, every_s=0)


def _cost(stack: DeployedStack, call: Callable[[], None]) -> tuple[float, float]:
    """Wall time, and the emulator's CPU time, in ms."""
    started, before = time.perf_counter(), _cpu_ms(stack)
    call()
    return (time.perf_counter() - started) * 1000, _cpu_ms(stack) - before


def _cpu_ms(stack: DeployedStack) -> float:
    running = stack.emulator.running()
    assert running is not None
    fields = Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def report(found: dict[str, Times]) -> str:
    sizes = sorted(next(iter(found.values())).wall)
    heads = "  ".join(f"{size:>7} {'':7}" for size in sizes)
    lines = [f"  {name:<30} {times.line()}" for name, times in found.items()]
    return "\n".join([f"\n  {'ms (emulator CPU), workouts:':<30} {heads}  growth", *lines])


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder, deployed_stack(Path(folder)) as stack:
        print(report(measured(stack, sizes)))


if __name__ == "__main__":
    main()
