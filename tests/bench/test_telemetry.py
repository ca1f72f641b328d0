from tests.bench.bench_telemetry import BATCHES, ENTRIES, METRICS, measured, report
from tests.kit.yardstick import yardstick_s

MAX_TO_TAKE, MAX_TO_KEEP = 0.2, 0.4
"""Yardsticks for each sample. One is about a millisecond, so this is 5 000 and 2 500 samples a second."""


def test_a_process_takes_and_keeps_a_sample_in_a_fraction_of_a_yardstick() -> None:
    before = yardstick_s()

    found = measured()

    unit = max(before, yardstick_s())
    taken, kept = 1 / found.into_api / unit, 1 / found.into_store / unit
    print(report(found), f"\n  a sample is taken in {taken:.3f} yardsticks, kept in {kept:.3f}")
    assert found.samples == BATCHES * ENTRIES * METRICS
    assert found.messages == BATCHES
    assert (taken <= MAX_TO_TAKE, kept <= MAX_TO_KEEP) == (True, True)
