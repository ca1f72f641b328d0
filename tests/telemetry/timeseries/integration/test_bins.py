from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.metrics_table import METRICS
from telemetry.timeseries.bins import BINS, bins_of, in_zones
from telemetry.timeseries.domain import RECORDED, days_of
from telemetry.timeseries.port import Span
from tests.telemetry.timeseries.integration.world import day


def test_every_metric_with_one_value_has_bins_and_every_recorded_one_is_a_metric() -> None:
    assert set(BINS) == {metric.name for metric in METRICS.values() if len(metric.columns) == 1}
    assert set(RECORDED) <= set(BINS)


@pytest.mark.parametrize("metric", BINS)
@given(data=st.data())
def test_a_value_in_parts_of_a_unit_falls_into_the_bin_that_begins_with_it(metric: str, data: st.DataObject) -> None:
    """As if counted in fractions: the floats of tenths are not below their bin."""
    bins = bins_of(metric)
    parts = data.draw(st.integers(-1_000_000, 1_000_000))
    exact = floor(Fraction(parts) / bins.every)
    assert bins.of(np.array([parts / bins.per_unit]))[0] == exact
    assert bins.low(exact) <= parts / bins.per_unit < bins.low(exact + 1)


@given(
    bounds=st.lists(st.integers(0, 300), max_size=8, unique=True).map(sorted),
    seconds=st.dictionaries(st.integers(0, 300), st.floats(0, 1e4)),
)
def test_zones_share_out_all_seconds(bounds: list[float], seconds: dict[int, float]) -> None:
    found = in_zones("heart_rate", seconds, bounds)
    assert sum(found) == pytest.approx(sum(seconds.values()))
    for zone, held in enumerate(found):
        low = bounds[zone - 1] if zone else -np.inf
        high = bounds[zone] if zone < len(bounds) else np.inf
        assert held == pytest.approx(sum(s for bin_, s in seconds.items() if low <= bin_ < high))


def test_a_span_has_both_its_ends() -> None:
    assert list(days_of(Span(day(3), day(5)))) == [day(3), day(4), day(5)]
    assert list(days_of(Span(day(3), day(3)))) == [day(3)]
    assert list(days_of(Span(day(3), day(2)))) == []
