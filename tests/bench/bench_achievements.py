"""What 300 rules cost a workout: CPU time of judging it, and how large the tallies of an active athlete are.

Run from the repository's root: python -m tests.bench.bench_achievements
"""

import json
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / root) for root in ("functions", "layers/shared/python") if str(ROOT / root) not in sys.path]

from gamification.achievements.base.counters import (  # noqa: E402
    RuleBook,
    Seen,
    moved,
    reached,
    recounted,
    rule_book,
    touched_rules,
)
from gamification.achievements.base.values import Rule  # noqa: E402
from gamification.achievements.rules.catalogue import catalogue  # noqa: E402
from gamification.base.domain import EffortFact, Facts  # noqa: E402
from stadion.sports import SportType  # noqa: E402
from tests.kit.yardstick import yardstick_s  # noqa: E402

RULES: Final = 300
YEARS: Final = 5
BEGINNING: Final = datetime(2021, 12, 1, 5, 30, tzinfo=UTC)
SPORTS: Final = (SportType.RUN, SportType.RIDE, SportType.RUN, SportType.SWIM, SportType.HIKE, SportType.YOGA)
COUNTRIES: Final = ("RU", "RU", "RU", "GE", "TR", "KZ", "AM")


@dataclass(frozen=True)
class Cost:
    rules: int
    counters: int
    workout_ms: float
    worst_ms: float
    yardsticks: float
    """How many times a job of known size fits into an ordinary workout's."""
    recount_ms: float
    """Of a diary of five years, by all rules."""
    ever_bytes: int
    month_bytes: int


def rules(count: int = RULES) -> list[Rule]:
    """Those that come with the code, and as many like them, each with conditions of its own: no counter is shared."""
    found = list(catalogue())
    like = [rule for rule in found if rule.measure is not None and not rule.measure.is_of_others and not rule.needs]
    number = 0
    while len(found) < count:
        found.append(_like(like[number % len(like)], number))
        number += 1
    return found[:count]


def _like(rule: Rule, number: int) -> Rule:
    """With a bound that nearly every workout keeps to, so that it is judged to its end."""
    told: dict[str, Any] = rule.model_dump(mode="json", by_alias=True, exclude_none=True)
    conditions = [{"moving_time_s": {"gte": 60 + number}}, *([told["where"]] if "where" in told else [])]
    return Rule.model_validate({**told, "id": f"like_{number}", "where": {"all": conditions}})


def diary(years: int = YEARS) -> list[Facts]:
    """A workout a day."""
    return [_facts(number) for number in range(365 * years)]


def _facts(number: int) -> Facts:
    sport = SPORTS[number % len(SPORTS)]
    return Facts(
        workout_id=f"w-{number}",
        revision=1,
        occurred_at=BEGINNING,
        sport_type=sport,
        started_at=BEGINNING + timedelta(days=number, hours=number % 14),
        time_zone="Europe/Moscow",
        elapsed_time_s=4000.0,
        moving_time_s=3600.0 + number % 600,
        distance_m=None if sport is SportType.YOGA else 9_000.0 + 37 * (number % 200),
        ascent_m=120.0,
        country=COUNTRIES[number % len(COUNTRIES)],
        origin="fit",
        counts=True,
        best_efforts=[EffortFact(name="5k", elapsed_time_s=1490.0 + number % 100)] if sport is SportType.RUN else [],
    )


def judge(book: RuleBook, tallies: dict[str, dict[str, int]], facts: Facts) -> None:
    """As the service does, without its table."""
    before = {name: tallies.get(name, {}) for name in Seen(facts).windows.values()}
    after = moved(book, before, None, facts, {})
    ids = touched_rules(book, before, after)
    reached(book, before, ids)
    reached(book, after, ids)


def cost(turns: int = 40) -> Cost:
    book, past = rule_book(rules()), diary()
    started = time.process_time()
    tallies = recounted(book, past)
    reached(book, tallies)
    recount_s = time.process_time() - started
    times = []
    for number in range(turns):
        facts = _facts(365 * YEARS + number)
        started = time.process_time()
        judge(book, tallies, facts)
        times.append(time.process_time() - started)
    months = [len(_written(totals)) for name, totals in tallies.items() if name.startswith("month:")]
    return Cost(
        rules=len(book.rules),
        counters=len(book.counters),
        workout_ms=statistics.median(times) * 1e3,
        worst_ms=max(times) * 1e3,
        yardsticks=statistics.median(times) / yardstick_s(),
        recount_ms=recount_s * 1e3,
        ever_bytes=len(_written(tallies["ever"])),
        month_bytes=max(months),
    )


def _written(totals: dict[str, int]) -> str:
    return json.dumps(totals, separators=(",", ":"))


def report(one: Cost) -> str:
    return (
        f"{one.rules} rules, {one.counters} counters: a workout {one.workout_ms:.2f} ms of CPU"
        f" (worst {one.worst_ms:.2f}, {one.yardsticks:.1f} yardsticks)\n"
        f"tallies after {YEARS} years of a workout a day: ever {one.ever_bytes} bytes, a month {one.month_bytes};"
        f" counted anew in {one.recount_ms:.0f} ms"
    )


if __name__ == "__main__":
    print(report(cost()))
