"""Use cases of rules: which ones hold, a new one, a better one, one that is earned no more."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gamification.achievements.base.counters import RuleBook, rule_book
from gamification.achievements.base.problems import Problem, problems_of
from gamification.achievements.base.values import Rule, RuleDocument
from gamification.achievements.errors import (
    AchievementNotFoundError,
    RetiredAchievementError,
    RuleProblemsError,
    TooManyRulesError,
)
from gamification.achievements.rules import store
from gamification.achievements.rules.catalogue import catalogue
from stadion.retry import retry_on_conflict
from stadion.settings import settings

KEPT_S: Final = 60.0
"""For how long a function judges by rules that it has read."""
MAX_RULES: Final = 300
MAX_VERSIONS: Final = 1_000
FIRST_OF_ADMINS: Final = 1_001
"""The version by which an admin replaces what comes with the code: later ones of the code are lower."""


@dataclass
class _Kept:
    table: str
    read_at: float
    rules: tuple[Rule, ...]
    book: RuleBook


_kept: list[_Kept] = []


def book() -> RuleBook:
    """The rules that hold, at most a minute old."""
    table = settings().table or ""
    known = _kept[0] if _kept and _kept[0].table == table else None
    if known is not None and time.monotonic() - known.read_at < KEPT_S:
        return known.book
    rules = tuple(_merged(store.everything()))
    made = known.book if known is not None and known.rules == rules else rule_book(rules)
    _kept[:] = [_Kept(table, time.monotonic(), rules, made)]
    return made


def forget() -> None:
    """The next one reads."""
    _kept.clear()


def check(document: RuleDocument) -> list[Problem]:
    return problems_of(document, _current_rules())


def everything() -> list[Rule]:
    """The newest version of each, also those that are retired."""
    newest = {rule.id: rule for rule in _merged(store.everything())}
    return list(newest.values())


def get(rule_id: str) -> Rule:
    found = next((rule for rule in everything() if rule.id == rule_id), None)
    if found is None:
        raise AchievementNotFoundError
    return found


def add(document: RuleDocument, now: datetime) -> Rule:
    """A new one, or a new version; another text or icon of the same criteria makes none."""
    if problems := check(document):
        raise RuleProblemsError(problems)
    return retry_on_conflict(lambda: _add(document, now))


def _add(document: RuleDocument, now: datetime) -> Rule:
    rules = _merged(store.everything())
    versions = [rule for rule in rules if rule.id == document.id]
    newest = versions[-1] if versions else None
    active = {rule.id for rule in {rule.id: rule for rule in rules}.values() if not rule.retired}
    if (document.id not in active and len(active) >= MAX_RULES) or len(rules) >= MAX_VERSIONS:
        raise TooManyRulesError(most=MAX_RULES, versions=MAX_VERSIONS)
    version = _next_version(newest, document)
    rule = Rule(**document.model_dump(by_alias=False, exclude_unset=True), version=version)
    if rule != newest:
        store.keep(store.read(rule.id, version), rule, now)
        forget()
    return rule


def _next_version(newest: Rule | None, document: RuleDocument) -> int:
    if newest is None:
        return 1
    if not newest.retired and newest.criteria() == document.criteria():
        return newest.version
    is_shipped = any(rule.id == document.id for rule in catalogue())
    return max(newest.version + 1, FIRST_OF_ADMINS) if is_shipped else newest.version + 1


def retire(rule_id: str, now: datetime) -> Rule:
    """Nobody earns it from the next minute on; what was earned stays."""

    def once() -> Rule:
        newest = get(rule_id)
        if newest.retired:
            return newest
        if users := sorted(rule.id for rule in everything() if not rule.retired and rule_id in (rule.needs or ())):
            raise RetiredAchievementError(users=", ".join(users))
        retired = newest.model_copy(update={"retired": True})
        store.keep(store.read(rule_id, newest.version), retired, now)
        forget()
        return retired

    return retry_on_conflict(once)


def _current_rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in everything() if not rule.retired}


def _merged(added: Sequence[Rule]) -> list[Rule]:
    """What admins say of a version holds; in the catalogue's order, then by name."""
    found = {(rule.id, rule.version): rule for rule in catalogue()}
    order = {rule.id: number for number, rule in enumerate(catalogue())}
    found.update({(rule.id, rule.version): rule for rule in added})
    return sorted(found.values(), key=lambda rule: (order.get(rule.id, len(order)), rule.id, rule.version))
