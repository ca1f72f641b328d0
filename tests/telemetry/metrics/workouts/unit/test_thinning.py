"""A channel that speaks at every n-th record means what it meant at every record."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadion.sports import SportType
from stadion.streams.codec import Floats
from telemetry.metrics.values import MetricMeasure
from telemetry.metrics.workouts.timeline import timeline
from telemetry.metrics.workouts.values import Assessment
from tests.telemetry.metrics.workouts.unit.test_assessment import MEASURED, assessed, kept

REFERENCE = "4078723797.fit"
FILES = (REFERENCE, "4801048867.fit", "activity_4801048867.gpx")
"""Whose straps did not slip: what is doubted is missing, and not every n-th time."""
BY_HEART = {name: value for name, value in MEASURED.items() if name != "ftp_w"}
FEW = settings(max_examples=40, deadline=None)
files, up_to_60 = st.sampled_from(FILES), st.integers(1, 60)


@cache
def recorded(name: str) -> dict[str, Floats]:
    return kept(name)


def thinned(columns: dict[str, Floats], channel: str, n: int) -> dict[str, Floats]:
    every = np.arange(len(columns["time_s"])) % n == 0
    return {**columns, channel: np.where(every, columns[channel], np.nan)}


@cache
def by_heart(name: str, n: int) -> Assessment:
    return assessed(thinned(recorded(name), "heart_rate_bpm", n), SportType.RUN, measured=BY_HEART)


def average(columns: dict[str, Floats], channel: str) -> float:
    line = timeline(columns)
    assert line is not None
    found = line.average(columns[channel])
    assert found is not None
    return found


def number(measure: MetricMeasure) -> float:
    assert measure.value is not None
    return measure.value


@FEW
@given(files, up_to_60)
def test_heart_rate_at_every_nth_record_is_the_same_load(name: str, n: int) -> None:
    full, thin = by_heart(name, 1), by_heart(name, n)
    assert thin.load.method == full.load.method == "hr_tss"
    for which in ("load", "trimp", "hr_tss", *(["zonal_trimp"] if name == REFERENCE else [])):
        measure: MetricMeasure = getattr(thin, which)
        assert number(measure) == pytest.approx(number(getattr(full, which)), rel=0.02), which
        assert measure.estimated == getattr(full, which).estimated
    columns = recorded(name)
    assert average(thinned(columns, "heart_rate_bpm", n), "heart_rate_bpm") == pytest.approx(
        average(columns, "heart_rate_bpm"), rel=0.02
    )


@FEW
@given(files, up_to_60)
def test_and_the_same_time_in_zones(name: str, n: int) -> None:
    """Of how many readings fall on either side of a bound, a sample of every minute says less than their sum."""
    full, thin = (by_heart(name, each).zones["heart_rate"].seconds for each in (1, n))
    assert full is not None
    assert thin is not None
    assert sum(thin) == pytest.approx(sum(full), rel=0.02)
    assert thin == pytest.approx(full, abs=(0.02 if n <= 20 else 0.06) * sum(full))


@FEW
@given(files, st.integers(1, 1000), st.sampled_from(["heart_rate_bpm", "power_w", "cadence_rpm"]))
def test_a_constant_channel_means_the_same_at_any_n(name: str, n: int, channel: str) -> None:
    columns = {**recorded(name), channel: np.full(len(recorded(name)["time_s"]), 150.0)}
    full, thin = (assessed(thinned(columns, channel, each), measured=MEASURED) for each in (1, n))
    assert average(thinned(columns, channel, n), channel) == pytest.approx(150)
    if channel == "heart_rate_bpm":
        assert number(thin.trimp) == pytest.approx(number(full.trimp), rel=0.02)
        assert number(thin.hr_tss) == pytest.approx(number(full.hr_tss), rel=0.02)
    if channel == "power_w":
        assert number(thin.normalized_power) == pytest.approx(150)
        assert number(thin.tss) == pytest.approx(number(full.tss))


@pytest.mark.parametrize("n", range(1, 11))
def test_power_at_every_nth_record_of_the_reference_ride_is_within_two_per_cent(n: int) -> None:
    columns = recorded(REFERENCE)
    full, thin = (assessed(thinned(columns, "power_w", each), measured=MEASURED) for each in (1, n))
    assert average(thinned(columns, "power_w", n), "power_w") == pytest.approx(average(columns, "power_w"), rel=0.02)
    assert number(thin.normalized_power) == pytest.approx(number(full.normalized_power), rel=0.02)
    assert [thin.normalized_power.estimated, thin.tss.estimated, thin.load.estimated] == [False] * 3


@pytest.mark.parametrize("n", [11, 20, 60])
def test_normalized_power_of_longer_gaps_and_what_rests_on_it_is_estimated(n: int) -> None:
    thin = assessed(thinned(recorded(REFERENCE), "power_w", n), measured=MEASURED)
    assert all(each.estimated for each in (thin.normalized_power, thin.intensity_factor, thin.tss, thin.load))
    assert thin.load.method == "power_tss"


def test_half_a_power_is_told_as_estimated() -> None:
    columns = recorded(REFERENCE)
    told = assessed({**columns, "power_w": np.where(columns["time_s"] < 5000, columns["power_w"], np.nan)})
    assert told.normalized_power.estimated


def test_half_a_heart_rate_is_told_as_estimated() -> None:
    columns = recorded(REFERENCE)
    silent = np.where(columns["time_s"] < 5000, columns["heart_rate_bpm"], np.nan)
    told, full = (
        assessed({**columns, "heart_rate_bpm": bpm}, measured=BY_HEART) for bpm in (silent, columns["heart_rate_bpm"])
    )
    assert told.zonal_trimp.estimated
    assert not full.zonal_trimp.estimated
    assert number(told.zonal_trimp) < 0.7 * number(full.zonal_trimp)


def test_curves_of_a_thinned_channel_stop_at_a_pause() -> None:
    time_s = np.concatenate([np.arange(600.0), np.arange(1200.0, 1800.0)])
    columns = {"time_s": time_s, "heart_rate_bpm": np.full(1200, 150.0)}
    curve = assessed(thinned(columns, "heart_rate_bpm", 40)).mean_max["heart_rate"]
    assert max(curve) == 600
    assert set(curve.values()) == {150.0}


def test_drift_is_found_in_a_thinned_heart_rate() -> None:
    name = REFERENCE
    full, thin = (assessed(thinned(recorded(name), "heart_rate_bpm", n), measured=MEASURED) for n in (1, 30))
    assert math.isclose(number(thin.decoupling), number(full.decoupling), abs_tol=1.0)
