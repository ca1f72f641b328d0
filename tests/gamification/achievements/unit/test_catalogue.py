"""What comes with the code is right, is said in both languages, names only what is there, and is drawn."""

import re
from xml.etree import ElementTree

import pytest

from gamification.achievements.base.counters import Unit, reached, recounted, rule_book
from gamification.achievements.base.icons import GLYPHS, svg
from gamification.achievements.base.problems import problems_of
from gamification.achievements.base.values import (
    ASKED,
    STARTS,
    AchievementRepeat,
    AchievementWindow,
    Distinct,
    Glyph,
    Icon,
    Rule,
    RuleDocument,
    Shape,
    Summed,
    Tint,
    Where,
)
from gamification.achievements.base.words import explain
from gamification.achievements.rules.catalogue import catalogue
from gamification.base.domain import Facts
from local.paths import ROOT
from stadion.events import workouts
from stadion.events.workouts import WorkoutFacts
from stadion.i18n import Language
from stadion.units import KnownReader
from tests.gamification.achievements.books import facts

RULES = catalogue()
OF_THE_START = {Distinct.DAY, Distinct.WEEK, Distinct.MONTH}
"""What `started_at` and `time_zone` say."""


def test_there_are_sixty_and_more_each_with_an_id_of_its_own() -> None:
    assert len({rule.id for rule in RULES if not rule.retired}) >= 60
    assert len({rule.ref for rule in RULES}) == len(RULES)
    icons = [rule.icon for rule in RULES]
    assert len(set(icons)) == len(icons), "no two look the same"


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.ref)
def test_a_rule_has_no_problems_and_is_said_in_both_languages(one: Rule) -> None:
    others = {rule.id: rule for rule in RULES if rule.id != one.id}
    assert problems_of(one, others) == []
    for words in (one.title, one.text):
        assert re.search("[а-яё]", words.ru.lower())
        assert not re.search("[а-яё]", words.en.lower())
    assert explain(one, KnownReader(Language.EN)) != explain(one, KnownReader(Language.RU))


def wheres(rule: Rule) -> list[Where]:
    waiting = [leaf.where for leaf in rule.leaves() if leaf.where is not None]
    return [*waiting, *(child for where in waiting for _, child in where.children())]


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.ref)
def test_the_events_and_fields_that_a_rule_names_are_there(one: Rule) -> None:
    for event in one.on:
        assert event in STARTS
        assert hasattr(workouts, event)
    known = WorkoutFacts.model_fields.keys() & Facts.model_fields.keys()
    for where in wheres(one):
        asked = {name for name in where.model_fields_set if getattr(where, name) is not None} - {"all", "any", "none"}
        assert {ASKED[name] for name in asked} <= known
    for leaf in one.leaves():
        assert leaf.measure is not None
        if leaf.measure.sum is not None:
            assert leaf.measure.sum.value in known
        if leaf.measure.of is not None and leaf.measure.of not in OF_THE_START | {Distinct.FAMILY}:
            assert leaf.measure.of.value in known


def test_every_field_that_a_rule_can_name_is_kept_of_each_workout() -> None:
    known = WorkoutFacts.model_fields.keys() & Facts.model_fields.keys()
    assert set(ASKED.values()) | {one.value for one in Summed} | {"country", "sport_type"} <= known


def test_who_has_done_nothing_has_earned_nothing() -> None:
    book = rule_book(RULES)
    assert reached(book, recounted(book, [])) == {}
    assert Unit("first_run", "once", 1) in reached(book, recounted(book, [facts()]))


@pytest.mark.parametrize("glyph", Glyph)
@pytest.mark.parametrize("shape", Shape)
def test_an_icon_is_a_small_picture_that_loads_nothing(glyph: Glyph, shape: Shape) -> None:
    drawn = svg(Icon(glyph=glyph, shape=shape, tint=Tint.RED, mark="10k"))
    root = ElementTree.fromstring(drawn)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not names & {"script", "image", "use", "foreignObject", "style", "a"}
    assert len(drawn) < 2_000
    assert set(GLYPHS) == set(Glyph)


def test_the_readme_says_all_that_may_stand_in_a_rule() -> None:
    """An editor has nothing else."""
    told = (ROOT / "functions" / "gamification" / "achievements" / "README.md").read_text(encoding="utf-8")
    parts = {*RuleDocument.model_fields, *Where.model_fields, *Icon.model_fields}
    kinds = (Glyph, Shape, Tint, AchievementWindow, AchievementRepeat, Distinct)
    values = {one.value for kind in kinds for one in kind}
    assert not [one for one in sorted(parts | values) if re.search(rf"\b{one}\b", told) is None]
