"""What every `TelemetryStore` answers about trends."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.timeseries.bins import bins_of
from telemetry.timeseries.port import SeriesFill, SeriesPeriod, SeriesSource, Span
from tests.telemetry.timeseries.integration.conftest import Make
from tests.telemetry.timeseries.integration.seasons import FEW, a_season
from tests.telemetry.timeseries.integration.world import OTHER, World, day, moment, season, sent, workout


@pytest.mark.parametrize("period", SeriesPeriod)
@pytest.mark.parametrize(
    ("metric", "source"),
    [
        ("heart_rate", SeriesSource.WORKOUTS),
        ("power", SeriesSource.WORKOUTS),
        ("speed", SeriesSource.WORKOUTS),
        ("altitude", SeriesSource.WORKOUTS),
        ("temperature", SeriesSource.WORKOUTS),
        ("heart_rate", SeriesSource.DEVICES),
        ("speed", SeriesSource.DEVICES),
        ("resting_heart_rate", SeriesSource.DEVICES),
    ],
)
def test_a_trend_is_what_numpy_says(world: World, metric: str, source: SeriesSource, period: SeriesPeriod) -> None:
    a_season(world)
    span = Span(day(0), day(40))
    found = world.store.trend(world.user, metric, source, span, period)
    truth = world.by_period(metric, source, span, period)
    assert [point.start for point in found] == list(truth)
    for point, values in zip(found, truth.values(), strict=True):
        assert (point.count, point.min, point.max) == (len(values), values.min(), values.max())
        assert point.avg == pytest.approx(values.mean(), rel=1e-12)
        assert list(point.percentiles) == [5, 25, 50, 75, 95]
        for percent, value in point.percentiles.items():
            exact = np.percentile(values, percent, method="inverted_cdf")
            assert exact - bins_of(metric).width <= value <= exact


def test_recordings_and_devices_are_never_mixed(world: World) -> None:
    world.put(workout(columns={"time_s": np.arange(2.0), "heart_rate_bpm": np.array([150.0, 160.0])}))
    world.send(sent(values=[60.0]))
    trends = {
        source: world.store.trend(world.user, "heart_rate", source, season(), SeriesPeriod.DAY)[0].avg
        for source in SeriesSource
    }
    assert trends == {SeriesSource.WORKOUTS: 155.0, SeriesSource.DEVICES: 60.0}


def test_what_was_never_measured_has_no_answer(world: World) -> None:
    who = (world.user, "cadence")
    assert world.store.trend(*who, SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY) == []
    assert world.store.trend(*who, SeriesSource.DEVICES, season(), SeriesPeriod.WEEK) == []
    assert world.store.time_in_zones(*who, season(), [80.0]) == [0.0, 0.0]
    assert world.store.histogram(*who, season(), 5) == []
    assert world.store.mean_max(*who, season()) == []
    assert world.store.daily_loads(world.user, season()) == []
    assert world.store.latest(world.user, ["cadence", "mass"], SeriesSource.DEVICES) == {}
    assert world.store.latest(world.user, ["cadence", "mass"], SeriesSource.WORKOUTS) == {}
    for source in SeriesSource:
        assert world.store.series(*who, source, moment(0), moment(1), step_s=60, fill=SeriesFill.LINEAR) == []


def test_a_metric_that_others_recorded_and_this_athlete_did_not_has_no_answer(world: World) -> None:
    world.put(workout())
    assert world.store.trend(world.user, "temperature", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY) == []
    assert world.store.trend(OTHER, "heart_rate", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY) == []
    assert world.store.daily_loads(OTHER, season()) == []
    assert world.store.mean_max(OTHER, "power", season()) == []
    assert world.store.latest(OTHER, ["heart_rate"], SeriesSource.WORKOUTS) == {}


def test_no_samples_are_nothing(world: World) -> None:
    world.send(replace(sent(), ms=[], values=[]))
    assert world.store.trend(world.user, "heart_rate", SeriesSource.DEVICES, season(), SeriesPeriod.DAY) == []


DAYS = st.lists(st.tuples(st.integers(0, 20), st.lists(st.integers(40, 200), min_size=1, max_size=20)), max_size=6)


@FEW
@given(days=DAYS, period=st.sampled_from(SeriesPeriod))
def test_any_samples_of_devices_make_the_trend_that_numpy_makes(make: Make, days: Any, period: SeriesPeriod) -> None:
    world = make()
    for number, (on, values) in enumerate(days):
        world.send(sent("power", on=on, values=[float(value) for value in values], device=f"d{number}"))
    found = world.store.trend(world.user, "power", SeriesSource.DEVICES, season(), period)
    truth = world.by_period("power", SeriesSource.DEVICES, season(), period)
    assert [(point.start, point.count) for point in found] == [(start, len(values)) for start, values in truth.items()]
    assert [point.avg for point in found] == pytest.approx([values.mean() for values in truth.values()])
