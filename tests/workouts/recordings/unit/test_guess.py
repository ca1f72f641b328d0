"""A recording that does not say its sport is saved as what it probably was."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from stadion.sports import SportType
from tests.workouts.recordings.unit import samples
from workouts.recordings.measures.domain import judged
from workouts.recordings.measures.guess import guessed_sport
from workouts.recordings.service import Entry, entries_of

CASE = Path(__file__).parents[1] / "cases" / "gpx-no-type.gpx"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def only(data: bytes, sport_type: SportType | None = None) -> Entry:
    (entry,) = entries_of(data, sport_type=sport_type, now=NOW)
    return entry


def test_a_file_without_a_type_counts_like_a_run_that_is_guessed() -> None:
    guessed, named = only(CASE.read_bytes()), only(CASE.read_bytes(), SportType.RUN)
    assert (guessed.measured.sport_type, guessed.measured.sport_guessed) == (SportType.RUN, True)
    assert (named.measured.sport_guessed, guessed.measured.ascent_m) == (False, named.measured.ascent_m)
    assert guessed.measured.model_copy(update={"sport_guessed": False}) == named.measured


def test_a_file_that_says_something_is_not_guessed_at() -> None:
    for kind in ("yoga", "Other things"):
        points = "".join(samples.a_trkpt(second, lat=f"{50 + second * 3e-5:.6f}") for second in range(60))
        entry = only(samples.a_gpx(points, kind=kind))
        assert not entry.measured.sport_guessed


@pytest.mark.parametrize(
    ("metres_a_second", "sport"),
    [
        (0.1, SportType.WORKOUT),
        (1.3, SportType.WALK),
        (3.0, SportType.RUN),
        (5.5, SportType.RUN),
        (8.0, SportType.RIDE),
        (30.0, SportType.WORKOUT),
    ],
)
def test_the_speed_tells(metres_a_second: float, sport: SportType) -> None:
    recording = samples.a_steady_run(metres=600 * metres_a_second, speed_mps=metres_a_second)
    unnamed = replace(recording, sport_type=SportType.WORKOUT)
    assert guessed_sport(judged(unnamed).line) is sport


@pytest.mark.parametrize("name", samples.RIDE_4801)
def test_real_rides_are_rides(name: str) -> None:
    unnamed = replace(samples.recording(name), sport_type=SportType.WORKOUT)
    assert guessed_sport(judged(unnamed).line) is SportType.RIDE


def test_nobody_moves_without_a_way() -> None:
    gym = samples.a_recording(time_s=np.arange(600.0), heart_rate_bpm=[120] * 600, sport_type=SportType.WORKOUT)
    assert guessed_sport(judged(gym).line) is SportType.WORKOUT
