from tests.bench.bench_timeseries import measured, report


def test_both_stores_take_thousands_of_samples_a_second_at_a_known_price() -> None:
    found = measured(10)
    print(report(found))
    assert found.rollups.samples_per_s >= 20_000
    assert found.timestream.samples_per_s >= 1_500
    assert dict(found.rollups.requests) == {"GetItem": 1, "TransactWriteItems": 1}
    assert found.rollups.kept_bytes < 8 * 1024
    assert dict(found.timestream.requests) == {"WriteRecords": 38}
    assert found.rollups.write_usd < 0.02
    assert found.timestream.write_usd < 0.30
    assert found.rollups.question_usd < found.timestream.question_usd / 100
