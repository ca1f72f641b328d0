"""How often somebody may ask: a sliding window of named slots, which the write that looks counts as well (ADR 36).

A slot is ten seconds, and its name is its number since 1970: `rate_179621304`. Every request adds to its own slot and
removes those that have just left the window; what is left of the others answers with the item.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, Final

SLOT_S: Final = 10
WINDOW_S: Final = 60
SLOTS: Final = WINDOW_S // SLOT_S + 1
"""Of the window: one more than fill it, since it begins within one of them. No 60 s have more than the limit."""
SWEPT: Final = 12
"""Slots before the window that every write removes, whether or not they are there."""
MOST_STALE: Final = 12
"""Of those that an absence left behind: with more, one more write removes them."""
PREFIX: Final = "rate_"
Headers = dict[str, str]


@dataclass(frozen=True)
class Limit:
    name: str
    most: int
    per_s: int = WINDOW_S

    @property
    def policy(self) -> str:
        """As a `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers) says it."""
        return f'"{self.name}";q={self.most};w={self.per_s}'

    def headers(self, left: int, wait_s: int) -> Headers:
        return {"RateLimit-Policy": self.policy, "RateLimit": f'"{self.name}";r={left};t={wait_s}'}

    def used_up(self, wait_s: int) -> Headers:
        return self.headers(0, wait_s)


@dataclass(frozen=True)
class Rate:
    """What came within the window, the request at `at` with it: those that were refused count, too."""

    limit: Limit
    counts: Mapping[int, int]
    at: datetime

    @property
    def is_over(self) -> bool:
        return sum(self.counts.values()) > self.limit.most

    @property
    def left(self) -> int:
        return max(0, self.limit.most - sum(self.counts.values()))

    @property
    def wait_s(self) -> int:
        """Who waits that long is served, if nobody else asks meanwhile."""
        return max(1, ceil(self._free_at() - self.at.timestamp()))

    @property
    def headers(self) -> Headers:
        return self.limit.headers(self.left, self.wait_s)

    def _free_at(self) -> float:
        """When enough slots have left for one more; while there is room, when the first of them leaves."""
        counted = sum(self.counts.values())
        for slot, count in sorted(self.counts.items()):
            counted -= count
            if counted < self.limit.most:
                return float((slot + SLOTS) * SLOT_S)
        return self.at.timestamp()


def together(*limits: Headers) -> Headers:
    """Of several limits, in one list each."""
    return {name: ", ".join(one[name] for one in limits) for name in (limits[0] if limits else {})}


def slot_of(moment: datetime) -> int:
    return int(moment.timestamp()) // SLOT_S


def name_of(slot: int) -> str:
    return f"{PREFIX}{slot}"


def swept(moment: datetime) -> list[str]:
    """The names that have just left the window."""
    first = slot_of(moment) - SLOTS
    return [name_of(first - n) for n in range(SWEPT)]


def counts_of(raw: Mapping[str, Mapping[str, Any]]) -> dict[int, int]:
    """All slots of an item as DynamoDB answers it."""
    return {int(name.removeprefix(PREFIX)): int(one["N"]) for name, one in raw.items() if name.startswith(PREFIX)}


def within(counts: Mapping[int, int], moment: datetime) -> dict[int, int]:
    """Those of the window; a slot ahead of us is of a clock that is, and counts."""
    last = slot_of(moment)
    return {slot: count for slot, count in counts.items() if slot > last - SLOTS}


def stale(counts: Mapping[int, int], moment: datetime) -> list[str]:
    """Names to be removed by a write of their own: none while they are few."""
    last = slot_of(moment)
    left = [name_of(slot) for slot in sorted(counts) if slot <= last - SLOTS]
    return left if len(left) > MOST_STALE else []
