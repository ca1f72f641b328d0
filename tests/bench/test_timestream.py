from tests.bench.bench_timestream import measured


def test_the_local_timestream_takes_thousands_of_records_a_second_and_answers_at_once() -> None:
    """A tenth of the rows of the full bench, and slack for a busy machine: the limits there are 10 000/s and 250 ms."""
    found = measured(1_000_000, batches=300)
    print(found)
    assert found.written_per_s >= 5_000
    assert max(found.queries_ms.values()) <= 250
