"""Whom a promo is for: rules as data, what they say of an athlete, and which of them decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from promos.facts import Facts, Piece
from promos.values import City, Country, Currency, Name, Region, StrictValue
from stadion.errors import UnacceptableValueError
from stadion.events.accounts import ConsentKind, Gender
from stadion.i18n import Language, Text
from stadion.sports import SportType

DEEPEST = 8
MAX_RULES = 100
LOOKED_BACK_DAYS = 90
MAX_DAYS_OF_PURCHASES = 730

Percent = Annotated[int, Field(ge=1, le=1000, strict=True)]
Few = Annotated[int, Field(ge=0, le=1000, strict=True)]
Amount = Annotated[int, Field(ge=0, le=10**12, strict=True)]


class ProfileRule(StrictValue):
    """All that is given must fit. What the athlete has not told fits nothing."""

    countries: list[Country] | None = Field(default=None, min_length=1, max_length=50)
    regions: list[Region] | None = Field(default=None, min_length=1, max_length=100)
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
    sports: list[SportType] | None = Field(default=None, min_length=1, max_length=60)
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
    currency: Currency | None = Field(default=None, description="only with `spent_minor`, and needed there")
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
    if len(nodes) > MAX_RULES:
        found.append(Problem(pointer, "too_many_rules", phrased(TOO_MANY, most=MAX_RULES)))
    for place, node, depth in nodes:
        if depth == DEEPEST + 1:
            found.append(Problem(place, "rules_too_deep", phrased(TOO_DEEP, most=DEEPEST)))
        if node.segment is not None:
            found += _segment_problems(node.segment, segments, f"{place}/segment", within)
        asked = node.profile
        if asked and asked.age_from is not None and asked.age_to is not None and asked.age_from > asked.age_to:
            found.append(Problem(f"{place}/profile/age_from", "nobody_fits", NOBODY_FITS))
    return found


def _walk(rule: TargetingRule, pointer: str, depth: int) -> Iterator[tuple[str, TargetingRule, int]]:
    yield pointer, rule, depth
    for below, child in rule.children():
        yield from _walk(child, pointer + below, depth + 1)


def _segment_problems(name: str, segments: Segments, pointer: str, within: str | None) -> list[Problem]:
    if name == within:
        return [Problem(pointer, "segment_loop", phrased(SEGMENT_LOOP, name=name))]
    if name not in segments:
        return [Problem(pointer, "unknown_segment", phrased(UNKNOWN_SEGMENT, name=name))]
    if within is not None and within in reached(segments[name], segments):
        return [Problem(pointer, "segment_loop", phrased(SEGMENT_LOOP, name=within))]
    return []


def reached(rule: TargetingRule, segments: Segments) -> set[str]:
    """The segments that a rule asks for, also through other segments."""
    found: set[str] = set()
    waiting = [rule]
    while waiting:
        for _, node, _ in _walk(waiting.pop(), "#", 1):
            if node.segment is not None and node.segment not in found:
                found.add(node.segment)
                waiting += [segments[node.segment]] if node.segment in segments else []
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


# --- whom does it fit? ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """Of one rule, with those of the rules in it. It tells the rule, never the athlete's values."""

    passed: bool
    pointer: str
    said: Text
    decisive: "Verdict | None" = field(default=None, repr=False)

    @property
    def decided_by(self) -> "Verdict":
        return self.decisive.decided_by if self.decisive is not None else self


ALL_HOLD = Text(en="All conditions hold.", ru="Все условия выполнены.")
NONE_HOLDS = Text(en="None of the conditions holds.", ru="Не выполнено ни одно из условий.")
NO_SUCH_SEGMENT = Text(en="There is no such segment, so nobody is in it.", ru="Такого сегмента нет, в нём никого.")


def judge(rule: TargetingRule, facts: Facts, segments: Segments, pointer: str = "#") -> Verdict:
    if rule.all is not None or rule.any is not None:
        return _joined(rule, facts, segments, pointer)
    if rule.not_ is not None:
        inner = judge(rule.not_, facts, segments, f"{pointer}/not")
        return Verdict(not inner.passed, pointer, inner.said, inner)
    if rule.segment is not None:
        return _in_segment(rule.segment, facts, segments, f"{pointer}/segment")
    passed, said = _leaf(rule, facts)
    return Verdict(passed, f"{pointer}/{rule.kind}", said)


def _joined(rule: TargetingRule, facts: Facts, segments: Segments, pointer: str) -> Verdict:
    wanted = rule.any is not None
    for below, child in rule.children():
        verdict = judge(child, facts, segments, pointer + below)
        if verdict.passed is wanted:
            return Verdict(wanted, pointer, verdict.said, verdict)
    return Verdict(not wanted, pointer, NONE_HOLDS if wanted else ALL_HOLD)


def _in_segment(name: str, facts: Facts, segments: Segments, pointer: str) -> Verdict:
    rule = segments.get(name)
    if rule is None:
        return Verdict(False, pointer, NO_SUCH_SEGMENT)
    others = {other: inner for other, inner in segments.items() if other != name}  # a loop ends here
    inner = judge(rule, facts, others, f"segment:{name}#")
    return Verdict(inner.passed, pointer, inner.said, inner)


