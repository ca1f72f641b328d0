"""Rules: whom they fit, what nobody knows, and what is wrong with them."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from promos import targeting, verdicts
from promos.facts import Athlete, Facts, Piece
from promos.targeting import Needs, TargetingRule, needs, problems_of
from promos.verdicts import judge
from promos.vocabulary import unknown_words
from stadion.athletes import Consent
from stadion.events.accounts import ConsentKind
from stadion.i18n import Language

TODAY = date(2026, 11, 21)
FACTS = Facts(
    athlete=Athlete(
        language=Language.RU,
        country="RU",
        region="RU-MOW",
        city="Moscow",
        birth_date=date(1991, 11, 22),
        registered_on=date(2026, 11, 1),
        consents={ConsentKind.MARKETING_EMAIL: Consent(granted=True, revision=1)},
    ),
    today=TODAY,
    gear=(
        Piece(gear_id="1", category="running_shoes", brand="Kiprun", worn_percent=80),
        Piece(gear_id="2", category="bike", retired=True, worn_percent=100),
    ),
    activity={
        TODAY: {"Run.sessions": 1, "Run.distance_m": 5_000},
        TODAY - timedelta(days=29): {"Ride.sessions": 2},
        TODAY - timedelta(days=30): {"Run.sessions": 7},
    },
    purchases={TODAY - timedelta(days=10): {"orders": 1, "items": 2, "items.running_shoes": 2, "minor.RUB": 9_000}},
)


def rule(**content: Any) -> TargetingRule:
    return TargetingRule.model_validate(content)


@pytest.mark.parametrize(
    ("content", "fits"),
    [
        ({"profile": {"countries": ["BY", "RU"], "cities": ["moscow"]}}, True),
        ({"profile": {"countries": ["RU"], "languages": ["en"]}}, False),
        ({"profile": {"genders": ["female"]}}, None),
        ({"profile": {"genders": ["female"], "countries": ["BY"]}}, False),
        ({"gear": {"brands": ["garmin"]}}, False),
        ({"gear": {"brands": ["garmin"], "retired": True}}, None),
        ({"gear": {"categories": ["bike"], "brands": ["garmin"], "retired": True, "worn_percent": 101}}, False),
        ({"profile": {"age_from": 34, "age_to": 34}}, True),
        ({"profile": {"age_from": 35}}, False),
        ({"profile": {"registered_for_days": 20}}, True),
        ({"profile": {"registered_for_days": 21}}, False),
        ({"consent": "marketing_email"}, True),
        ({"consent": "marketing_sms"}, False),
        ({"gear": {"categories": ["running_shoes"], "brands": ["kiprun"], "worn_percent": 80}}, True),
        ({"gear": {"worn_percent": 100}}, False),
        ({"gear": {"worn_percent": 100, "retired": True}}, True),
        ({"gear": {"at_least": 2}}, False),
        ({"activity": {"at_least": 3, "at_most": 3}}, True),
        ({"activity": {"within_days": 31, "at_least": 10}}, True),
        ({"activity": {"sports": ["Run"], "measure": "distance_m", "at_least": 5001}}, False),
        ({"activity": {"within_days": 1, "sports": ["Ride"], "at_most": 0}}, True),
        ({"purchases": {"measure": "items", "category": "running_shoes", "at_least": 2}}, True),
        ({"purchases": {"measure": "spent_minor", "currency": "RUB", "at_least": 9_001}}, False),
        ({"purchases": {"within_days": 10, "at_most": 0}}, True),
        ({"segment": "of-runners"}, True),
        ({"segment": "gone"}, None),
    ],
)
def test_a_rule_fits_or_not_and_its_negation_the_other_way(content: dict[str, Any], fits: bool | None) -> None:
    segments = {"of-runners": rule(activity={"sports": ["Run"], "at_least": 1})}
    assert judge(TargetingRule.model_validate(content), FACTS, segments).passed is (fits is True)
    assert judge(TargetingRule.model_validate({"not": content}), FACTS, segments).passed is (fits is False)


@pytest.mark.parametrize(
    "asked",
    [
        {"age_from": 18},
        {"age_to": 80},
        {"registered_for_days": 1},
        {"countries": ["RU"]},
        {"regions": ["RU-MOW"]},
        {"cities": ["Moscow"]},
        {"languages": ["ru"]},
        {"genders": ["male"]},
    ],
)
def test_who_told_nothing_fits_neither_a_rule_nor_its_negation_and_is_told_so(asked: dict[str, Any]) -> None:
    stranger = Facts(athlete=Athlete(), today=TODAY)

    for content in ({"profile": asked}, {"not": {"profile": asked}}):
        verdict = judge(TargetingRule.model_validate(content), stranger, {})
        assert (verdict.holds, verdict.passed) == (None, False)
        assert verdict.decided_by.said.say(Language.EN).endswith("Not known of this athlete.")
        assert verdict.decided_by.said.say(Language.RU).endswith("О спортсмене это неизвестно.")


def test_who_recorded_bought_and_agreed_to_nothing_is_known_to_have_done_so() -> None:
    stranger = Facts(athlete=Athlete(), today=TODAY)
    for content in (
        {"activity": {"at_least": 1}},
        {"purchases": {"at_least": 1}},
        {"consent": "location"},
        {"gear": {}},
    ):
        assert judge(TargetingRule.model_validate({"not": content}), stranger, {}).passed, content


def test_a_segment_that_is_gone_opens_nothing_to_anybody() -> None:
    for content in ({"segment": "gone"}, {"not": {"segment": "gone"}}, {"not": {"not": {"segment": "gone"}}}):
        assert not judge(TargetingRule.model_validate(content), FACTS, {}).passed


def test_what_is_unknown_decides_only_where_nothing_else_does() -> None:
    unknown, yes, no = {"segment": "gone"}, {"consent": "marketing_email"}, {"consent": "marketing_sms"}
    for kind, parts, holds in (
        ("any", [unknown, yes], True),
        ("any", [unknown, no], None),
        ("all", [unknown, no], False),
        ("all", [unknown, yes], None),
    ):
        verdict = judge(TargetingRule.model_validate({kind: parts}), FACTS, {})
        assert verdict.holds is holds, (kind, parts)
        assert verdict.decided_by.pointer.endswith("/segment") is (holds is None)


def doubled(length: int) -> dict[str, TargetingRule]:
    """Each segment asks three times for the one before it: 3^200 ways through all."""
    chain = {"s0": rule(consent="marketing_email")}
    for number in range(1, length):
        before = {"segment": f"s{number - 1}"}
        chain[f"s{number}"] = rule(all=[before, {"any": [before, {"not": before}]}])
    return chain


def test_what_nested_segments_need_and_lead_to_is_found_by_looking_at_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[TargetingRule] = []
    honest = targeting.asked_segments
    monkeypatch.setattr(targeting, "asked_segments", lambda one: (looked.append(one), honest(one))[1])
    chain = doubled(200)

    for ask in (
        lambda: needs(rule(segment="s199"), chain),
        lambda: problems_of(rule(any=[{"segment": "s199"}] * 20), chain, within="s0"),
    ):
        looked.clear()
        assert ask()
        assert 0 < len(looked) <= 201


def test_segments_that_ask_for_each_other_twice_are_judged_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[TargetingRule] = []
    leaf = verdicts._leaf
    monkeypatch.setattr(verdicts, "_leaf", lambda rule, facts: (asked.append(rule), leaf(rule, facts))[1])
    chain = doubled(200)

    assert judge(rule(segment="s199"), FACTS, chain).passed
    assert len(asked) == 1


LEAVES = st.sampled_from([{"consent": "marketing_email"}, {"consent": "marketing_sms"}, {"segment": "gone"}])
RULES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"all": rules}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"any": rules}),
        inner.map(lambda one: {"not": one}),
    ),
    max_leaves=8,
)


def plainly(content: dict[str, Any]) -> float:
    """Kleene: 1 is true, 0 false, a half unknown; `all` is the least, `any` the most."""
    [(kind, inner)] = content.items()
    if kind == "not":
        return 1 - plainly(inner)
    if kind in {"all", "any"}:
        return {"all": min, "any": max}[kind](map(plainly, inner))
    return {"marketing_email": 1, "marketing_sms": 0, "gone": 0.5}[inner]


@given(content=RULES)
def test_nested_rules_mean_what_logic_says_and_survive_being_stored(content: dict[str, Any]) -> None:
    whole = TargetingRule.model_validate(content)
    verdict = judge(whole, FACTS, {})
    assert verdict.holds is {1: True, 0: False, 0.5: None}[plainly(content)]
    assert verdict.decided_by.pointer.startswith("#")
    assert TargetingRule.model_validate(whole.stored()) == whole
    assert whole.stored() == content


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"all": []},
        {"all": None},
        {"consent": "marketing_sms", "segment": "x1"},
        {"profile": {}},
        {"activity": {}},
        {"activity": {"at_least": 1, "within_days": 91}},
        {"purchases": {"measure": "spent_minor", "at_least": 1}},
        {"purchases": {"category": "bike", "at_least": 1}},
        {"gear": {"worn_percent": True}},
    ],
)
def test_a_rule_that_says_nothing_or_two_things_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TargetingRule.model_validate(content)


def test_what_a_schema_cannot_see_is_pointed_at() -> None:
    deep: dict[str, Any] = {"consent": "location"}
    for _ in range(9):
        deep = {"not": deep}
    found = problems_of(
        TargetingRule.model_validate({"all": [{"segment": "gone"}, deep, {"profile": {"age_from": 9, "age_to": 8}}]}),
        {},
    )
    assert [(one.code, one.pointer) for one in found] == [
        ("unknown_segment", "#/all/0/segment"),
        ("rules_too_deep", "#/all/1" + "/not" * 7),
        ("nobody_fits", "#/all/2/profile/age_from"),
    ]
    assert found[0].text.say(Language.RU) == "Нет сегмента gone."


def test_a_segment_that_leads_back_to_itself_is_found_and_ends_even_if_it_is_stored() -> None:
    segments = {"s1": rule(segment="s2"), "s2": rule(segment="s3"), "s3": rule(consent="location")}
    assert [one.code for one in problems_of(rule(segment="s1"), segments, within="s3")] == ["segment_loop"]
    loop = segments | {"s3": rule(segment="s1")}
    for content in ({"segment": "s1"}, {"not": {"segment": "s1"}}):
        assert judge(TargetingRule.model_validate(content), FACTS, loop).holds is None


def test_only_what_rules_ask_is_read() -> None:
    segments = {"s1": rule(any=[{"activity": {"within_days": 90, "at_least": 1}}, {"gear": {}}])}
    assert needs(rule(**{"not": {"segment": "s1"}}), segments) == Needs(True, 90, 0)
    assert needs(rule(consent="location"), segments) == Needs()


@pytest.mark.parametrize(
    ("content", "code", "pointer", "said"),
    [
        (
            {"gear": {"categories": ["bike", "runing_shoes"]}},
            "unknown_category",
            "#/gear/categories/1",
            "There is no gear category runing_shoes. Did you mean running_shoes?",
        ),
        (
            {"not": {"purchases": {"measure": "items", "category": "Bike", "at_least": 1}}},
            "unknown_category",
            "#/not/purchases/category",
            "There is no gear category Bike. Did you mean bike?",
        ),
        (
            {"gear": {"categories": ["x"]}},
            "unknown_category",
            "#/gear/categories/0",
            "There is no gear category x.",
        ),
        ({"profile": {"countries": ["XX"]}}, "unknown_country", "#/profile/countries/0", None),
        ({"profile": {"regions": ["RU-MSK"]}}, "unknown_region", "#/profile/regions/0", None),
        (
            {"purchases": {"measure": "spent_minor", "currency": "RUR", "at_least": 1}},
            "unknown_currency",
            "#/purchases/currency",
            None,
        ),
    ],
)
def test_a_word_that_is_on_no_list_is_refused_with_the_one_that_was_meant(
    content: dict[str, Any], code: str, pointer: str, said: str | None
) -> None:
    stored = TargetingRule.model_validate(content)
    [found] = unknown_words(stored, pointer="#")
    assert (found.code, found.pointer) == (code, pointer)
    assert said is None or found.text.say(Language.EN) == said


def test_words_that_are_on_their_lists_are_fine() -> None:
    rules = {
        "all": [
            {"profile": {"countries": ["RU"], "regions": ["RU-MOW"]}},
            {"gear": {"categories": ["running_shoes"]}},
            {"purchases": {"measure": "spent_minor", "currency": "RUB", "at_least": 1}},
            {"purchases": {"measure": "items", "at_least": 1}},
        ]
    }
    assert unknown_words(TargetingRule.model_validate(rules), pointer="#") == []


def test_a_sport_that_there_is_not_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(ValidationError, match="Did you mean TrailRun"):
        TargetingRule.model_validate({"activity": {"sports": ["trail_run"], "at_least": 1}})
