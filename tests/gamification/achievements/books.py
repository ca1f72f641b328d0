"""Rules and workouts for tests of achievements."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from gamification.achievements.base.counters import RuleBook, rule_book
from gamification.achievements.base.values import Rule
from gamification.base.domain import EffortFact, Facts
from stadion.sports import SportType

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
BEGINNING = datetime(2026, 10, 28, 22, 30, tzinfo=UTC)


def document(rule_id: str = "ten_runs", **parts: Any) -> dict[str, Any]:
    """Ten runs, unless that is said otherwise."""
    asks = {"measure", "all", "any", "none"} & parts.keys()
    leaf = {} if asks else {"measure": {"kind": "count"}, "target": 10, "where": {"families": ["run"]}}
    words = {"en": rule_id, "ru": rule_id}
    given = {"id": rule_id, "title": words, "text": words, "icon": {"glyph": "shoe"}, **leaf, **parts}
    return {name: part for name, part in given.items() if part is not None}


def rule(rule_id: str = "ten_runs", **parts: Any) -> Rule:
    return Rule.model_validate(document(rule_id, **parts))


def count(target: int, **where: Any) -> dict[str, Any]:
    return {"measure": {"kind": "count"}, "target": target, **({"where": where} if where else {})}


def total(field: str, target: int, **where: Any) -> dict[str, Any]:
    return {"measure": {"kind": "sum", "sum": field}, "target": target, **({"where": where} if where else {})}


def different(of: str, target: int, **where: Any) -> dict[str, Any]:
    return {"measure": {"kind": "distinct", "of": of}, "target": target, **({"where": where} if where else {})}


OF_EVERY_KIND: tuple[Rule, ...] = (
    rule("three_runs", **count(3, families=["run"])),
    rule("far", measure={"kind": "sum", "sum": "distance_m"}, tiers=[10_000, 25_000, 60_000]),
    rule("each_month", **count(2), window="month", repeat="each_window"),
    rule("big_day", **total("distance_m", 9_000), window="day"),
    rule("busy_week", measure={"kind": "count"}, tiers=[2, 3], window="week"),
    rule("days_in_month", **different("day", 2, families=["run", "ride"]), window="month"),
    rule("weeks", **different("week", 2)),
    rule("months", **different("month", 2), needs=["three_runs"]),
    rule("sports", **different("sport_type", 3)),
    rule("places", **different("country", 2)),
    rule("again", **total("ascent_m", 150), repeat="each_multiple"),
    rule("early", **count(1, local_hour={"from": 22, "to": 6})),
    rule("winter", **count(1), season={"from": "11-01", "to": "02-28"}),
    rule("fast", **count(1, best_effort={"name": "5k", "within_s": 1400})),
    rule("both", all=[count(2, families=["run"]), count(1, families=["ride"])], window="week", repeat="each_window"),
    rule("pure", all=[count(2, families=["run"])], none=[count(1, families=["ride"])], window="month"),
    rule("either", any=[count(3, families=["ride"]), total("distance_m", 20_000, families=["run"])]),
    rule("streak", measure={"kind": "streak", "unit": "week"}, target=2),
    rule("after", **count(1, weekdays=[6, 7]), needs=["months"]),
)


def book(rules: Sequence[Rule] = OF_EVERY_KIND) -> RuleBook:
    return rule_book(rules)


def facts(workout_id: str = "w-1", revision: int = 1, *, hours: float = 0, **fields: Any) -> Facts:
    """A run of five kilometres, `hours` after the beginning of these tests' time."""
    efforts = [EffortFact(name=name, elapsed_time_s=time) for name, time in fields.pop("efforts", {}).items()]
    told: dict[str, Any] = {
        "sport_type": SportType.RUN,
        "time_zone": "Europe/Moscow",
        "elapsed_time_s": 1834.0,
        "moving_time_s": 1790.0,
        "distance_m": 5000.4,
        "ascent_m": 40.0,
        "country": "RU",
        "origin": "fit",
        "counts": True,
        **fields,
    }
    started_at = told.pop("started_at", BEGINNING + timedelta(hours=hours))
    return Facts(
        workout_id=workout_id, revision=revision, occurred_at=NOW, started_at=started_at, best_efforts=efforts, **told
    )
