"""Whom a rule fits, and which part of it decided. Three-valued (Kleene): what nobody told is neither so nor not so.

A rule holds, does not hold, or cannot be known: True, False, None. Only who is known to fit it passes, so that a `not`
of something unknown opens nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import ge, le
from typing import Any

from promos.facts import Facts, Piece
from promos.targeting import (
    ActivityRule,
    GearRule,
    ProfileRule,
    PurchaseMeasure,
    PurchasesRule,
    Segments,
    TargetingRule,
    asked_segments,
    phrased,
)
from stadion.i18n import Text


@dataclass(frozen=True)
class Verdict:
    """Of one rule, with those of the rules in it. It tells the rule, never the athlete's values."""

    holds: bool | None
    """None: nobody knows."""
    pointer: str
    said: Text
    decisive: "Verdict | None" = field(default=None, repr=False)

    @property
    def passed(self) -> bool:
        return self.holds is True

    @property
    def decided_by(self) -> "Verdict":
        return self.decisive.decided_by if self.decisive is not None else self


ALL_HOLD = Text(en="All conditions hold.", ru="Все условия выполнены.")
NONE_HOLDS = Text(en="None of the conditions holds.", ru="Не выполнено ни одно из условий.")
NO_SUCH_SEGMENT = Text(
    en="There is no such segment: nobody knows who would be in it.",
    ru="Такого сегмента нет: кто был бы в нём, неизвестно.",
)
LOOP = Text(en="This segment leads back to itself.", ru="Этот сегмент ссылается сам на себя.")
NOT_KNOWN = Text(en=" Not known of this athlete.", ru=" О спортсмене это неизвестно.")


def judge(rule: TargetingRule, facts: Facts, segments: Segments, pointer: str = "#") -> Verdict:
    """Each segment is judged once, however often and however deep it is asked for."""
    return _Judgement(facts, segments).of(rule, pointer)


class _Judgement:
    """Of one athlete, with the segments that were judged on the way."""

    def __init__(self, facts: Facts, segments: Segments) -> None:
        self._facts = facts
        self._segments = segments
        self._judged: dict[str, Verdict] = {}

    def of(self, rule: TargetingRule, pointer: str) -> Verdict:
        if rule.all is not None or rule.any is not None:
            return self._joined(rule, pointer)
        if rule.not_ is not None:
            inner = self.of(rule.not_, f"{pointer}/not")
            return Verdict(None if inner.holds is None else not inner.holds, pointer, inner.said, inner)
        if rule.segment is not None:
            return self._in_segment(rule.segment, f"{pointer}/segment")
        holds, said = _leaf(rule, self._facts)
        if holds is None:
            said = Text(en=said.en + NOT_KNOWN.en, ru=said.ru + NOT_KNOWN.ru)
        return Verdict(holds, f"{pointer}/{rule.kind}", said)

    def _joined(self, rule: TargetingRule, pointer: str) -> Verdict:
        """One that does (`any`) or does not (`all`) hold decides; else one that is unknown."""
        wanted, unknown = rule.any is not None, None
        for below, child in rule.children():
            verdict = self.of(child, pointer + below)
            if verdict.holds is wanted:
                return Verdict(wanted, pointer, verdict.said, verdict)
            if verdict.holds is None and unknown is None:
                unknown = verdict
        if unknown is not None:
            return Verdict(None, pointer, unknown.said, unknown)
        return Verdict(not wanted, pointer, NONE_HOLDS if wanted else ALL_HOLD)

    def _in_segment(self, name: str, pointer: str) -> Verdict:
        if name not in self._segments:
            return Verdict(None, pointer, NO_SUCH_SEGMENT)
        for one in self._to_judge(name):
            place = f"segment:{one}#"
            self._judged[one] = Verdict(None, place, LOOP)
            self._judged[one] = self.of(self._segments[one], place)
        inner = self._judged[name]
        return Verdict(inner.holds, pointer, inner.said, inner)

    def _to_judge(self, name: str) -> Iterator[str]:
        """Those that are asked for come before those that ask, so that no chain of segments is nested deeply."""
        waiting, opened = [name], set[str]()
        while waiting:
            one = waiting.pop()
            if one in self._judged or one not in self._segments:
                continue
            if one in opened:
                yield one
                continue
            opened.add(one)
            waiting += [one, *(asked_segments(self._segments[one]) - opened)]


Finding = tuple[bool | None, Text]


def _leaf(rule: TargetingRule, facts: Facts) -> Finding:
    if rule.profile is not None:
        return _profile(rule.profile, facts)
    if rule.consent is not None:
        text = Text(en="Consent {kind} is granted.", ru="Дано согласие {kind}.")
        return facts.athlete.has_granted(rule.consent), phrased(text, kind=rule.consent.value)
    if rule.gear is not None:
        return _gear(rule.gear, facts)
    if rule.activity is not None:
        return _activity(rule.activity, facts)
    assert rule.purchases is not None  # noqa: S101 - for the type checker
    return _purchases(rule.purchases, facts)


# --- profiles -------------------------------------------------------------------------------------------------------


