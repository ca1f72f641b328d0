"""300 rules are cheap to judge a workout by, and what they count stays small."""

from tests.bench.bench_achievements import RULES, cost, report

LARGEST_TALLY = 40_000
"""In bytes: a tenth of what an item may have."""
MOST_YARDSTICKS = 15
"""On any machine, however busy; a quiet one shows a fifth of it."""


def test_three_hundred_rules_take_ten_milliseconds_at_most() -> None:
    one = cost()
    print(f"\n{report(one)}")
    assert one.rules == RULES
    assert one.counters > RULES / 2, "else rules share what they count, and little is measured"
    assert one.workout_ms < 10 or one.yardsticks < MOST_YARDSTICKS
    assert max(one.ever_bytes, one.month_bytes) < LARGEST_TALLY