def _leaf(rule: TargetingRule, facts: Facts) -> tuple[bool, Text]:
    if rule.profile is not None:
        return _profile(rule.profile, facts)
    if rule.consent is not None:
        text = Text(en="Consent {kind} is granted.", ru="Дано согласие {kind}.")
        return rule.consent in facts.athlete.granted, phrased(text, kind=rule.consent.value)
    if rule.gear is not None:
        return _gear(rule.gear, facts)
    if rule.activity is not None:
        return _activity(rule.activity, facts)
    assert rule.purchases is not None  # noqa: S101 - for the type checker
    return _purchases(rule.purchases, facts)


def _profile(rule: ProfileRule, facts: Facts) -> tuple[bool, Text]:
    who = facts.athlete
    age = age_on(who.birth_date, facts.today)
    since = (facts.today - who.registered_on).days if who.registered_on else None
    checks = [
        (rule.countries, who.country in (rule.countries or ()), "country", "страна"),
        (rule.regions, who.region in (rule.regions or ()), "region", "регион"),
        (rule.cities, _same_city(who.city, rule.cities or ()), "city", "город"),
        (rule.languages, who.language in (rule.languages or ()), "language", "язык"),
        (rule.genders, who.gender in (rule.genders or ()), "gender", "пол"),
    ]
    for wanted, fits, en, ru in checks:
        if wanted is not None and not fits:
            return False, _one_of(en, ru, wanted)
    if rule.age_from is not None and (age is None or age < rule.age_from):
        return False, phrased(Text(en="Age is at least {n}.", ru="Возраст не меньше {n}."), n=rule.age_from)
    if rule.age_to is not None and (age is None or age > rule.age_to):
        return False, phrased(Text(en="Age is at most {n}.", ru="Возраст не больше {n}."), n=rule.age_to)
    if rule.registered_for_days is not None and (since is None or since < rule.registered_for_days):
        text = Text(en="Registered at least {n} days ago.", ru="Зарегистрирован не меньше {n} дн. назад.")
        return False, phrased(text, n=rule.registered_for_days)
    return True, Text(en="The profile fits.", ru="Профиль подходит.")


def _one_of(en: str, ru: str, wanted: Any) -> Text:
    values = ", ".join(str(getattr(value, "value", value)) for value in wanted)
    return phrased(
        Text(en="{what_en} is one of: {values}.", ru="{what_ru} из списка: {values}."),
        what_en=en.capitalize(),
        what_ru=ru.capitalize(),
        values=values,
    )


def _same_city(city: str | None, wanted: Any) -> bool:
    return city is not None and city.casefold() in {name.casefold() for name in wanted}


def age_on(born: date | None, today: date) -> int | None:
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _gear(rule: GearRule, facts: Facts) -> tuple[bool, Text]:
    fitting = [piece for piece in facts.gear if _fits(rule, piece)]
    text = Text(
        en="Has at least {n} of: {what}{worn}.",
        ru="Есть не меньше {n} шт.: {what}{worn}.",
    )
    what = ", ".join([*(rule.categories or ["gear"]), *(rule.brands or [])])
    worn = f" ≥ {rule.worn_percent} %" if rule.worn_percent else ""
    return len(fitting) >= rule.at_least, phrased(text, n=rule.at_least, what=what, worn=worn)


def _fits(rule: GearRule, piece: Piece) -> bool:
    brands = {brand.casefold() for brand in rule.brands or ()}
    return (
        piece.retired == rule.retired
        and (rule.categories is None or piece.category in rule.categories)
        and (rule.brands is None or (piece.brand or "").casefold() in brands)
        and (rule.worn_percent is None or piece.worn_percent >= rule.worn_percent)
    )


def _activity(rule: ActivityRule, facts: Facts) -> tuple[bool, Text]:
    first = facts.today - timedelta(days=rule.within_days - 1)
    wanted = None if rule.sports is None else {sport.value for sport in rule.sports}
    total = 0
    for day, amounts in facts.activity.items():
        for name, amount in amounts.items():
            sport, _, measure = name.partition(".")
            if first <= day <= facts.today and measure == rule.measure and (wanted is None or sport in wanted):
                total += amount
    what = f"{rule.measure.value} ({', '.join(sorted(wanted))})" if wanted else rule.measure.value
    return _within(total, rule, what, rule.within_days)


def _purchases(rule: PurchasesRule, facts: Facts) -> tuple[bool, Text]:
    first = facts.today - timedelta(days=rule.within_days - 1)
    name = {
        PurchaseMeasure.ORDERS: "orders",
        PurchaseMeasure.ITEMS: f"items.{rule.category}" if rule.category else "items",
        PurchaseMeasure.SPENT_MINOR: f"minor.{rule.currency}",
    }[rule.measure]
    last = facts.today + timedelta(days=1)  # purchases count by UTC days, which may be tomorrow here
    total = sum(amounts.get(name, 0) for day, amounts in facts.purchases.items() if first <= day <= last)
    return _within(total, rule, name, rule.within_days)


def _within(total: int, rule: ActivityRule | PurchasesRule, what: str, days: int) -> tuple[bool, Text]:
    passed = (rule.at_least is None or total >= rule.at_least) and (rule.at_most is None or total <= rule.at_most)
    bounds = " ".join(
        f"{sign} {bound}" for sign, bound in (("≥", rule.at_least), ("≤", rule.at_most)) if bound is not None
    )
    text = Text(en="{what} in {days} days {bounds}.", ru="{what} за {days} дн. {bounds}.")
    return passed, phrased(text, what=what, days=days, bounds=bounds)
