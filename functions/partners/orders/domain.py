"""What an order's messages amount to, in whatever order they arrive."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from partners.orders.errors import (
    MoreReturnedThanBoughtError,
    OrderCompletedTwiceError,
    OrderVersionTakenError,
    TooManyOrderMessagesError,
    TooManyReturnedLinesError,
)
from stadion.categories import GearCategory
from stadion.codes import is_code, key
from stadion.events.envelope import Event
from stadion.events.partners import OrderCompleted, OrderLine, OrderReturned
from stadion.i18n import Text
from stadion.partner_athletes import UNLINKED
from stadion.values import Value

MAX_MESSAGES = 50  # of one order
MAX_RETURNED_LINES = 500
"""Of all returns of one order: whoever hears of it keeps them in one item, which DynamoDB ends at 400 KB."""

Receipt = Literal["accepted", "kept", "unchanged"]
"""What became of a message. Kept: nothing became true by it yet; unchanged: it came before."""


class Completed(Value):
    version: int
    lines: list[OrderLine]
    total_minor: int
    discount_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int = 0
    currency: str
    completed_at: AwareDatetime


class Return(Value):
    version: int
    quantities: dict[str, int] | None = Field(description="by SKU; null: whatever was left")
    returned_at: AwareDatetime


@dataclass(frozen=True)
class Bought:
    """A line as the partner tells it. What it leaves out, the catalogue may know."""

    sku: str
    quantity: int
    price_minor: int
    discount_minor: int
    name: str | None
    wear_category: str | None


@dataclass(frozen=True)
class Completion:
    """What the partner tells of an order that is complete."""

    version: int
    bought: Sequence[Bought]
    total_minor: int
    discount_minor: int
    shipping_minor: int
    tax_minor: int
    currency: str
    completed_at: datetime
    athlete_id: str | None
    codes: Mapping[str, str]
    """By where they stand in the message, in their order."""

    def completed(self, lines: Iterable[OrderLine]) -> Completed:
        return Completed(
            version=self.version,
            lines=list(lines),
            total_minor=self.total_minor,
            discount_minor=self.discount_minor,
            shipping_minor=self.shipping_minor,
            tax_minor=self.tax_minor,
            currency=self.currency,
            completed_at=self.completed_at,
        )


@dataclass(frozen=True)
class Message:
    """Of an order, from its partner."""

    order_id: str
    tells: Completion | Return
    digest: str
    """Of what it says, however that is spelled."""
    spelled: str = ""
    """As messages were told apart until 2026-12, by their spelling."""

    @property
    def version(self) -> int:
        return self.tells.version

    def without_codes(self) -> "Message":
        return self if isinstance(self.tells, Return) else replace(self, tells=replace(self.tells, codes={}))


@dataclass(frozen=True)
class Ignored:
    """A part of a message that does nothing, while the order is kept."""

    pointer: str
    code: str
    said: Text


TOO_EARLY = Text(
    en="The code was issued after this order was completed: it is not booked on it.",
    ru="Код выдан после завершения этого заказа: он на заказ не записан.",
)
NO_CODE = Text(en="This is no code: it is not booked.", ru="Это не промокод: он не учтён.")
NO_NAME = Text(
    en="What a product is called, the catalogue says.", ru="Название товара берётся из каталога: это не учтено."
)
NO_CATEGORY = Text(en="There is no such category of gear.", ru="Такой категории снаряжения нет.")


MAY_NOT = Text(
    en="Codes take the ability 'codes', which this partner was not given: it is not booked.",
    ru="Для промокодов нужно право «codes», его у этого партнёра нет: код не учтён.",
)
OF_NOBODY = Ignored("#/data/athlete_id", "athlete_was_unlinked", UNLINKED)


def codes_ignored(message: Message) -> list[Ignored]:
    """Of a partner that may redeem none: at the till it could not, and by its orders it cannot either."""
    told = message.tells
    return [] if isinstance(told, Return) else [Ignored(pointer, "partner_may_not", MAY_NOT) for pointer in told.codes]


def ignored(completion: Completion, issued_at: Mapping[str, datetime]) -> list[Ignored]:
    """`issued_at`: of codes that we heard of, by their keys."""
    found = []
    for pointer, code in completion.codes.items():
        if not is_code(code):
            found.append(Ignored(pointer, "not_a_code", NO_CODE))
        elif (issued := issued_at.get(key(code))) is not None and completion.completed_at < issued:
            found.append(Ignored(pointer, "code_not_issued_by_then", TOO_EARLY))
    for number, line in enumerate(completion.bought):
        if line.name is not None:
            found.append(Ignored(f"#/data/lines/{number}/name", "name_is_the_catalogues", NO_NAME))
        if line.wear_category is not None and line.wear_category not in set(GearCategory):
            found.append(Ignored(f"#/data/lines/{number}/wear_category", "unknown_category", NO_CATEGORY))
    return found


class Order(Value):
    order_id: str
    partner_id: str
    revision: int = 0
    user_id: str | None = None
    code: str | None = None
    """The first of them."""
    codes: list[str] = Field(default_factory=list)
    completed: Completed | None = None
    returns: list[Return] = Field(default_factory=list)
    digests: dict[str, str] = Field(default_factory=dict, description="version -> digest of its message")

    @property
    def all_codes(self) -> list[str]:
        return self.codes or ([self.code] if self.code else [])

    def knows(self, version: int, digest: str, spelled: str = "") -> bool:
        """Whether this very message came before."""
        known = self.digests.get(str(version))
        if known is not None and known not in {digest, spelled}:
            raise OrderVersionTakenError
        if known is None and len(self.digests) >= MAX_MESSAGES:
            raise TooManyOrderMessagesError(most=MAX_MESSAGES)
        return known is not None

    def with_completion(
        self, completed: Completed, *, user_id: str | None, codes: Sequence[str], digest: str
    ) -> "Order":
        if self.completed is not None:
            raise OrderCompletedTwiceError(version=self.completed.version)
        code = next(iter(codes), None)
        fields = {"completed": completed, "user_id": user_id, "code": code, "codes": list(codes)}
        return self._changed(completed.version, digest, **fields)

    def with_return(self, came_back: Return, digest: str) -> "Order":
        returns = [*self.returns, came_back]
        if sum(len(one.quantities or {}) for one in returns) > MAX_RETURNED_LINES:
            raise TooManyReturnedLinesError(most=MAX_RETURNED_LINES)
        return self._changed(came_back.version, digest, returns=returns)

    def _changed(self, version: int, digest: str, **fields: object) -> "Order":
        digests = {**self.digests, str(version): digest}
        new = self.model_copy(update={**fields, "digests": digests, "revision": self.revision + 1})
        new.returned()  # refuses what does not add up
        return new

    def returned(self) -> Counter[str]:
        """Pieces that came back, by SKU; nothing is known of them before the completion says what there was."""
        if self.completed is None:
            return Counter()
        bought = Counter({line.sku: line.quantity for line in self.completed.lines})
        named: Counter[str] = Counter()
        for one in self.returns:
            named.update(one.quantities or {})
        for sku, quantity in named.items():
            if quantity > bought[sku]:
                raise MoreReturnedThanBoughtError(sku=sku)
        return bought if any(one.quantities is None for one in self.returns) else named


def news(before: Order, after: Order) -> list[Event]:
    """What a message made true: what was told already is not told again. A guest's order is told as well: its codes may
    have been named at the till only."""
    if after.completed is None:
        return []
    events: list[Event] = [_completion(after, after.completed)] if before.completed is None else []
    back = after.returned() - before.returned()
    if back:
        events.append(_return(after, after.completed, back))
    return events


def _completion(order: Order, completed: Completed) -> OrderCompleted:
    return OrderCompleted(
        order_id=order.order_id,
        partner_id=order.partner_id,
        code=order.code,
        codes=order.all_codes,
        **completed.model_dump(exclude={"version", "lines"}),
        lines=completed.lines,
    )


def _return(order: Order, completed: Completed, back: Counter[str]) -> OrderReturned:
    last = max(order.returns, key=lambda one: one.version)
    bought = sum(line.quantity for line in completed.lines)
    return OrderReturned(
        order_id=order.order_id,
        partner_id=order.partner_id,
        order_version=order.revision,
        lines=list(_lines(completed.lines, back)),
        is_whole=order.returned().total() == bought,
        code=order.code,
        returned_at=last.returned_at,
    )


def _lines(lines: Iterable[OrderLine], back: Counter[str]) -> Iterable[OrderLine]:
    for line in lines:
        if back[line.sku]:
            yield line.model_copy(update={"quantity": back[line.sku]})
