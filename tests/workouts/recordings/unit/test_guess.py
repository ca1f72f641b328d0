"""A recording that does not say its sport is saved as what it probably was."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from stadion.sports import SportType
from stadion.units import KnownReader
from tests.workouts.recordings.unit import samples
from workouts.reasons import Reason
from workouts.recordings.measures.domain import judged
from workouts.recordings.measures.guess import Guess, guessed_sport
from workouts.recordings.service import Entry, entries_of
from workouts.texts import worded

CASE = Path(__file__).parents[1] / "cases" / "gpx-no-type.gpx"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def only(data: bytes, sport_type: SportType | None = None) -> Entry:
    (entry,) = entries_of(data, sport_type=sport_type, now=NOW)
    return entry


def test_a_file_without_a_type_counts_like_a_run_that_is_guessed() -> None:
    guessed, named = only(CASE.read_bytes()), only(CASE.read_bytes(), SportType.RUN)
    assert (guessed.measured.sport_type, guessed.measured.sport_guessed) == (SportType.RUN, True)
    assert (named.measured.sport_guessed, guessed.measured.ascent_m) == (False, named.measured.ascent_m)
    assert guessed.measured.model_copy(update={"sport_guessed": False, "guessed_by": None}) == named.measured


def test_a_file_that_says_something_is_not_guessed_at() -> None:
    for kind in ("yoga", "Other things"):
        points = "".join(samples.a_trkpt(second, lat=f"{50 + second * 3e-5:.6f}") for second in range(60))
        entry = only(samples.a_gpx(points, kind=kind))
        assert not entry.measured.sport_guessed


@pytest.mark.parametrize(
    ("metres_a_second", "sport", "why"),
    [
        (0.1, SportType.WORKOUT, "sport_without_way"),
        (1.3, SportType.WALK, "sport_by_speed"),
        (3.0, SportType.RUN, "sport_by_speed"),
        (5.5, SportType.RUN, "sport_by_speed"),
        (8.0, SportType.RIDE, "sport_by_speed"),
        (30.0, SportType.WORKOUT, "sport_unclear"),
    ],
)
def test_the_speed_tells(metres_a_second: float, sport: SportType, why: str) -> None:
    recording = samples.a_steady_run(metres=600 * metres_a_second, speed_mps=metres_a_second)
    unnamed = replace(recording, sport_type=SportType.WORKOUT)
    guess = guessed_sport(judged(unnamed).line)
    assert (guess.sport_type, guess.reason.code) == (sport, why)
    assert guess.reason.values.get("kmh", metres_a_second * 3.6) == pytest.approx(metres_a_second * 3.6, rel=0.05)


@pytest.mark.parametrize("name", samples.RIDE_4801)
def test_real_rides_are_rides(name: str) -> None:
    unnamed = replace(samples.recording(name), sport_type=SportType.WORKOUT)
    assert guessed_sport(judged(unnamed).line).sport_type is SportType.RIDE


def test_nobody_moves_without_a_way() -> None:
    gym = samples.a_recording(time_s=np.arange(600.0), heart_rate_bpm=[120] * 600, sport_type=SportType.WORKOUT)
    assert guessed_sport(judged(gym).line) == Guess(SportType.WORKOUT, Reason.of("sport_without_way"))


def test_what_nobody_can_tell_is_a_workout_that_is_guessed_and_says_why() -> None:
    points = "".join(samples.a_trkpt(second) for second in range(60))
    measured = only(samples.a_gpx(points).replace(b"<type>running</type>", b"")).measured
    assert (measured.sport_type, measured.sport_guessed) == (SportType.WORKOUT, True)
    assert measured.guessed_by is not None
    assert worded(measured.guessed_by, KnownReader()).startswith("The recording names no sport, and")
