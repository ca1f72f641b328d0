"""How long readings hold, whatever else the recording holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.streams.codec import Floats
from stadion.training.holding import carried, held_s


def every(n: int, rows: int = 3600) -> Floats:
    return np.where(np.arange(rows) % n == 0, 140.0, np.nan)


@pytest.mark.parametrize("n", [1, 2, 7, 60])
def test_a_channel_that_speaks_at_every_nth_row_holds_the_whole_time(n: int) -> None:
    assert held_s(np.arange(3600.0), every(n)).sum() == pytest.approx(3600, abs=n)


def test_an_hour_of_a_row_a_minute_is_an_hour() -> None:
    time_s = np.arange(0, 3601.0, 60)
    assert held_s(time_s, np.full(61, 140.0)).sum() == 3601


def test_a_sensor_that_falls_silent_does_not_speak_on() -> None:
    time_s = np.arange(3600.0)
    assert held_s(time_s, np.where(time_s < 1800, 140.0, np.nan)).sum() == 1800
    assert held_s(time_s, np.where((time_s < 600) | (time_s >= 3000), 140.0, np.nan)).sum() == 1199 + 15


def test_nothing_holds_in_a_pause() -> None:
    active_s = np.array([0.0, 1, 2, 2, 3])
    assert held_s(active_s, np.full(5, 140.0)).tolist() == [1, 1, 0, 1, 1]


def test_one_reading_is_a_second_and_none_are_none() -> None:
    assert held_s(np.arange(9.0), every(10, 9)).tolist() == [1, *[0] * 8]
    assert held_s(np.arange(9.0), np.full(9, np.nan)).sum() == 0
    assert len(held_s(np.empty(0), np.empty(0))) == 0


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), min_size=1, max_size=50))
def test_readings_never_hold_longer_than_the_recording(rows: list[tuple[float, bool]]) -> None:
    active_s = np.cumsum([step for step, _ in rows])
    values = np.array([1.0 if known else np.nan for _, known in rows])
    held = held_s(active_s, values)
    assert (held >= 0).all()
    assert (held[np.isnan(values)] == 0).all()
    assert held.sum() <= active_s[-1] - active_s[0] + 1 + 1e-6


def test_a_channel_says_at_every_row_what_holds_there() -> None:
    values = np.array([np.nan, 1, np.nan, np.nan, 2, *[np.nan] * 20])
    told = carried(np.arange(25.0), values)
    assert told[:7].tolist()[1:] == [1, 1, 1, 2, 2, 2]
    assert np.isnan(told[[0, *range(7, 25)]]).all()
