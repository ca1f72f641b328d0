"""Channels that a writer gives in a unit of its own."""

import numpy as np
import pytest

from stadion.sports import SportType
from tests.workouts.recordings.unit.samples import a_recording
from workouts.recordings.measures.domain import measure

MINUTES = np.arange(600.0)
METRES_PER_DEGREE = 111_195.0


@pytest.mark.parametrize("unit", [3.6, 2.237, 1.944])
@pytest.mark.parametrize("counted", [False, True])
def test_a_speed_an_hour_is_known_by_the_ground_that_was_covered(unit: float, counted: bool) -> None:
    speed = 3 + 0.3 * np.sin(MINUTES / 40)
    way_m = np.cumsum(speed)
    ground = {"distance_m": way_m} if counted else {"lat": way_m / METRES_PER_DEGREE, "lon": np.zeros(600)}

    run = measure(a_recording(time_s=MINUTES, speed_mps=unit * speed, **ground))

    assert run.max_speed_mps == pytest.approx(3.3, rel=0.01)
    assert run.disputed == ()


def test_a_sensor_that_is_a_quarter_off_keeps_its_unit() -> None:
    run = a_recording(time_s=MINUTES, speed_mps=np.full(600, 3.75), distance_m=3 * MINUTES)

    assert run.speed_mps.tolist() == [3.75] * 600


@pytest.mark.parametrize(
    ("sport_type", "told", "meant"),
    [(SportType.RUN, 172, 86), (SportType.RUN, 86, 86), (SportType.WALK, 58, 58), (SportType.RIDE, 130, 130)],
)
def test_cadence_on_foot_counts_strides_not_steps(sport_type: SportType, told: float, meant: float) -> None:
    run = a_recording(time_s=MINUTES, sport_type=sport_type, cadence_rpm=np.full(600, told))

    assert measure(run).average_cadence_rpm == meant


def test_a_pool_counts_lengths_at_their_ends() -> None:
    """25 m every 30 s, and five minutes' rest after every ten lengths."""
    swims = (MINUTES[:, None] + 600 * np.arange(4)).T.ravel()
    lengths = np.minimum(swims % 600 // 30, 10) + 10 * (swims // 600)

    swim = measure(a_recording(time_s=swims, sport_type=SportType.SWIM, distance_m=25 * lengths))

    assert (swim.distance_m, swim.flags, swim.disputed, swim.doubted) == (1_000, (), (), {})
    assert swim.max_speed_mps == pytest.approx(25 / 30, rel=0.05)
    assert swim.moving_time_s == pytest.approx(1_200, rel=0.05)


def test_a_runner_who_rests_between_repetitions_is_no_pool() -> None:
    way_m = np.cumsum(np.where(MINUTES % 100 < 40, 5.0, 0.0))

    run = a_recording(time_s=MINUTES, distance_m=way_m)

    assert run.distance_m.tolist() == way_m.tolist()
