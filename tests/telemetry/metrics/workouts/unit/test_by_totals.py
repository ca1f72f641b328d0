"""The load of what nobody recorded: by its totals, or by how hard it felt."""

from datetime import date

import numpy as np
import pytest

from stadion.athletes import BodyDay, Measurement
from stadion.sports import SportType
from stadion.streams.codec import Columns
from telemetry.metrics.athletes.domain import Athlete, Person, body_on
from telemetry.metrics.workouts.domain import assess
from telemetry.metrics.workouts.values import Assessment
from telemetry.streams.values import Facts

BODY = {
    Measurement.FTP: 200.0,
    Measurement.MAX: 190.0,
    Measurement.RESTING: 50.0,
    Measurement.THRESHOLD: 172.0,
    Measurement.PACE: 300.0,
}


def by_hand(
    sport_type: SportType = SportType.RIDE,
    body: dict[Measurement, float] | None = None,
    *,
    columns: Columns | None = None,
    **known: float,
) -> Assessment:
    day = date(2026, 5, 1)
    entries = (BodyDay(day=day, revision=1, values=body or {}, ever=list(body or {})),)
    facts = Facts(day=day, elapsed_time_s=3600, moving_time_s=3600, **known)
    return assess(facts, sport_type, columns or {}, body_on(Athlete(Person(), entries), day))


def test_perceived_exertion_and_minutes_are_a_load_without_a_watch() -> None:
    told = by_hand(rpe=8, timer_time_s=1800)
    assert (told.load.value, told.load.method, told.load.estimated) == (50, "session_rpe", True)
    assert told.load.inputs["rpe"].value == 8


@pytest.mark.parametrize(("rpe", "load"), [(0, 0), (0.5, 10), (1, 20), (5.5, 65), (10, 140)])
def test_an_hour_of_exertion_is_worth_what_friels_table_says(rpe: float, load: float) -> None:
    assert by_hand(rpe=rpe).load.value == pytest.approx(load)


@pytest.mark.parametrize(
    ("sport_type", "known", "method", "load"),
    [
        (SportType.RUN, {"distance_m": 12_000}, "average_pace", 100),
        (SportType.RIDE, {"average_power_w": 200}, "average_power", 100),
        (SportType.RIDE, {"average_power_w": 200, "average_heart_rate_bpm": 172, "rpe": 3}, "average_power", 100),
        (SportType.RUN, {"distance_m": 12_000, "average_heart_rate_bpm": 172, "rpe": 3}, "average_heart_rate", 100),
        (SportType.RUN, {"distance_m": 12_000, "rpe": 3}, "average_pace", 100),
        (SportType.SWIM, {"distance_m": 2_000, "average_power_w": 200, "rpe": 3}, "session_rpe", 40),
    ],
)
def test_what_is_known_of_a_typed_workout_is_trusted_in_this_order(
    sport_type: SportType, known: dict[str, float], method: str, load: float
) -> None:
    told = by_hand(sport_type, BODY, **known)
    assert (told.load.method, told.load.value, told.load.estimated) == (method, pytest.approx(load), True)


def test_a_recording_without_a_pulse_has_the_load_that_the_watch_was_told() -> None:
    columns = {"time_s": np.arange(3600.0), "cadence_rpm": np.full(3600, 80.0)}
    assert by_hand(columns=columns, rpe=8).load.method == "session_rpe"
