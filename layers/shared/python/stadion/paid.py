"""What was paid for an order and kept of it: the one function that purchases, segments, campaigns, funnels, budgets,
spend and reports count money by.

A plain function of what the store told: nothing is moved step by step, so that any order and repetition of a
completion, returns in part and a cancellation ends in the same sums. Money is whole numbers of the smallest unit of
the order's currency; fractions of it are the athlete's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from stadion.values import Value

Allows = Callable[[int], int]
"""What a code gives on so much that is left to pay."""


class PaidLine(Value):
    """`discount_minor`: of the whole line, where the store says on which lines its discount lies."""

    sku: str
    quantity: int
    price_minor: int
    """Of one piece, before any discount."""
    discount_minor: int = 0
    returned: int = 0
    """Pieces."""
    wear_category: str | None = None

    @property
    def list_minor(self) -> int:
        return self.quantity * self.price_minor

    @property
    def kept(self) -> int:
        return max(0, self.quantity - self.returned)

    @property
    def share_kept(self) -> Fraction:
        return Fraction(self.kept, self.quantity)


class CodeDiscount(NamedTuple):
    code: str
    minor: int


class Paid(Value):
    """An order: its lines, and what was given and paid for them."""

    currency: str
    lines: tuple[PaidLine, ...]
    total_minor: int
    """As the store told: paid, after discounts, with shipping and tax."""
    discount_minor: int = 0
    """As the store told: in all, by codes and by itself."""
    shipping_minor: int = 0
    tax_minor: int = 0
    """As the store told; within the total."""
    discounts: tuple[CodeDiscount, ...] = ()
    """Of codes, in the order in which they were reserved."""

    # --- what was bought ---

    @property
    def list_minor(self) -> int:
        return sum(line.list_minor for line in self.lines)

    @property
    def line_discounts_minor(self) -> int:
        """By what the store says of single lines."""
        return sum(self._told(line) for line in self.lines)

    @property
    def own_discount_minor(self) -> int:
        """What the store gave that no code did; never more than there was to take it off."""
        most = min(self.discount_minor, self.list_minor + self.shipping_minor)
        return max(0, most - sum(minor for _, minor in self.discounts))

    # --- what was kept of it ---

    @property
    def is_kept(self) -> bool:
        """Whether anything was kept: who paid nothing for it has ordered as well."""
        return any(line.kept for line in self.lines)

    @property
    def kept_minor(self) -> int:
        """What was paid and not given back. What comes back, comes back at what it really cost: a piece's share of the
        goods' price after discounts. Shipping comes back with the last piece."""
        if not self.is_kept:
            return 0
        shipping = min(self.shipping_minor, self.total_minor)
        return shipping + int((self.total_minor - shipping) * self._share_kept(self._costs()))

    @property
    def discounts_kept(self) -> tuple[CodeDiscount, ...]:
        """What the codes gave on what was kept."""
        share = self._share_kept(self._reductions())
        return tuple(CodeDiscount(code, int(minor * share)) for code, minor in self.discounts)

    @property
    def own_discount_kept_minor(self) -> int:
        return int(self.own_discount_minor * self._share_kept(self._reductions()))

    @property
    def revenue_by_code(self) -> Mapping[str, int]:
        """What was kept, over the order's codes by what each gave, so that no money counts twice."""
        weights = [minor for _, minor in self.discounts]
        parts = apportioned(self.kept_minor, weights if any(weights) else [1] * len(weights))
        return {code: part for (code, _), part in zip(self.discounts, parts, strict=True)}

    def _share_kept(self, weights: Sequence[Fraction]) -> Fraction:
        """Of something that lies on the lines with these weights."""
        whole = sum(weights, Fraction())
        if not whole:
            weights = [Fraction(line.quantity) for line in self.lines]  # gifts: by the piece
            whole = sum(weights, Fraction())
        kept = sum((weight * line.share_kept for weight, line in zip(weights, self.lines, strict=True)), Fraction())
        return kept / whole if whole else Fraction(0)

    def _costs(self) -> list[Fraction]:
        """What each line costs after what the store says of it; the rest of the discount lies on all alike."""
        return [Fraction(line.list_minor - self._told(line)) for line in self.lines]

    def _reductions(self) -> list[Fraction]:
        """How much of the discount lies on each line."""
        told = [self._told(line) for line in self.lines]
        rest = max(0, self.discount_minor - sum(told))
        costs = self._costs()
        whole = sum(costs, Fraction())
        shares = [cost / whole if whole else Fraction(0) for cost in costs]
        return [Fraction(one) + rest * share for one, share in zip(told, shares, strict=True)]

    @staticmethod
    def _told(line: PaidLine) -> int:
        return min(max(0, line.discount_minor), line.list_minor)


def booked(list_minor: int, told_minor: int, allows: Iterable[tuple[str, Allows]]) -> tuple[CodeDiscount, ...]:
    """The told discount, on the codes in their order: each at most what it allows on what was left of the lines."""
    left, rest, found = list_minor, told_minor, []
    for code, allow in allows:
        given = max(0, min(allow(left), left, rest))
        found.append(CodeDiscount(code, given))
        left, rest = left - given, rest - given
    return tuple(found)


def apportioned(total: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers in proportion to the weights, whose sum is the total (largest remainders, the first of equals)."""
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts
