from tests.bench.bench_timeseries import measured, report
from tests.kit.yardstick import yardstick_s

MAX_WITH_ROLLUPS, MAX_WITH_TIMESTREAM = 0.1, 1.5
"""Yardsticks for each sample; one is about a millisecond."""


def test_both_stores_take_a_sample_in_a_fraction_of_a_yardstick_at_a_known_price() -> None:
    before = yardstick_s()

    found = measured(10)

    unit = max(before, yardstick_s())
    rollups, timestream = (1 / store.samples_per_s / unit for store in (found.rollups, found.timestream))
    print(report(found), f"\n  a sample takes {rollups:.3f} yardsticks with rollups, {timestream:.3f} with Timestream")
    assert (rollups <= MAX_WITH_ROLLUPS, timestream <= MAX_WITH_TIMESTREAM) == (True, True)
    assert dict(found.rollups.requests) == {"GetItem": 1, "TransactWriteItems": 1}
    assert found.rollups.kept_bytes < 8 * 1024
    assert dict(found.timestream.requests) == {"WriteRecords": 38}
    assert found.rollups.write_usd < 0.02
    assert found.timestream.write_usd < 0.30
    assert found.rollups.question_usd < found.timestream.question_usd / 100
