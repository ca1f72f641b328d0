"""Budgets in the promos table: what is left of each, in shards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import and_

from pynamodb.attributes import BooleanAttribute, NumberAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from promos.budget import Left, shard_count, split
from stadion.change import Change
from stadion.dynamo import Item
from stadion.records import Records


class BudgetItem(Item):
    """What is left in a shard of a budget. `is_open`: whether anything may be taken at all."""

    uses = NumberAttribute(null=True)
    minor = NumberAttribute(null=True)
    is_open = BooleanAttribute(null=True)


@dataclass(frozen=True)
class Share(Left):
    """Of a budget, in one of its shards."""

    is_open: bool = True
    removed_at: datetime | None = None


SHARES = Records(
    Share,
    kind="budget",
    pk="{budget}",
    sk="{sk}",
    kept_for=timedelta(0),
    kept_since="removed_at",
    item_type=BudgetItem,
    dump=lambda _: None,
    load=lambda item: Share(item.sk, int(item.uses or 0), int(item.minor or 0)),
    attributes=lambda share: {"uses": share.uses, "minor": share.minor, "is_open": share.is_open},
)
"""Of the budget of a promo (`BUDGET#<0–7>`), of a period of it (`PERIOD#<first day>#<0–7>`), or of a code that
many may use: checkouts, conditionally; edits of limits."""


def open_budget(
    change: Change,
    budget: str,
    *,
    uses: int,
    minor: int,
    is_open: bool,
    prefix: str = "BUDGET#",
    removed_at: datetime | None = None,
    new: bool = True,
) -> list[Share]:
    count = shard_count(uses)
    parts = zip(split(uses, count), split(minor, count), strict=True)
    opened = [
        Share(f"{prefix}{number}", share, money, is_open, removed_at) for number, (share, money) in enumerate(parts)
    ]
    for share in opened:
        change.put(SHARES.of(share, budget), share, new=new)
    return opened


def open_anew(change: Change, budget: str, before: Iterable[Left], *, uses: int, minor: int, is_open: bool) -> None:
    """No uses: none at all."""
    opened = open_budget(change, budget, uses=uses, minor=minor, is_open=is_open, new=False) if uses else []
    kept = {share.sk for share in opened}
    for share in before:
        if share.sk not in kept:
            change.delete(SHARES.at(budget, share.sk))


def revise(change: Change, budget: str, sk: str, *, uses: int, minor: int, is_open: bool) -> None:
    """What is added to a shard, negative to take; `WriteConflictError` when it is not there any more."""
    actions: list[Action] = [
        BudgetItem.is_open.set(is_open),
        BudgetItem.uses.add(uses),
        BudgetItem.minor.add(minor),
    ]
    change.update(SHARES.at(budget, sk), actions, _enough(-uses, -minor))


def shares(budget: str, prefix: str = "BUDGET#") -> list[Share]:
    return list(SHARES.every(budget, between=(prefix, prefix + "~")))


@dataclass(frozen=True)
class Move:
    """Of a shard: what is taken from it; below zero, what is given back."""

    uses: int = 0
    minor: int = 0
    is_guarded: bool = True
    """Only what is left."""
    while_open: bool = False
    """Only of a promo in status *on*."""


def move(change: Change, budget: str, sk: str, what: Move) -> None:
    """`WriteConflictError` when somebody else took it meanwhile, or the promo was closed: look again."""
    actions: list[Action] = [BudgetItem.uses.add(-what.uses), BudgetItem.minor.add(-what.minor)]
    enough = _enough(what.uses, what.minor) if what.is_guarded else None
    if what.while_open and (what.uses > 0 or what.minor > 0):
        is_open: Condition = BudgetItem.is_open == True  # noqa: E712 - a condition of DynamoDB
        enough = is_open if enough is None else is_open & enough
    change.update(SHARES.at(budget, sk), actions, enough)


def _enough(uses: int, minor: int) -> Condition | None:
    """A shard may be in debt: of what is not taken, nothing need be left."""
    wanted = [
        BudgetItem.uses >= uses if uses > 0 else None,
        BudgetItem.minor >= minor if minor > 0 else None,
    ]
    conditions = [condition for condition in wanted if condition is not None]
    return reduce(and_, conditions) if conditions else None
