"""Boards that somebody asks for, while they end, and with names as long as they may be."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gamification.boards import store
from gamification.boards.building import service as building
from gamification.boards.building.domain import asked
from gamification.boards.domain import BoardId
from gamification.boards.service import forget
from tests.gamification.boards.integration.test_board_scores import NOW, deliver, live_in, scores, workout
from tests.kit.memory import memory
from tests.kit.services import ATHLETE

BOARD = BoardId.parse("region-ru-mow.run.ascent.month")
LATER = NOW + timedelta(days=40)


@pytest.mark.parametrize("number", range(8))
def test_a_board_that_somebody_looks_at_while_it_ends_is_kept_or_made_anew(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_drive", lambda _: None)
    with memory() as kept:
        forget()
        building.look(ATHLETE, BOARD, NOW)
        building.begin(str(BOARD), 1, NOW)
        building.finish(str(BOARD), 1, NOW)
        left = iter(range(number))
        looked: list[bool] = []

        def before(operation: str, request: Any) -> None:
            if next(left, None) is None and not looked:
                looked.append(True)
                building.look(ATHLETE, BOARD, LATER)

        kept.before = before
        with suppress(ExceptionGroup):
            building.end_unseen(LATER)
        kept.before = lambda operation, request: None
        build = building.known(BOARD)
        assert build is not None
        assert [one.is_active for one in store.wanted()] == [build.is_ready], build.state


def test_a_board_that_is_made_while_its_week_ends_has_both_weeks() -> None:
    sunday, monday = datetime(2026, 12, 6, 23, 59, tzinfo=UTC), datetime(2026, 12, 7, 0, 3, tzinfo=UTC)
    board = BoardId.parse("global.run.ascent.week")
    with memory(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "_drive", lambda _: None)
        forget()
        live_in("RU", 2, NOW)
        deliver(workout("a", ascent_m=100.0))
        building.look(ATHLETE, board, sunday)
        deliver(workout("b", started_at="2026-12-07T00:00:10Z", ascent_m=30.0), at=monday)  # nobody heard of it yet
        building.begin(str(board), 1, sunday)
        while not building.fill(str(board), 1, monday).is_done:
            pass
        assert (scores("2026-W49")[board.key], scores("2026-W50")[board.key]) == (100, 30)


def test_each_attempt_at_a_board_is_an_execution_of_its_own() -> None:
    line = "city-ru-" + "a" * 40 + ".wind_and_wave.moving_time.month"
    assert str(BoardId.parse(line)) == line
    first = asked(line, None, NOW)
    again = asked(line, first, NOW)
    other = asked(line.replace(".month", ".week"), first, NOW)
    names = [building._execution(one) for one in (first, again, other)]
    assert len(set(names)) == 3
    assert max(map(len, names)) <= 80
    assert building._execution(asked("global.run.ascent.year", None, NOW)) == "global-run-ascent-year-1"
