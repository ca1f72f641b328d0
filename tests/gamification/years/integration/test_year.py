"""A runner's real year (in `make proof` three in one diary), told to gamification: everything equals a recomputation,
also when half of it is deleted."""

import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from gamification.achievements.rules import service as rules
from gamification.boards import service as boards
from gamification.boards.store import SCORES
from stadion import clock
from tests.gamification import year
from tests.gamification.year import GOALS, HOME, Run, Told
from tests.kit.events import deleted, entry, recorded
from tests.kit.memory import Memory, memory
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.kit.size import SEED, sized

pytestmark = pytest.mark.long
EFFORTS = {"1k": 1000.0, "5k": 5000.0, "10k": 10_000.0, "Half-Marathon": 21_097.5, "Marathon": 42_195.0}


@pytest.fixture
def table() -> Iterator[Memory]:
    """In moto, which copies a table for each transaction, the years would take a day."""
    with memory() as stored:
        rules.forget()
        boards.forget()
        yield stored
    rules.forget()
    boards.forget()


@pytest.fixture
def gamification(table: Memory, monkeypatch: pytest.MonkeyPatch) -> Service:
    return Service("gamification", monkeypatch)


def told(run: Run) -> Told:
    """At an even pace."""
    reached = {name: metres for name, metres in EFFORTS.items() if metres <= run.distance_m and not run.is_manual}
    efforts = {name: round(run.elapsed_s * metres / run.distance_m, 1) for name, metres in reached.items()}
    return Told(
        f"w-{run.number}",
        run.started_at,
        run.time_zone,
        float(run.elapsed_s),
        run.distance_m,
        run.is_manual,
        efforts=efforts,
    )


def event(one: Told) -> dict[str, Any]:
    efforts = [
        {"name": name, "distance_m": EFFORTS[name], "elapsed_time_s": seconds, "start_offset_s": 0.0}
        for name, seconds in one.efforts.items()
    ]
    made = recorded(
        one.workout_id,
        started_at=one.started_at.isoformat(),
        time_zone=one.time_zone,
        moving_time_s=one.moving_time_s,
        elapsed_time_s=one.moving_time_s,
        distance_m=one.distance_m,
        best_efforts=efforts,
        origin="manual" if one.is_manual else "upload",
    )
    made["detail"]["occurred_at"] = clock.rfc3339(clock.now())
    return made


def deliver(gamification: Service, table: Memory, entries: list[dict[str, Any]]) -> None:
    """What is published is nobody's here."""
    for first in range(0, len(entries), 10):
        some = sqs_event(*entries[first : first + 10])
        assert gamification.invoke("on_workout_events", some) == {"batchItemFailures": []}
        for items in table.tables.values():
            for key in [key for key in items if key[0].startswith("OUTBOX#")]:
                del items[key]


def differences(gamification: Service, diary: list[Told]) -> list[str]:
    def read(path: str) -> Any:
        parts = urlsplit(path)
        answer = gamification.call("GET", parts.path, query=dict(parse_qsl(parts.query)))
        assert answer.status == 200, answer.body
        return answer.body

    found = list(year.differences(read, diary, clock.now(), HOME))
    scores = SCORES.find(ATHLETE, "ever")
    for metric in ("xp", "distance"):
        for family in ("all", "run"):
            score, _ = (scores.scores if scores else {}).get(f"global|{family}|{metric}", (0, 0))
            if score != year.board(diary, metric):
                found.append(f"board of {metric}, {family}: {score}, not {year.board(diary, metric)}")
    return found


def test_a_year_equals_its_recomputation_and_again_when_half_of_it_is_deleted(
    gamification: Service, table: Memory
) -> None:
    draw = random.Random(SEED)
    profile = {"revision": 2, "time_zone": HOME, "language": "en"}
    known = entry("ProfileUpdated", profile, source="accounts")
    assert gamification.invoke("athletes/on_account_events", sqs_event(known)) == {"batchItemFailures": []}
    for goal_id, (metric, period) in GOALS.items():
        body = {"metric": metric, "period": period, "target": 1_000_000}
        assert gamification.call("PUT", f"/v1/gamification/goals/{goal_id}", body).status == 200
    ran = year.runs(clock.now(), years=sized(small=(2006,), large=(2004, 2005, 2006)))
    diary = [told(run) for run in ran[-sized(small=150, large=len(ran)) :]]
    assert len(diary) >= 150

    events = [event(one) for one in diary]
    again = [*events, *draw.sample(events, len(events) // 10)]
    draw.shuffle(again)
    deliver(gamification, table, again)
    assert differences(gamification, diary) == []

    gone = draw.sample(diary, len(diary) // 2)
    deliver(gamification, table, [deleted(one.workout_id) for one in gone])
    left = [one for one in diary if one not in gone]
    assert differences(gamification, left) == []
    assert any(year.achievements(left, clock.now(), HOME).values())
