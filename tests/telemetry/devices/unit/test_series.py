"""Merging of samples is the same in any order, any grouping, any number of times."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemetry.devices.domain import MAX_IN_SLOT, DeviceSeries, merged, packed, series_of, slot_of, unpacked
from telemetry.metrics_table import METRICS

HOUR_MS = 1_795_150_800_000
SLOT = "2026-11-20T05"
POSITION = METRICS["position"]

rows = st.tuples(st.sampled_from([55.75, 55.7500001, -12.0]), st.sampled_from([37.61, -180.0, 0.0]))
instants = st.integers(0, 7).map(lambda n: HOUR_MS + 250 * n)


@st.composite
def parts(draw: st.DrawFn) -> DeviceSeries:
    found = draw(st.lists(st.tuples(instants, rows), max_size=8))
    received = draw(st.sampled_from([1_795_248_000_000, 1_795_248_000_001, 1_795_248_060_123]))
    return series_of([ms for ms, _ in found], [row for _, row in found], received_ms=received, columns=2)


most = st.sampled_from([None, 1, 3, 100])


@given(parts(), parts(), parts(), most)
def test_how_deliveries_are_grouped_does_not_matter(
    a: DeviceSeries, b: DeviceSeries, c: DeviceSeries, limit: int | None
) -> None:
    left = merged([merged([a, b], most=limit), c], most=limit)
    right = merged([a, merged([b, c], most=limit)], most=limit)
    assert left == right == merged([a, b, c], most=limit)


@given(parts(), parts(), most)
def test_the_order_and_repetitions_of_deliveries_do_not_matter(
    a: DeviceSeries, b: DeviceSeries, limit: int | None
) -> None:
    once = merged([a, b], most=limit)
    assert once == merged([b, a], most=limit) == merged([once, a, b, once], most=limit)


@given(st.lists(parts(), min_size=1, max_size=4))
def test_the_plain_rule_gives_the_same(found: list[DeviceSeries]) -> None:
    truth: dict[int, tuple[int, float, float]] = {}
    for part in found:
        for ms, received, row in zip(part.ms.tolist(), part.received_ms.tolist(), part.values.tolist(), strict=True):
            truth[ms] = max(truth.get(ms, (0, 0.0, 0.0)), (received, *row))
    whole = merged(found)
    assert whole.ms.tolist() == sorted(truth)
    stamps = zip(whole.received_ms.tolist(), *whole.values.T.tolist(), strict=True)
    assert list(stamps) == [truth[ms] for ms in sorted(truth)]


@given(parts())
def test_an_item_gives_back_what_was_put_in_it(series: DeviceSeries) -> None:
    assert unpacked(packed(series, SLOT, POSITION), SLOT, POSITION) == series


def test_the_fullest_slot_of_the_worst_samples_fits_into_an_item() -> None:
    """DynamoDB takes 400 KB."""
    chance = np.random.default_rng(7)
    ms = np.sort(chance.choice(3_600_000, MAX_IN_SLOT, replace=False)) + HOUR_MS
    received = chance.integers(1_700_000_000_000, 1_795_248_000_000, MAX_IN_SLOT)
    values = np.round(
        np.column_stack([chance.uniform(-90, 90, len(ms)), chance.uniform(-180, 180, len(ms))]), 7
    ).astype(np.float64)
    worst = DeviceSeries(ms, received, values)
    chunk = packed(worst, SLOT, POSITION)
    assert unpacked(chunk, SLOT, POSITION) == worst
    print(f"\n  the worst item: {len(chunk)} bytes")
    assert len(chunk) < 390_000


def test_an_hour_of_heart_rate_at_one_hertz_is_small() -> None:
    chance = np.random.default_rng(7)
    beats = np.array([round(140 + 12 * np.sin(n / 200) + chance.normal(0, 0.6)) for n in range(3600)], np.float64)
    ms = HOUR_MS + 1000 * np.arange(3600)
    received = HOUR_MS + 60_000 * (1 + np.arange(3600) // 60)
    chunk = packed(DeviceSeries(ms, received, beats.reshape(-1, 1)), SLOT, METRICS["heart_rate"])
    print(f"\n  an hour at 1 Hz: {len(chunk)} bytes")
    assert len(chunk) < 4_000


def test_every_metric_can_measure_what_it_expects() -> None:
    for metric in METRICS.values():
        assert slot_of(HOUR_MS, metric.kind) in {SLOT, "2026"}
        assert len(metric.columns) == len(metric.possible) == len(metric.plausible)
        for possible, plausible in zip(metric.possible, metric.plausible, strict=True):
            assert plausible.least in possible
            assert plausible.most in possible
