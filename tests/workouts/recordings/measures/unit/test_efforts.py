import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.recordings.unit import samples
from workouts.recordings.measures.domain import measure
from workouts.recordings.measures.efforts import DISTANCES_M, fastest

STEPS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 200)), min_size=1, max_size=30)


def brute_force(time_s: np.ndarray, covered: np.ndarray, length_m: float) -> float | None:
    """Tries a start at every metre; with points at whole metres, no other start can be better."""
    if covered[-1] < length_m:
        return None
    starts = np.arange(0, covered[-1] - length_m + 1e-9, 1.0)
    left = [time_s[np.searchsorted(covered, start, side="right") - 1] for start in starts]
    fine_left = [
        at if np.any(np.isclose(covered, start)) else np.interp(start, covered, time_s)
        for start, at in zip(starts, left, strict=True)
    ]
    reached = []
    for start in starts:
        goal = start + length_m
        at = np.searchsorted(covered, goal - 1e-9, side="left")
        if at == 0 or covered[at] == covered[at - 1]:
            reached.append(time_s[at])
        else:
            share = (goal - covered[at - 1]) / (covered[at] - covered[at - 1])
            reached.append(time_s[at - 1] + share * (time_s[at] - time_s[at - 1]))
    return float(np.min(np.array(reached) - np.array(fine_left)))


@given(steps=STEPS, length_m=st.integers(1, 800))
def test_no_stretch_is_faster_than_the_fastest(steps: list[tuple[int, int]], length_m: int) -> None:
    time_s = np.concatenate(([0.0], np.cumsum([float(seconds) for seconds, _ in steps])))
    covered = np.concatenate(([0.0], np.cumsum([float(metres) for _, metres in steps])))
    effort, brute = fastest(time_s, covered, float(length_m)), brute_force(time_s, covered, float(length_m))
    assert (effort is None) == (brute is None)
    if effort is not None and brute is not None:
        assert effort[0] == pytest.approx(brute, abs=1e-6)
        assert 0 <= effort[1] <= time_s[-1] - effort[0] + 1e-6


def test_a_steady_run_is_equally_fast_over_every_distance() -> None:
    efforts = measure(samples.a_steady_run(metres=10_200)).best_efforts
    assert [effort.name for effort in efforts] == ["400m", "1/2 mile", "1k", "1 mile", "2 mile", "5k", "10k"]
    assert all(effort.elapsed_time_s == pytest.approx(effort.distance_m / 4, abs=0.1) for effort in efforts)


def test_a_pause_counts_against_a_best_effort() -> None:
    time_s = np.concatenate((np.arange(0.0, 151.0), np.arange(450.0, 601.0)))
    distance_m = np.interp(time_s, [0, 150, 450, 600], [0, 600, 601, 1_201])
    efforts = {
        effort.name: effort
        for effort in measure(samples.a_recording(time_s=time_s, distance_m=distance_m)).best_efforts
    }
    assert efforts["400m"].elapsed_time_s == pytest.approx(100)
    assert efforts["1k"].elapsed_time_s > 500


def test_a_sprint_in_the_middle_is_found_where_it_was() -> None:
    time_s = np.arange(0.0, 1_001.0)
    distance_m = np.cumsum(np.where((time_s > 400) & (time_s <= 450), 8.0, 3.0)) - 3.0
    (best, *_) = measure(samples.a_recording(time_s=time_s, distance_m=distance_m)).best_efforts
    assert (best.elapsed_time_s, best.start_offset_s) == (50, 400)


def test_the_list_is_stravas() -> None:
    assert len(DISTANCES_M) == 14
    assert DISTANCES_M["Half-Marathon"] == 21_097.5


@pytest.mark.parametrize("name", samples.RIDE_4078)
def test_best_efforts_of_the_ride_agree_in_every_format(name: str) -> None:
    ours = samples.measures(name).best_efforts
    fit = samples.measures("4078723797.fit").best_efforts
    assert [effort.elapsed_time_s for effort in ours] == pytest.approx(
        [effort.elapsed_time_s for effort in fit], rel=0.005
    )
