"""What an order's codes gave, by all that is known of the order: a plain function of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from promos.checkout.domain import Redemption, State
from promos.facts import Order, Purchase
from promos.offers.domain import discount_of
from promos.values import Discount, DiscountKind
from stadion import codes
from stadion.paid import CodeDiscount, Paid, PaidLine, booked

OF_MONEY = {DiscountKind.PERCENT, DiscountKind.AMOUNT}


@dataclass(frozen=True)
class Terms:
    """Of the promo that a code is of."""

    discount: Discount
    currency: str | None = None

    def allows(self, paid: Paid, left_minor: int) -> int:
        """On so much that is left of the order's lines. Too small an order, or one of another currency: nothing."""
        if self.currency not in {None, paid.currency} or paid.list_minor < self.discount.least_order_minor:
            return 0
        return discount_of(self.discount, left_minor)


def settled(told: Order, uses: Sequence[Redemption], terms: Mapping[str, Terms]) -> list[Redemption]:
    """The order's codes, in their order, as the order says: each gives at most what it allows.

    `terms`: by the promo.
    """
    paid = told.paid()
    if paid is None:
        raise ValueError("nothing is settled before the order is known")
    discount_minor = told_discount(paid)
    given = booked(
        paid.list_minor,
        discount_minor,
        [(one.code, partial(terms[one.promo_id].allows, paid)) for one in uses],
    )
    whole = paid.model_copy(update={"discount_minor": discount_minor, "discounts": given})
    kept, revenue = dict(whole.discounts_kept), whole.revenue_by_code
    return [
        one.model_copy(
            update={
                "state": State.REDEEMED if whole.is_kept else State.REVERSED,
                "currency": paid.currency,
                "given_minor": minor,
                "discount_minor": kept[one.code] if whole.is_kept else minor,
                "revenue_minor": revenue[one.code],
                "reserved_until": None,
            }
        )
        for one, (_, minor) in zip(uses, given, strict=True)
    ]


def told_discount(paid: Paid) -> int:
    """What the store gave in all, at least what it says of the lines. Of who tells no discount, what is missing of the
    lines' prices."""
    of_order = paid.discount_minor or max(0, paid.list_minor + paid.shipping_minor - paid.total_minor)
    return max(of_order, paid.line_discounts_minor)


def is_unused(told: Purchase, held: Redemption, terms: Terms) -> bool:
    """A hold that the order does not name, though it names others, or though it would say so by its discount."""
    if held.state is not State.RESERVED or codes.key(held.code) in {codes.key(code) for code in told.codes}:
        return False
    paid = Order(completed=told).paid()
    gave = paid is not None and told_discount(paid) > 0
    return bool(told.codes) or (not gave and terms.discount.kind in OF_MONEY)


def at_the_till(uses: Sequence[Redemption]) -> list[Redemption]:
    """Before the order itself is told: what is paid, over the codes that are redeemed."""
    redeemed = [one for one in uses if one.state is State.REDEEMED]
    if not redeemed:
        return []
    amount = max(redeemed, key=lambda one: (one.changed_at, one.place)).amount_minor
    given = tuple(CodeDiscount(one.code, one.discount_minor) for one in redeemed)
    total = max(0, amount - sum(one.discount_minor for one in redeemed))
    line = PaidLine(sku="", quantity=1, price_minor=amount)
    cart = Paid(currency=redeemed[0].currency, lines=(line,), total_minor=total, discounts=given)
    return [one.model_copy(update={"revenue_minor": cart.revenue_by_code[one.code]}) for one in redeemed]