def _profile(rule: ProfileRule, facts: Facts) -> Finding:
    """What is known not to fit decides; else what is not known."""
    unknown: Text | None = None
    for holds, said in (*_lists(rule, facts), *_bounds(rule, facts)):
        if holds is False:
            return False, said
        if holds is None and unknown is None:
            unknown = said
    if unknown is not None:
        return None, unknown
    return True, Text(en="The profile fits.", ru="Профиль подходит.")


def _lists(rule: ProfileRule, facts: Facts) -> Iterable[Finding]:
    who = facts.athlete
    for wanted, value, en, ru in (
        (rule.countries, who.country, "country", "страна"),
        (rule.regions, who.region, "region", "регион"),
        (rule.cities, who.city, "city", "город"),
        (rule.languages, who.language, "language", "язык"),
        (rule.genders, who.gender, "gender", "пол"),
    ):
        if wanted is not None:
            names = {str(name).casefold() for name in wanted}
            yield (str(value).casefold() in names if value is not None else None), _one_of(en, ru, wanted)


def _bounds(rule: ProfileRule, facts: Facts) -> Iterable[Finding]:
    age = age_on(facts.athlete.birth_date, facts.today)
    registered = facts.athlete.registered_on
    since = (facts.today - registered).days if registered else None
    for bound, holds, en, ru in (
        (rule.age_from, _compared(age, ge, rule.age_from), "Age is at least {n}.", "Возраст не меньше {n}."),
        (rule.age_to, _compared(age, le, rule.age_to), "Age is at most {n}.", "Возраст не больше {n}."),
        (
            rule.registered_for_days,
            _compared(since, ge, rule.registered_for_days),
            "Registered at least {n} days ago.",
            "Зарегистрирован не меньше {n} дн. назад.",
        ),
    ):
        if bound is not None:
            yield holds, phrased(Text(en=en, ru=ru), n=bound)


def _compared(value: int | None, how: Callable[[int, int], bool], bound: int | None) -> bool | None:
    return None if value is None or bound is None else how(value, bound)


def _known(value: Any, fits: Callable[[Any], bool]) -> bool | None:
    return None if value is None else fits(value)


def _one_of(en: str, ru: str, wanted: Any) -> Text:
    values = ", ".join(str(getattr(value, "value", value)) for value in wanted)
    return phrased(
        Text(en="{what_en} is one of: {values}.", ru="{what_ru} из списка: {values}."),
        what_en=en.capitalize(),
        what_ru=ru.capitalize(),
        values=values,
    )


def age_on(born: date | None, today: date) -> int | None:
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


# --- gear -----------------------------------------------------------------------------------------------------------


def _gear(rule: GearRule, facts: Facts) -> Finding:
    """A piece whose category or brand was not told yet may be one of those that are asked for."""
    found = [_fits(rule, piece) for piece in facts.gear]
    fitting, perhaps = found.count(True), found.count(None)
    text = Text(
        en="Has at least {n} of: {what}{worn}.",
        ru="Есть не меньше {n} шт.: {what}{worn}.",
    )
    what = ", ".join([*(rule.categories or ["gear"]), *(rule.brands or [])])
    worn = f" ≥ {rule.worn_percent} %" if rule.worn_percent else ""
    holds = None if fitting < rule.at_least <= fitting + perhaps else fitting >= rule.at_least
    return holds, phrased(text, n=rule.at_least, what=what, worn=worn)


def _fits(rule: GearRule, piece: Piece) -> bool | None:
    brands = {brand.casefold() for brand in rule.brands or ()}
    asked = [
        piece.retired == rule.retired,
        rule.worn_percent is None or piece.worn_percent >= rule.worn_percent,
        rule.categories is None or _known(piece.category, lambda known: known in (rule.categories or ())),
        rule.brands is None or _known(piece.brand, lambda known: known.casefold() in brands),
    ]
    if False in asked:
        return False
    return None if None in asked else True


# --- activity and purchases -----------------------------------------------------------------------------------------


def _activity(rule: ActivityRule, facts: Facts) -> Finding:
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


def _purchases(rule: PurchasesRule, facts: Facts) -> Finding:
    first = facts.today - timedelta(days=rule.within_days - 1)
    name = {
        PurchaseMeasure.ORDERS: "orders",
        PurchaseMeasure.ITEMS: f"items.{rule.category}" if rule.category else "items",
        PurchaseMeasure.SPENT_MINOR: f"minor.{rule.currency}",
    }[rule.measure]
    last = facts.today + timedelta(days=1)  # purchases count by UTC days, which may be tomorrow here
    total = sum(amounts.get(name, 0) for day, amounts in facts.purchases.items() if first <= day <= last)
    return _within(total, rule, name, rule.within_days)


def _within(total: int, rule: ActivityRule | PurchasesRule, what: str, days: int) -> Finding:
    """Of who recorded or bought nothing it is known that it was nothing."""
    passed = (rule.at_least is None or total >= rule.at_least) and (rule.at_most is None or total <= rule.at_most)
    bounds = " ".join(
        f"{sign} {bound}" for sign, bound in (("≥", rule.at_least), ("≤", rule.at_most)) if bound is not None
    )
    text = Text(en="{what} in {days} days {bounds}.", ru="{what} за {days} дн. {bounds}.")
    return passed, phrased(text, what=what, days=days, bounds=bounds)
