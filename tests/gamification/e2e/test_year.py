"""A runner's real year on the deployed stack: a watch's files and every tenth run typed by hand, through the API.

The data of five years are five athletes' (`make proof`): a day takes 500 uploads of one. One diary of three is
`years/integration/test_year.py`.
"""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

from local.demo.client import FINAL, ApiError, Athlete, Client
from tests.gamification import year
from tests.gamification.fits_of_runs import fit_of
from tests.gamification.year import GOALS, HOME, Run, Told
from tests.kit.athletes import agreeing
from tests.kit.size import SEED, sized
from tests.kit.stack import DeployedStack, eventually, settle

pytestmark = pytest.mark.long
T = TypeVar("T")
R = TypeVar("R")
AT_ONCE: Final = 4
TOO_MANY: Final = 429
POLITE_S: Final = 1.0
"""Between two looks: an athlete may ask 600 times a minute."""
BOARDS: Final = [f"global.{family}.{metric}" for family in ("all", "run") for metric in ("xp", "distance")]


def each(do: Callable[[T], R], many: list[T]) -> list[R]:
    """A few at a time, and the results in their order."""

    def patiently(one: T) -> R:
        while True:
            try:
                return do(one)
            except ApiError as error:
                if error.answer.status_code != TOO_MANY:
                    raise
                time.sleep(int(error.answer.headers["retry-after"]))

    with ThreadPoolExecutor(AT_ONCE) as some:
        return list(some.map(patiently, many))


def bring(athlete: Athlete, run: Run, folder: Path) -> str:
    """Its workout's id."""
    if run.is_manual:
        body = {
            "sport_type": "Run",
            "started_at": run.started_at.isoformat(),
            "time_zone": run.time_zone,
            "elapsed_time_s": run.elapsed_s,
            "distance_m": run.distance_m,
        }
        return str(athlete.post("/v1/workouts", body)["workout_id"])
    file = folder / f"run-{run.number}.fit"
    file.write_bytes(fit_of(run))
    upload = f"/v1/uploads/{athlete.send(file, time_zone=run.time_zone)}"
    ended = eventually(lambda: (got := athlete.get(upload))["status"] in FINAL and got, every_s=POLITE_S)
    assert ended["status"] == "ready", ended
    [workout_id] = ended["workout_ids"]
    return str(workout_id)


def told(athlete: Athlete, workout_id: str) -> Told:
    """As the diary answers it: that it is what the watch recorded is for the tests of recordings."""
    shown = athlete.get(f"/v1/workouts/{workout_id}")
    assert (shown["sport_type"], shown["flags"]) == ("Run", []), shown
    return Told(
        workout_id,
        datetime.fromisoformat(shown["started_at"]),
        shown["time_zone"],
        shown["moving_time_s"],
        shown["distance_m"],
        shown["origin"] == "manual",
        shown["ascent_m"] or 0.0,
        {one["name"]: one["elapsed_time_s"] for one in shown["best_efforts"]},
    )


def on_boards(athlete: Athlete, diary: list[Told], now: datetime) -> list[str]:
    """Where a board says something else of the athlete than the diary comes to."""
    today = now.astimezone(UTC).date()
    monday = today - timedelta(days=today.weekday())
    periods: dict[str, tuple[date | None, date | None]] = {
        "ever": (None, None),
        "week": (monday, monday + timedelta(days=6)),
        "month": (today.replace(day=1), None),
    }
    found = []
    for board in BOARDS:
        for period, (first, last) in periods.items():
            me = athlete.get(f"/v1/leaderboards/{board}.{period}")["me"]
            score = me["score"] if me is not None else 0
            counted = year.board(diary, board.rpartition(".")[2], first, last)
            if score != counted:
                found.append(f"{board}.{period}: {score}, where the diary makes {counted}")
    return found


def differences(athlete: Athlete, diary: list[Told]) -> list[str]:
    now = datetime.now(UTC)
    return [*year.differences(athlete.get, diary, now, HOME), *on_boards(athlete, diary, now)]


def equal(stack: DeployedStack, athlete: Athlete, diary: list[Told]) -> None:
    """Boards trail by a batch of the stream."""
    settle(stack, athlete.user_id)
    seen: list[Any] = []

    def none_is_left() -> bool:
        seen[:] = differences(athlete, diary)
        return not seen

    try:
        eventually(none_is_left, every_s=10 * POLITE_S)
    except AssertionError:
        assert seen == []
        raise


@pytest.mark.parametrize("number", sized(small=[2006], large=[2002, 2003, 2004, 2005, 2006]))
def test_a_year_through_the_api_equals_its_recomputation_and_so_does_half_of_it(
    stack: DeployedStack, door: Client, tmp_path: Path, number: int
) -> None:
    draw = random.Random(SEED)
    athlete = agreeing(Athlete.register(door, "Marathoner", language="en", time_zone=HOME))
    for goal_id, (metric, period) in GOALS.items():
        body = {"metric": metric, "period": period, "target": 1_000_000}
        athlete.call("PUT", f"/v1/gamification/goals/{goal_id}", body)
    ran = year.runs(datetime.now(UTC), years=(number,))
    draw.shuffle(ran)
    ids = each(lambda run: bring(athlete, run, tmp_path), ran)
    diary = each(lambda workout_id: told(athlete, workout_id), ids)
    assert len({one.workout_id for one in diary}) == len(ran) > 150
    assert sum(one.is_manual for one in diary) == sum(run.is_manual for run in ran)
    equal(stack, athlete, diary)

    gone = draw.sample(diary, len(diary) // 2)
    each(lambda one: athlete.call("DELETE", f"/v1/workouts/{one.workout_id}", if_match="*"), gone)
    equal(stack, athlete, [one for one in diary if one not in gone])
