"""What workouts mean, on real recordings through the chunks that are kept of them."""

from datetime import date

import numpy as np
import pytest

from local.recordings import recordings
from stadion.athletes import BodyDay, Measurement
from stadion.clock import now
from stadion.sports import SportType
from stadion.streams.codec import Columns, Floats
from stadion.streams.recorded import unbundle
from stadion.streams.told import columns_of, unpacked
from telemetry.metrics.athletes.domain import Athlete, Person, body_on
from telemetry.metrics.workouts.domain import assess
from telemetry.metrics.workouts.timeline import timeline
from telemetry.metrics.workouts.values import Assessment
from telemetry.streams.values import Facts
from workouts.recordings.service import entries_of

DAY = date(2026, 11, 20)
MEASURED = {
    "ftp_w": 200.0,
    "max_heart_rate_bpm": 190.0,
    "resting_heart_rate_bpm": 50.0,
    "threshold_heart_rate_bpm": 172.0,
    "threshold_pace_s_per_km": 300.0,
}


def kept(name: str) -> dict[str, Floats]:
    """The columns as telemetry reads them back."""
    [entry] = entries_of((recordings("sweat") / name).read_bytes(), sport_type=None, now=now())
    parts = unbundle(entry.bundled)
    return columns_of(parts, unpacked(parts))


def assessed(
    columns: Columns,
    sport_type: SportType = SportType.RIDE,
    *,
    born: date | None = None,
    average: float | None = None,
    measured: dict[str, float] | None = None,
) -> Assessment:
    values = {Measurement(name): value for name, value in (measured or {}).items()}
    entries = (BodyDay(day=DAY, revision=1, values=values, ever=list(values)),)
    facts = Facts(day=DAY, elapsed_time_s=3600, moving_time_s=3600, average_heart_rate_bpm=average)
    return assess(facts, sport_type, columns, body_on(Athlete(Person(birth_date=born), entries), DAY))


@pytest.fixture(scope="module")
def ride() -> dict[str, Floats]:
    return kept("4078723797.fit")


@pytest.fixture(scope="module")
def run() -> dict[str, Floats]:
    return kept("3173437224.tcx")


def test_the_real_ride_has_the_training_stress_that_its_device_says(ride: dict[str, Floats]) -> None:
    told = assessed(ride, measured=MEASURED)
    assert told.tss.value == pytest.approx(413.7, rel=0.005)
    assert told.normalized_power.value == pytest.approx(267, abs=0.5)
    assert told.intensity_factor.value == pytest.approx(1.335, abs=0.003)
    assert (told.load.value, told.load.method, told.load.estimated) == (told.tss.value, "power_tss", False)
    assert told.tss.inputs["ftp"].since == DAY
    assert told.zones["power"].seconds is not None
    assert sum(told.zones["power"].seconds) == pytest.approx(8357, abs=2)
    assert told.mean_max["power"][1] == np.nanmax(ride["power_w"])


def test_without_an_ftp_the_heart_tells_and_says_what_was_assumed(ride: dict[str, Floats]) -> None:
    told = assessed(ride, born=date(1986, 6, 15))
    assert (told.tss.value, told.tss.missing) == (None, ["ftp_w"])
    assert (told.load.method, told.load.estimated) == ("hr_tss", True)
    assert told.load.inputs["max"].assumed == "tanaka_2001"
    assert told.load.value == pytest.approx(told.hr_tss.value)


def test_nothing_known_of_the_athlete_is_no_load_and_says_why(ride: dict[str, Floats]) -> None:
    told = assessed(ride)
    assert (told.load.value, told.load.missing) == (None, ["ftp_w", "max_heart_rate_bpm"])
    assert told.normalized_power.value is not None
    assert told.zones["heart_rate"].missing == ["threshold_heart_rate_bpm", "max_heart_rate_bpm", "birth_date"]


def test_a_run_is_judged_by_heart_or_by_the_pace_it_would_have_had_on_the_flat(run: dict[str, Floats]) -> None:
    told = assessed(run, SportType.RUN, measured=MEASURED)
    assert told.load.method == "hr_tss"
    assert told.grade_adjusted_speed.value is not None
    moving_s = 2484
    assert told.grade_adjusted_speed.value == pytest.approx(run["distance_m"][-1] / moving_s, rel=0.02)
    by_pace = assessed(run, SportType.RUN, measured={"threshold_pace_s_per_km": 300})
    assert (by_pace.load.method, by_pace.load.value) == ("r_tss", by_pace.r_tss.value)


def test_a_pause_costs_nothing(run: dict[str, Floats]) -> None:
    line = timeline(run)
    assert line is not None
    assert line.duration_s == pytest.approx(3510, abs=10)


def test_a_run_uphill_is_worth_more_than_its_pace() -> None:
    time_s = np.arange(1800.0)
    uphill = {"time_s": time_s, "speed_mps": np.full(1800, 3.0), "distance_m": 3 * time_s, "altitude_m": 0.3 * time_s}
    told = assessed(uphill, SportType.RUN)
    assert told.grade_adjusted_speed.value == pytest.approx(3 * 1.6578, abs=0.01)
    flat = {name: values for name, values in uphill.items() if name != "altitude_m"}
    level = assessed(flat, SportType.RUN).grade_adjusted_speed
    assert level.value == pytest.approx(3)
    assert level.estimated


def test_a_workout_written_down_by_hand_is_judged_by_its_average_pulse() -> None:
    told = assessed({}, average=172, measured=MEASURED)
    assert (told.load.method, told.load.value, told.load.estimated) == ("average_heart_rate", 100, True)
    assert assessed({}, measured=MEASURED).load.missing == ["power", "heart_rate"]


def test_a_strap_that_fell_off_does_not_decide(ride: dict[str, Floats]) -> None:
    silent = {**ride, "heart_rate_bpm": np.where(ride["time_s"] < 1000, ride["heart_rate_bpm"], np.nan)}
    without_power = {name: values for name, values in silent.items() if name != "power_w"}
    assert assessed(without_power, average=150, measured=MEASURED).load.method == "average_heart_rate"


def test_columns_without_a_value_are_no_recording() -> None:
    nothing = {"time_s": np.arange(10.0), "heart_rate_bpm": np.full(10, np.nan)}
    assert assessed(nothing, measured=MEASURED).trimp.missing == ["heart_rate"]
    assert assessed({"time_s": np.empty(0)}, measured=MEASURED).load.value is None
