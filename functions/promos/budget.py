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
    sk: str
    uses: int
    minor: int


def shard_count(uses: int) -> int:
    return 1 if uses <= SMALL else SHARDS


def split(total: int, parts: int) -> list[int]:
    """As evenly as whole numbers allow; the sum is the total."""
    return [total // parts + (number < total % parts) for number in range(parts)]


def plan(shards: Sequence[Left], *, uses: int, minor: int, start: int = 0) -> list[Take] | None:
    """What to take from which shard; None when less is left in all of them together.

    One shard if one suffices, looked for from `start` on; else what each has, in one transaction.
    """
    turned = [*shards[start % len(shards) :], *shards[: start % len(shards)]] if shards else []
    for shard in turned:
        if shard.uses >= uses and shard.minor >= minor:
            return [Take(shard.sk, uses, minor)]
    takes = []
    for shard in turned:
        take = Take(shard.sk, min(max(shard.uses, 0), uses), min(max(shard.minor, 0), minor))
        if take.uses or take.minor:
            takes.append(take)
            uses, minor = uses - take.uses, minor - take.minor
    return None if uses or minor else takes
