"""What a workout moves, and what of it is reached. Pure.

A rule starts on the workout alone (`RuleBook.started_by` looks only at rules of its sport); what it measures is read
from tallies: whole numbers per window (a day, a week, a month, ever), of which each is a sum over workouts. Two kinds
of numbers follow from others: on how many days, weeks or months something was done, and in how many windows a level
was reached. They move when a window's number passes the target, so that no history is needed.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from gamification.achievements.base.values import (
    ORDER,
    AchievementMeasure,
    AchievementRepeat,
    AchievementWindow,
    Bounds,
    Criterion,
    Distinct,
    MeasureKind,
    Origin,
    Rule,
    Season,
    Where,
    is_date,
)
from gamification.base.domain import Facts
from gamification.streaks.domain import StreakUnit
from stadion.sports import Family, SportType, sport

Totals = Mapping[str, int]
Tallies = Mapping[str, Totals]
"""AchievementWindow (`ever`, `month:2026-12`) -> counter -> number."""

EVER: Final = "ever"
MAX_MULTIPLES: Final = 100
"""How often what repeats at each multiple is earned."""
_DAY_LIKE: Final = {
    Distinct.DAY: AchievementWindow.DAY,
    Distinct.WEEK: AchievementWindow.WEEK,
    Distinct.MONTH: AchievementWindow.MONTH,
}


def windows_on(day: date) -> dict[AchievementWindow, str]:
    year, week, _ = day.isocalendar()
    return {
        AchievementWindow.DAY: f"day:{day}",
        AchievementWindow.WEEK: f"week:{year}-W{week:02}",
        AchievementWindow.MONTH: f"month:{day:%Y-%m}",
        AchievementWindow.EVER: EVER,
    }


def window_of(name: str) -> AchievementWindow:
    return AchievementWindow(name.partition(":")[0])


# --- a workout as rules see it ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """Facts, and where they lie on the athlete's own calendar."""

    facts: Facts

    @cached_property
    def local(self) -> datetime:
        return self.facts.started_at.astimezone(ZoneInfo(self.facts.time_zone))

    @cached_property
    def family(self) -> Family:
        return sport(self.facts.sport_type).family

    @cached_property
    def windows(self) -> dict[AchievementWindow, str]:
        return windows_on(self.local.date())

    def whole(self, name: str) -> int | None:
        """Metres and seconds count as whole ones, so that every order of them sums to the same."""
        value = getattr(self.facts, name)
        return None if value is None else round(value)


Fits = Callable[[Seen], bool]


def fits(where: Where) -> Fits:
    """All that is given."""
    asked = list(_asked(where))
    return lambda seen: all(one(seen) for one in asked)


def _asked(where: Where) -> Iterator[Fits]:
    if where.sport_types is not None:
        sports = frozenset(where.sport_types)
        yield lambda seen: seen.facts.sport_type in sports
    if where.families is not None:
        families = frozenset(where.families)
        yield lambda seen: seen.family in families
    if where.countries is not None:
        countries = frozenset(where.countries)
        yield lambda seen: seen.facts.country in countries
    if where.weekdays is not None:
        weekdays = frozenset(where.weekdays)
        yield lambda seen: seen.local.isoweekday() in weekdays
    if where.local_hour is not None:
        yield _in_hours(where.local_hour.from_, where.local_hour.to)
    if where.season is not None:
        yield _in_season(where.season)
    for name in ("distance_m", "ascent_m", "moving_time_s", "elapsed_time_s"):
        if (bounds := getattr(where, name)) is not None:
            yield _in_bounds(name, bounds)
    if where.origin is not None:
        is_manual = where.origin is Origin.MANUAL
        yield lambda seen: seen.facts.is_manual is is_manual
    yield from _joined(where)


def _joined(where: Where) -> Iterator[Fits]:
    if where.best_effort is not None:
        name, within_s = where.best_effort.name, where.best_effort.within_s
        yield lambda seen: any(one.name == name and one.elapsed_time_s <= within_s for one in seen.facts.best_efforts)
    if where.all:
        every = [fits(one) for one in where.all]
        yield lambda seen: all(one(seen) for one in every)
    if where.any:
        some = [fits(one) for one in where.any]
        yield lambda seen: any(one(seen) for one in some)
    if where.none:
        not_one = [fits(one) for one in where.none]
        yield lambda seen: not any(one(seen) for one in not_one)


