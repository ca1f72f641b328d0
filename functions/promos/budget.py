"""A budget in shards, so that a thousand checkouts at once do not queue for one item. Pure.

What is left is kept, not what is used: "never past the limit" is then one condition on one number of the shard, and the
limit of the whole is the sum of its shards. See docs/decisions/0015-promos.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

UNLIMITED = 10**15
SHARDS = 8
SMALL = 64
"""Budgets of so few redemptions are one item: nobody queues for it long."""


@dataclass(frozen=True)
class Left:
    """What is left in a shard."""

    sk: str
    uses: int
    minor: int


@dataclass(frozen=True)
class Take:
    """From a shard. Below zero: what the others pay of its debt."""

    sk: str
    uses: int
    minor: int
    is_guarded: bool = True
    """Only as much as the shard has; else below zero, for an order that is sold already."""


def shard_count(uses: int) -> int:
    return 1 if uses <= SMALL else SHARDS


def split(total: int, parts: int) -> list[int]:
    """As evenly as whole numbers allow; the sum is the total."""
    return [total // parts + (number < total % parts) for number in range(parts)]


def plan(shards: Sequence[Left], *, uses: int, minor: int, start: int = 0, past: bool = False) -> list[Take] | None:
    """What to take from which shard; None when less is left in all of them together.

    One shard if one suffices, looked for from `start` on; else what each has, in one transaction. A shard below zero
    is a debt of all: it is paid from the others first. With `past` what is missing is taken below zero.
    """
    turned = [*shards[start % len(shards) :], *shards[: start % len(shards)]] if shards else []
    if past:
        return _past(turned, uses, minor)
    owed_uses = sum(max(0, -shard.uses) for shard in turned) if uses else 0
    owed_minor = sum(max(0, -shard.minor) for shard in turned) if minor else 0
    takes, uses_missing, minor_missing = _gathered(turned, uses + owed_uses, minor + owed_minor)
    if uses_missing or minor_missing:
        return None
    owing = [Take(shard.sk, min(shard.uses, 0) if uses else 0, min(shard.minor, 0) if minor else 0) for shard in turned]
    return _merged([*takes, *owing])


def _gathered(turned: Sequence[Left], uses: int, minor: int) -> tuple[list[Take], int, int]:
    """The takes, and what of both is missing."""
    for shard in turned:
        if shard.uses >= uses and shard.minor >= minor:
            return [Take(shard.sk, uses, minor)], 0, 0
    takes = []
    for shard in turned:
        take = Take(shard.sk, min(max(shard.uses, 0), uses), min(max(shard.minor, 0), minor))
        takes.append(take)
        uses, minor = uses - take.uses, minor - take.minor
    return takes, uses, minor


def _past(turned: Sequence[Left], uses: int, minor: int) -> list[Take] | None:
    takes, uses_missing, minor_missing = _gathered(turned, uses, minor)
    if turned and (uses_missing or minor_missing):
        takes.append(Take(turned[0].sk, uses_missing, minor_missing, is_guarded=False))
        return _merged(takes)
    return _merged(takes) if turned else None


def _merged(takes: Sequence[Take]) -> list[Take]:
    """One of each shard, without those that move nothing."""
    merged: dict[str, Take] = {}
    for take in takes:
        known = merged.get(take.sk, Take(take.sk, 0, 0))
        is_guarded = known.is_guarded and take.is_guarded
        merged[take.sk] = Take(take.sk, known.uses + take.uses, known.minor + take.minor, is_guarded)
    return [take for take in merged.values() if take.uses or take.minor]
