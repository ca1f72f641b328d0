"""The budgets that one change of an order moves: what its codes take of them, and what they give back."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from promos.budget import Left, Take, plan
from promos.checkout import store
from promos.checkout.domain import Granted, Redemption, Taken
from promos.errors import LimitReachedError
from promos.offers import budget_store
from promos.offers import store as offer_store
from promos.offers.budget_store import Move
from promos.offers.domain import Promo, PromoStatus
from promos.offers.store import Stock
from stadion.retry import JITTER


class Wanted(NamedTuple):
    """Of one budget."""

    uses: int
    minor: int
    limit: str
    """What is said to be reached when there is too little."""


class Budgets:
    """Each is read once, and what is planned for one code is not planned for the next one of the same change."""

    def __init__(self, now: datetime) -> None:
        self.moves: dict[tuple[str, str], Move] = {}
        self._now = now
        self._stocks: dict[str, Stock] = {}
        self._left: dict[tuple[str, str | None], list[Left]] = {}

    def promo(self, promo_id: str) -> Promo:
        return self._stock(promo_id).promo

    def take(self, granted: Granted, code_budget: str | None, minor: int, *, past: bool = False) -> Redemption:
        """One use with so much money, from the promo's budget, from that of the period, and from that of a shared code.

        `LimitReachedError` names the budget that has too little; with `past` it goes below zero instead.
        """
        stock = self._stock(granted.new.promo_id)
        promo, pk, period = stock.promo, self._pk(granted.new.promo_id), granted.period
        name = "redemptions" if stock.uses_left < 1 else "discount_minor"
        taken = [self._taken(pk, None, Wanted(1, minor, name), past)]
        if period is not None and promo.limits.per_period is not None:
            self._see(pk, period, store.period_budget(promo, period, self._now))
            taken.append(self._taken(pk, period, Wanted(1, 0, "per_period"), past))
        if code_budget is not None and promo.codes.most_uses is not None:
            self._see(code_budget, None, budget_store.shares(code_budget))
            taken.append(self._taken(code_budget, None, Wanted(1, 0, "code"), past))
        return granted.new.model_copy(update={"taken": tuple(taken)})

    def change(self, known: Redemption, minor: int, *, past: bool = False) -> Redemption | None:
        """The same use with another sum; None when less is left. What is over at the moment gives nothing more."""
        of_promo = next((one for one in known.taken if self._is_of_promo(one, known)), None)
        if of_promo is None or minor == of_promo.minor:
            return known
        if minor < of_promo.minor:
            changed, undone = of_promo.less(of_promo.minor - minor)
            self._give(changed.pk, None, undone)
        else:
            if self.promo(known.promo_id).status(self._now) is not PromoStatus.ACTIVE and not past:
                return None
            takes = self._plan(of_promo.pk, None, Wanted(0, minor - of_promo.minor, ""), past)
            if takes is None:
                return None
            changed = of_promo.more(takes)
        taken = tuple(changed if one is of_promo else one for one in known.taken)
        return known.model_copy(update={"taken": taken})

    def give_back(self, known: Redemption) -> None:
        """All that it holds."""
        for taken in known.taken:
            if not store.is_over(taken, self._now):
                self._give(taken.pk, taken.period, [Take(sk, uses, minor) for sk, uses, minor in taken.takes])

    # --- shards ---

    def _taken(self, pk: str, period: str | None, wanted: Wanted, past: bool) -> Taken:
        takes = self._plan(pk, period, wanted, past)
        if takes is None:
            raise LimitReachedError(limit=wanted.limit, extensions={"limit": wanted.limit})
        return Taken(pk=pk, period=period, takes=[]).more(takes)

    def _plan(self, pk: str, period: str | None, wanted: Wanted, past: bool) -> list[Take] | None:
        left = self._left[pk, period]
        start = JITTER.randrange(len(left) or 1)  # spreads load
        takes = plan(left, uses=wanted.uses, minor=wanted.minor, start=start, past=past)
        for take in takes or []:
            self._move(pk, period, take, while_open=not past)
        return takes

    def _give(self, pk: str, period: str | None, takes: Iterable[Take]) -> None:
        for take in takes:
            self._move(pk, period, Take(take.sk, -take.uses, -take.minor), while_open=False)

    def _move(self, pk: str, period: str | None, take: Take, *, while_open: bool) -> None:
        known = self.moves.get((pk, take.sk), Move())
        self.moves[pk, take.sk] = Move(
            known.uses + take.uses,
            known.minor + take.minor,
            is_guarded=known.is_guarded and take.is_guarded,
            while_open=known.while_open or while_open,
        )
        if (pk, period) in self._left:
            self._left[pk, period] = [
                Left(one.sk, one.uses - take.uses, one.minor - take.minor) if one.sk == take.sk else one
                for one in self._left[pk, period]
            ]

    def _see(self, pk: str, period: str | None, shards: Iterable[Left]) -> None:
        """As they stand after what is planned already."""
        if (pk, period) not in self._left:
            moved = [(one, self.moves.get((pk, one.sk), Move())) for one in shards]
            self._left[pk, period] = [Left(one.sk, one.uses - by.uses, one.minor - by.minor) for one, by in moved]

    def _stock(self, promo_id: str) -> Stock:
        if promo_id not in self._stocks:
            self._stocks[promo_id] = stock = offer_store.stock(promo_id)
            self._see(self._pk(promo_id), None, stock.shards)
        return self._stocks[promo_id]

    @staticmethod
    def _pk(promo_id: str) -> str:
        return offer_store.budget_of_promo(promo_id)

    def _is_of_promo(self, taken: Taken, known: Redemption) -> bool:
        return taken.pk == self._pk(known.promo_id) and taken.period is None
