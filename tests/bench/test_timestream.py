from tests.bench.bench_timestream import measured
from tests.kit.size import sized
from tests.kit.yardstick import yardstick_s

ROWS, BATCHES = sized(small=200_000, large=1_000_000), sized(small=100, large=300)
MAX_TO_WRITE, MAX_TO_ASK = 0.4, 500
"""Yardsticks for a record and for a question over all rows; one is about a millisecond."""


def test_the_local_timestream_takes_a_record_in_a_fraction_of_a_yardstick_and_answers_in_a_few_hundred() -> None:
    before = yardstick_s()

    found = measured(ROWS, batches=BATCHES)

    unit = max(before, yardstick_s())
    written, asked = 1 / found.written_per_s / unit, max(found.queries_ms.values()) / 1000 / unit
    print(found, f"\n  a record takes {written:.3f} yardsticks, the slowest question {asked:.0f}")
    assert (written <= MAX_TO_WRITE, asked <= MAX_TO_ASK) == (True, True)
