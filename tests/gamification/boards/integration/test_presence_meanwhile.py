"""An answer about boards, or a birth date, while a workout is counted: in the end boards show what was said last."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gamification.boards import service, store
from gamification.boards.domain import BoardId
from gamification.boards.people import service as people
from gamification.boards.people.domain import Player, Shown
from gamification.boards.people.store import PLAYERS
from tests.gamification.boards.integration.test_board_scores import NOW, deliver, live_in, workout
from tests.kit.memory import Memory, memory
from tests.kit.services import ATHLETE

REQUESTS = 16
"""More than the first look of a workout at XP and boards takes."""


def said(shown: Shown, name: str | None = None) -> None:
    people.answer(ATHLETE, shown, name, PLAYERS.find(ATHLETE) or Player(), NOW)
    service.follow_presence(ATHLETE, NOW)


def turns_out_to_be_a_child() -> None:
    live_in("RU", 3, NOW + timedelta(seconds=1), birth_date="2012-01-01")
    service.follow_presence(ATHLETE, NOW)


def presences() -> set[tuple[str | None, bool]]:
    return {(found.name, found.is_on) for found in store.SCORES.every(ATHLETE)}


def before_request(kept: Memory, number: int, do: Callable[[], None]) -> Callable[[], bool]:
    """Between two requests of whoever comes next, once; whether it came to that."""
    left = iter(range(number))
    done: list[bool] = []

    def before(operation: str, request: Any) -> None:
        if next(left, None) is None and not done:
            done.append(True)
            do()

    kept.before = before
    return lambda: bool(done)


@pytest.mark.parametrize("number", range(REQUESTS))
@pytest.mark.parametrize(
    ("happens", "shown"),
    [
        (lambda: said(Shown.OFF), (None, False)),
        (lambda: said(Shown.ANONYMOUS), (None, True)),
        (lambda: said(Shown.NAMED, "Ann"), ("Ann", True)),
        (turns_out_to_be_a_child, (None, True)),
    ],
    ids=["leaves", "without-name", "other-name", "child"],
)
@pytest.mark.parametrize(
    "count",
    [
        lambda: deliver(workout("b")),
        lambda: deliver(workout("b", started_at="2026-11-10T08:00:00Z")),
        lambda: service.fill(ATHLETE, BoardId.parse("global.all.ascent.year").at(NOW), NOW),
    ],
    ids=["known", "new", "filled"],
)
def test_what_is_said_while_a_workout_is_counted_holds(
    happens: Callable[[], None], shown: tuple[str | None, bool], number: int, count: Callable[[], object]
) -> None:
    with memory() as kept:
        service.forget()
        live_in("RU", 2, NOW, birth_date="1990-01-01")
        said(Shown.NAMED, "Anna")
        deliver(workout("a", ascent_m=100.0))
        happened = before_request(kept, number, happens)
        count()
        kept.before = lambda operation, request: None
        if not happened():  # the workout took fewer requests
            happens()
        assert presences() == {shown}
