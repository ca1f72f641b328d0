"""Rules that admins added, in the gamification table."""

from datetime import datetime

from gamification.achievements.base.values import Rule
from stadion.change import Change
from stadion.records import Records, Stored

RULES = Records(
    Rule,
    kind="achievement_rule",
    pk="ACHIEVEMENTS",
    sk="RULE#{id}#{version:04}",
    dump=lambda rule: rule.model_dump(mode="json", by_alias=True, exclude_none=True),
)
"""Versions of achievements that admins added or retired, on the revision; whoever judges, once a minute."""


def everything() -> list[Rule]:
    """One request."""
    return list(RULES.every())


def read(rule_id: str, version: int) -> Stored[Rule]:
    return RULES.read(rule_id, version)


def keep(stored: Stored[Rule], rule: Rule, now: datetime) -> None:
    """`WriteConflictError` when somebody came between."""
    with Change(None, now) as change:
        change.replace(stored, rule)
