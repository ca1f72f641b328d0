"""Points whose clock was wrong, and what was recorded after the stop."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.sports import SportType
from tests.workouts.recordings.unit import samples
from workouts.recordings.clock import in_time_order
from workouts.recordings.errors import RecordingError
from workouts.recordings.measures.domain import measure
from workouts.recordings.recording import DeviceTotals, RawTrack, Recording, assembled

START_S = samples.START.timestamp()
DAY_S = 86_400.0
DAY = timedelta(days=1)


def a_run(epoch_s: np.ndarray, *, stopped_s: float | None = None, elapsed_s: float | None = None) -> Recording:
    since_s = epoch_s - START_S
    return assembled(
        RawTrack(epoch_s=epoch_s, channels={"distance_m": np.clip(since_s, 0, None) * 3}),
        file_format="test",
        sport_type=SportType.RUN,
        started_epoch_s=START_S,
        stopped_epoch_s=stopped_s,
        totals=DeviceTotals(elapsed_time_s=elapsed_s),
    )


def notes(recording: Recording) -> dict[str, object]:
    return {note.code: note.values["count"] for note in recording.notes}


@given(at=st.integers(0, 199), off_s=st.one_of(st.floats(-1e9, -120), st.floats(120, 1e9)))
def test_one_point_at_a_wrong_time_is_left_out_and_the_rest_keeps_its_time(at: int, off_s: float) -> None:
    epoch_s = START_S + np.arange(200.0)
    wrong = epoch_s.copy()
    wrong[at] += off_s
    assert in_time_order(wrong, None).tolist() == [point for point in range(200) if point != at]


def test_halves_in_another_order_are_sorted() -> None:
    epoch_s = START_S + np.concatenate((np.arange(100.0, 200.0), np.arange(100.0)))
    assert in_time_order(epoch_s, None).tolist() == [*range(100, 200), *range(100)]


def test_a_day_of_a_tour_is_not_astray() -> None:
    epoch_s = START_S + np.concatenate((np.arange(100.0), 2 * DAY_S + np.arange(30.0)))
    assert len(in_time_order(epoch_s, None)) == 130


def test_first_records_days_early_are_astray_though_the_session_starts_with_them() -> None:
    """The watch found the time while it ran: its session then lasted for days, its timer did not."""
    epoch_s = START_S + np.concatenate((np.arange(5.0), 6 * DAY_S + np.arange(300.0)))
    run = assembled(
        RawTrack(epoch_s=epoch_s, channels={"distance_m": np.arange(305.0) * 3}),
        file_format="test",
        sport_type=SportType.RUN,
        started_epoch_s=START_S,
        totals=DeviceTotals(elapsed_time_s=6 * DAY_S + 300, timer_time_s=304),
    )
    assert (len(run), notes(run), run.started_at) == (300, {"points_at_wrong_times": 5}, samples.START + 6 * DAY)
    assert measure(run).elapsed_time_s == pytest.approx(304, abs=6)


def test_a_tour_with_nights_is_as_long_as_its_device_says() -> None:
    epoch_s = START_S + np.concatenate((np.arange(5_000.0), DAY_S + 40_000 + np.arange(20.0)))
    tour = a_run(epoch_s, elapsed_s=DAY_S + 40_020)
    assert (len(tour), measure(tour).elapsed_time_s) == (5_020, DAY_S + 40_020)


def test_a_lone_last_point_stays_if_the_device_says_that_it_recorded_then() -> None:
    epoch_s = START_S + np.append(np.arange(200.0), 4_000.0)
    assert notes(a_run(epoch_s)) == {"points_at_wrong_times": 1}
    assert notes(a_run(epoch_s, elapsed_s=4_000)) == {}


def test_parts_a_month_apart_of_which_none_is_most_are_two_recordings() -> None:
    epoch_s = START_S + np.concatenate((np.arange(100.0), 60 * DAY_S + np.arange(100.0)))
    with pytest.raises(RecordingError, match="too_long"):
        in_time_order(epoch_s, None)


def test_what_runs_on_after_the_stop_is_no_part_of_the_run() -> None:
    """As the stop and the session say; either alone may be wrong."""
    epoch_s = START_S + np.arange(1_000.0)
    home = a_run(epoch_s, stopped_s=START_S + 300, elapsed_s=300)
    assert (len(home), notes(home)) == (302, {"recorded_after_the_stop": 698})
    assert measure(home).elapsed_time_s == pytest.approx(300, abs=2)
    assert len(a_run(epoch_s, stopped_s=START_S + 300)) == len(a_run(epoch_s, elapsed_s=300)) == 1_000
