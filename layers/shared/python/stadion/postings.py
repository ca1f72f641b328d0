"""The values of the ledger, without the table that it keeps them in: what a domain counts with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Amounts = Mapping[str, int]
"""Measure -> integer amount in the measure's smallest unit, e.g. {"distance_m": 6400, "sessions": 1}."""


@dataclass(frozen=True)
class Posting:
    """`contribution` maps accounts to amounts; it is empty when the source was deleted."""

    source_id: str
    version: int
    contribution: Mapping[str, Amounts] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountChange:
    """An account before and after a posting, with the notes that the service keeps beside its totals."""

    before: Amounts
    after: Amounts
    notes: Mapping[str, Any] = field(default_factory=dict)

    def moved(self, measure: str) -> int:
        return self.after.get(measure, 0) - self.before.get(measure, 0)


AccountChanges = Mapping[str, AccountChange]
