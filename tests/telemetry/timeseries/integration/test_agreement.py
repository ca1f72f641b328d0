"""The two adapters side by side: whatever was recorded, one answer."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from telemetry.timeseries.bins import bins_of
from telemetry.timeseries.port import SeriesFill, SeriesPeriod, SeriesSource
from telemetry.timeseries.rollups.adapter import RollupStore
from telemetry.timeseries.timestream.adapter import TimestreamStore
from tests.kit.services import Service, service_environment
from tests.kit.size import examples
from tests.telemetry.timeseries.integration.conftest import DATABASE, LocalTimestream
from tests.telemetry.timeseries.integration.world import World, moment, season, sent, workout

pytestmark = pytest.mark.long
METRICS = {
    "heart_rate": ("heart_rate_bpm", st.floats(20, 260)),
    "power": ("power_w", st.floats(0, 2000)),
    "speed": ("speed_mps", st.integers(0, 400).map(lambda tenths: tenths / 10)),
    "altitude": ("altitude_m", st.floats(-450, 9000)),
    "temperature": ("temperature_c", st.integers(-60, 100).map(lambda halves: halves / 2)),
}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with mock_aws():
        service_environment(monkeypatch)
        Service.create("telemetry", monkeypatch)
        yield


@st.composite
def recordings(draw: st.DrawFn) -> dict[str, np.ndarray]:
    """Any rhythm down to milliseconds, any values, holes in each column."""
    gaps_ms = draw(st.lists(st.integers(1, 30_000), min_size=1, max_size=25))
    columns = {"time_s": np.cumsum(gaps_ms) / 1000}
    for metric in draw(st.sets(st.sampled_from(list(METRICS)), min_size=1)):
        column, values = METRICS[metric]
        drawn = draw(st.lists(st.one_of(values, st.just(float("nan"))), min_size=len(gaps_ms), max_size=len(gaps_ms)))
        columns[column] = np.array(drawn)
    return columns


def answers(world: World) -> dict[str, Any]:
    who, store, span = world.user, world.store, season()
    found: dict[str, Any] = {"latest": store.latest(who, list(METRICS), SeriesSource.WORKOUTS)}
    for metric in METRICS:
        low = bins_of(metric)
        found[f"{metric} trend"] = [
            (point.start, point.count, point.min, point.max, dict(point.percentiles))
            for period in SeriesPeriod
            for point in store.trend(who, metric, SeriesSource.WORKOUTS, span, period)
        ]
        found[f"{metric} zones"] = [round(s, 6) for s in store.time_in_zones(who, metric, span, [1.5, 99.99, 150.0])]
        bars = store.histogram(who, metric, span, 5 * low.width)
        found[f"{metric} bars"] = [(bar.low, bar.high, round(bar.seconds, 6)) for bar in bars]
        for fill in SeriesFill:
            line = store.series(who, metric, SeriesSource.WORKOUTS, moment(0), moment(9), step_s=97, fill=fill)
            found[f"{metric} {fill}"] = [(point.moment, round(point.value, 6)) for point in line]
    found["devices"] = store.trend(who, "power", SeriesSource.DEVICES, span, SeriesPeriod.WEEK)
    return found


@examples(small=6, large=100)
@given(found=st.lists(recordings(), min_size=1, max_size=3), values=st.lists(st.integers(0, 900), max_size=9))
def test_whatever_was_recorded_both_give_the_same_answers(
    service: None, timestream: LocalTimestream, found: list[Any], values: list[int]
) -> None:
    worlds = [
        World(RollupStore(), has_table=True, user=str(uuid4())),
        World(TimestreamStore(DATABASE, timestream), has_table=False, user=str(uuid4())),
    ]
    for world in worlds:
        for number, columns in enumerate(found):
            world.put(workout(number, on=2 * number, columns=columns))
        world.send(replace(sent("power", values=[float(value) for value in values])))
    rollups, sql = (answers(world) for world in worlds)
    assert rollups == sql
