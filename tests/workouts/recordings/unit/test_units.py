"""Channels that a writer gives in a unit of its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from stadion.sports import SportType
from stadion.streams.recorded import bundle, chunks
from telemetry.exports.domain import ExportFormat
from tests.telemetry.exports.round_trip import back, leaving
from tests.workouts.recordings.unit.samples import START, a_recording
from workouts.domain import Cut, LivePart, Whole
from workouts.recordings.measures.domain import measure
from workouts.recordings.recording import Recording
from workouts.recordings.service import Source, entry_of, live_source, measured_of

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


def steps(**more: Any) -> Recording:
    return replace(a_recording(time_s=MINUTES, sport_type=SportType.RIDE, cadence_rpm=np.full(600, 170.0)), **more)


@pytest.mark.parametrize("told", [SportType.RIDE, SportType.WORKOUT])
def test_a_sport_that_is_corrected_corrects_what_its_cadence_counts(told: SportType) -> None:
    source = Source(steps(sport_type=told))
    cadences = [measured_of([source], None, one).measured.average_cadence_rpm for one in (told, SportType.RUN, told)]
    assert cadences == [170, 85, 170]


def test_of_a_guess_the_cadence_is_that_of_the_sport_that_was_guessed() -> None:
    entry = entry_of(steps(sport_type=SportType.WORKOUT, sport_is_told=False, distance_m=3 * MINUTES), None)
    assert (entry.measured.sport_type, entry.measured.average_cadence_rpm) == (SportType.RUN, 85)
    assert entry.source.recording.cadence_rpm[0] == 170


def test_a_live_run_counts_strides_as_its_file_does() -> None:
    part = LivePart(
        session_id="s", revision=1, sport_type=SportType.RUN, started_at=START, ended_at=START + timedelta(seconds=599)
    )
    source = live_source(part, bundle(chunks({"time_s": MINUTES, "cadence_rpm": np.full(600, 170.0)})))
    assert measured_of([source], None, None).measured.average_cadence_rpm == 85


def test_a_slow_end_of_a_run_counts_steps_as_its_beginning_does() -> None:
    slows = a_recording(time_s=MINUTES, cadence_rpm=np.where(MINUTES < 400, 170.0, 110.0))
    cut = Cut(whole=Whole(started_at=START, recorded_span_s=599), from_at=START + timedelta(seconds=450))
    assert measured_of([Source(slows)], cut, None).measured.average_cadence_rpm == 55


def test_strides_of_an_export_of_ours_are_not_halved_again() -> None:
    sprints = replace(steps(sport_type=SportType.RUN), distance_m=3 * MINUTES, cadence_rpm=np.full(600, 250.0))
    entry = entry_of(sprints, None)
    assert entry.measured.average_cadence_rpm == 125
    assert back(leaving(entry), ExportFormat.TCX).measured.average_cadence_rpm == 125


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
