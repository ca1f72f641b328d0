"""The drive home is suggested to be cut off; what an athlete can do is not."""

import numpy as np
import pytest

from stadion.sports import SportType, sport
from workouts.recordings.measures.guess import guessed_sport
from workouts.recordings.measures.plausibility import without_drive
from workouts.recordings.measures.timeline import Timeline, timeline

Part = tuple[float, float]
"""How many seconds at how many m/s."""
RUN: Part = (1800.0, 3.0)
STAND: Part = (40.0, 0.0)
CAR: Part = (900.0, 14.0)


def line(*parts: Part) -> Timeline:
    speed = np.concatenate([np.full(int(seconds), mps) for seconds, mps in parts])
    time_s = np.arange(len(speed) + 1, dtype=np.float64)
    covered = np.concatenate(([0.0], np.cumsum(speed)))
    return timeline(time_s, time_s, speed > 0.5, covered)


def suggested(*parts: Part, sport_type: SportType = SportType.RUN) -> tuple[float, float] | None:
    return without_drive(line(*parts), sport(sport_type))


def test_the_drive_home_is_left_out_from_the_stop_before_it() -> None:
    found = suggested(RUN, STAND, CAR)
    assert found == pytest.approx((0.0, 1800.0), abs=1.5)


def test_the_drive_there_too_and_the_lights_on_the_way() -> None:
    found = suggested(
        CAR, (60.0, 0.0), CAR, STAND, RUN, STAND, (300.0, 14.0), (120.0, 0.0), (300.0, 14.0), (200.0, 0.0)
    )
    assert found == pytest.approx((1860, 3700), abs=65)


@pytest.mark.parametrize(
    ("parts", "sport_type"),
    [
        ((RUN,), SportType.RUN),
        ((RUN, (20.0, 9.0), RUN), SportType.RUN),  # a sprint
        ((RUN, STAND, (20.0, 14.0)), SportType.RUN),  # too short to be told from a jump
        ((CAR,), SportType.RUN),  # nothing would be left
        ((RUN, CAR, RUN), SportType.RUN),  # in the middle: two workouts, which only the athlete knows
        (((1800.0, 8.0), (900.0, 14.0)), SportType.RIDE),  # a fast ride
        (((1800.0, 8.0), (50.0, 24.0), (600.0, 8.0)), SportType.RIDE),  # a descent
    ],
)
def test_what_may_be_the_sport_is_not(parts: tuple[Part, ...], sport_type: SportType) -> None:
    assert suggested(*parts, sport_type=sport_type) is None


def test_a_run_and_the_drive_home_are_not_guessed_to_be_a_ride() -> None:
    assert guessed_sport(line(RUN, STAND, (600.0, 20.0))).sport_type is SportType.WORKOUT
    assert guessed_sport(line((3000.0, 7.0), (700.0, 14.0))).sport_type is SportType.RIDE
