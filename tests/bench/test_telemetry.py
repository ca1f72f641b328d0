from tests.bench.bench_telemetry import BATCHES, ENTRIES, METRICS, measured, report


def test_a_process_takes_and_keeps_thousands_of_samples_a_second() -> None:
    found = measured()
    print(report(found))
    assert found.samples == BATCHES * ENTRIES * METRICS
    assert found.messages == BATCHES
    assert found.into_api >= 10_000
    assert found.into_store >= 5_000
