"""Whom a promo is for: rules as data, and what is wrong with them. Whom they fit is told by `verdicts`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from promos.values import City, Name, StrictValue
from stadion.errors import UnacceptableValueError
from stadion.events.accounts import ConsentKind, Gender
from stadion.i18n import Language, Text
from stadion.sports import SportType

DEEPEST = 8
MAX_RULES = 100
LOOKED_BACK_DAYS = 90
MAX_DAYS_OF_PURCHASES = 730

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["RU"])]
RegionCode = Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$", examples=["RU-MOW"])]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["RUB"])]
"""Their lists are asked by `vocabulary`, of what is new: a rule that was stored with another word is still read."""


def _sport(word: Any) -> Any:
    known = {sport.value.casefold(): sport.value for sport in SportType}
    if not isinstance(word, str) or word in known.values():
        return word
    near = get_close_matches(word.casefold().replace("_", "").replace(" ", ""), known, n=1, cutoff=0.7)
    if not near:
        return word
    raise UnacceptableValueError(
        phrased(
            Text(
                en="There is no sport {word}. Did you mean {near}?",
                ru="Нет вида спорта {word}. Может быть, {near}?",
            ),
            word=word,
            near=known[near[0]],
        )
    )


Sport = Annotated[SportType, BeforeValidator(_sport)]
Percent = Annotated[int, Field(ge=1, le=1000, strict=True)]
Few = Annotated[int, Field(ge=0, le=1000, strict=True)]
Amount = Annotated[int, Field(ge=0, le=10**12, strict=True)]


class ProfileRule(StrictValue):
    """All that is given must fit. What the athlete has not told fits nothing."""

    countries: list[CountryCode] | None = Field(default=None, min_length=1, max_length=50)
    regions: list[RegionCode] | None = Field(default=None, min_length=1, max_length=100)
    cities: list[City] | None = Field(default=None, min_length=1, max_length=100)
    languages: list[Language] | None = Field(default=None, min_length=1)
    genders: list[Gender] | None = Field(default=None, min_length=1)
    age_from: Annotated[int, Field(ge=0, le=120, strict=True)] | None = None
    age_to: Annotated[int, Field(ge=0, le=120, strict=True)] | None = Field(default=None, description="included")
    registered_for_days: Few | None = Field(default=None, description="at least")

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        _asking(self)
        return self


class GearRule(StrictValue):
    """Has enough pieces of this kind. Retired ones do not count unless they are asked for."""

    categories: list[Annotated[str, Field(max_length=40)]] | None = Field(default=None, min_length=1, max_length=40)
    brands: list[Annotated[str, Field(max_length=100)]] | None = Field(default=None, min_length=1, max_length=40)
    worn_percent: Percent | None = Field(default=None, description="told at 50, 80 and 100")
    retired: bool = False
    at_least: Annotated[int, Field(ge=1, le=100, strict=True)] = 1


class ActivityMeasure(StrEnum):
    SESSIONS = "sessions"
    DISTANCE_M = "distance_m"
    MOVING_TIME_S = "moving_time_s"


class ActivityRule(StrictValue):
    """What was recorded in the last days, on the days of the athlete; today is one of them."""

    within_days: Annotated[int, Field(ge=1, le=LOOKED_BACK_DAYS, strict=True)] = 30
    sports: list[Sport] | None = Field(default=None, min_length=1, max_length=60)
    measure: ActivityMeasure = ActivityMeasure.SESSIONS
    at_least: Amount | None = None
    at_most: Amount | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> Self:
        _bounded(self)
        return self


class PurchaseMeasure(StrEnum):
    ORDERS = "orders"
    ITEMS = "items"
    SPENT_MINOR = "spent_minor"


class PurchasesRule(StrictValue):
    """What was bought, less what came back."""

    within_days: Annotated[int, Field(ge=1, le=MAX_DAYS_OF_PURCHASES, strict=True)] = 365
    measure: PurchaseMeasure = PurchaseMeasure.ORDERS
    category: Annotated[str, Field(max_length=40)] | None = Field(default=None, description="only with `items`")
    currency: CurrencyCode | None = Field(default=None, description="only with `spent_minor`, and needed there")
    at_least: Amount | None = None
    at_most: Amount | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.category is not None and self.measure is not PurchaseMeasure.ITEMS:
            raise UnacceptableValueError(
                Text(en="A category goes with the measure `items` only.", ru="Категория бывает только у меры `items`.")
            )
        if (self.currency is None) == (self.measure is PurchaseMeasure.SPENT_MINOR):
            raise UnacceptableValueError(
                Text(
                    en="The measure `spent_minor`, and no other, takes a currency.",
                    ru="Валюта бывает только у меры `spent_minor`, и ей она нужна.",
                )
            )
        _bounded(self)
        return self


class TargetingRule(StrictValue):
    """Exactly one of its fields: `all`, `any` and `not` join rules, the others ask."""

    all: "list[TargetingRule] | None" = Field(default=None, min_length=1, max_length=20)
    any: "list[TargetingRule] | None" = Field(default=None, min_length=1, max_length=20)
    not_: "TargetingRule | None" = Field(default=None, alias="not")
    profile: ProfileRule | None = None
    consent: ConsentKind | None = None
    segment: Name | None = None
    gear: GearRule | None = None
    activity: ActivityRule | None = None
    purchases: PurchasesRule | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        """What an answer of ours names as null was not asked: it may be sent back as it came."""
        return {name: part for name, part in value.items() if part is not None} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _is_one_rule(self) -> Self:
        if len(self.model_fields_set) != 1 or self.content is None:
            names = ", ".join(info.alias or name for name, info in type(self).model_fields.items())
            raise ValueError(f"A rule is exactly one of: {names}.")
        return self

    @property
    def kind(self) -> str:
        return next(iter(self.model_fields_set)).rstrip("_")

    @property
    def content(self) -> Any:
        return getattr(self, next(iter(self.model_fields_set)))

    def children(self) -> "list[tuple[str, TargetingRule]]":
        """(pointer below this rule, rule)."""
        if self.not_ is not None:
            return [("/not", self.not_)]
        return [(f"/{self.kind}/{number}", rule) for number, rule in enumerate(self.all or self.any or [])]

    def stored(self) -> dict[str, Any]:
        found: dict[str, Any] = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return found


def _asking(rule: Any) -> None:
    if all(getattr(rule, name) is None for name in type(rule).model_fields):
        raise UnacceptableValueError(Text(en="This rule asks nothing.", ru="Это правило ничего не проверяет."))


def _bounded(rule: Any) -> None:
    if rule.at_least is None and rule.at_most is None:
        raise UnacceptableValueError(
            Text(en="Give at_least, at_most or both.", ru="Задайте at_least, at_most или оба.")
        )
    if rule.at_least is not None and rule.at_most is not None and rule.at_least > rule.at_most:
        raise UnacceptableValueError(
            Text(
                en="at_least is more than at_most: nobody can fit.",
                ru="at_least больше, чем at_most: никто не подойдёт.",
            )
        )


# --- is it a good rule? ---------------------------------------------------------------------------------------------

Segments = Mapping[str, TargetingRule]


@dataclass(frozen=True)
class Problem:
    pointer: str
    code: str
    text: Text


UNKNOWN_SEGMENT = Text(en="There is no segment {name}.", ru="Нет сегмента {name}.")
SEGMENT_LOOP = Text(en="The segment {name} leads back to itself.", ru="Сегмент {name} ссылается сам на себя.")
TOO_DEEP = Text(en="Rules are nested more than {most} deep.", ru="Правила вложены глубже {most} уровней.")
TOO_MANY = Text(en="More than {most} rules.", ru="Больше {most} правил.")
NOBODY_FITS = Text(en="age_from is more than age_to.", ru="age_from больше age_to.")


def problems_of(
    rule: TargetingRule, segments: Segments, *, pointer: str = "#", within: str | None = None
) -> list[Problem]:
    """What a schema cannot see. `within` is the segment that the rule is going to be."""
    found = []
    nodes = list(_walk(rule, pointer, 1))
    leading_back = {within, *users_of(within, segments)} if within is not None else set()
    if len(nodes) > MAX_RULES:
        found.append(Problem(pointer, "too_many_rules", phrased(TOO_MANY, most=MAX_RULES)))
    for place, node, depth in nodes:
        if depth == DEEPEST + 1:
            found.append(Problem(place, "rules_too_deep", phrased(TOO_DEEP, most=DEEPEST)))
        if node.segment is not None:
            found += _segment_problems(node.segment, segments, f"{place}/segment", leading_back)
        asked = node.profile
        if asked and asked.age_from is not None and asked.age_to is not None and asked.age_from > asked.age_to:
            found.append(Problem(f"{place}/profile/age_from", "nobody_fits", NOBODY_FITS))
    return found


def nodes_of(rule: TargetingRule, pointer: str) -> Iterator[tuple[str, TargetingRule]]:
    """(pointer, rule), of the rule and all rules in it."""
    return ((place, node) for place, node, _ in _walk(rule, pointer, 1))


def _walk(rule: TargetingRule, pointer: str, depth: int) -> Iterator[tuple[str, TargetingRule, int]]:
    yield pointer, rule, depth
    for below, child in rule.children():
        yield from _walk(child, pointer + below, depth + 1)


def _segment_problems(name: str, segments: Segments, pointer: str, leading_back: set[str]) -> list[Problem]:
    if name in leading_back:
        return [Problem(pointer, "segment_loop", phrased(SEGMENT_LOOP, name=name))]
    if name not in segments:
        return [Problem(pointer, "unknown_segment", phrased(UNKNOWN_SEGMENT, name=name))]
    return []


def asked_segments(rule: TargetingRule) -> set[str]:
    """Those that a rule names itself."""
    return {node.segment for _, node, _ in _walk(rule, "#", 1) if node.segment is not None}


def reached(rule: TargetingRule, segments: Segments) -> set[str]:
    """The segments that a rule asks for, also through other segments."""
    return _closure(asked_segments(rule), lambda name: asked_segments(segments[name]) if name in segments else ())


def users_of(name: str, segments: Segments) -> set[str]:
    """The segments that ask for this one, also through other segments."""
    asking: dict[str, set[str]] = {}
    for user, rule in segments.items():
        for asked in asked_segments(rule):
            asking.setdefault(asked, set()).add(user)
    return _closure(asking.get(name, ()), lambda user: asking.get(user, ()))


def _closure(first: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += following(name)
    return found


def phrased(text: Text, **values: Any) -> Text:
    """The sentence with its values in it; braces in them stay as they are."""
    filled = {language: text.say(language, **values).replace("{", "{{").replace("}", "}}") for language in Language}
    return Text(en=filled[Language.EN], ru=filled[Language.RU])


@dataclass(frozen=True)
class Needs:
    """What must be read of an athlete to decide."""

    gear: bool = False
    activity_days: int = 0
    purchase_days: int = 0

    def __or__(self, other: "Needs") -> "Needs":
        return Needs(
            self.gear or other.gear,
            max(self.activity_days, other.activity_days),
            max(self.purchase_days, other.purchase_days),
        )


def needs(rule: TargetingRule | None, segments: Segments) -> Needs:
    if rule is None:
        return Needs()
    wanted = Needs()
    for one in [rule, *(segments[name] for name in reached(rule, segments) if name in segments)]:
        for _, node, _ in _walk(one, "#", 1):
            wanted |= Needs(
                node.gear is not None,
                node.activity.within_days if node.activity else 0,
                node.purchases.within_days if node.purchases else 0,
            )
    return wanted