def _in_hours(first: int, last: int) -> Fits:
    if first < last:
        return lambda seen: first <= seen.local.hour < last
    return lambda seen: seen.local.hour >= first or seen.local.hour < last


def _in_season(season: Season) -> Fits:
    first, last = season.from_, season.to
    if is_date(first):
        return lambda seen: first <= seen.local.date().isoformat() <= last
    if first <= last:
        return lambda seen: first <= f"{seen.local:%m-%d}" <= last
    return lambda seen: f"{seen.local:%m-%d}" >= first or f"{seen.local:%m-%d}" <= last


def _in_bounds(name: str, bounds: Bounds) -> Fits:
    least, below = bounds.gte, bounds.lt

    def within(seen: Seen) -> bool:
        value = getattr(seen.facts, name)
        return value is not None and (least is None or value >= least) and (below is None or value < below)

    return within


def _sports_of(where: Where) -> frozenset[SportType]:
    """Those that can fit; what is asked under `any` and `none` is left to the judgement itself."""
    found = frozenset(SportType)
    if where.sport_types is not None:
        found &= frozenset(where.sport_types)
    if where.families is not None:
        families = frozenset(where.families)
        found = frozenset(one for one in found if sport(one).family in families)
    for one in where.all or ():
        found &= _sports_of(one)
    return found


# --- counters --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counter:
    """A number per window; `name` says what it counts, so that rules that ask the same share it."""

    name: str
    measure: AchievementMeasure
    where: Where | None
    windows: frozenset[AchievementWindow]
    fits: Fits

    def base(self) -> frozenset[AchievementWindow]:
        """In which windows each workout adds to it itself."""
        if self.measure.of in _DAY_LIKE:
            return frozenset({_DAY_LIKE[self.measure.of]})
        return self.windows

    def amount(self, seen: Seen) -> tuple[str, int]:
        """(key, what is added)."""
        if self.measure.sum is not None:
            return self.name, seen.whole(self.measure.sum.value) or 0
        if self.measure.of is Distinct.SPORT_TYPE:
            return f"{self.name}/{seen.facts.sport_type}", 1
        if self.measure.of is Distinct.FAMILY:
            return f"{self.name}/{seen.family}", 1
        if self.measure.of is Distinct.COUNTRY:
            return f"{self.name}/{seen.facts.country}", 1 if seen.facts.country is not None else 0
        return self.name, 1

    def read(self, totals: Totals) -> int:
        if self.measure.of in {Distinct.SPORT_TYPE, Distinct.FAMILY, Distinct.COUNTRY}:
            beginning = f"{self.name}/"
            return sum(1 for key, number in totals.items() if number > 0 and key.startswith(beginning))
        return totals.get(self.name, 0)


OTHERS: Final = {
    (MeasureKind.STREAK, StreakUnit.DAY): "x/streak.day",
    (MeasureKind.STREAK, StreakUnit.WEEK): "x/streak.week",
    (MeasureKind.RECORDS, None): "x/records",
}
"""What other wings know, as it was when the workout came: kept with `ever`."""


@dataclass(frozen=True)
class Leaf:
    counter: str
    target: int
    read: Callable[[Totals], int]


@dataclass(frozen=True)
class Joint:
    kind: str
    parts: "tuple[Node, ...]"


Node = Leaf | Joint


def is_met(node: Node, totals: Totals) -> bool:
    if isinstance(node, Leaf):
        return node.read(totals) >= node.target
    met = (is_met(part, totals) for part in node.parts)
    if node.kind == "all":
        return all(met)
    return any(met) if node.kind == "any" else not any(met)


