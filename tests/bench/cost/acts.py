"""What athletes do, one act at a time on a stack of its own, each counted until all that it caused has come to rest.

A first athlete warms everything up: what is counted has no cold starts.
"""

import json
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from local.aws import Aws
from local.counted import FOLDER
from local.demo import story
from local.demo.client import Athlete
from local.demo.live import Follower, Live
from local.emulator import Emulator, free_port
from local.paths import StackFolder
from local.recordings import recordings
from stadion_cli.base.outputs import Outputs, socket_url
from stadion_cli.stack.service import deploy
from tests.bench.cost.tally import Tally, tallied
from tests.kit.athletes import agreeing, door_of
from tests.kit.stack import DeployedStack, eventually, settle

RIDE: Final = "4078723797.fit"
"""2 h 19 min, 8 357 samples."""
LIVE_S: Final = 1_800
RHYTHM_S: Final = 10
"""As docs/live-protocol.md advises."""
FORMER_RHYTHM_S: Final = 5
HOME: Final = (52.52, 13.405)
OUTBOX: Final = "OUTBOX#"
EXPIRY: Final = "expires_at"
TYPES: Final = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL"})


@dataclass
class World:
    stack: DeployedStack
    lines: Path

    def athletes(self) -> tuple[Athlete, Athlete]:
        made = []
        for name in ("athlete", "follower"):
            athlete = agreeing(Athlete.register(door_of(self.stack), name))
            story.agree_to_offers(athlete)
            made.append(athlete)
        athlete = made[0]
        athlete.call("PUT", f"/v1/me/physical/{story.START_OF_TIME}", story.RIDER)
        for category, sport in (("bike", "Ride"), ("running_shoes", "Run")):
            athlete.post("/v1/gear", {"category": category, "default_for": [sport], "used_since": "2015-01-01"})
        settle(self.stack)
        return made[0], made[1]

    def counted(self, act: Callable[[], object], of: Athlete) -> Tally:
        settle(self.stack)
        before, kept = self._read(), self._kept(of)
        act()
        settle(self.stack)
        return tallied(self._read()[len(before) :], kept_bytes=self._kept(of) - kept)

    def _read(self) -> list[dict[str, Any]]:
        texts = (file.read_text(encoding="utf-8") for file in sorted(self.lines.glob("*.jsonl")))
        return [json.loads(line) for text in texts for line in text.splitlines()]

    def _kept(self, athlete: Athlete) -> int:
        """Bytes of the athlete's items that stay, as DynamoDB counts them."""
        kept = 0
        for table in self.stack.tables.values():
            for page in self.stack.dynamodb.get_paginator("scan").paginate(TableName=table):
                kept += sum(size(item) for item in page["Items"] if stays(item) and athlete.user_id in str(item))
        return kept


def stays(item: dict[str, Any]) -> bool:
    return EXPIRY not in item and not item["pk"]["S"].startswith(OUTBOX)


def size(value: Any) -> int:
    """Of an item, or of a typed value in it."""
    if isinstance(value, dict):
        return sum(len(name) * (name not in TYPES) + size(inner) for name, inner in value.items())
    if isinstance(value, list | set | tuple):
        return sum(map(size, value))
    return len(value if isinstance(value, bytes) else str(value).encode())


@contextmanager
def world() -> Iterator[World]:
    """Without Timestream: what that adds is measured by `bench_timeseries`."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "counted")
        lines.mkdir()
        os.environ[FOLDER] = str(lines)
        try:
            with Emulator(free_port(), StackFolder(Path(folder, "stack")), snapshot_every_s=0, survives=False) as it:
                aws = Aws.local(port=it.port)
                deploy(aws, it.folder, app=None)
                yield World(DeployedStack(aws, it, Outputs.of(aws)), lines)
        finally:
            del os.environ[FOLDER]


def counts(names: tuple[str, ...] = ()) -> dict[str, Tally]:
    """By act, of the second athlete who does them; all of them, or those of these names."""
    with world() as here:
        found: dict[str, Tally] = {}
        for _ in range(2):
            athlete, follower = here.athletes()
            for name, act in ACTS.items():
                if not names or name in names:
                    found[name] = here.counted(partial(act, here.stack, athlete, follower), athlete)
        return found


def manual(_: DeployedStack, athlete: Athlete, __: Athlete) -> None:
    story.move_today(athlete, "Run")


def file(stack: DeployedStack, athlete: Athlete, _: Athlete) -> None:
    """The form, the file, and one look at what became of it."""
    upload = athlete.send(recordings("sweat") / RIDE, time_zone="Europe/Moscow")
    settle(stack, athlete.user_id)
    athlete.get(f"/v1/uploads/{upload}")


def live(stack: DeployedStack, athlete: Athlete, follower: Athlete, rhythm_s: int = RHYTHM_S) -> None:
    """Half an hour with one follower."""
    url = socket_url(stack.aws.endpoint, stack.outputs)
    run = Live(athlete, url)
    run.allow(follower)
    started_at = datetime.now(UTC) - timedelta(seconds=LIVE_S)
    run.start("Run", started_at.isoformat(), time_zone="UTC")
    watching = Follower.with_account(url, follower)
    for first in range(0, LIVE_S, rhythm_s):
        seconds = range(first, first + rhythm_s)
        run.samples(
            list(seconds),
            lat=[HOME[0] + second * 2e-5 for second in seconds],
            lon=[HOME[1] + math.sin(second / 300) * 1e-3 for second in seconds],
            distance_m=[second * 3.0 for second in seconds],
            speed_mps=[3.0 for _ in seconds],
            heart_rate_bpm=[140 + round(10 * math.sin(second / 60)) for second in seconds],
        )
        if first == rhythm_s:
            eventually(lambda: watching.finds(athlete.user_id))
        watching.look(within_s=0.01)
    run.say("stop", at_s=LIVE_S)
    run.line.hang_up()
    watching.line.hang_up()


def live_of_before(stack: DeployedStack, athlete: Athlete, follower: Athlete) -> None:
    live(stack, athlete, follower, FORMER_RHYTHM_S)


def open_app(_: DeployedStack, athlete: Athlete, __: Athlete) -> None:
    """The start screen: progress, records, unread messages, gear, the diary."""
    story.State.of(athlete)
    athlete.get("/v1/workouts")


def look_at_workout(_: DeployedStack, athlete: Athlete, __: Athlete) -> None:
    newest = athlete.get("/v1/workouts")["items"][-1]["workout_id"]
    for what in ("", "/streams?resolution=low", "/metrics"):
        athlete.answer("GET", f"/v1/workouts/{newest}{what}")


def sign_in(_: DeployedStack, athlete: Athlete, __: Athlete) -> None:
    athlete.sign_in()


def refresh(_: DeployedStack, athlete: Athlete, __: Athlete) -> None:
    athlete.refresh()


def read_inbox(_: DeployedStack, athlete: Athlete, __: Athlete) -> None:
    athlete.get("/v1/notifications")


def look_at_trends(_: DeployedStack, athlete: Athlete, __: Athlete) -> None:
    today = datetime.now(UTC).date()
    athlete.get(f"/v1/metrics/trends/heart_rate?period=week&from={today - timedelta(days=365)}&to={today}")


ACTS: Final[dict[str, Callable[[DeployedStack, Athlete, Athlete], None]]] = {
    "manual": manual,
    "file": file,
    "live": live,
    "live_of_before": live_of_before,
    "open_app": open_app,
    "look_at_workout": look_at_workout,
    "look_at_trends": look_at_trends,
    "read_inbox": read_inbox,
    "sign_in": sign_in,
    "refresh": refresh,
}
