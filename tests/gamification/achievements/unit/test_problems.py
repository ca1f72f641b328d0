"""What is wrong with a rule is said at its place, in both languages; what is right is said in words."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from gamification.achievements.base.problems import problems_of
from gamification.achievements.base.values import RuleDocument
from gamification.achievements.base.words import explain
from stadion.formats import FORMATS
from stadion.i18n import Language
from stadion.units import KnownReader, UnitSystem
from tests.gamification.achievements.books import OF_EVERY_KIND, count, different, document, rule, total

KNOWN = {one.id: one for one in OF_EVERY_KIND}
DEEP: dict[str, Any] = {"families": ["run"]}
for _ in range(6):
    DEEP = {"all": [DEEP]}
DEEP_RULE: dict[str, Any] = {"all": [{"all": [{"all": [{"all": [{"all": [count(1)]}]}]}]}]}


def found(**parts: Any) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in problems_of(RuleDocument.model_validate(document(**parts)), KNOWN)]


@pytest.mark.parametrize("one", OF_EVERY_KIND, ids=lambda one: one.id)
def test_a_good_rule_has_no_problems_and_is_said_in_words_of_both_languages(one: RuleDocument) -> None:
    others = {name: rule for name, rule in KNOWN.items() if name != one.id}
    assert problems_of(one, others) == []
    said = {language: explain(one, KnownReader(language)) for language in Language}
    assert said[Language.EN] != said[Language.RU]
    assert all(text.endswith(".") and "{" not in text for text in said.values())


@pytest.mark.parametrize(
    ("parts", "place", "code"),
    [
        ({"on": ["WorkoutRecorded", "WorkoutDreamt"], **count(1)}, "#/on/1", "unknown_event"),
        ({"measure": {"kind": "count"}}, "#/measure", "no_target"),
        ({"measure": {"kind": "count"}, "target": 0}, "#/target", "target_too_low"),
        ({"measure": {"kind": "count"}, "target": 3, "tiers": [1, 2]}, "#/tiers", "one_target"),
        ({"measure": {"kind": "count"}, "tiers": [5, 5]}, "#/tiers/1", "tiers_must_rise"),
        ({"measure": {"kind": "count"}, "tiers": [-5, 5]}, "#/tiers/0", "target_too_low"),
        ({"all": [count(1)], "target": 3}, "#/target", "target_without_measure"),
        ({"all": [count(1)], "measure": {"kind": "count"}}, "#/measure", "measure_beside_criteria"),
        ({"all": [{"where": {"families": ["run"]}}]}, "#/all/0", "no_measure"),
        ({"all": [{"any": [count(0)]}]}, "#/all/0/any/0/target", "target_too_low"),
        ({"none": [count(1)]}, "#", "earned_by_nothing"),
        ({"any": [count(1), {"none": [count(1)]}]}, "#", "earned_by_nothing"),
        (count(1, **DEEP), "#/where/all/0/all/0/all/0/all/0/all/0", "too_deep"),
        (
            {"all": [{"all": [{"all": [{"all": [{"all": [count(1)]}]}]}]}]},
            "#/all/0/all/0/all/0/all/0/all/0",
            "too_deep",
        ),
        ({"all": [{"all": [count(1)] * 10} for _ in range(5)]}, "#", "too_many_parts"),
        ({"measure": {"kind": "count"}, "target": 1, "where": {}}, "#/where", "asks_nothing"),
        (count(1, distance_m={}), "#/where/distance_m", "no_bound"),
        (count(1, any=[{"distance_m": {"gte": 5, "lt": 5}}]), "#/where/any/0/distance_m", "nothing_fits"),
        (count(1, local_hour={"from": 6, "to": 6}), "#/where/local_hour", "nothing_fits"),
        (count(1, families=["ride"], sport_types=["Run"]), "#/where/sport_types", "nothing_fits"),
        (count(1, best_effort={"name": "5km", "within_s": 9}), "#/where/best_effort/name", "unknown_best_effort"),
        ({**count(1), "season": {"from": "02-30", "to": "03-01"}}, "#/season/from", "no_such_day"),
        ({**count(1), "season": {"from": "02-20", "to": "2026-03-01"}}, "#/season", "mixed_season"),
        ({**count(1), "season": {"from": "2026-04-01", "to": "2026-03-01"}}, "#/season/to", "nothing_fits"),
        ({**count(1), "repeat": "each_window"}, "#/repeat", "repeat_without_window"),
        ({**count(1), "repeat": "each_multiple", "window": "week"}, "#/repeat", "repeat_without_target"),
        ({**different("day", 2), "window": "day"}, "#/measure/of", "longer_than_window"),
        ({**different("week", 2), "window": "month"}, "#/measure/of", "longer_than_window"),
        ({**different("month", 2), "window": "month"}, "#/measure/of", "longer_than_window"),
        ({**different("day", 8), "window": "week"}, "#/measure", "out_of_reach"),
        (different("family", 14), "#/measure", "out_of_reach"),
        ({"measure": {"kind": "records"}, "target": 1, "window": "week"}, "#/measure", "measure_is_of_others"),
        (
            {"measure": {"kind": "records"}, "target": 1, "season": {"from": "01-01", "to": "02-01"}},
            "#/season",
            "measure_is_of_others",
        ),
        ({**count(1), "needs": ["ten_runs"]}, "#/needs/0", "needs_loop"),
        ({**count(1), "needs": ["thre_runs"]}, "#/needs/0", "unknown_achievement"),
        ({**count(1), "rule_id": "three_runs", "needs": ["after"]}, "#/needs/0", "needs_loop"),
        ({**count(1), "needs": ["far"], "window": "week", "repeat": "each_window"}, "#/needs", "needs_of_repeated"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(parts: dict[str, Any], place: str, code: str) -> None:
    assert (place, code) in found(**parts)


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"where": {"family": "run"}}, ("where", "family")),
        ({"measure": {"kind": "sum"}, "target": 1}, ("measure",)),
        ({"measure": {"kind": "count", "of": "day"}, "target": 1}, ("measure",)),
        ({"measure": {"kind": "mean"}, "target": 1}, ("measure", "kind")),
        (count(1, weekdays=[8]), ("where", "weekdays", 0)),
        (count(1, countries=["XX"]), ("where", "countries", 0)),
        (count(10**13), ("target",)),
        (count(True), ("target",)),
        ({"measure": {"kind": "count"}, "tiers": list(range(1, 12))}, ("tiers",)),
        ({**count(1), "reward": "a_pony"}, ("reward",)),
        ({**count(1), "rule_id": "Ten Runs"}, ("id",)),
        ({**count(1), "title": {"en": "one"}}, ("title", "ru")),
        ({**count(1), "version": 7}, ("version",)),
    ],
)
def test_a_wrong_shape_is_refused_at_its_place(parts: dict[str, Any], place: tuple[Any, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        RuleDocument.model_validate(document(**parts))
    assert place in [error["loc"] for error in refused.value.errors()]


def test_a_rule_is_said_in_the_readers_units() -> None:
    one = rule("far", **total("distance_m", 42_195, families=["run"], ascent_m={"gte": 500}), window="week")
    assert explain(one, KnownReader(Language.EN)) == (
        "distance: 42.195\xa0km, sport: running, an ascent of at least 500\xa0m; in one week (from Monday)."
    )
    assert "26.2\xa0mi" in explain(one, KnownReader(Language.EN, UnitSystem.IMPERIAL))
    assert "набор высоты от 500\xa0м" in explain(one, KnownReader(Language.RU))


def test_a_wrong_form_is_told_with_the_right_one() -> None:
    """An editor has the error alone: "the format is not right" at `#/id` says nothing."""
    used = set(patterns_in(RuleDocument.model_json_schema()))
    assert len(used) >= 4
    assert used <= set(FORMATS)


def patterns_in(schema: Any) -> Iterator[str]:
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    if isinstance(schema, dict) and isinstance(schema.get("pattern"), str):
        yield schema["pattern"]
    for part in parts:
        yield from patterns_in(part)