@dataclass(frozen=True)
class Compiled:
    rule: Rule
    node: Node
    counters: frozenset[str]
    short: str
    """Its name in tallies."""

    @property
    def is_windowed(self) -> bool:
        return self.rule.window is not AchievementWindow.EVER

    def value(self, totals: Totals) -> int:
        """Of the measure; of joined criteria, how many parts are met. What may not be done is met when the rest is:
        else who has done nothing would be half way."""
        if isinstance(self.node, Leaf):
            return self.node.read(totals)
        kept_from = [one for one in self.node.parts if isinstance(one, Joint) and one.kind == "none"]
        to_do = [one for one in self.node.parts if one not in kept_from]
        done = sum(is_met(one, totals) for one in to_do)
        return done + (sum(is_met(one, totals) for one in kept_from) if done == len(to_do) else 0)

    def level(self, totals: Totals) -> int:
        """How many of the levels are reached within this window, whatever else is needed."""
        if isinstance(self.node, Leaf):
            value = self.node.read(totals)
            if self.rule.repeat is AchievementRepeat.EACH_MULTIPLE:
                return min(MAX_MULTIPLES, value // self.node.target)
            return sum(value >= target for target in self.rule.targets)
        return 1 if is_met(self.node, totals) else 0

    def reached(self, level: int) -> str:
        """The counter, among those of ever, of windows in which the level was reached."""
        return f"q/{self.short}.{level}"

    def best(self, ever: Totals) -> int:
        """The highest level that was ever reached."""
        if not self.is_windowed:
            return self.level(ever)
        levels = range(len(self.rule.targets), 0, -1)
        return next((level for level in levels if ever.get(self.reached(level), 0) > 0), 0)


@dataclass(frozen=True, order=True)
class Unit:
    """What can be earned once: a level of a rule, and of what repeats, one occurrence."""

    rule_id: str
    occurrence: str
    level: int


ONCE: Final = "once"


@dataclass(frozen=True)
class RuleBook:
    """Rules made ready to be judged; of each id all versions, for what was earned under an older one."""

    rules: tuple[Compiled, ...]
    counters: Mapping[str, Counter]
    fingerprint: str
    """Of what is counted, and of the levels: of tallies with another one, nothing is known."""
    edition: str
    """Of everything that is said of them."""
    by_sport: Mapping[SportType, tuple[Counter, ...]]
    by_counter: Mapping[str, tuple[int, ...]]
    by_id: Mapping[str, tuple[int, ...]]
    needed_by: Mapping[str, tuple[str, ...]]
    day_like: Mapping[AchievementWindow, tuple[Counter, ...]] = field(default_factory=dict)

    def current(self, rule_id: str) -> Compiled | None:
        """The newest version, unless it is retired."""
        versions = self.versions(rule_id)
        return versions[-1] if versions and not versions[-1].rule.retired else None

    def versions(self, rule_id: str) -> list[Compiled]:
        return [self.rules[number] for number in self.by_id.get(rule_id, ())]

    def newest(self) -> list[Compiled]:
        """The current rules, in the order of the catalogue."""
        return [one for rule_id in self.by_id if (one := self.current(rule_id)) is not None]

    def only(self, rule_ids: Iterable[str]) -> "RuleBook":
        """These and what they need, made ready alone."""
        waiting, wanted = list(rule_ids), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                waiting += [needed for one in self.versions(name) for needed in one.rule.needs or ()]
        return rule_book(one.rule for one in self.rules if one.rule.id in wanted)

    def of_version(self, rule_id: str, version: int) -> Compiled | None:
        return next((one for one in self.versions(rule_id) if one.rule.version == version), None)


def rule_book(rules: Iterable[Rule]) -> RuleBook:
    """Rules in the order of the catalogue, versions of one id in theirs."""
    counters: dict[str, Counter] = {}
    compiled = [_compiled(rule, counters) for rule in rules]
    by_sport: dict[SportType, list[Counter]] = defaultdict(list)
    for counter in counters.values():
        for kind in _sports_of(counter.where) if counter.where is not None else SportType:
            by_sport[kind].append(counter)
    by_counter: dict[str, list[int]] = defaultdict(list)
    by_id: dict[str, list[int]] = defaultdict(list)
    needed_by: dict[str, list[str]] = defaultdict(list)
    for number, one in enumerate(compiled):
        by_id[one.rule.id].append(number)
        for name in one.counters:
            by_counter[name].append(number)
        for name in one.rule.needs or ():
            needed_by[name].append(one.rule.id)
    judged = [[one.rule.ref, one.rule.retired, one.rule.criteria()] for one in compiled]
    day_like = {
        window: tuple(one for one in counters.values() if _DAY_LIKE.get(one.measure.of) is window)  # type: ignore[arg-type]
        for window in ORDER
    }
    return RuleBook(
        rules=tuple(compiled),
        counters=counters,
        fingerprint=_short(judged, 16),
        edition=_short([one.rule.model_dump(mode="json") for one in compiled]),
        by_sport={name: tuple(found) for name, found in by_sport.items()},
        by_counter={name: tuple(found) for name, found in by_counter.items()},
        by_id={name: tuple(found) for name, found in by_id.items()},
        needed_by={name: tuple(found) for name, found in needed_by.items()},
        day_like=day_like,
    )


def _short(value: object, length: int = 8) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _compiled(rule: Rule, counters: dict[str, Counter]) -> Compiled:
    conditions = [Where(season=rule.season)] if rule.season is not None else []
    node = _node(rule, conditions, rule, counters)
    return Compiled(rule, node, frozenset(_counters_of(node)), _short(rule.ref))


def _counters_of(node: Node) -> Iterator[str]:
    if isinstance(node, Leaf):
        yield node.counter
    else:
        for part in node.parts:
            yield from _counters_of(part)


def _node(criterion: Criterion, above: list[Where], rule: Rule, counters: dict[str, Counter]) -> Node:
    conditions = [*above, *([criterion.where] if criterion.where is not None else [])]
    if criterion.measure is not None:
        target = criterion.target if criterion.target is not None else rule.targets[0]
        return _leaf(criterion.measure, conditions, target, rule.window, counters)
    joints = [
        Joint(name, tuple(_node(child, conditions, rule, counters) for child in getattr(criterion, name)))
        for name in criterion.joins
    ]
    return joints[0] if len(joints) == 1 else Joint("all", tuple(joints))


def _leaf(
    measure: AchievementMeasure,
    conditions: list[Where],
    target: int,
    window: AchievementWindow,
    counters: dict[str, Counter],
) -> Leaf:
    if measure.is_of_others:
        name = OTHERS[measure.kind, measure.unit]
        return Leaf(name, target, lambda totals: totals.get(name, 0))
    where = Where(all=conditions) if len(conditions) > 1 else (conditions[0] if conditions else None)
    asked = where.model_dump(mode="json", by_alias=True, exclude_none=True) if where is not None else None
    name = _short([measure.model_dump(mode="json", exclude_none=True), asked])
    known = counters.get(name)
    windows = (known.windows if known is not None else frozenset()) | {window}
    counter = Counter(name, measure, where, windows, fits(where) if where is not None else lambda _: True)
    counters[name] = counter
    return Leaf(name, target, counter.read)


# --- what moves ------------------------------------------------------------------------------------------------------


def contribution(book: RuleBook, facts: Facts | None) -> dict[str, dict[str, int]]:
    """What a workout adds to which tally; of what does not count, nothing."""
    if facts is None or not facts.counts:
        return {}
    seen = Seen(facts)
    added: dict[str, dict[str, int]] = {name: {"n": 1} for name in seen.windows.values()}
    for counter in book.by_sport.get(facts.sport_type, ()):
        if not counter.fits(seen):
            continue
        key, amount = counter.amount(seen)
        if amount:
            for window in counter.base():
                tally = added[seen.windows[window]]
                tally[key] = tally.get(key, 0) + amount
    return added


def moved(
    book: RuleBook, before: Tallies, old: Facts | None, new: Facts | None, others: Totals | None = None
) -> dict[str, dict[str, int]]:
    """The tallies that one version of a workout in place of another leaves. `before` holds all that either touches;
    `others`: what other wings know now."""
    after = {name: dict(totals) for name, totals in before.items()}
    for sign, facts in ((-1, old), (1, new)):
        for name, amounts in contribution(book, facts).items():
            _add(after.setdefault(name, {}), amounts, sign)
    _follow(book, before, after)
    if others is not None:
        _know(after.setdefault(EVER, {}), others)
    return after


def recounted(book: RuleBook, diary: Iterable[Facts], others: Totals | None = None) -> dict[str, dict[str, int]]:
    """All tallies of a diary."""
    after: dict[str, dict[str, int]] = {EVER: {}}
    for facts in diary:
        for name, amounts in contribution(book, facts).items():
            _add(after.setdefault(name, {}), amounts, 1)
    _follow(book, {}, after)
    _know(after[EVER], others or {})
    return after


def _add(tally: dict[str, int], amounts: Totals, sign: int) -> None:
    for key, amount in amounts.items():
        number = tally.get(key, 0) + sign * amount
        if number:
            tally[key] = number
        else:
            tally.pop(key, None)


def _know(ever: dict[str, int], others: Totals) -> None:
    for key in OTHERS.values():
        ever.pop(key, None)
    ever.update({key: number for key, number in others.items() if number})


def others_in(ever: Totals) -> dict[str, int]:
    """What other wings knew when this was written."""
    return {key: ever[key] for key in OTHERS.values() if key in ever}


def with_others_of(ever: Totals, older: Totals) -> dict[str, int]:
    """The same, with what other wings knew before: while not all is settled, that tells what is new."""
    kept = dict(ever)
    _know(kept, others_in(older))
    return kept


def _follow(book: RuleBook, before: Tallies, after: dict[str, dict[str, int]]) -> None:
    """The numbers that follow from others, from the shortest windows to ever."""
    for window in ORDER[:-1]:
        for name in [name for name in after if window_of(name) is window]:
            old = before.get(name, {})
            changed = _changed(old, after[name])
            if not changed:
                continue
            for counter in book.day_like.get(window, ()):
                if counter.name in changed:
                    passed = (after[name].get(counter.name, 0) > 0) - (old.get(counter.name, 0) > 0)
                    for longer in _longer(name, counter.windows) if passed else ():
                        _add(after.setdefault(longer, {}), {counter.name: passed}, 1)
            for one in _affected(book, changed):
                if one.rule.window is window:
                    _add(after.setdefault(EVER, {}), _levels_passed(one, old, after[name]), 1)


def _levels_passed(one: Compiled, old: Totals, new: Totals) -> dict[str, int]:
    before, now = one.level(old), one.level(new)
    if before == now:
        return {}
    sign = 1 if now > before else -1
    return {one.reached(level): sign for level in range(min(before, now) + 1, max(before, now) + 1)}


def _longer(name: str, wanted: frozenset[AchievementWindow]) -> Iterator[str]:
    """The longer windows around a day, a week or a month."""
    kind, _, when = name.partition(":")
    if kind == AchievementWindow.DAY:
        around = windows_on(date.fromisoformat(when))
        yield from (
            around[window]
            for window in (AchievementWindow.WEEK, AchievementWindow.MONTH, AchievementWindow.EVER)
            if window in wanted
        )
    elif AchievementWindow.EVER in wanted:
        yield EVER


def _changed(old: Totals, new: Totals) -> set[str]:
    """Counters, by their names."""
    return {key.partition("/")[0] for key in {*old, *new} if old.get(key, 0) != new.get(key, 0)}


def _affected(book: RuleBook, changed: Iterable[str]) -> list[Compiled]:
    numbers = {number for name in changed for number in book.by_counter.get(name, ())}
    return [book.rules[number] for number in sorted(numbers)]


# --- what is reached -------------------------------------------------------------------------------------------------

Reached = Mapping[Unit, frozenset[int]]
"""Unit -> the versions of the rule by which it is reached."""


def reached(book: RuleBook, tallies: Tallies, rule_ids: Iterable[str] | None = None) -> dict[Unit, frozenset[int]]:
    """In these tallies, of these rules (None: of all)."""
    ever = tallies.get(EVER, {})
    found: dict[Unit, set[int]] = defaultdict(set)
    for rule_id in rule_ids if rule_ids is not None else book.by_id:
        for one in book.versions(rule_id):
            if _has_needed(book, one.rule, ever):
                for unit in _units(one, tallies, ever):
                    found[unit].add(one.rule.version)
    return {unit: frozenset(versions) for unit, versions in found.items()}


def _units(one: Compiled, tallies: Tallies, ever: Totals) -> Iterator[Unit]:
    rule = one.rule
    if rule.repeat is AchievementRepeat.EACH_WINDOW:
        for name, totals in tallies.items():
            if window_of(name) is rule.window:
                occurrence = name.partition(":")[2]
                yield from (Unit(rule.id, occurrence, level) for level in range(1, one.level(totals) + 1))
    elif rule.repeat is AchievementRepeat.EACH_MULTIPLE:
        yield from (Unit(rule.id, str(number), 1) for number in range(1, one.level(ever) + 1))
    else:
        yield from (Unit(rule.id, ONCE, level) for level in range(1, one.best(ever) + 1))


def _has_needed(book: RuleBook, rule: Rule, ever: Totals, depth: int = 0) -> bool:
    """`needs` lead nowhere back; of what is deeper than any chain that is let in, nothing is held."""
    for name in rule.needs or ():
        versions = book.versions(name)
        if not versions or depth > len(book.by_id):
            return False
        needed = versions[-1]
        if needed.best(ever) < 1 or not _has_needed(book, needed.rule, ever, depth + 1):
            return False
    return True


def touched_rules(book: RuleBook, before: Tallies, after: Tallies) -> set[str]:
    """Ids of the rules of which something may be reached now, or no more."""
    changed: set[str] = set()
    short = set()
    for name, totals in after.items():
        old = before.get(name, {})
        for key in {*old, *totals}:
            if old.get(key, 0) != totals.get(key, 0):
                short.add(key) if key[:2] in {"q/", "x/"} else changed.add(key.partition("/")[0])
    found = {one.rule.id for one in _affected(book, changed | short)}
    waiting = list(found)
    while waiting:
        for name in book.needed_by.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


@dataclass(frozen=True)
class Progress:
    """Where an athlete stands; of what is windowed, in the window that is now."""

    value: int
    target: int | None
    """None: there is nothing more to reach."""


def progress(
    one: Compiled, tallies: Tallies, now_in: Mapping[AchievementWindow, str], held: frozenset[int] = frozenset()
) -> Progress:
    """`held`: levels that were earned, in whatever window; what is earned once is not aimed at again."""
    totals = tallies.get(now_in[one.rule.window], {})
    value = one.value(totals)
    done = max(held, default=0) if one.rule.repeat is AchievementRepeat.NEVER else 0
    if isinstance(one.node, Joint):
        target = len(one.node.parts) if one.node.kind != "any" else 1
        return Progress(min(value, target), target if not done else None)
    if one.rule.repeat is AchievementRepeat.EACH_MULTIPLE:
        times = value // one.node.target
        return Progress(value, one.node.target * (times + 1) if times < MAX_MULTIPLES else None)
    return Progress(value, next((target for target in one.rule.targets[done:] if value < target), None))


def earners(book: RuleBook, diary: Iterable[Facts], units: Iterable[Unit]) -> dict[Unit, Facts]:
    """With which workout each was reached, in the order of their starts; of what the diary does not reach, nothing."""
    wanted = frozenset(units)
    found: dict[Unit, Facts] = {}
    tallies: dict[str, Mapping[str, int]] = {}
    part = book.only({unit.rule_id for unit in wanted})
    for facts in sorted(diary, key=lambda facts: (facts.started_at, facts.workout_id)):
        before = {name: tallies.get(name, {}) for name in Seen(facts).windows.values()}
        after = moved(part, before, None, facts)
        tallies |= after
        ids = touched_rules(part, before, after)
        held = reached(part, after, ids).keys() & wanted
        for unit in (reached(part, before, ids).keys() & wanted) - held:
            found.pop(unit, None)
        for unit in held:
            found.setdefault(unit, facts)
    return found
